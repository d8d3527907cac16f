import type { ReleaseRequest } from '../inputs/request.ts'
import { rollbackEvents } from '../inputs/safeguards.ts'
import { type DeploymentRequest, newConfiguration } from './deploymentrequest.ts'
import type { Group, Holdings } from './holdings.ts'
import type { Refusal } from './refusals.ts'

/** A deployment group that does not exist yet. */
export interface NewGroup {
  application: string
  group: string
  /** ARN. */
  serviceRole: string
  configuration: string
  alarms: ReleaseRequest['alarms']
}

const allAtOnce = 'CodeDeployDefault.LambdaAllAtOnce'

/** The group that is created for this request; undefined when it is not to be created, whether it exists or not. */
const newGroupOf = ({
  application,
  group,
  serviceRole,
  configuration,
  alarms
}: ReleaseRequest): NewGroup | undefined =>
  serviceRole === undefined
    ? undefined
    : { application, group, serviceRole, configuration: configuration?.name ?? allAtOnce, alarms }

/** What has to be created before the release. */
export interface SetUp {
  group: NewGroup
  withApplication: boolean
  /** The deployment configuration that the group is to have. */
  configuration?: NonNullable<DeploymentRequest['creates']>
}

/** Undefined when everything is there, or is not known to be missing. */
export function setUpOf(request: ReleaseRequest, held: Holdings): SetUp | undefined {
  const group = newGroupOf(request)
  if (!group || !held.missing) return undefined
  const configuration = newConfiguration(held)
  return { group, withApplication: held.missing === 'application', ...(configuration && { configuration }) }
}

/** A new group as CodeDeploy will describe it. It rolls back in every case, whatever this deployment is to do. */
export const asCreated = ({ alarms, configuration, serviceRole }: NewGroup): Group => ({
  computePlatform: 'Lambda',
  configuration,
  serviceRole,
  alarms: typeof alarms === 'object' ? alarms.names : [],
  rollbackEvents
})

/** What was found of the group, or what it will be once it is created. */
export function foundOrNew(
  request: ReleaseRequest,
  found: Holdings['group']
): Pick<Holdings, 'group' | 'missing'> {
  const created = newGroupOf(request)
  if (!created || (found !== 'no-application' && found !== 'no-group')) return { group: found }
  return {
    group: asCreated(created),
    missing: found === 'no-application' ? 'application' : 'group'
  }
}

/** CodeDeploy assumes roles of its own account only. */
export function roleElsewhere(request: ReleaseRequest, { missing, source }: Holdings): Refusal | undefined {
  const account = request.serviceRole?.split(':')[4]
  if (!missing || account === undefined || !source || source.arn.split(':')[4] === account) return undefined
  return [
    'WRONG_ACCOUNT',
    `codedeploy-service-role is in account ${account}, but the credentials are for another one.`,
    'Give the ARN of a role in the account of the function: CodeDeploy can use no other.'
  ]
}

/** An existing group is used as it is. */
export function otherRoleWarning(
  { group: name, serviceRole }: ReleaseRequest,
  { group }: Pick<Holdings, 'group'>
): string[] {
  const has = typeof group === 'object' ? group.serviceRole : undefined
  if (serviceRole === undefined || has === undefined || has === serviceRole) return []
  return [
    `Deployment group ${name} has service role ${has}, not ${serviceRole} as codedeploy-service-role says. It stays as it is: what exists is never changed.`
  ]
}
