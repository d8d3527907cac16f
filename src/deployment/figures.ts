import type { Subject } from './observation.ts'
import type { Reading } from './reading.ts'

/** What CloudWatch has of one version in one minute. */
export interface Minute {
  /** When it began, epoch ms. */
  at: number
  invocations: number
  /** Function errors: exceptions, time-outs, out of memory. Throttled calls are neither invocations nor errors. */
  errors: number
  /** 95th percentile of the duration, ms. */
  p95?: number
}

/** One version's minutes, oldest first. A minute without a point is not there: nothing was invoked, or it is not known yet. */
export type Minutes = readonly Minute[]

/** What CloudWatch has of a release. Points are late, and may be missing; some grow while their minute lasts. */
export interface Figures {
  /** Of the new version, through the alias. */
  target: Minutes
  /** Of the version before, through the alias. */
  current: Minutes
  /** Invocations of the whole function, whoever was called. */
  whole: Minutes
  /** The latest minute of which CloudWatch has a point of any function of the account: it has got that far. Epoch ms. */
  reached?: number
  /** When CloudWatch was last asked and answered, epoch ms: of what came later, nothing is known. Absent: just now. */
  askedAt?: number
}

export const noFigures: Figures = { target: [], current: [], whole: [] }

/** What to ask CloudWatch for; epoch ms. */
export interface FiguresQuery
  extends Pick<Subject, 'functionName' | 'alias' | 'currentVersion' | 'targetVersion'> {
  from: number
  to: number
}

export interface MetricsPort {
  /** One reading for each query, in their order: a value lacks nothing that CloudWatch has, except perhaps a p95. Asks once. */
  figures(queries: readonly FiguresQuery[], signal?: AbortSignal): Promise<readonly Reading<Figures>[]>
}

export interface Sums {
  invocations: number
  errors: number
  /** Mean of the minutes' 95th percentiles, weighted by their invocations, ms. */
  p95?: number
}

export const minuteMs = 60_000

export const minuteOf = (at: number): number => Math.floor(at / minuteMs) * minuteMs

/** The sums over the minutes that are wholly between two moments (epoch ms); undefined when there is no point. */
export function sumsOf(
  minutes: Minutes,
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY
): Sums | undefined {
  const counted = minutes.filter(({ at }) => at >= from && at + minuteMs <= to)
  if (counted.length === 0) return undefined
  const sum = (count: (minute: Minute) => number) => counted.reduce((total, each) => total + count(each), 0)
  const timed = counted.filter(({ p95 }) => p95 !== undefined)
  const weight = timed.reduce((total, { invocations }) => total + invocations, 0)
  return {
    invocations: sum(each => each.invocations),
    errors: sum(each => each.errors),
    ...(weight > 0 && {
      p95: timed.reduce((total, { p95 = 0, invocations }) => total + p95 * invocations, 0) / weight
    })
  }
}

/** Errors per invocation, 0 to 1. */
export const rateOf = ({ invocations, errors }: Sums): number => (invocations > 0 ? errors / invocations : 0)

/** What was known, with what a later answer adds or corrects: the later answer is right about the minutes that it has. */
export function merged(known: Figures, news: Figures): Figures {
  const reached = Math.max(known.reached ?? 0, news.reached ?? 0)
  return {
    target: mergedMinutes(known.target, news.target),
    current: mergedMinutes(known.current, news.current),
    whole: mergedMinutes(known.whole, news.whole),
    ...(reached > 0 && { reached })
  }
}

function mergedMinutes(known: Minutes, news: Minutes): Minutes {
  const kept = known.filter(({ at }) => !news.some(each => each.at === at))
  return [...kept, ...news].sort((a, b) => a.at - b.at)
}
