import type { Dimension, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import type { AlarmView } from '../plan/alarms.ts'
import { once } from './ask.ts'
import type { CloudWatch } from './cloudwatch.ts'

/** CloudWatch's limit for one request. */
const mostNames = 100

/** CloudWatch's alarms. */
export class Alarms {
  readonly #cloudWatch: CloudWatch

  constructor(cloudWatch: CloudWatch) {
    this.#cloudWatch = cloudWatch
  }

  /** Those of these names that exist. Asks once for each hundred. Throws Failure. */
  async describe(names: readonly string[], signal: AbortSignal): Promise<AlarmView[]> {
    const { DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch')
    const client = await this.#cloudWatch.connect()
    const found: AlarmView[] = []
    for (let from = 0; from < names.length; from += mostNames) {
      const input = { AlarmNames: names.slice(from, from + mostNames), MaxRecords: mostNames }
      this.#cloudWatch.abandon(input, signal)
      const { MetricAlarms = [] } = await once('cloudwatch:DescribeAlarms', '*', () =>
        client.send(new DescribeAlarmsCommand(input), { abortSignal: signal })
      )
      found.push(...MetricAlarms.flatMap(viewOf))
    }
    return found
  }
}

function viewOf(alarm: MetricAlarm): AlarmView[] {
  const { AlarmName, StateValue = '', TreatMissingData, Namespace, Dimensions, Metrics = [] } = alarm
  if (AlarmName === undefined) return []
  const watched = [
    { Namespace, Dimensions },
    // Metric math, such as a rate.
    ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])
  ]
  return [
    {
      name: AlarmName,
      state: StateValue,
      ...(TreatMissingData !== undefined && { missingData: TreatMissingData }),
      lambdaSeries: watched
        .filter(metric => metric.Namespace === 'AWS/Lambda')
        .map(metric => dimensionsOf(metric.Dimensions))
    }
  ]
}

const dimensionsOf = (dimensions: readonly Dimension[] = []): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ Name = '', Value = '' }) => [Name, Value]))
