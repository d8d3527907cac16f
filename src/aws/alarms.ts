import type { AlarmType, CompositeAlarm, Dimension, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import type { AlarmView, KnownAlarms } from '../plan/alarms.ts'
import { once } from './ask.ts'
import type { CloudWatch } from './cloudwatch.ts'

/** CloudWatch's limit for one request. */
const mostNames = 100

/**
 * CloudWatch describes composite alarms only when it is asked for them (API reference, DescribeAlarms). Log alarms are not asked for: they
 * are new, and where CloudWatch does not know them yet, it would refuse the request.
 */
const alarmTypes: AlarmType[] = ['MetricAlarm', 'CompositeAlarm']

/** CloudWatch's alarms. */
export class Alarms {
  readonly #cloudWatch: CloudWatch

  constructor(cloudWatch: CloudWatch) {
    this.#cloudWatch = cloudWatch
  }

  /** What is known about the alarms with these names. Asks once for each hundred. Throws Failure. */
  async describe(names: readonly string[], signal: AbortSignal): Promise<KnownAlarms> {
    const { DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch')
    const client = await this.#cloudWatch.connect()
    const known = new Map<string, AlarmView | 'missing'>()
    for (let from = 0; from < names.length; from += mostNames) {
      const asked = names.slice(from, from + mostNames)
      const input = { AlarmNames: asked, AlarmTypes: alarmTypes, MaxRecords: mostNames }
      this.#cloudWatch.abandon(input, signal)
      const {
        MetricAlarms: metric,
        CompositeAlarms: composite,
        NextToken: next
      } = await once('cloudwatch:DescribeAlarms', '*', () =>
        client.send(new DescribeAlarmsCommand(input), { abortSignal: signal })
      )
      // An answer without any list says of no alarm that it is missing.
      if (!metric && !composite) continue
      const found = [...(metric ?? []), ...(composite ?? [])].flatMap(viewOf)
      // A page has room for all of them, but CloudWatch does not promise to fill it: what is not on it may be on the next.
      const otherwise = next ? undefined : 'missing'
      for (const name of asked) {
        const alarm = found.find(each => each.name === name) ?? otherwise
        if (alarm) known.set(name, alarm)
      }
    }
    return known
  }
}

function viewOf(alarm: MetricAlarm & CompositeAlarm): AlarmView[] {
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
