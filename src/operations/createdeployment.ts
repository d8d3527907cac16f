import type { Clock } from '../clock.ts'
import type { Strategy } from '../deployment/strategy.ts'
import { Failure, isTransient, unsent } from '../failure.ts'
import type { AppSpec } from '../plan/appspec.ts'
import type { DeploymentRequest } from '../plan/deploymentrequest.ts'
import type { Fingerprint } from '../state.ts'
import { patience } from '../watch/patience.ts'

/** What is known of a deployment that may be ours. Times are epoch ms. */
export interface CreatedDeployment {
  id: string
  description: string
  /** Of its AppSpec. */
  sha256: string
  status: string
  createdAt?: number
  completedAt?: number
  /** CodeDeploy lists it, and does not know it yet: neither its description nor its AppSpec can be read. */
  isUnread?: true
}

type DeploymentGroup = Pick<DeploymentRequest, 'application' | 'group'>

/** What was asked for is there: by us, or because somebody was faster. */
export type CreationResult = 'created' | 'exists'

/** What creating a deployment asks of CodeDeploy. All throw Failure. */
export interface CreateDeploymentPort {
  createStrategy(name: string, strategy: Strategy): Promise<CreationResult>
  /** Sends one request and never repeats it by itself. */
  create(request: DeploymentRequest, revision: AppSpec): Promise<string>
  /** Deployments of the group that were created at or after `since` (epoch ms), in any state, except these. */
  recent(
    group: DeploymentGroup,
    since: number,
    except?: ReadonlySet<string>
  ): Promise<readonly CreatedDeployment[]>
}

export interface CreateDeploymentOptions {
  codedeploy: CreateDeploymentPort
  clock: Clock
  cancelled: AbortSignal
  /** How long to go on asking after a passing fault, ms. Default: as long as without sight of a deployment. */
  patienceMs?: number
  /** Another run may just have created the very same one: a group that is busy may be busy with that. */
  isShared?: boolean
  tell(line: string): void
}

/** How long ago others may have created a deployment in our place, ms; and what AWS's time may be off by before its first answer. */
const recentMs = 60_000
/** By how much CodeDeploy's `createTime` may be behind the `Date` of AWS's answers, ms: other machines note it, perhaps to the second. */
const skewMs = 3_000
/** The longest pause before asking again, ms. */
const longestPause = 15_000

/** Throws Failure. */
export async function createConfiguration(
  { name, strategy }: { name: string; strategy: Strategy },
  { codedeploy, tell }: { codedeploy: Pick<CreateDeploymentPort, 'createStrategy'>; tell(line: string): void }
): Promise<void> {
  const result = await codedeploy.createStrategy(name, strategy)
  tell(`Deployment configuration ${name} ${result === 'created' ? 'created' : 'exists by now'}`)
}

/**
 * Creates the deployment, and returns its id and, if the answer was lost, when it was created. CreateDeployment has no idempotency
 * token: after an answer that leaves open whether CodeDeploy acted, ours is looked for among the group's deployments before asking
 * again, so that a run never creates two. Throws Failure.
 */
export async function createDeployment(
  request: DeploymentRequest,
  revision: AppSpec,
  fingerprint: Fingerprint,
  options: CreateDeploymentOptions
): Promise<Pick<CreatedDeployment, 'id' | 'createdAt'>> {
  const { creates } = request
  const { codedeploy, clock, cancelled, patienceMs = patience.sight, isShared = false, tell } = options
  if (cancelled.aborted) throw notAsked(request)
  if (creates) {
    await createConfiguration(creates, options)
    if (cancelled.aborted) throw notAsked(request)
  }
  // Once an answer was lost, no later refusal proves that nothing was created.
  let lost: Failure | undefined
  let lookUntil = 0
  let told = ''
  const begun = clock.now()
  for (let attempt = 1; ; attempt++) {
    try {
      return { id: await codedeploy.create(request, revision) }
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      const failedAt = clock.now()
      if (failure.mayHaveActed) {
        lost = failure
        lookUntil = failedAt + (failure.timedOut ? lateMs : patience.stale)
      }
      const limit = failure.code === 'DeploymentLimitExceededException'
      if (limit && (lost || isShared)) lookUntil = Math.max(lookUntil, failedAt + patience.stale)
      if (limit || lost) {
        const wait = () => {
          if (failure.code !== told && !limit)
            tell(`${unanswered(failure)}; looking for what it may have created`)
        }
        const ours = await findOurs(request, fingerprint, lookUntil - failedAt, { ...options, wait }).catch(
          unseen => {
            throw unseen instanceof Failure ? (lost ?? failure) : unseen
          }
        )
        if (ours) {
          tell(
            lost
              ? `The answer to CreateDeployment was lost (${lost.code}); found our deployment ${ours.id}`
              : `The same deployment has just been created: ${ours.id}`
          )
          return ours
        }
      }
      // The group is busy with somebody else's deployment, and ours is not among what it has seen. A cancel ends the search too early to
      // be sure of that.
      if (limit) throw (cancelled.aborted && lost) || failure
      // Looking for ours has taken a part of the pause, or all of it.
      const againAt = Math.max(clock.now(), failedAt + Math.min(longestPause, 1_000 * 2 ** attempt))
      const mayRetry = isTransient(failure) && againAt - begun <= patienceMs
      if (mayRetry) await clock.sleep(againAt - clock.now(), cancelled)
      // A cancelled run creates nothing any more; the post step looks once more for what may turn up late.
      if (!mayRetry || cancelled.aborted) throw lost ?? failure
      if (failure.code !== told) tell(`${unanswered(failure)}; trying again`)
      told = failure.code
    }
  }
}

/** A cancelled run creates nothing any more. */
const notAsked = ({ application, group }: DeploymentRequest): Failure =>
  unsent('codedeploy:CreateDeployment', `${application}/${group}`)

const unanswered = ({ code }: Failure): string => `CreateDeployment was not answered (${code})`

/** CodeDeploy may act after the client has hung up: how long to look for the deployment before asking again, ms. */
const lateMs = 20_000

/**
 * How to recognise the deployment that a request creates. `now` is AWS's time, and `earliestNow` what that is at the least, epoch ms. An
 * earlier step of the same run may have created the same a few seconds ago, with the same description, and must not be taken for it. The
 * quickest answer so far bounds the error of `earliestNow` to its own time and a second, and this step has got several since the other one
 * ended: so age alone tells the two apart, and no function needs a request for that. Without `earliestNow`, what others have created in the
 * last minute counts, too: that is for what they do in our place.
 */
export const fingerprintOf = (
  request: DeploymentRequest,
  revision: AppSpec,
  now: number,
  earliestNow = Number.NEGATIVE_INFINITY
): Fingerprint => ({
  description: request.description,
  sha256: revision.sha256,
  since: Math.max(now - recentMs, earliestNow - skewMs)
})

export interface SearchOptions {
  codedeploy: Pick<CreateDeploymentPort, 'recent'>
  clock: Clock
  /** Ends the search with the look after it. */
  cancelled: AbortSignal
  /** Called once, when the first look has not found it and there is time for another. */
  wait?(): void
}

/**
 * Looks for the deployment with our description and our AppSpec that was created since we asked, once, and then again for `forMs` from the
 * first answer on: CodeDeploy's list may be some seconds old, and to ask again too early would create a second one. What is listed and
 * cannot be read yet may be ours, and is looked at for some seconds more. Throws Failure, also when it cannot be read in the end.
 */
export async function findOurs(
  group: DeploymentGroup,
  { description, sha256, since, known = [] }: Fingerprint,
  forMs: number,
  { codedeploy, clock, cancelled, wait }: SearchOptions
): Promise<CreatedDeployment | undefined> {
  // AWS's time is known from its first answer on.
  let answeredAt: number | undefined
  const unreadSince = new Map<string, number>()
  for (let looks = 1; ; looks++) {
    // The list may be as old as this: to read about each deployment can take minutes.
    const lookedAt = clock.now()
    const recent = (await codedeploy.recent(group, since)).filter(({ id }) => !known.includes(id))
    const ours = recent.find(each => each.sha256 === sha256 && each.description === description)
    if (ours || cancelled.aborted) return ours
    const unread = recent.filter(({ isUnread }) => isUnread)
    for (const { id } of unread) unreadSince.set(id, unreadSince.get(id) ?? lookedAt)
    const [first] = unread
    // One that was listed only at the end can be read in a moment.
    const mayBeRead = unread.some(({ id }) => lookedAt - (unreadSince.get(id) ?? 0) < patience.stale)
    const isOver = (answeredAt === undefined ? 0 : lookedAt - answeredAt) >= forMs
    if (isOver && !first) return undefined
    if (isOver && first && !mayBeRead) throw unreadable(first, group)
    answeredAt ??= clock.now()
    if (looks === 1) wait?.()
    await clock.sleep(Math.min(5_000, looks * 1_000), cancelled)
  }
}

const unreadable = ({ id }: CreatedDeployment, { application, group }: DeploymentGroup): Failure =>
  new Failure(`CodeDeploy lists deployment ${id}, and does not know it`, {
    kind: 'missing',
    code: 'DeploymentDoesNotExistException',
    action: 'codedeploy:GetDeployment',
    resource: `${application}/${group}`,
    mayHaveActed: false
  })
