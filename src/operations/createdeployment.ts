import type { Clock } from '../clock.ts'
import type { Strategy } from '../deployment/strategy.ts'
import { Failure } from '../failure.ts'

import type { Request } from '../inputs/request.ts'
import type { AppSpec } from '../plan/appspec.ts'
import type { Sought } from '../state.ts'

/** What is known of a deployment that may be ours. Times are epoch ms. */
export interface DeploymentRecord {
  id: string
  description: string
  /** Of its AppSpec. */
  sha256: string
}

/** What a deployment is created with, besides its AppSpec. */
export type DeploymentOrder = Pick<
  Request,
  'application' | 'group' | 'deploymentDescription' | 'alarms' | 'rollback'
>

export interface Creation {
  order: DeploymentOrder
  /** Name of the deployment configuration; undefined: the group's own. */
  configuration: string | undefined
  /** The configuration is not there yet. */
  creates?: { name: string; strategy: Strategy }
}

/** What starting a deployment asks of CodeDeploy. All throw Failure. */
export interface Starter {
  createStrategy(name: string, strategy: Strategy): Promise<void>
  /** Sends one request and never repeats it by itself. */
  create(order: DeploymentOrder, configuration: string | undefined, revision: AppSpec): Promise<string>
  /** Deployments of the group that were created at or after `since` (epoch ms), in whatever state. */
  recent(group: Pick<Request, 'application' | 'group'>, since: number): Promise<readonly DeploymentRecord[]>
}

export interface Starting {
  codedeploy: Starter
  clock: Clock
  cancelled: AbortSignal
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
export async function start(
  creation: Creation,
  revision: AppSpec,
  sought: Sought,
  world: Starting
): Promise<string> {
  const { order, configuration, creates } = creation
  const { codedeploy, clock, cancelled, tell } = world
  if (cancelled.aborted) throw notAsked(order)
  if (creates) {
    await codedeploy.createStrategy(creates.name, creates.strategy)
    tell(`Deployment configuration ${creates.name} created`)
    if (cancelled.aborted) throw notAsked(order)
  }
  // Once an answer was lost, no later refusal proves that nothing was created.
  let lost: Failure | undefined
  for (let attempt = 1; ; attempt++) {
    try {
      return await codedeploy.create(order, configuration, revision)
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      if (failure.mayHaveActed) lost = failure
      const limit = failure.code === 'DeploymentLimitExceededException'
      if (limit || lost) {
        const ours = await findLate(order, sought, failure, world).catch(unseen => {
          throw unseen instanceof Failure ? (lost ?? failure) : unseen
        })
        if (ours) {
          tell(
            `The answer to CreateDeployment was lost (${(lost ?? failure).code}); found our deployment ${ours}`
          )
          return ours
        }
      }
      // The group is busy with somebody else's deployment, and ours is not among what it has seen.
      if (limit) throw failure
      const passes = failure.kind === 'passing' || failure.kind === 'garbled'
      if (passes && attempt < attempts && !cancelled.aborted) {
        tell(`CreateDeployment was not answered (${failure.code}); trying again`)
        await clock.sleep(1_000 * 2 ** attempt, cancelled)
      }
      // A cancelled run creates nothing any more; the post step looks once again for what may turn up late.
      if (passes && attempt < attempts && !cancelled.aborted) continue
      throw lost ?? failure
    }
  }
}

/** A cancelled run creates nothing any more. */
const notAsked = ({ application, group }: DeploymentOrder): Failure =>
  new Failure('CreateDeployment was not sent', {
    kind: 'dropped',
    code: 'JOB_CANCELLED',
    action: 'codedeploy:CreateDeployment',
    resource: `${application}/${group}`,
    mayHaveActed: false
  })

/** CodeDeploy may act after the client has hung up; so long it is looked for before it is asked again, ms. */
const lateMs = 20_000

/** Ours, when it is there. After a time-out it may yet turn up, and is waited for; a cancelled run leaves that to the post step. */
async function findLate(
  order: DeploymentOrder,
  sought: Sought,
  failure: Failure,
  { codedeploy, clock, cancelled }: Starting
): Promise<string | undefined> {
  const until = clock.now() + (failure.timedOut ? lateMs : 0)
  for (;;) {
    const ours = await findOurs(order, sought, codedeploy)
    if (ours !== undefined || clock.now() >= until || cancelled.aborted) return ours
    await clock.sleep(5_000, cancelled)
  }
}

/** How to recognise the deployment that a request creates. `now` is epoch ms. */
export const soughtBy = (order: DeploymentOrder, revision: AppSpec, now: number): Sought => ({
  description: order.deploymentDescription,
  sha256: revision.sha256,
  since: now - skewMs
})

/** Ours is what carries our description and our AppSpec, and was created since we asked. Throws Failure. */
export async function findOurs(
  group: Pick<Request, 'application' | 'group'>,
  { description, sha256, since, known = [] }: Sought,
  codedeploy: Pick<Starter, 'recent'>
): Promise<string | undefined> {
  const recent = await codedeploy.recent(group, since)
  return recent.find(
    each => each.sha256 === sha256 && each.description === description && !known.includes(each.id)
  )?.id
}
