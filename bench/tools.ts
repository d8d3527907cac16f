import { cli, cliVersion } from './cli.ts'
import { cliAsDocumented, loop, script, sdkWaiter } from './others.ts'
import { ours } from './ours.ts'
import { type Kind, type Run, type Scene, sceneOf } from './scene.ts'
import { median, quantile, seconds, table } from './table.ts'

/** The AWS CLI needs a process and real time for each scene, so it gets fewer scenes, and a faster clock. */
const cliScenes = 12
const cliSpeed = 20
/** Ninety minutes of shifting in less than one. */
const cliFastest = 150
const sideBySide = 4

interface Tool {
  name: string
  play(kind: Kind): Promise<Run[]>
}

/** One row for each way to wait for the same release. */
export async function toolsTable(seeds: number): Promise<string[]> {
  const inProcess = (name: string, play: (scene: Scene) => Promise<Run>): Tool => ({
    name,
    play: async kind => {
      const runs: Run[] = []
      // One after the other: the virtual clock replaces the timers of the whole process.
      for (let seed = 1; seed <= (kind === 'linear' ? 1 : seeds); seed++)
        runs.push(await play(sceneOf(kind, seed)))
      return runs
    }
  })
  const version = await cliVersion()
  const tools = [
    inProcess('this action', ours),
    version
      ? { name: `\`aws deploy wait\` (${version})`, play: playCli }
      : inProcess('`aws deploy wait`, modelled on its reference', scene => script(scene, cliAsDocumented)),
    inProcess("the SDK's `waitUntilDeploymentSuccessful`", scene => script(scene, sdkWaiter)),
    inProcess('a loop that looks every 5 s', scene => script(scene, loop(5))),
    inProcess('a loop that looks every 15 s', scene => script(scene, loop(15)))
  ]
  const rows: string[][] = []
  for (const tool of tools) rows.push([tool.name, ...(await cellsOf(tool))])
  return table(
    [
      'a five-minute canary with two hooks',
      'success reported after (median; 95 of 100)',
      'alarm reported after (median; 95 of 100)',
      'requests',
      'round trips before CreateDeployment',
      'what it says about the rollback',
      'a shift of 90 minutes'
    ],
    rows
  )
}

async function cellsOf({ play }: Tool): Promise<string[]> {
  const [canary, alarm, linear] = [await play('canary'), await play('alarm'), await play('linear')]
  const told = (runs: readonly Run[]) => {
    const values = runs.map(({ toldAfter }) => toldAfter)
    return `${seconds(median(values))}; ${seconds(quantile(values, 0.95))}`
  }
  const says = alarm[0]?.said ?? ''
  return [
    told(canary),
    told(alarm),
    String(median(canary.map(({ requests }) => requests))),
    String(Math.max(...canary.map(run => run.roundTripsBefore))),
    says ? `\`${shortened(says)}\`` : 'nothing',
    linear.every(({ exitCode }) => exitCode === 0)
      ? 'reports its end'
      : `fails: \`${shortened(linear[0]?.said ?? '')}\``
  ]
}

const longest = 110
const shortened = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text)

async function playCli(kind: Kind): Promise<Run[]> {
  if (kind === 'linear') return [await cli(sceneOf(kind, 1), cliFastest)]
  const runs: Run[] = []
  for (let seed = 1; seed <= cliScenes; seed += sideBySide) {
    const scenes = Array.from({ length: sideBySide }, (_, more) => sceneOf(kind, seed + more))
    runs.push(...(await Promise.all(scenes.map(scene => cli(scene, cliSpeed)))))
  }
  return runs
}
