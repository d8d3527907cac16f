import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Aws } from '../../simulator/aws.ts'
import { serving } from '../../simulator/demo/rehearsal.ts'
import type { Caller } from './caller.ts'
import type { Case, Played } from './case.ts'
import { readRun } from './events.ts'
import { prepare } from './scene.ts'
import { home, openWorld, type World } from './world.ts'

/** Simulated seconds per second, unless the case has its own. */
const usualSpeed = 300
const lookMs = 10
const longestMs = 120_000

/** Runs one workflow with act against simulated accounts of its own. */
export async function play(each: Case, caller: Caller, act: string): Promise<Played & { output: string }> {
  const world = await openWorld(each.speed ?? usualSpeed, each.places ?? [home])
  try {
    for (const aws of world.places) {
      prepare(aws)
      await each.prepare?.(aws)
    }
    const output = await runAct(each, caller, act, world)
    return { run: readRun(output), serves: whatServes(world.places), output }
  } finally {
    await world.close()
  }
}

function runAct(each: Case, caller: Caller, act: string, world: World): Promise<string> {
  const artifacts = join(caller.scratch, 'artifacts')
  const given = { ...world.env, ARTIFACTS: artifacts }
  const pairs = (option: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`])
  const args = [
    each.event ?? 'push',
    ...['--workflows', each.workflow, '--platform', 'ubuntu-24.04=-self-hosted', '--json'],
    ...['--pull=false', '--no-cache-server', '--action-offline-mode'],
    ...['--action-cache-path', join(caller.scratch, 'cache')],
    ...caller.replaced.flatMap(replaced => ['--local-repository', replaced]),
    ...pairs('--env', given),
    ...pairs('--input', each.inputs ?? {})
  ]
  const home = join(caller.scratch, 'home')
  mkdirSync(home, { recursive: true })
  // Jobs inherit act's environment, so it has nothing of this machine but the programs; those that stand in for others come first.
  const node = join(import.meta.dirname, '..', '..', 'node_modules', 'node', 'bin')
  const PATH = [join(import.meta.dirname, 'bin'), node, process.env.PATH].join(delimiter)
  return new Promise((resolve, reject) => {
    const child = spawn(act, args, {
      cwd: caller.folder,
      env: { PATH, HOME: home },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let output = ''
    const read = (chunk: string) => {
      output += chunk
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    const watch = watchSplit(each, world.places, () => child.kill('SIGINT'))
    const limit = setTimeout(() => child.kill('SIGKILL'), longestMs)
    child.once('error', reject)
    child.once('close', () => {
      clearInterval(watch)
      clearTimeout(limit)
      resolve(output)
    })
  })
}

/** Lets the case's event happen once, as soon as traffic is split. */
function watchSplit(
  { meanwhile }: Case,
  places: readonly Aws[],
  interrupt: () => void
): NodeJS.Timeout | undefined {
  const aws = places.find(({ region }) => region === meanwhile?.region)
  if (!meanwhile || !aws) return undefined
  const timer = setInterval(() => {
    if (!serving(aws).includes(':')) return
    clearInterval(timer)
    meanwhile.happens(aws, interrupt)
  }, lookMs)
  return timer
}

function whatServes(places: readonly Aws[]): Record<string, string> {
  const all = places.flatMap(aws =>
    ['payments-api', 'payments-ledger', 'payments-mail'].map(
      name => [places.length > 1 ? `${aws.region}/${name}` : name, serving(aws, name)] as const
    )
  )
  return Object.fromEntries(all)
}
