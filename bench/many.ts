import { createAws } from '../simulator/aws.ts'
import { VirtualClock } from '../simulator/clock.ts'
import { fleet } from '../simulator/fleet.ts'
import { payments } from '../simulator/setting.ts'
import { release } from './ours.ts'

/** What the release of many functions took. */
export interface ManyRelease {
  functions: number
  requests: number
  /** Requests for the status of the deployments. */
  statusRequests: number
  /** The most requests that began within one second. */
  peak: number
  /** From the first CreateDeployment to the last deployment's end, as CodeDeploy has it, seconds. */
  codedeploySeconds: number
  /** From the start of the step to the first CreateDeployment, and from the last end to the end of the step, seconds. */
  before: number
  after: number
}

/** The names of the scene's functions. */
export const namesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `service-${index + 1}`)

/** The step's inputs for these functions, each with a deployment group of its own. */
export const inputsOf = (names: readonly string[], strategy: string): Record<string, string> => ({
  alias: 'live',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-config': strategy,
  functions: JSON.stringify(
    names.map(name => ({ 'function-name': name, 'codedeploy-deployment-group': `${name}-live` }))
  )
})

/** Releases `functions` functions together in virtual time, with a five-minute canary. */
export async function releaseMany(functions: number, seed = 1): Promise<ManyRelease> {
  const clock = new VirtualClock()
  const aws = createAws({ clock, seed })
  const names = namesOf(functions)
  payments(aws)
  fleet(aws, names)
  const begun = clock.now()
  const { passed } = await release(inputsOf(names, 'Canary10Percent5Minutes'), { aws, clock, seed })
  if (!passed) throw new Error(`the release of ${functions} functions did not succeed`)
  const ended = clock.now()
  const { requests } = aws
  const ends = names.map(name => endedAt(name))
  const first = Math.min(
    ...requests.filter(({ operation }) => operation === 'CreateDeployment').map(({ at }) => at)
  )
  const last = Math.max(...ends)
  return {
    functions,
    requests: requests.length,
    statusRequests: requests.filter(({ operation }) =>
      /^(BatchGetDeployments|GetDeployment)$/.test(operation)
    ).length,
    peak: peakOf(requests.map(({ at }) => at)),
    codedeploySeconds: (last - first) / 1_000,
    before: (first - begun) / 1_000,
    after: (ended - last) / 1_000
  }

  function endedAt(name: string): number {
    const of = { applicationName: 'payments', deploymentGroupName: `${name}-live` }
    const [deploymentId = ''] = aws.codedeploy.listDeployments(of).deployments ?? []
    return Number(aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.completeTime)
  }
}

/** How many of these moments (epoch ms, in order) lie within one second, at most. */
function peakOf(moments: readonly number[]): number {
  let most = 0
  let from = 0
  for (const [index, at] of moments.entries()) {
    while ((moments[from] ?? at) <= at - 1_000) from++
    most = Math.max(most, index - from + 1)
  }
  return most
}
