import type { Cause, OutcomeKind } from './deployment/outcome.ts'
import type { Journal } from './journal.ts'
import { warnOfStaying } from './release/staying.ts'
import type { Reporter } from './report/reporter.ts'

const noOutcome: Cause = {
  code: 'UNFORESEEN',
  what: 'Lambda CodeDeploy ended without saying how this release ended.',
  next: 'Look at the deployment in the console, and please report this with the log.'
}

/**
 * Sets, reports and returns the result of the step: the worst outcome of its releases. The post step reports what is not finished. A
 * release that has no outcome ends with `cause`.
 */
export async function conclude(
  { journal, reporter }: { journal: Journal; reporter: Reporter },
  cause: Cause = noOutcome
): Promise<OutcomeKind> {
  journal.close(cause)
  if (journal.isUnfinished) journal.keep()
  else warnOfStaying(journal.records, reporter)
  const outcome = await reporter.conclude()
  // Only after everything was reported: if the process is killed before, post reports it.
  if (!journal.isUnfinished) journal.done()
  return outcome
}
