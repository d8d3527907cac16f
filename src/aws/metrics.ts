import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch'
import type { Figures, FiguresQuery, MetricsPort, Minutes } from '../deployment/figures.ts'
import type { Reading } from '../deployment/reading.ts'
import { Failure } from '../failure.ts'
import { type Asking, once, patiently } from './ask.ts'
import type { CloudWatch } from './cloudwatch.ts'
import { malformed } from './failure.ts'
import { readingOf } from './reading.ts'

const action = 'cloudwatch:GetMetricData'
/** GetMetricData cannot be allowed for some metrics only. */
const resource = '*'
/** CloudWatch's limit for one request. */
const mostQueries = 500
/** A page holds 100,800 points, more than a hundred functions have in an hour. */
const mostPages = 20

/** How long the plan of a gated release waits for a first answer, ms: what the survey read must not grow old meanwhile. */
const patienceMs = 20_000

type Series = 'target' | 'current' | 'whole'
type Value = 'invocations' | 'errors' | 'p95'

/** CloudWatch's metrics of Lambda. */
export class Metrics implements MetricsPort {
  readonly #cloudWatch: CloudWatch
  readonly #asking: Asking

  constructor(cloudWatch: CloudWatch, asking: Asking) {
    this.#cloudWatch = cloudWatch
    this.#asking = asking
  }

  async figures(
    queries: readonly FiguresQuery[],
    signal?: AbortSignal
  ): Promise<readonly Reading<Figures>[]> {
    const reading = await readingOf(once(action, resource, () => this.#figures(queries, signal)))
    return reading.kind === 'value' ? reading.value : queries.map(() => reading)
  }

  /** Whether the role may ask. Asks once if there is a `signal`, and otherwise again. Throws a Failure when AWS does not say. */
  async mayAsk(signal?: AbortSignal): Promise<boolean> {
    const to = this.#asking.clock.now()
    // What may be asked does not depend on the function.
    const query = {
      functionName: 'none',
      alias: 'none',
      currentVersion: '1',
      targetVersion: '2',
      from: to - 60_000,
      to
    }
    const ask = () => this.#figures([query], signal)
    try {
      await (signal
        ? once(action, resource, ask)
        : patiently({ ...this.#asking, patienceMs }, action, resource, ask))
      return true
    } catch (failure) {
      if (failure instanceof Failure && failure.kind === 'denied') return false
      throw failure
    }
  }

  async #figures(queries: readonly FiguresQuery[], signal?: AbortSignal): Promise<Reading<Figures>[]> {
    const from = Math.min(...queries.map(each => each.from))
    const to = Math.max(...queries.map(each => each.to))
    const asked = [...queries.flatMap(seriesOf), everything]
    const found: Found = new Map()
    for (let first = 0; first < asked.length; first += mostQueries)
      await this.#ask(asked.slice(first, first + mostQueries), from, to, found, signal)
    let reached = 0
    // There may be more points than a call may have arguments.
    for (const { points } of found.values()) for (const at of points.keys()) reached = Math.max(reached, at)
    return queries.map((query, index) => {
      const broken = brokenOf(seriesOf(query, index), found)
      if (broken) return { kind: 'transient', reason: `${action}: ${broken}` }
      const minutes = (series: Series) =>
        minutesOf(value => found.get(idOf(series, value, index))?.points).filter(
          ({ at }) => at >= query.from && at < query.to
        )
      const value = {
        target: minutes('target'),
        current: minutes('current'),
        whole: minutes('whole'),
        ...(reached > 0 && { reached })
      }
      return { kind: 'value', value }
    })
  }

  async #ask(
    queries: MetricDataQuery[],
    from: number,
    to: number,
    found: Found,
    signal?: AbortSignal
  ): Promise<void> {
    const { GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch')
    const client = await this.#cloudWatch.connect()
    const input = { MetricDataQueries: queries, StartTime: new Date(from), EndTime: new Date(to) }
    let nextToken: string | undefined
    for (let page = 1; page <= mostPages; page++) {
      const paged = { ...input, ...(nextToken && { NextToken: nextToken }) }
      if (signal) this.#cloudWatch.abandon(paged, signal)
      const command = new GetMetricDataCommand(paged)
      const answer = await client.send(command, { ...(signal && { abortSignal: signal }) })
      for (const result of answer.MetricDataResults ?? missing()) enter(result, found)
      nextToken = answer.NextToken
      if (!nextToken) return
    }
  }
}

const missing = (): never => {
  throw malformed(action, resource, 'MetricDataResults')
}

const idOf = (series: Series, value: Value, index: number): string => `${series}_${value}_${index}`

/** The metrics of both versions through the alias, and the calls of the function whoever was called. */
function seriesOf(query: FiguresQuery, index: number): MetricDataQuery[] {
  const { functionName, alias, currentVersion, targetVersion } = query
  const through = (version: string) => ({
    FunctionName: functionName,
    Resource: `${functionName}:${alias}`,
    ExecutedVersion: version
  })
  const ofVersion = (series: Series, version: string) => [
    metric(idOf(series, 'invocations', index), 'Invocations', 'Sum', through(version)),
    metric(idOf(series, 'errors', index), 'Errors', 'Sum', through(version)),
    metric(idOf(series, 'p95', index), 'Duration', 'p95', through(version))
  ]
  return [
    ...ofVersion('target', targetVersion),
    ...ofVersion('current', currentVersion),
    metric(idOf('whole', 'invocations', index), 'Invocations', 'Sum', { FunctionName: functionName })
  ]
}

function metric(
  id: string,
  name: string,
  stat: string,
  dimensions: Readonly<Record<string, string>>
): MetricDataQuery {
  return {
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Lambda',
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
      },
      Period: 60,
      Stat: stat
    }
  }
}

/** All functions of the account together: some function is nearly always called, so this shows how far CloudWatch has got. */
const everything = metric('everything', 'Invocations', 'Sum', {})

/** The series by the id of their query, with the points by minute. One that has no status was not in the answer. */
type Found = Map<string, { status?: string; points: Map<number, number> }>

/** Why the counts are not known; undefined when they are. What is not there would pass for zero calls, or errors. A p95 may be missing. */
function brokenOf(queries: readonly MetricDataQuery[], found: Found): string | undefined {
  return queries
    .filter(({ MetricStat }) => MetricStat?.Stat === 'Sum')
    .map(({ Id = '' }) => found.get(Id)?.status ?? 'a series is missing')
    .find(status => status !== 'Complete')
}

/** @throws Failure when CloudWatch forbids it, or its answer cannot be understood */
function enter(result: MetricDataResult, found: Found): void {
  const { Id = '', Timestamps = [], Values = [], StatusCode } = result
  if (StatusCode === 'Forbidden')
    throw new Failure(`CloudWatch does not give metric data: ${StatusCode}`, {
      kind: 'denied',
      code: 'Forbidden',
      action,
      resource,
      mayHaveActed: false
    })
  if (Timestamps.length !== Values.length) throw malformed(action, resource, 'Values')
  const series = found.get(Id) ?? { points: new Map<number, number>() }
  found.set(Id, series)
  // PartialData has more points on the next page, which says whether these are all.
  if (StatusCode && series.status !== 'InternalError') series.status = StatusCode
  for (const [index, timestamp] of Timestamps.entries()) {
    const at = timestamp.getTime()
    const value = Values[index]
    if (Number.isFinite(at) && value !== undefined && value >= 0) series.points.set(at, value)
  }
}

/** CloudWatch may not send Errors of a minute in which nothing failed. Without Invocations, a minute counts for nothing. */
function minutesOf(seriesOfValue: (value: Value) => ReadonlyMap<number, number> | undefined): Minutes {
  const [errors, p95] = [seriesOfValue('errors'), seriesOfValue('p95')]
  return [...(seriesOfValue('invocations') ?? [])]
    .map(([at, invocations]) => {
      const duration = p95?.get(at)
      return {
        at,
        invocations,
        errors: errors?.get(at) ?? 0,
        ...(duration !== undefined && { p95: duration })
      }
    })
    .sort((a, b) => a.at - b.at)
}
