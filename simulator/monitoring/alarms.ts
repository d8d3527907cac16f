import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/** The other members of PutMetricAlarm are stored and returned, not evaluated. */
export type MetricAlarm = {
  AlarmName: string
  AlarmArn: string
  StateValue: AlarmState
  StateReason: string
  StateUpdatedTimestamp: Date
} & Record<string, unknown>

/** CloudWatch alarms as CodeDeploy sees them: a name and a state, which is set by hand. */
export class Alarms {
  readonly #aws: Aws
  readonly #alarms = new Map<string, MetricAlarm>()
  /** While true, CodeDeploy cannot read alarms (the service role lacks cloudwatch:DescribeAlarms). */
  unreadable = false

  constructor(aws: Aws) {
    this.#aws = aws
  }

  putMetricAlarm(input: { AlarmName?: string } & Record<string, unknown>): Record<string, never> {
    const name = required(input.AlarmName, 'AlarmName')
    const before = this.#alarms.get(name)
    this.#alarms.set(name, {
      ...input,
      AlarmName: name,
      AlarmArn: this.#aws.arn('cloudwatch', `alarm:${name}`),
      StateValue: before?.StateValue ?? 'INSUFFICIENT_DATA',
      StateReason: before?.StateReason ?? 'Unchecked: Initial alarm creation',
      StateUpdatedTimestamp: before?.StateUpdatedTimestamp ?? new Date(this.#aws.clock.now())
    })
    return {}
  }

  /** @throws ResourceNotFound 404; ValidationError 400 for a missing member or a state that does not exist. */
  setAlarmState(input: {
    AlarmName?: string
    StateValue?: string
    StateReason?: string
    StateReasonData?: string
  }): Record<string, never> {
    const name = required(input.AlarmName, 'AlarmName')
    const state = required(input.StateValue, 'StateValue')
    const reason = required(input.StateReason, 'StateReason')
    if (!isState(state))
      throw new ServiceError(
        'ValidationError',
        `1 validation error detected: Value '${state}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]`
      )
    const alarm = this.#alarms.get(name)
    if (!alarm) throw new ServiceError('ResourceNotFound', '', 404)
    alarm.StateValue = state
    alarm.StateReason = reason
    alarm.StateUpdatedTimestamp = new Date(this.#aws.clock.now())
    return {}
  }

  describeAlarms(input: { AlarmNames?: string[]; AlarmNamePrefix?: string; StateValue?: string }): {
    MetricAlarms: MetricAlarm[]
    CompositeAlarms: never[]
  } {
    const wanted = (alarm: MetricAlarm) =>
      (!input.AlarmNames || input.AlarmNames.includes(alarm.AlarmName)) &&
      alarm.AlarmName.startsWith(input.AlarmNamePrefix ?? '') &&
      (!input.StateValue || alarm.StateValue === input.StateValue)
    return { MetricAlarms: [...this.#alarms.values()].filter(wanted), CompositeAlarms: [] }
  }

  /** Undefined for an alarm that does not exist. */
  state(name: string): AlarmState | undefined {
    return this.#alarms.get(name)?.StateValue
  }
}

function isState(state: string): state is AlarmState {
  return ['OK', 'ALARM', 'INSUFFICIENT_DATA'].includes(state)
}

function required(value: string | undefined, name: string): string {
  if (value) return value
  throw new ServiceError('MissingParameter', `The request must contain the parameter ${name}.`)
}
