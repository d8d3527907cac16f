import { servingVersion, shares, type Traffic } from '../deployment/observation.ts'
import { causeOf, type Outcome, type OutcomeKind } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { versionText } from './lines.ts'
import { duration, percent, plain } from './text.ts'

/** `v8`, or `v7 90% and v8 10%`. */
export function servingText(serving: Traffic | undefined): string {
  if (!serving) return 'unknown'
  const parts = shares(serving)
  if (parts.length === 1) return versionText(servingVersion(serving))
  return parts.map(([version, share]) => `${versionText(version)} ${percent(share)}`).join(' and ')
}

/** The outcome in one sentence. Safe for the log. */
export function headline(record: ReleaseRecord): string {
  const { outcome, functionName, alias, version, previousVersion, deploymentId } = record
  const name = plain(`${functionName}:${alias}`)
  const to = versionText(version ?? '?')
  const took =
    record.startedAt !== undefined && record.endedAt !== undefined
      ? ` in ${duration(record.endedAt - record.startedAt)}`
      : ''
  if (!outcome) return `${name} has no outcome.`
  const says: Record<OutcomeKind, string> = {
    succeeded: `${name} is wholly on ${to}${took}.`,
    unchanged: `${name} was already wholly on ${to}; nothing was deployed.`,
    created: `${name} was created on ${to}; there was no traffic to shift.`,
    planned: `${name}: nothing was changed (dry-run).`,
    started: `${name}: deployment ${plain(deploymentId ?? '')} was started and goes on without being watched.`,
    'rolled-back': `${name} was rolled back and serves ${servingText(outcome.serving)}${previousVersion ? ' as before' : ''}.`,
    failed: `${name} failed and was not rolled back; it serves ${servingText(outcome.serving)}.`,
    stopped: `${name} was stopped by somebody else and not rolled back; it serves ${servingText(outcome.serving)}.`,
    'timed-out': `${name}: the wait ran out; it serves ${servingText(outcome.serving)} for now.`,
    interrupted: `${name}: the step was interrupted; it serves ${servingText(outcome.serving)} for now.`,
    lost: `${name}: the deployment can no longer be seen; what serves is unknown.`,
    refused: `${name} was not released; ${outcome.serving ? `it serves ${servingText(outcome.serving)} as before` : 'no traffic was moved'}.`
  }
  return says[outcome.kind]
}

/** Why it did not succeed and what to do, one line each. Safe for the log and, behind a title, for an annotation. */
export function explanation(outcome: Outcome): string[] {
  const cause = causeOf(outcome)
  if (!cause) return []
  return [
    `Why:  ${plain(cause.what)} (${plain(cause.code)})`,
    ...(cause.problems ?? []).map(plain),
    ...(cause.message ? [`AWS:  ${plain(cause.message)}`] : []),
    `Next: ${plain(cause.next)}`
  ]
}

/** `Lambda CodeDeploy: rolled-back, live serves v7`. */
export const annotationTitle = (record: ReleaseRecord): string =>
  `Lambda CodeDeploy: ${record.outcome?.kind ?? 'no outcome'}${
    record.outcome?.serving ? `, ${plain(record.alias)} serves ${servingText(record.outcome.serving)}` : ''
  }`
