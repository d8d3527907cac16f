import { isGradual, type Strategy } from '../deployment/strategy.ts'
import type { FunctionVersion, Holdings } from './holdings.ts'
import type { Refusal } from './refusals.ts'

/**
 * Why Lambda would not let the live version and the target share the alias; undefined if it would, or if the strategy does not make them
 * share it (`instead` names an input that does not). Both need the same execution role and the same dead-letter queue; see "Configuring a
 * weighted alias" in the Lambda developer guide.
 */
export function cannotShare(
  { live, alias }: Holdings,
  target: FunctionVersion,
  strategy: Strategy | undefined,
  instead = 'codedeploy-deployment-config: AllAtOnce'
): Refusal | undefined {
  if (!strategy || !isGradual(strategy) || live?.version !== alias?.version || !live) return undefined
  const next = `Release this change with ${instead}.`
  if (live.role && target.role && live.role !== target.role)
    return [
      'ROLES_DIFFER',
      `Version ${live.version} runs with role ${live.role}, the new one with ${target.role}. Lambda lets an alias share traffic only between versions with the same execution role.`,
      next
    ]
  if (live.deadLetterQueue !== target.deadLetterQueue)
    return [
      'DEAD_LETTER_QUEUES_DIFFER',
      `Version ${live.version} has ${queueText(live)}, the new one has ${target.deadLetterQueue ?? 'none'}. Lambda lets an alias share traffic only between versions with the same dead-letter queue.`,
      next
    ]
  return undefined
}

const queueText = ({ deadLetterQueue }: FunctionVersion): string =>
  deadLetterQueue === undefined ? 'no dead-letter queue' : `dead-letter queue ${deadLetterQueue}`
