import { type Play, play, release } from '../../__tests__/scenarios/play.ts'
import { hooks } from './logs.ts'
import { table } from './page.ts'

/** What one release asked of AWS and when, in seconds since CreateDeployment. */
export interface Looks {
  /** When CodeDeploy ended the deployment. */
  end: number
  /** The last request about it. */
  known: number
  /** When each look began: requests within half a second are one look. */
  looks: number[]
  /** When the status was asked for. */
  status: number[]
  /** When the lifecycle events were asked for. */
  events: number[]
  /** When the alias was asked for. */
  alias: number[]
  requests: number
  /** CodeDeploy's lifecycle events that took time. */
  lifecycle: { name: string; from: number; to: number }[]
  /** Each change of the new version's share, 0 to 1. */
  traffic: { at: number; share: number }[]
}

/** Requests no further apart than this belong to one look, seconds. */
const oneLook = 0.5

/** Plays a release in virtual time. The traffic is that of the simulated alias, sampled every quarter of a second. */
export async function looksOf(scene: Play): Promise<Looks> {
  const sampled: { at: number; share: number }[] = []
  const { aws } = await play({
    ...scene,
    before: (aws, clock, cancel) => {
      scene.before?.(aws, clock, cancel)
      const sample = () => {
        const alias = aws.lambda.getAlias({ FunctionName: 'payments-api', Name: 'live' })
        const weight = alias.RoutingConfig?.AdditionalVersionWeights?.['8'] ?? 0
        sampled.push({ at: clock.now(), share: alias.FunctionVersion === '8' ? 1 : weight })
        clock.at(clock.now() + 250, sample)
      }
      clock.at(clock.now(), sample)
    }
  })
  const asked = (operation: string) => aws.requests.filter(each => each.operation === operation)
  const begun = asked('CreateDeployment')[0]?.at ?? 0
  const since = (at: number) => (at - begun) / 1000
  // Figures are read beside the looks.
  const after = aws.requests.filter(each => each.at >= begun && each.operation !== 'GetMetricData')
  const [deploymentId = ''] = aws.codedeploy
    .listDeployments({ applicationName: 'payments', deploymentGroupName: 'payments-live' })
    .deployments.slice(-1)
  const { deploymentInfo } = aws.codedeploy.getDeployment({ deploymentId })
  const { targetIds } = aws.codedeploy.listDeploymentTargets({ deploymentId })
  const { deploymentTargets } = aws.codedeploy.batchGetDeploymentTargets({ deploymentId, targetIds })
  const events = deploymentTargets?.[0]?.lambdaTarget?.lifecycleEvents ?? []
  const looking = after.filter(each => each.operation !== 'CreateDeployment').map(({ at }) => since(at))
  return {
    looks: looking.filter((at, index) => at - (looking[index - 1] ?? Number.NEGATIVE_INFINITY) > oneLook),
    end: since(Number(deploymentInfo?.completeTime)),
    known: since(after.at(-1)?.at ?? begun),
    status: asked('GetDeployment').map(({ at }) => since(at)),
    events: asked('BatchGetDeploymentTargets').map(({ at }) => since(at)),
    alias: asked('GetAlias')
      .map(({ at }) => since(at))
      .filter(at => at > 0),
    requests: aws.requests.length,
    lifecycle: events.flatMap(({ lifecycleEventName: name = '', startTime, endTime }) =>
      startTime && endTime ? [{ name, from: since(Number(startTime)), to: since(Number(endTime)) }] : []
    ),
    traffic: sampled
      .filter(({ share }, index) => index === 0 || share !== sampled[index - 1]?.share)
      .map(({ at, share }) => ({ at: since(at), share }))
  }
}

/** The times between consecutive moments. */
export const gaps = (moments: readonly number[]): number[] =>
  moments.slice(1).map((at, index) => at - (moments[index] ?? at))

export const withHooks = (seconds: number): Play => ({
  inputs: { ...release, ...hooks },
  setting: { before: { seconds }, after: { seconds } }
})

export const strategy = (name: string, scene: Play = {}): Play => ({
  ...scene,
  inputs: { ...(scene.inputs ?? release), 'codedeploy-deployment-config': name }
})

const scenes: { name: string; scene: Play }[] = [
  { name: '`AllAtOnce`', scene: strategy('AllAtOnce') },
  { name: '`Canary10Percent5Minutes`', scene: {} },
  { name: 'the same with two hooks of 20 seconds', scene: withHooks(20) },
  { name: '`Linear10PercentEvery1Minute`', scene: strategy('Linear10PercentEvery1Minute') },
  {
    name: '`Linear10PercentEvery10Minutes` with two hooks of 20 seconds',
    scene: strategy('Linear10PercentEvery10Minutes', withHooks(20))
  }
]

/** One release after the other: each has the clock to itself. */
export async function figures(): Promise<string[]> {
  const rows: string[][] = []
  for (const { name, scene } of scenes) {
    const { end, known, looks, requests } = await looksOf(scene)
    rows.push([
      name,
      end < 60 ? `${end.toFixed(0)} s` : `${(end / 60).toFixed(1)} min`,
      String(looks.length),
      String(requests),
      `${Math.max(...gaps(looks)).toFixed(1)} s`,
      `${(known - end).toFixed(1)} s`
    ])
  }
  return table(
    [
      'release',
      'CodeDeploy takes',
      'looks',
      'requests to AWS in total',
      'longest time between looks',
      'from the end of the deployment to the last answer about it'
    ],
    rows
  )
}
