import { type Aws, createAws } from '../simulator/aws.ts'
import { VirtualClock } from '../simulator/clock.ts'
import { Random } from '../simulator/random.ts'
import { payments } from '../simulator/setting.ts'
import { requestHandler } from '../simulator/wire/handler.ts'

/** A release that every tool gets: what it is, and what happens in it when. */
export interface Scene {
  seed: number
  strategy: string
  /** Seconds that each hook takes; without it there are no hooks, and the end comes when the schedule says. */
  hookSeconds?: [before: number, after: number]
  /** When an alarm goes off, in seconds after the start. */
  alarmAfter?: number
}

export type Kind = 'canary' | 'plain' | 'alarm' | 'linear'

/** The same seed gives the same scene. Hooks and alarms vary, so that no tool is lucky with its intervals. */
export function sceneOf(kind: Kind, seed: number): Scene {
  const random = new Random(seed)
  const between = (low: number, high: number) => low + random.next() * (high - low)
  const strategy = kind === 'linear' ? 'LambdaLinear10PercentEvery10Minutes' : 'LambdaCanary10Percent5Minutes'
  const hookSeconds: [number, number] = [between(2, 40), between(2, 40)]
  return {
    seed,
    strategy,
    ...(kind !== 'plain' && { hookSeconds }),
    ...(kind === 'alarm' && { alarmAfter: between(90, 280) })
  }
}

/** What the tools share: their credentials, and a way to the simulated AWS within the process. */
export function clientOptions(aws: Aws) {
  return {
    region: aws.region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: requestHandler(aws)
  }
}

/** Sets the scene up in an AWS account that runs by this clock. */
export function stage(scene: Scene, clock = new VirtualClock()): { clock: VirtualClock; aws: Aws } {
  const aws = createAws({ clock, seed: scene.seed, tellsTime: false })
  setUp(aws, scene)
  armAlarm(aws, scene)
  return { clock, aws }
}

export function setUp(aws: Aws, { hookSeconds }: Scene): void {
  const [before, after] = hookSeconds ?? [1, 1]
  payments(aws, { before: { seconds: before }, after: { seconds: after } })
}

/** Lets the scene's alarm go off, counted from now. */
export function armAlarm(aws: Aws, { alarmAfter }: Scene): void {
  if (alarmAfter === undefined) return
  const alarm = {
    AlarmName: 'payments-errors',
    StateValue: 'ALARM',
    StateReason: 'Threshold Crossed'
  } as const
  aws.clock.at(aws.clock.now() + alarmAfter * 1_000, () => aws.alarms.setAlarmState(alarm))
}

/** How a tool did in a scene. */
export interface Run {
  /** From the end in CodeDeploy to the moment when the tool reports it, seconds; NaN if it never did. */
  toldAfter: number
  requests: number
  /** Those of them that read CloudWatch's figures and alarms; undefined for what asks for none. */
  ofCloudWatch?: number
  roundTripsBefore: number
  said: string
  /** 0: the tool reports success. */
  exitCode: number
}

/** When CodeDeploy ended the first deployment, epoch ms. */
export function endOf(aws: Aws): number {
  const deploymentId = aws.codedeploy
    .listDeployments({ applicationName: 'payments', deploymentGroupName: 'payments-live' })
    .deployments?.at(-1)
  const info = deploymentId ? aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo : undefined
  return info?.completeTime === undefined ? Number.NaN : Number(info.completeTime)
}

/** Requests that overlap in time count as one round trip. */
export function roundTripsBefore(aws: Aws): number {
  const create = aws.requests.findIndex(({ operation }) => operation === 'CreateDeployment')
  return new Set(aws.requests.slice(0, create).map(({ at }) => at)).size
}
