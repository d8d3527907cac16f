import type { AppSpec } from './appspec.ts'
import type { Clock } from './clock.ts'
import { Failure } from './errors.ts'
import type { Request } from './inputs.ts'
import type { Plan } from './plan.ts'
import type { Strategy } from './strategy.ts'

/** What is known of a deployment that may be ours. Times are epoch ms. */
export interface DeploymentRecord {
  id: string
  description: string
  /** Of its AppSpec. */
  sha256: string
}

/** What starting a deployment asks of CodeDeploy. All throw Failure. */
export interface Starter {
  createStrategy(name: string, strategy: Strategy): Promise<void>
  /** Sends one request and never repeats it by itself. */
  create(request: Request, configuration: string | undefined, revision: AppSpec): Promise<string>
  /** Deployments of the group that were created at or after `since` (epoch ms), in whatever state. */
  recent(request: Request, since: number): Promise<readonly DeploymentRecord[]>
}

export interface Starting {
  codedeploy: Starter
  clock: Clock
  tell(line: string): void
}

/** The runner's clock and CodeDeploy's may differ by this much, ms. */
const skewMs = 60_000
const attempts = 4

/**
 * Creates the deployment and returns its id. CreateDeployment has no idempotency token: after an answer that leaves open whether
 * CodeDeploy acted, the deployments of the group are looked through for ours before it is asked again, so that a run never
 * creates two.
 */
export async function start(plan: Plan, revision: AppSpec, world: Starting): Promise<string> {
  const { request, configuration, strategy } = plan
  const { codedeploy, clock, tell } = world
  if (plan.createsConfiguration && configuration && strategy) {
    await codedeploy.createStrategy(configuration.name, strategy)
    tell(`Deployment configuration ${configuration.name} created`)
  }
  const since = clock.now() - skewMs
  for (let attempt = 1; ; attempt++) {
    try {
      return await codedeploy.create(request, request.configuration && configuration?.name, revision)
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      const limit = failure.code === 'DeploymentLimitExceededException'
      if (!limit && !failure.mayHaveActed && failure.kind !== 'passing') throw failure
      if (limit || failure.mayHaveActed) {
        const ours = await adopt(request, revision, since, codedeploy)
        if (ours) {
          tell(`The answer to CreateDeployment was lost (${failure.code}); found our deployment ${ours}`)
          return ours
        }
      }
      if (limit || attempt === attempts) throw failure
      tell(`CreateDeployment was not answered (${failure.code}); trying again`)
      await clock.sleep(1_000 * 2 ** attempt)
    }
  }
}

/** Ours is what carries our description and our AppSpec, and was not there before we asked. */
async function adopt(
  request: Request,
  revision: AppSpec,
  since: number,
  codedeploy: Starter
): Promise<string | undefined> {
  const recent = await codedeploy.recent(request, since)
  return recent.find(
    each => each.sha256 === revision.sha256 && each.description === request.deploymentDescription
  )?.id
}
