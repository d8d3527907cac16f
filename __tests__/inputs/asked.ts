import { openGate } from '../../src/deployment/gate.ts'
import type { ReleaseRequest } from '../../src/inputs/request.ts'

/** A release of payments-api:live: no hooks, no configuration of its own, the group's alarms, every rollback event. */
export const request = (over: Partial<ReleaseRequest> = {}): ReleaseRequest => ({
  functionName: 'payments-api',
  alias: 'live',
  application: 'payments',
  group: 'payments-live',
  versionDescription: 'acme/payments@1a2b3c4 run 4711.1',
  deploymentDescription: 'acme/payments@1a2b3c4 run 4711.1',
  hooks: {},
  alarms: 'group',
  rollback: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
  createAlias: true,
  ifInProgress: 'wait',
  gate: openGate,
  isMarked: true,
  ...over
})
