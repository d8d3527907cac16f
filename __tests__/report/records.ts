import type { Cause, Outcome } from '../../src/deployment/outcome.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'

/** The release of payments-api:live from 7 to 8 by deployment d-NEW, which ran for 65 seconds. */
export const record = (over: Partial<ReleaseRecord> = {}): ReleaseRecord => ({
  functionName: 'payments-api',
  alias: 'live',
  previousVersion: '7',
  version: '8',
  strategy: '10%, then all after 5 minutes',
  deploymentId: 'd-NEW',
  consoleUrl:
    'https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-NEW?region=eu-west-1',
  deploymentStatus: 'Succeeded',
  startedAt: 1_000,
  endedAt: 66_000,
  events: [],
  warnings: [],
  ...over
})

/** The deployment of that release, without hooks and alarms. */
export const subject = {
  functionName: 'payments-api',
  alias: 'live',
  deploymentId: 'd-NEW',
  currentVersion: '7',
  targetVersion: '8',
  hooks: {},
  alarms: []
}

export const on = (version: string) => ({ version, weights: {} })
export const split = { version: '7', weights: { '8': 0.1 } }

export const alarm: Cause = {
  code: 'ALARM_ACTIVE',
  what: 'Alarm payments-errors went off, so CodeDeploy stopped the deployment.',
  next: 'Look at the alarm, then release again.',
  message: 'Activated alarms: <payments-errors>'
}

export const succeeded = { kind: 'succeeded', serving: on('8') } satisfies Outcome
export const rolledBack = { kind: 'rolled-back', serving: on('7'), cause: alarm } satisfies Outcome
