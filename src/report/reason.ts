import type { Cause } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { code, fenced, markdown, plain, shortened } from '../text/safe.ts'
import { lookAt } from './facts.ts'
import { logTitle } from './words.ts'

/** Of a log or an answer, in characters. */
export const longestBlock = 20_000

/** Why a release did not succeed, and what to do next, as blocks of Markdown. */
export function reasonBlocks(record: ReleaseRecord, cause: Cause, region: string | undefined): string[] {
  return [
    `**Why** ${markdown(cause.what)} ${code(cause.code)}`,
    ...(cause.problems ? [cause.problems.map(each => `- ${code(each)}`).join('\n')] : []),
    ...(cause.answer === undefined
      ? []
      : [`**It answered**\n\n${fenced(shortened(cause.answer, longestBlock), 'json')}`]),
    ...(cause.message ? [`**AWS says** ${code(cause.message)}`] : []),
    `**What to do next** ${withCommands(cause.next)}`,
    ...lookAt(record, cause, region),
    ...(cause.log && cause.log.length > 0
      ? [`**${logTitle(cause)}**\n\n${fenced(cause.log.join('\n').slice(-longestBlock), 'text')}`]
      : [])
  ]
}

/** Shows commands to copy as code. */
const withCommands = (text: string): string =>
  plain(text)
    .split(/(\baws (?:deploy|lambda) .*?(?=\. |$))/)
    .map((part, index) => (index % 2 === 1 ? code(part) : markdown(part)))
    .join('')
