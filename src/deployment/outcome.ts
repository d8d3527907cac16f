import type { Traffic } from './observation.ts'

/** How a release can end, from best to worst; a release of several functions takes the worst. */
export const outcomes = [
  'succeeded',
  'unchanged',
  'created',
  'weighted',
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

/** Why something did not succeed, in words for whoever is on call. */
export interface Cause {
  /** AWS's error code, or one of our own in the same spelling. */
  code: string
  /** One plain sentence. May contain foreign text, which is made safe where it is shown. */
  what: string
  /** What to do next. */
  next: string
  /** Every single problem, where there may be several. */
  problems?: readonly string[]
  /** AWS's own words, when they add something. */
  message?: string
  /** The hook that failed, and when it ran (epoch ms), so that its log can be found. */
  hook?: {
    event: string
    functionName: string
    startedAt?: number
    endedAt?: number
    /** The hooks of other releases of the step write to the same log, if they were invoked. */
    isShared?: true
  }
  /** What the version answered to the test that failed, cut. */
  answer?: string
  /** The end of the log, oldest line first: of the hook, or of the version that failed a test. */
  log?: readonly string[]
}

interface Ended {
  /** What the alias serves, as Lambda last reported it; undefined when it could not be read. */
  serving?: Traffic
}

/** How the release of one function ended. A failed deployment is a value like this, never an exception. */
export type Outcome =
  | (Ended & { kind: 'succeeded' | 'unchanged' | 'created' | 'weighted' | 'planned' | 'started' })
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
  weighted: true,
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

/** Whether the step passes. GitHub marks a cancelled step as cancelled whatever is returned here. */
export const passes = (kind: OutcomeKind): boolean => passing[kind]

/** The worst of several outcomes, in the order of `outcomes`. */
export function worst(kinds: readonly OutcomeKind[]): OutcomeKind {
  return kinds.reduce((a, b) => (outcomes.indexOf(b) > outcomes.indexOf(a) ? b : a), 'succeeded')
}
