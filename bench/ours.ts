import type { Aws } from '../simulator/aws.ts'
import type { VirtualClock } from '../simulator/clock.ts'
import { Random } from '../simulator/random.ts'
import { createAws as createClients } from '../src/aws/aws.ts'
import { passes } from '../src/deployment/outcome.ts'
import { readEntries } from '../src/inputs/functions.ts'
import { parseInputs } from '../src/inputs/inputs.ts'
import { Journal, type StatePort } from '../src/journal.ts'
import { type JobPort, Reporter } from '../src/report/reporter.ts'
import { run } from '../src/run.ts'
import { clientOptions, endOf, type Run, roundTripsBefore, type Scene, stage } from './scene.ts'

const env = {
  AWS_REGION: 'eu-west-1',
  GITHUB_REPOSITORY: 'acme/payments',
  GITHUB_SHA: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  GITHUB_RUN_ID: '4711',
  GITHUB_RUN_ATTEMPT: '1'
}

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
    saveState: () => {},
    writeSummary: async () => {}
  }
  const random = new Random(seed)
  const passed = await clock.run(async () => {
    const entries = await readEntries(inputs.functions ?? '')
    const order = parseInputs({ input: name => inputs[name] ?? '', env, ...(entries && { entries }) })
    const journal = new Journal(job, { region: order.region, leaving: order.leaving })
    const outcome = await run(order, {
      ...createClients(clientOptions(aws), clock),
      region: order.region,
      clock,
      random: () => random.next(),
      cancelled: new AbortController().signal,
      journal,
      reporter: new Reporter(job, journal)
    })
    return passes(outcome)
  })
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
    roundTripsBefore: roundTripsBefore(aws),
    said: lines.find(({ text }) => text.includes('was rolled back'))?.text ?? '',
    exitCode: passed ? 0 : 1
  }
}
