import type { Clock } from '../clock.ts'
import type { Cause } from '../deployment/outcome.ts'
import type { Strategy } from '../deployment/strategy.ts'
import { causeOfFailure, Failure, unsent } from '../failure.ts'
import type { Group } from '../plan/holdings.ts'
import { asCreated, type NewGroup, type SetUp } from '../plan/setup.ts'
import { type CreateDeploymentPort, type CreationResult, createConfiguration } from './createdeployment.ts'

/** What setting up asks of CodeDeploy. All throw Failure. */
export interface SetUpPort {
  createStrategy(name: string, strategy: Strategy): Promise<CreationResult>
  createApplication(application: string): Promise<CreationResult>
  createGroup(group: NewGroup): Promise<CreationResult>
  group(application: string, group: string): Promise<Group | 'no-application' | 'no-group'>
}

export interface SetUpOptions {
  codedeploy: SetUpPort
  clock: Clock
  cancelled: AbortSignal
  tell(line: string): void
}

/** `found`: the group is not ours, so it may be another one than was asked for. */
export type SetUpResult = { kind: 'created' | 'found'; group: Group } | { kind: 'refused'; cause: Cause }

/**
 * For how long what was just created may not be found, and a role that was just made not be assumed, ms. CodeDeploy says nothing about
 * it; IAM says that a change takes a while to be seen everywhere.
 */
const settlingMs = 20_000
const againMs = 2_000

/**
 * Creates the deployment group, and what it needs before: the deployment configuration, and (once, whoever asks) the application. What
 * exists already is left as it is, so that all of this may be asked for twice. Throws Failure.
 */
export async function setUp(
  { group, withApplication, configuration }: SetUp,
  application: () => Promise<void>,
  options: SetUpOptions
): Promise<SetUpResult> {
  const { codedeploy, cancelled, tell } = options
  const notCancelled = () => {
    if (cancelled.aborted)
      throw unsent('codedeploy:CreateDeploymentGroup', `${group.application}/${group.group}`)
  }
  notCancelled()
  if (configuration) {
    await createConfiguration(configuration, options)
    notCancelled()
  }
  if (withApplication) {
    await application()
    notCancelled()
  }
  try {
    const result = await settled(isEarly, options, () => codedeploy.createGroup(group))
    if (result === 'exists') return await lookAt(group, options)
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    if (failure.code === notAssumed) return { kind: 'refused', cause: roleRefused(group, failure) }
    if (withApplication || !mayBeOfPlatform(failure)) throw failure
    return { kind: 'refused', cause: perhapsOtherPlatform(group, failure) }
  }
  tell(`Deployment group ${group.group} of application ${group.application} created`)
  return { kind: 'created', group: asCreated(group) }
}

const notAssumed = 'InvalidRoleException'

/** The application or the group is not found, so nothing was done. */
const isUnfound = ({ code }: Failure): boolean =>
  code === 'ApplicationDoesNotExistException' || code === 'DeploymentGroupDoesNotExistException'

/**
 * A group for Lambda does not fit an application of another compute platform. With which error CodeDeploy then refuses it is not
 * documented; awsdocs/amazon-ecs-developer-guide#213 has InvalidLoadBalancerInfoException for one of EC2. These are about something else.
 */
const mayBeOfPlatform = ({ kind, code }: Failure): boolean =>
  kind === 'rejected' && !/LimitExceeded|Alarm|DeploymentConfig|Role|GroupName/.test(code)

const isEarly = (failure: Failure): boolean => failure.code === notAssumed || isUnfound(failure)

/** Asks again for as long as a refusal may only be early. Throws Failure. */
async function settled<T>(
  mayBeEarly: (failure: Failure) => boolean,
  { clock, cancelled }: Pick<SetUpOptions, 'clock' | 'cancelled'>,
  ask: () => Promise<T>
): Promise<T> {
  const until = clock.now() + settlingMs
  for (;;) {
    try {
      return await ask()
    } catch (failure) {
      if (!(failure instanceof Failure) || !mayBeEarly(failure) || clock.now() >= until) throw failure
      if (!cancelled.aborted) await clock.sleep(againMs, cancelled)
      if (cancelled.aborted) throw unsent(failure.action, failure.resource)
    }
  }
}

/** Somebody else's group, or ours after a lost answer. */
async function lookAt(
  { application, group }: NewGroup,
  { codedeploy, clock, cancelled, tell }: SetUpOptions
): Promise<SetUpResult> {
  const until = clock.now() + settlingMs
  for (;;) {
    const found = await codedeploy.group(application, group)
    if (typeof found === 'object') {
      tell(`Deployment group ${group} of application ${application} exists by now`)
      return { kind: 'found', group: found }
    }
    if (clock.now() >= until) return { kind: 'refused', cause: contradicted(group) }
    await clock.sleep(againMs, cancelled)
    if (cancelled.aborted) throw unsent('codedeploy:GetDeploymentGroup', `${application}/${group}`)
  }
}

const roleRefused = ({ group, serviceRole }: NewGroup, { message }: Failure): Cause => ({
  code: 'SERVICE_ROLE_NOT_ASSUMED',
  what: `CodeDeploy cannot assume role ${serviceRole}, so deployment group ${group} was not created.`,
  next: 'Correct codedeploy-service-role, or let the trust policy of the role admit codedeploy.amazonaws.com (docs/permissions.md, the service role).',
  message
})

/** Reading the platform of an application would need a permission of its own. */
const perhapsOtherPlatform = ({ application }: NewGroup, failure: Failure): Cause => ({
  ...causeOfFailure(failure),
  next: `Correct what the AWS message names. Application ${application} may be for EC2 or ECS: then give one whose compute platform is Lambda as codedeploy-application, or a new name, which is created.`
})

const contradicted = (group: string): Cause => ({
  code: 'DEPLOYMENT_GROUP_MISSING',
  what: `CodeDeploy says that deployment group ${group} exists already, and does not find it.`,
  next: 'Run the step again.'
})

/**
 * The same port for a group that was just created. What CodeDeploy does not find, it has not acted upon, so it is asked for again for a
 * while.
 */
export const awaiting = (
  codedeploy: CreateDeploymentPort,
  options: Pick<SetUpOptions, 'clock' | 'cancelled'>
): CreateDeploymentPort => ({
  createStrategy: (...given) => codedeploy.createStrategy(...given),
  create: (...given) => settled(isUnfound, options, () => codedeploy.create(...given)),
  recent: (...given) => settled(isUnfound, options, () => codedeploy.recent(...given))
})
