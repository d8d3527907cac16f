import type { Cause } from '../deployment/outcome.ts'
import type { IfOutdated } from '../inputs/inputs.ts'
import { type Answer, type Trouble, troubleText } from './answer.ts'
import { isSameRepository, type Mark, markIn } from './mark.ts'

/** How `head` relates to `base` in GitHub's words: `behind` means that `base` has everything that `head` has, and more. */
export interface Comparison {
  status: 'ahead' | 'behind' | 'identical' | 'diverged'
  /** Commits that `head` has and `base` does not. */
  aheadBy: number
  /** Commits that `base` has and `head` does not. */
  behindBy: number
}

export interface Comparer {
  /** Compares two commits of the job's repository. Never throws. */
  compare(base: string, head: string, cancelled?: AbortSignal): Promise<Answer<Comparison>>
}

/** How the live commit relates to ours; `live` is set whenever the live version says where it comes from. */
export type LiveCommit =
  | { kind: 'current'; live: Mark; sentence: string }
  | { kind: 'outdated'; live: Mark; sentence: string }
  | { kind: 'unknown'; live?: Mark; sentence: string; trouble?: Trouble }

/** Where a version is: it serves, or another deployment is shifting traffic to it. */
export type Place = 'live' | 'arriving'

const names: Record<Place, [version: string, commit: string]> = {
  live: ['the live version', 'the live commit'],
  arriving: ['the version that another deployment is releasing', "the other deployment's commit"]
}

/** What becomes of the release. Messages are for people and may contain foreign text. */
export type Verdict =
  | { kind: 'go' }
  | { kind: 'warn'; message: string }
  | { kind: 'skip'; message: string }
  | { kind: 'refuse'; cause: Cause }

/**
 * Asks GitHub whether the live commit is newer than ours: `GET /repos/{owner}/{repo}/compare/{live}...{ours}` says `behind` when
 * ours is an ancestor of the live one. Of diverged commits, as on two release branches, neither is the older one.
 */
export async function compareWithLive(
  liveDescription: string | undefined,
  ours: Pick<Mark, 'repository' | 'sha'>,
  github: Comparer,
  cancelled?: AbortSignal,
  place: Place = 'live'
): Promise<LiveCommit> {
  const live = markIn(liveDescription)
  const [version, commit] = names[place]
  if (!live)
    return { kind: 'unknown', sentence: `${capital(version)} does not say which commit it comes from.` }
  const [theirs, own] = [short(live.sha), short(ours.sha)]
  if (!isSameRepository(live.repository, ours.repository))
    return {
      kind: 'unknown',
      live,
      sentence: `${capital(version)} comes from another repository, ${live.repository}.`
    }
  if (live.sha === ours.sha)
    return {
      kind: 'current',
      live,
      sentence: `Commit ${own} is ${place === 'live' ? 'live' : 'being released'} already, published by run ${live.runId}.`
    }
  const answer = await github.compare(live.sha, ours.sha, cancelled)
  if (answer.kind === 'failed')
    return {
      kind: 'unknown',
      live,
      sentence: `GitHub did not say how ${own} relates to ${commit} ${theirs}.`,
      trouble: answer.trouble
    }
  const { status, aheadBy, behindBy } = answer.value
  switch (status) {
    case 'behind':
      return {
        kind: 'outdated',
        live,
        sentence: `${capital(commit)} ${theirs} (run ${live.runId}) is ${commits(behindBy)} ahead of ${own}, which this run releases.`
      }
    case 'diverged':
      return {
        kind: 'current',
        live,
        sentence: `This run releases ${commits(aheadBy)} that ${commit} ${theirs} does not have, and leaves out ${behindBy} that it has.`
      }
    case 'ahead':
    case 'identical':
      return {
        kind: 'current',
        live,
        sentence: `This run releases ${commits(aheadBy)} on top of ${commit} ${theirs}.`
      }
  }
}

/** What `if-outdated` makes of it. A release goes on when the answer is not known. */
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
 * The warning that GitHub could not be asked; undefined when it was asked, or when there was nothing to ask. Without a token nobody
 * misses the default's warning, but whoever chose `fail` or `skip` must know.
 */
export function warningOf({ trouble }: { trouble?: Trouble }, policy: IfOutdated): string | undefined {
  if (!trouble || trouble.kind === 'cancelled') return undefined
  if (trouble.kind === 'no-token' && policy === 'warn') return undefined
  return troubleText('Whether a newer commit is live is not known', 'contents: read', trouble)
}

const capital = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1)
const short = (sha: string): string => sha.slice(0, 7)
const commits = (count: number): string => (count === 1 ? '1 commit' : `${count} commits`)
