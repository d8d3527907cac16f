import { servingVersion } from '../deployment/observation.ts'
import { causeOf, type Outcome, worst } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { metricsOutput } from './figures.ts'
import { replacedText } from './words.ts'

/** Always the same keys, in the order of action.yml; empty where there is nothing to say. */
export const outputNames = [
  'outcome',
  'version',
  'previous-version',
  'serving-version',
  'deployment-id',
  'deployment-status',
  'rollback-deployment-id',
  'alias-arn',
  'function-arn',
  'appspec',
  'console-url',
  'error-code',
  'error-message',
  'duration-seconds',
  'code-sha256',
  'metrics',
  'summary',
  'results'
] as const

export type OutputName = (typeof outputNames)[number]
export type Outputs = Record<OutputName, string>

/**
 * The step's outputs: those of the function if there is one; the worst outcome, and `results`, if there are several. What came of any
 * of them is there when all have ended: until then, one that is already on its target may yet be taken back with the others. `summary` is
 * there at the end.
 */
export function outputs(records: readonly ReleaseRecord[], summary = ''): Outputs {
  const kinds = records.flatMap(({ outcome }) => outcome?.kind ?? [])
  const haveEnded = kinds.length === records.length
  const results = records.map(record => resultOf(record, haveEnded ? record.outcome : undefined))
  const [only] = results.length === 1 ? results : []
  const blank = Object.fromEntries(outputNames.map(name => [name, ''])) as Outputs
  return {
    ...blank,
    ...only,
    outcome: haveEnded && kinds.length > 0 ? worst(kinds) : '',
    summary,
    results: JSON.stringify(
      records.map((record, index) => ({
        'function-name': record.functionName,
        alias: record.alias,
        ...results[index]
      }))
    )
  }
}

/** The outputs of one function. */
function resultOf(record: ReleaseRecord, outcome: Outcome | undefined): Omit<Outputs, 'results' | 'summary'> {
  const { startedAt, endedAt } = record
  const cause = outcome && causeOf(outcome)
  return {
    outcome: outcome?.kind ?? '',
    version: record.version ?? '',
    'previous-version': record.previousVersion ?? '',
    'serving-version': outcome?.serving ? servingVersion(outcome.serving) : '',
    'deployment-id': record.deploymentId ?? '',
    'deployment-status': record.deploymentStatus ?? '',
    'rollback-deployment-id': record.rollbackId ?? '',
    'alias-arn': record.aliasArn ?? '',
    'function-arn': record.functionArn ?? '',
    appspec: record.appSpec ?? '',
    'console-url': record.consoleUrl ?? '',
    'error-code': cause?.code ?? '',
    'error-message': cause
      ? [cause.what, ...(cause.problems ?? []), cause.message, ...(record.replaced ?? []).map(replacedText)]
          .filter(Boolean)
          .join('\n')
      : '',
    'duration-seconds':
      startedAt === undefined || endedAt === undefined
        ? ''
        : String(Math.round((endedAt - startedAt) / 1000)),
    'code-sha256': record.codeSha256 ?? '',
    metrics: metricsOutput(record)
  }
}
