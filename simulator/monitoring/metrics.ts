import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { type Calls, ClientTraffic, type Criteria } from './traffic.ts'
import { type PutMetricDataInput, putMetricData } from './trafficcontrol.ts'

type StatusCode = 'Complete' | 'InternalError' | 'PartialData' | 'Forbidden'

interface Metric {
  Namespace?: string
  MetricName?: string
  Dimensions?: { Name?: string; Value?: string }[]
}

export interface GetMetricDataInput {
  MetricDataQueries: {
    Id: string
    MetricStat?: { Metric: Metric; Period: number; Stat: string; Unit?: string }
    Expression?: string
    Label?: string
    ReturnData?: boolean
    Period?: number
  }[]
  StartTime: Date
  EndTime: Date
  NextToken?: string
  ScanBy?: 'TimestampDescending' | 'TimestampAscending'
  MaxDatapoints?: number
}

interface MetricDataResult {
  Id: string
  Label: string
  Timestamps: Date[]
  Values: number[]
  StatusCode: StatusCode
}

export interface MetricData {
  MetricDataResults: MetricDataResult[]
  Messages: never[]
  NextToken?: string
}

const MINUTE = 60_000
const MOST_POINTS = 100_800

/** CloudWatch's metrics of Lambda, which follow from who calls which alias. Points come late, and may be missing. */
export class Metrics {
  readonly traffic: ClientTraffic
  /** How much later than the others a point may come, ms; which ones do is always the same. */
  jitterMs = 0
  /** Which share of all minutes never gets a point of any series, 0 to 1. */
  missing = 0
  /** What each result says instead of Complete; it has no points then. */
  broken: Exclude<StatusCode, 'Complete'> | undefined
  /** Between these moments (epoch ms) nothing gets any newer; all that is missing comes at the end. */
  standstill: { from: number; to: number } | undefined
  readonly #aws: Aws

  constructor(aws: Aws) {
    this.#aws = aws
    this.traffic = new ClientTraffic(aws)
  }

  /** Sets what clients do from now on. @throws as `putMetricData` */
  putMetricData(input: PutMetricDataInput): void {
    putMetricData(this.#aws, input)
  }

  /** @throws ValidationError 400, and InvalidNextToken 400 */
  getMetricData(input: GetMetricDataInput): MetricData {
    const { MetricDataQueries: queries, StartTime, EndTime, ScanBy = 'TimestampDescending' } = input
    if (StartTime.getTime() >= EndTime.getTime())
      throw invalid('The parameter StartTime must be less than the parameter EndTime.')
    const ids = queries.map(({ Id }) => Id)
    const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
    if (repeated)
      throw invalid(`The values for parameter id in MetricDataQueries are not unique: ${repeated}`)
    const from = Math.floor(StartTime.getTime() / MINUTE) * MINUTE
    const results = queries
      .filter(({ ReturnData }) => ReturnData !== false)
      .map(({ Id, MetricStat, Expression, Label }): MetricDataResult => {
        if (!MetricStat || Expression !== undefined)
          throw invalid('The simulator knows queries with MetricStat only, without Expression.')
        const points = this.broken ? [] : this.#points(MetricStat, from, EndTime.getTime())
        if (ScanBy === 'TimestampDescending') points.reverse()
        return {
          Id,
          Label: Label ?? MetricStat.Metric.MetricName ?? '',
          Timestamps: points.map(([at]) => new Date(at)),
          Values: points.map(([, value]) => value),
          StatusCode: this.broken ?? 'Complete'
        }
      })
    return paged(results, input)
  }

  #points(
    { Metric: metric, Period, Stat }: { Metric: Metric; Period: number; Stat: string },
    from: number,
    to: number
  ): [at: number, value: number][] {
    if (Period % 60 !== 0) throw invalid('The simulator knows periods of whole minutes only.')
    const criteria = criteriaOf(metric)
    if (metric.Namespace !== 'AWS/Lambda' || !criteria) return []
    const series = JSON.stringify([metric.MetricName, criteria])
    const points: [number, number][] = []
    for (let at = from; at < to; at += Period * 1000) {
      const minutes = Array.from({ length: Period / 60 }, (_, index) => at + index * MINUTE)
      const found = minutes.flatMap(minute => this.#minute(series, criteria, minute) ?? [])
      const value = found.length > 0 ? this.#valueOf(metric.MetricName, Stat, found) : undefined
      if (value !== undefined) points.push([at, value])
    }
    return points
  }

  /** What CloudWatch knows by now of the minute that begins at `minute`; undefined when there is no point. */
  #minute(series: string, criteria: Criteria, minute: number): Calls | undefined {
    const { metricsLateMs, metricMinutes } = this.#aws.uncertain
    const lateMs = metricsLateMs + this.jitterMs * share(`${series} ${minute}`)
    const now = this.#aws.clock.now()
    const { from, to } = this.standstill ?? { from: now, to: now }
    const knownUntil = (from <= now && now < to ? from : now) - lateMs
    if (share(`missing ${minute}`) < this.missing) return undefined
    if (metricMinutes === 'whole' && knownUntil < minute + MINUTE) return undefined
    const calls = this.traffic.between(criteria, minute, Math.min(minute + MINUTE, knownUntil))
    return calls.invocations > 0 ? calls : undefined
  }

  #valueOf(metric: string | undefined, stat: string, minutes: readonly Calls[]): number | undefined {
    const sum = (count: (calls: Calls) => number) => minutes.reduce((total, each) => total + count(each), 0)
    switch (metric) {
      case 'Invocations':
        onlySum(stat)
        return sum(each => each.invocations)
      case 'Errors': {
        onlySum(stat)
        const errors = sum(each => each.errors)
        return errors === 0 && this.#aws.uncertain.healthyErrors === 'absent' ? undefined : errors
      }
      case 'Duration':
        if (!/^p\d{1,2}(\.\d+)?$/.test(stat))
          throw invalid('The simulator knows percentiles of Duration only.')
        return Math.max(...minutes.map(({ p95 }) => p95))
      default:
        return undefined
    }
  }
}

/** The series of a function, of it through an alias or version, and of one executed version of those; without dimensions, of all. */
function criteriaOf({ Dimensions = [] }: Metric): Criteria | undefined {
  const given = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]))
  const names = Object.keys(given).sort().join(' ')
  const { FunctionName: functionName = '', Resource = '', ExecutedVersion: version = '' } = given
  const [of, qualifier = ''] = Resource.split(':')
  if (names === '') return {}
  if (names === 'FunctionName') return { functionName }
  if (of !== functionName || !qualifier || qualifier === '$LATEST') return undefined
  if (names === 'FunctionName Resource') return { functionName, qualifier }
  return names === 'ExecutedVersion FunctionName Resource' ? { functionName, qualifier, version } : undefined
}

/** Takes from an answer the series of a metric, or all, as if CloudWatch had failed to read them. Goes by labels, which a query may change. */
export function breakSeries({ MetricDataResults }: MetricData, metric?: string): void {
  for (const result of MetricDataResults)
    if (metric === undefined || result.Label === metric)
      Object.assign(result, { Timestamps: [], Values: [], StatusCode: 'InternalError' })
}

function paged(
  results: MetricDataResult[],
  { NextToken, MaxDatapoints = MOST_POINTS }: GetMetricDataInput
): MetricData {
  const from = NextToken === undefined ? 0 : Number(NextToken)
  if (!Number.isInteger(from) || from < 0)
    throw new ServiceError('InvalidNextToken', 'The next token is not valid.')
  const to = from + MaxDatapoints
  let passed = 0
  const page = results.map(result => {
    const [first, last] = [from - passed, to - passed]
    passed += result.Values.length
    const isCut = result.Values.length > last
    return {
      ...result,
      Timestamps: result.Timestamps.slice(Math.max(0, first), Math.max(0, last)),
      Values: result.Values.slice(Math.max(0, first), Math.max(0, last)),
      ...(isCut && { StatusCode: 'PartialData' as const })
    }
  })
  return { MetricDataResults: page, Messages: [], ...(passed > to && { NextToken: String(to) }) }
}

/** A number from 0 to 1 that is always the same for the same text. */
function share(text: string): number {
  let hash = 2_166_136_261
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619)
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}

function onlySum(stat: string): void {
  if (stat !== 'Sum') throw invalid('The simulator knows the sum of counts only.')
}

const invalid = (message: string): ServiceError => new ServiceError('ValidationError', message)
