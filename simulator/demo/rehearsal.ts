import { type Aws, createAws, type RecordedRequest } from '../aws.ts'
import { scaledClock, type Timer } from '../clock.ts'
import { runStep, type ShownLine, type Step, type StepResult } from '../runner/runner.ts'
import { payments } from '../setting.ts'
import { serve } from '../wire/server.ts'
import type { Ending } from './ending.ts'

export interface RehearsalOptions extends Pick<Step, 'os' | 'graceScale' | 'container'> {
  ending: Ending
  /** Simulated seconds per second. */
  speed: number
  /** Inputs of the step, all of them. */
  inputs: Record<string, string>
  /** The folder with the action.yml. */
  action: string
  uses: string
  onLine?(line: ShownLine): void
  /** Additional environment variables of the step. */
  env?: Record<string, string>
  /** Cancels the job, in addition to what the ending does. */
  signal?: AbortSignal
}

export interface Rehearsed {
  result: StepResult
  /** What the alias serves in the end, as the simulated Lambda has it: `7`, or `7:0.9,8:0.1`. */
  serving: string
  /** How long it took, in simulated milliseconds. */
  tookMs: number
  /** Everything that was asked of AWS. */
  requests: readonly RecordedRequest[]
}

/** The example key in AWS's documentation. */
const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const LOOK_EVERY_MS = 1000

/** What the job has built before it comes to the step. */
const built = {
  'dist/index.mjs': 'export const handler = async () => ({ statusCode: 201 })\n',
  'dist/package.json': '{ "name": "payments-api", "type": "module" }\n'
}

/** Inputs that every ending starts from. */
export const baseInputs: Record<string, string> = {
  'function-name': 'payments-api',
  alias: 'live',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-group': 'payments-live',
  'codedeploy-deployment-config': 'Canary10Percent5Minutes',
  'before-allow-traffic-hook': 'CodeDeployHook_before',
  'after-allow-traffic-hook': 'CodeDeployHook_after'
}

/** Runs the action as a step of a workflow against a simulated AWS of its own, over HTTP on this machine. */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsed> {
  const { ending, speed } = options
  const origin = Date.now()
  const clock = scaledClock(speed, origin)
  const aws = createAws({ clock })
  payments(aws, ending.setting ?? {})
  await ending.prepare?.(aws)
  const begunAt = clock.now()
  const job = new AbortController()
  const operator = new AbortController()
  const play = afterDeployment(aws, () =>
    ending.meanwhile?.({
      aws,
      after: (ms, run) => void clock.at(clock.now() + ms, run),
      cancel: () => job.abort(),
      kill: () => operator.abort()
    })
  )
  const server = await serve(aws)
  try {
    const result = await runStep({
      action: options.action,
      uses: options.uses,
      secrets: [SECRET_KEY],
      files: built,
      inputs: options.inputs,
      env: {
        ...options.env,
        AWS_REGION: aws.region,
        AWS_ENDPOINT_URL: server.url,
        AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        AWS_SECRET_ACCESS_KEY: SECRET_KEY,
        // Both processes then share the same time. The action honours this only with AWS on this machine.
        LAMBDA_CODEDEPLOY_CLOCK: `${speed}x@${origin}`
      },
      kill: operator.signal,
      signal: options.signal ? AbortSignal.any([options.signal, job.signal]) : job.signal,
      ...(options.onLine && { onLine: options.onLine }),
      ...(options.os && { os: options.os }),
      ...(options.container && { container: true }),
      ...(options.graceScale !== undefined && { graceScale: options.graceScale })
    })
    return {
      result,
      serving: servingAll(aws, ending.functions ?? ['payments-api']),
      tookMs: clock.now() - begunAt,
      requests: aws.requests
    }
  } finally {
    play.cancel()
    await server.close()
  }
}

/** Calls `run` once, as soon as a CreateDeployment has been answered; checks every simulated second. */
export function afterDeployment(aws: Aws, run: () => void): Timer {
  let timer: Timer
  const look = () => {
    if (aws.requests.some(({ operation, status }) => operation === 'CreateDeployment' && status === 200))
      run()
    else timer = aws.clock.at(aws.clock.now() + LOOK_EVERY_MS, look)
  }
  look()
  return { cancel: () => timer?.cancel() }
}

/** What the aliases `live` of these functions serve: one value if they agree, otherwise one for each name. */
function servingAll(aws: Aws, functions: readonly string[]): string {
  const all = functions.map(name => serving(aws, name))
  const [first = ''] = all
  return all.every(each => each === first)
    ? first
    : functions.map((name, index) => `${name} ${all[index]}`).join(', ')
}

/** What alias live serves: `7`, `7:0.9,8:0.1` while it is split, or nothing when it does not exist. */
export function serving(aws: Aws, FunctionName = 'payments-api'): string {
  const alias = aws.lambda.listAliases({ FunctionName }).Aliases.find(({ Name }) => Name === 'live')
  if (!alias) return ''
  const weights = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {})
  if (weights.length === 0) return alias.FunctionVersion ?? ''
  const rest = 1 - weights.reduce((sum, [, weight]) => sum + weight, 0)
  return [[alias.FunctionVersion, rest] as const, ...weights]
    .map(([version, weight]) => `${version}:${Number(Number(weight).toFixed(4))}`)
    .join(',')
}
