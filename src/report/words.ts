import { isMovedOn } from '../deployment/alias.ts'
import { qualifiedName } from '../deployment/names.ts'
import { isOver, isWhollyOn, shares, type Traffic } from '../deployment/observation.ts'
import {
  type Cause,
  causeOf,
  type Outcome,
  type OutcomeKind,
  outcomes,
  worst
} from '../deployment/outcome.ts'
import type { ReleaseRecord, Replaced } from '../deployment/record.ts'
import { plain, quoted } from '../text/safe.ts'
import { servingText, versionText } from '../text/traffic.ts'
import { duration } from '../text/units.ts'
import { meanwhile } from './figures.ts'

/** The outcome in one sentence. Safe for the log. */
export function headline(record: ReleaseRecord): string {
  const { outcome, functionName, version, previousVersion, deploymentId } = record
  if (!functionName && outcome?.kind === 'refused') return 'The step was refused; it has changed nothing.'
  if (!functionName && outcome?.kind === 'interrupted')
    return 'The step was interrupted before it knew a deployment; it has changed nothing.'
  const name = functionName ? plain(qualifiedName(record)) : 'The release'
  const to = versionText(version ?? '?')
  const took =
    record.startedAt !== undefined && record.endedAt !== undefined
      ? ` in ${duration(record.endedAt - record.startedAt)}`
      : ''
  if (!outcome) return `${name} has no outcome.`
  const isBack =
    record.endedAt !== undefined &&
    previousVersion !== undefined &&
    outcome.serving !== undefined &&
    isWhollyOn(outcome.serving, previousVersion)
  const serves = outcome.serving ? `it serves ${servingText(outcome.serving)}` : 'what it serves is unknown'
  const lasts = isBack ? ' as before' : isSettled(record) ? '' : ' for now'
  const standing = outcome.serving ? `${serves}${lasts}` : serves
  const unread = 'what it serves now was not read again'
  const isOthers =
    version !== undefined &&
    previousVersion !== undefined &&
    isMovedOn(outcome.serving, { currentVersion: previousVersion, targetVersion: version })
  const says: Record<OutcomeKind, string> = {
    succeeded:
      outcome.serving && isWhollyOn(outcome.serving, version ?? '')
        ? `${name} is wholly on ${to}${took}.`
        : `${name} was shifted to ${to}${took}; ${outcome.serving ? `${serves} by now` : unread}.`,
    unchanged: record.skipped
      ? `${name} was left on ${servingText(outcome.serving)}: a newer commit is live or being released.`
      : `${name} was already wholly on ${to}; nothing was deployed.`,
    created: `${name} was created on ${to}; there was no traffic to shift.`,
    weighted: outcome.serving
      ? `${name} serves ${servingText(outcome.serving)}, as asked for.`
      : `${name} was given the weights that were asked for; ${unread}.`,
    planned: `${name} ${plannedText(record)}; nothing was changed (dry-run).`,
    started: `${name}: deployment ${plain(deploymentId ?? '')} was started and goes on unwatched.`,
    'rolled-back': `${name} was rolled back and serves ${servingText(outcome.serving)}${previousVersion ? ' as before' : ''}.`,
    failed: `${name} failed${isOthers ? '' : ' and was not rolled back'}; ${serves}.`,
    stopped: `${name} was stopped by somebody else and not rolled back; ${serves}.`,
    'timed-out': `${name}: the wait ran out; ${standing}.`,
    interrupted: `${name}: the step was interrupted; ${standing}.`,
    lost: `${name}: ${isOutOfSight(record) ? 'the deployment can no longer be seen; what serves is unknown' : 'what the alias serves is unknown'}.`,
    refused: record.unwatched
      ? `${name} is not watched; deployment ${plain(deploymentId ?? '')} is left as it is, and ${serves}.`
      : `${name} was not released; ${outcome.serving ? `it serves ${compared(outcome.serving, record.foundVersion ?? previousVersion)}` : 'no traffic was moved'}.`
  }
  return says[outcome.kind]
}

/** Its end was not seen. A deployment that has ended, or that never was, is not what is missing. */
const isOutOfSight = ({ deploymentId, deploymentStatus = '' }: ReleaseRecord): boolean =>
  deploymentId !== undefined && !isOver(deploymentStatus)

/** Nothing will move any more: it has ended, and no rollback of it was seen that may still run. */
const isSettled = ({ deploymentStatus = '', rollbackId, unfinished }: ReleaseRecord): boolean =>
  isOver(deploymentStatus) && rollbackId === undefined && !unfinished

function plannedText({ previousVersion, version, inTheWay, appSpec, weights }: ReleaseRecord): string {
  if (weights !== undefined) return `would serve ${weights}`
  const id = inTheWay && `deployment ${plain(inTheWay.deploymentId)}`
  if (inTheWay?.then === 'join') return `would join ${id}, which shifts to ${versionText(version ?? '?')}`
  const isElsewhere = inTheWay?.isElsewhere
  const on = isElsewhere
    ? `once ${id} has ended, which is running`
    : `from what ${id} leaves, which is running`
  if (id && !appSpec) return `would go on ${on}`
  if (previousVersion === undefined) return 'would be created'
  const from = `would go from ${versionText(previousVersion)}`
  const to = `to ${versionText(version ?? '$LATEST')}`
  if (!id) return `${from} ${to}`
  return isElsewhere ? `${from} ${to} ${on}` : `${from}, or ${on}, ${to}`
}

/** Nothing was moved by this run; somebody else may have moved the alias since it was read. */
function compared(serving: Traffic, foundVersion: string | undefined): string {
  if (foundVersion === undefined || shares(serving).length > 1) return servingText(serving)
  const isSame = isWhollyOn(serving, foundVersion)
  return `${servingText(serving)}${isSame ? ' as before' : `, no longer ${versionText(foundVersion)}`}`
}

/** Why it did not succeed and what to do, one line each. Safe for the log and, after a title, for an annotation. */
export function explanation(outcome: Outcome): string[] {
  const cause = causeOf(outcome)
  if (!cause) return []
  return [
    `Why:  ${plain(cause.what)} (${plain(cause.code)})`,
    ...(cause.problems ?? []).map(plain),
    ...(cause.answer === undefined ? [] : [`Got:  ${plain(cause.answer)}`]),
    ...(cause.message ? [`AWS:  ${plain(cause.message)}`] : []),
    `Next: ${plain(cause.next)}`
  ]
}

/** What a release leaves behind that did not succeed, one line each; nothing when nothing is left. Safe for the log. */
export function leftBehind(record: ReleaseRecord): string[] {
  const { outcome, skipped } = record
  const cause = outcome && causeOf(outcome)
  if (!cause && skipped === undefined) return []
  const stopped = (record.replaced ?? []).map(each => `Note: ${plain(replacedText(each))}`)
  return [...stopped, ...uploadLeft(record, cause)]
}

function uploadLeft({ code, functionName, version }: ReleaseRecord, cause: Cause | undefined): string[] {
  // Somebody else's code is there by now.
  if (!code?.uploaded || cause?.code === 'CODE_CHANGED') return []
  const may = code.uploaded === 'perhaps' ? 'may have been' : 'was'
  const published = version ? `, and published as ${versionText(version)}` : ''
  return [
    `Note: the new code ${may} uploaded to $LATEST of ${plain(functionName)}${published}. It stays there.`
  ]
}

/** What the step did to somebody else's deployment that was in its way. May contain foreign text. */
export function replacedText({ deploymentId, status, rollback }: Replaced): string {
  const asked = `This step asked CodeDeploy to stop deployment ${deploymentId}, to replace it`
  if (status === undefined) return `${asked}; the end of that was not seen.`
  if (!rollback) return `${asked}. It ended ${status}, and no rollback of it was seen.`
  const { error } = rollback
  const end =
    rollback.status === undefined
      ? `the end of its rollback ${rollback.deploymentId} was not seen`
      : `its rollback ${rollback.deploymentId} ended ${rollback.status}`
  return `${asked}. It ended ${status}, and ${end}${error ? ` (${error.code}: ${error.message})` : ''}.`
}

/** The end of a log under a title; nothing when there is no log. Safe for the log. */
const logEnd = (cause: Cause, lines: number): string[] => {
  const shown = cause.log?.slice(-lines) ?? []
  return shown.length > 0 ? [`${logTitle(cause)}:`, ...quoted(shown)] : []
}

/** The end of whose log it is: of the hook, or of the version that failed a test. */
export const logTitle = (cause: Cause): string =>
  `End of the ${cause.answer === undefined ? 'hook' : 'function'}'s log${sharedNote(cause.hook)}`

/** Nothing in a line tells about which release it is. */
export const sharedNote = (hook: Cause['hook']): string =>
  hook?.isShared ? ' (hooks of other releases of the step may write to it, too)' : ''

/** GitHub cuts an annotation at 4096 characters. */
const longestMessage = 3_900

/** How many lines of a log are shown. The summary has more. */
export const mostOfLog = 3
/** Up to this many functions, each is named even if it is fine. */
export const mostNamed = 10

/** The step's one annotation, which is also its result in the log: what serves, why, and what to do next. */
export function annotation(records: readonly ReleaseRecord[]): { title: string; message: string } {
  const kinds = records.flatMap(({ outcome }) => outcome?.kind ?? [])
  // What failed by itself comes first: it explains what was blocked because of it.
  const ordered = [...records].sort((a, b) => rank(a) - rank(b))
  const told = ordered.length > mostNamed ? ordered.filter(record => rank(record) < fine) : ordered
  const lines = told.flatMap(record => {
    const cause = record.outcome && causeOf(record.outcome)
    const why = record.outcome && rank(record) < blocked ? explanation(record.outcome) : []
    // What to do next comes last.
    const told = [...why.slice(0, -1), ...figuresOf(record), ...why.slice(-1)]
    return [headline(record), ...told, ...leftBehind(record), ...(cause ? logEnd(cause, mostOfLog) : [])]
  })
  return {
    title: `Lambda CodeDeploy: ${worst(kinds)}${titleEnd(records)}`,
    message: cutLines([...(told === ordered ? [] : [countsText(kinds)]), ...lines], longestMessage)
  }
}

/** What the new version did until an alarm or a hook took it back is what people look for. A verdict counts by itself. */
function figuresOf(record: ReleaseRecord): string[] {
  const cause = record.outcome && causeOf(record.outcome)
  const isVerdict = cause?.code === 'CANARY_ERRORS' || cause?.code === 'NO_TRAFFIC'
  const told = cause && !isVerdict && rank(record) < blocked ? meanwhile(record) : undefined
  return told === undefined ? [] : [told]
}

/** `24 functions: 23 succeeded, 1 unchanged.` */
function countsText(kinds: readonly OutcomeKind[]): string {
  const counts = outcomes.map(kind => [kind, kinds.filter(each => each === kind).length] as const)
  const parts = counts.flatMap(([kind, count]) => (count > 0 ? [`${count} ${kind}`] : []))
  return `${kinds.length} functions: ${parts.join(', ')}.`
}

function titleEnd(records: readonly ReleaseRecord[]): string {
  const [only, ...more] = records
  if (more.length > 0) {
    const failed = records.filter(({ outcome }) => outcome && causeOf(outcome)).length
    return failed > 0
      ? `, ${failed} of ${records.length} functions not released`
      : `, ${records.length} functions`
  }
  return only?.outcome?.serving ? `, ${plain(only.alias)} serves ${servingText(only.outcome.serving)}` : ''
}

const blocked = 1
const fine = 2

/** Sorts what failed by itself before what was blocked because of it, and that before what is fine. */
export function rank({ outcome }: ReleaseRecord): number {
  const cause = outcome && causeOf(outcome)
  return !cause ? fine : cause.code === 'HELD_BACK' ? blocked : 0
}

function cutLines(lines: readonly string[], most: number): string {
  const text = lines.join('\n')
  if (text.length <= most) return text
  return `${text.slice(0, text.lastIndexOf('\n', most))}\n… the rest is in the job summary`
}
