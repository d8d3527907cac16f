import { simulated } from '../simulation/play/outside.ts'
import { warmUp } from '../simulation/play/warmup.ts'
import type { Aws } from '../simulator/aws.ts'
import type { VirtualClock } from '../simulator/clock.ts'
import { Random } from '../simulator/random.ts'
import type { StatePort } from '../src/journal.ts'
import { main } from '../src/main.ts'
import type { JobPort } from '../src/report/reporter.ts'
import { endOf, type Run, roundTripsBefore, type Scene, stage } from './scene.ts'

await warmUp()

interface Line {
  at: number
  text: string
}

/** Runs the whole program with these inputs, in the process and by this clock; gives what it wrote, and when. */
export async function release(
  inputs: Record<string, string>,
  { aws, clock, seed }: { aws: Aws; clock: VirtualClock; seed: number }
): Promise<{ lines: Line[]; passed: boolean; outputs: Record<string, string> }> {
  const lines: Line[] = []
  const outputs: Record<string, string> = {}
  const write = (text: string) => lines.push({ at: clock.now(), text })
  const job: JobPort & StatePort = {
    info: write,
    group: (title, more) => [title, ...more].forEach(write),
    annotate: (_level, _title, message) => message.split('\n').forEach(write),
    setOutput: (name, value) => {
      outputs[name] = value
    },
    saveState: () => true,
    writeSummary: async () => {}
  }
  const random = new Random(seed)
  const outside = simulated({ aws, clock, inputs, job }, { random: () => random.next() })
  const passed = (await clock.run(() => main(outside))) === 0
  return { lines, passed, outputs }
}

export async function ours(scene: Scene): Promise<Run> {
  const { clock, aws } = stage(scene)
  const { lines, passed } = await release(
    {
      'function-name': 'payments-api',
      alias: 'live',
      'codedeploy-application': 'payments',
      'codedeploy-deployment-group': 'payments-live',
      'codedeploy-deployment-config': scene.strategy,
      ...(scene.hookSeconds && {
        'before-allow-traffic-hook': 'CodeDeployHook_before',
        'after-allow-traffic-hook': 'CodeDeployHook_after'
      })
    },
    { aws, clock, seed: scene.seed }
  )
  const told = lines.find(({ text }) => /\bdeployment +(Succeeded|Failed|Stopped)/.test(text))
  return {
    toldAfter: ((told?.at ?? Number.NaN) - endOf(aws)) / 1_000,
    requests: aws.requests.length,
    ofCloudWatch: aws.requests.filter(({ service }) => service === 'cloudwatch').length,
    roundTripsBefore: roundTripsBefore(aws),
    said: lines.find(({ text }) => text.includes('was rolled back'))?.text ?? '',
    exitCode: passed ? 0 : 1
  }
}
