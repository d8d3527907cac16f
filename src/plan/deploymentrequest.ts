import type { Safeguards } from '../deployment/observation.ts'
import type { Strategy } from '../deployment/strategy.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import type { SafeguardChoice } from '../inputs/safeguards.ts'
import { type Holdings, strategyOf } from './holdings.ts'

/** The parameters of CreateDeployment, apart from the AppSpec. */
export interface DeploymentRequest extends SafeguardChoice {
  application: string
  group: string
  description: string
  /** Name of the deployment configuration; absent: the group's own. */
  configuration?: string
  /** That configuration does not exist yet, and is created first. */
  creates?: { name: string; strategy: Strategy }
}

export function deploymentRequestOf(request: ReleaseRequest, held: Holdings): DeploymentRequest {
  const { application, group, deploymentDescription, alarms, rollback, configuration } = request
  const creates = newConfiguration(held)
  return {
    application,
    group,
    description: deploymentDescription,
    alarms,
    rollback,
    ...(configuration && { configuration: configuration.name }),
    ...(creates && { creates })
  }
}

/** The deployment configuration that has to be created; undefined when there is one. */
export function newConfiguration(held: Holdings): DeploymentRequest['creates'] {
  const strategy = strategyOf(held)
  if (held.strategy !== 'missing' || !held.configuration || !strategy) return undefined
  return { name: held.configuration.name, strategy }
}

/** Nothing stops it, and nothing rolls it back. */
export const unguarded: SafeguardChoice = { alarms: 'none', rollback: 'none' }

/** The same for a role that may not override alarms, which needs a permission of its own (codedeploy:UpdateDeploymentGroup). */
export const withGroupAlarms: SafeguardChoice = { alarms: 'group', rollback: 'none' }

/** The alarms and rollback events in force: those of the request, or else those of the group. */
export function safeguardsInForce(request: SafeguardChoice, held: Holdings): Safeguards {
  const group = typeof held.group === 'object' ? held.group : undefined
  const { alarms, rollback } = request
  const events = rollback === 'group' ? group?.rollbackEvents : rollback === 'none' ? [] : rollback
  return {
    alarms: alarms === 'group' ? (group?.alarms ?? []) : alarms === 'none' ? [] : alarms.names,
    ...(events && { rollbackEvents: events })
  }
}

/** Warns when traffic would stay where it is after something went wrong. */
export function safeguardWarnings({ alarms, rollbackEvents }: Safeguards): string[] {
  if (rollbackEvents?.length === 0)
    return [
      'Nothing rolls this deployment back by itself: when it fails or is stopped, traffic stays where it is at that moment.'
    ]
  if (rollbackEvents && alarms.length > 0 && !rollbackEvents.includes('DEPLOYMENT_STOP_ON_ALARM'))
    return [
      'An alarm would stop this deployment without shifting traffic back: DEPLOYMENT_STOP_ON_ALARM is not among the rollback events.'
    ]
  return []
}
