import type { Cause } from '../deployment/outcome.ts'
import type { IfOutdated } from '../inputs/inputs.ts'
import { type Answer, type Trouble, troubleText } from './answer.ts'
import { isSameRepository, type Mark, markIn } from './mark.ts'

/** How `head` stands to `base` in GitHub's words: `behind` means that `base` has everything that `head` has, and more. */
export interface Comparison {
  status: 'ahead' | 'behind' | 'identical' | 'diverged'
  /** Commits that `head` has and `base` has not. */
  aheadBy: number
  /** Commits that `base` has and `head` has not. */
  behindBy: number
}

export interface Comparer {
  /** Compares two commits of the job's repository. Never throws. */
  compare(base: string, head: string, cancelled?: AbortSignal): Promise<Answer<Comparison>>
}

/** How the commit that is live stands to ours; `live` is set whenever the live version says where it comes from. */
export type LiveCommit =
  | { kind: 'current'; live: Mark; sentence: string }
  | { kind: 'outdated'; live: Mark; sentence: string }
  | { kind: 'unknown'; live?: Mark; sentence: string; trouble?: Trouble }

/** What becomes of the release. Each message is for people and may hold foreign text. */
export type Verdict =
  | { kind: 'go' }
  | { kind: 'warn'; message: string }
  | { kind: 'skip'; message: string }
  | { kind: 'refuse'; cause: Cause }

/**
 * Asks GitHub whether the live commit is newer than ours: `GET /repos/{owner}/{repo}/compare/{live}...{ours}` says `behind` when
 * ours is an ancestor of the live one. Diverged commits are no older or newer than each other, as between release branches.
 */
export async function compareWithLive(
  liveDescription: string | undefined,
  ours: Pick<Mark, 'repository' | 'sha'>,
  github: Comparer,
  cancelled?: AbortSignal
): Promise<LiveCommit> {
  const live = markIn(liveDescription)
  if (!live) return { kind: 'unknown', sentence: 'The live version does not say which commit it comes from.' }
  const [theirs, own] = [short(live.sha), short(ours.sha)]
  if (!isSameRepository(live.repository, ours.repository))
    return {
      kind: 'unknown',
      live,
      sentence: `The live version comes from another repository, ${live.repository}.`
    }
  if (live.sha === ours.sha)
    return {
      kind: 'current',
      live,
      sentence: `Commit ${own} is live already, published by run ${live.runId}.`
    }
  const answer = await github.compare(live.sha, ours.sha, cancelled)
  if (answer.kind === 'failed')
    return {
      kind: 'unknown',
      live,
      sentence: `GitHub did not say how ${own} stands to the live commit ${theirs}.`,
      trouble: answer.trouble
    }
  const { status, aheadBy, behindBy } = answer.value
  switch (status) {
    case 'behind':
      return {
        kind: 'outdated',
        live,
        sentence: `The live commit ${theirs} (run ${live.runId}) is ${commits(behindBy)} ahead of ${own}, which this run releases.`
      }
    case 'diverged':
      return {
        kind: 'current',
        live,
        sentence: `This run releases ${commits(aheadBy)} that the live commit ${theirs} does not have, and leaves out ${behindBy} that it has.`
      }
    case 'ahead':
    case 'identical':
      return {
        kind: 'current',
        live,
        sentence: `This run releases ${commits(aheadBy)} on top of the live commit ${theirs}.`
      }
  }
}

/** What `if-outdated` makes of it. What is not known stops nobody. */
export function verdictOn(standing: LiveCommit, policy: IfOutdated): Verdict {
  if (standing.kind !== 'outdated') return { kind: 'go' }
  const { sentence } = standing
  switch (policy) {
    case 'warn':
      return { kind: 'warn', message: `${sentence} Releasing it takes what is newer out of service.` }
    case 'skip':
      return { kind: 'skip', message: `${sentence} Nothing is released, as if-outdated says.` }
    case 'fail':
      return {
        kind: 'refuse',
        cause: {
          code: 'OUTDATED',
          what: sentence,
          next: 'Run the workflow for the newest commit. To go back on purpose, set if-outdated: warn.'
        }
      }
  }
}

/**
 * The warning that GitHub could not be asked; undefined when it was, or when there was nothing to ask it. Without a token nobody
 * misses the warning that comes by default; who asked for more than that has to know.
 */
export function warningOf({ trouble }: { trouble?: Trouble }, policy: IfOutdated): string | undefined {
  if (!trouble || trouble.kind === 'cancelled') return undefined
  if (trouble.kind === 'no-token' && policy === 'warn') return undefined
  return troubleText('Whether a newer commit is live is not known', 'contents: read', trouble)
}

const short = (sha: string): string => sha.slice(0, 7)
const commits = (count: number): string => (count === 1 ? '1 commit' : `${count} commits`)
