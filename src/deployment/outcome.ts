import type { Traffic } from './observation.ts'

/** The ends that a release can come to, from best to worst; a release of several functions takes the worst. */
export const outcomes = [
  'succeeded',
  'unchanged',
  'created',
  'planned',
  'started',
  'rolled-back',
  'failed',
  'stopped',
  'timed-out',
  'interrupted',
  'lost',
  'refused'
] as const

export type OutcomeKind = (typeof outcomes)[number]

/** Why something did not succeed, in words for the person who is paged. */
export interface Cause {
  /** AWS's error code, or one of our own in the same spelling. */
  code: string
  /** One sentence in plain words. May hold foreign text: it is made safe where it is shown. */
  what: string
  /** What to do next. */
  next: string
  /** Each thing that is wrong, when there may be several. */
  problems?: readonly string[]
  /** AWS's own words, when they add something. */
  message?: string
  /** The hook that failed, and when it ran (epoch ms), so that its log can be found. */
  hook?: { event: string; functionName: string; startedAt?: number; endedAt?: number }
  /** The end of the hook's log, oldest line first. */
  log?: readonly string[]
}

interface Ended {
  /** What the alias serves, as Lambda reported it last; undefined when it could not be read. */
  serving?: Traffic
}

/** How it ended for one function. A failed deployment is such a value, never an exception. */
export type Outcome =
  | (Ended & { kind: 'succeeded' | 'unchanged' | 'created' | 'planned' | 'started' })
  | (Ended & {
      kind: 'rolled-back' | 'failed' | 'stopped' | 'timed-out' | 'interrupted' | 'lost' | 'refused'
      cause: Cause
    })

export const causeOf = (outcome: Outcome): Cause | undefined =>
  'cause' in outcome ? outcome.cause : undefined

const passing: Record<OutcomeKind, boolean> = {
  succeeded: true,
  unchanged: true,
  created: true,
  planned: true,
  started: true,
  'rolled-back': false,
  failed: false,
  stopped: false,
  'timed-out': false,
  interrupted: false,
  lost: false,
  refused: false
}

/** Whether the step passes. GitHub decides by itself that a cancelled step is cancelled, whatever is said here. */
export const passes = (kind: OutcomeKind): boolean => passing[kind]

/** The worst of several ends, in the order of `outcomes`. */
export function worst(kinds: readonly OutcomeKind[]): OutcomeKind {
  return kinds.reduce((a, b) => (outcomes.indexOf(b) > outcomes.indexOf(a) ? b : a), 'succeeded')
}
