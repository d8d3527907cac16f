import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { page } from '../page.ts'
import { AlarmHistory, type AlarmType, type DescribeAlarmHistoryInput, invalidToken } from './alarmhistory.ts'

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/** The other members of PutMetricAlarm and PutCompositeAlarm are stored and returned, not evaluated. */
export type Alarm = {
  AlarmName: string
  AlarmArn: string
  StateValue: AlarmState
  StateReason: string
  StateUpdatedTimestamp: Date
} & Record<string, unknown>

interface PutAlarmInput extends Record<string, unknown> {
  AlarmName?: string
  Tags?: Tag[]
}

interface Tag {
  Key: string
  Value: string
}

const MOST_TAGS = 50
const ALARMS_PER_PAGE = 50

/** CloudWatch alarms as CodeDeploy sees them: a name and a state, which is set by hand. */
export class Alarms {
  readonly #aws: Aws
  readonly #alarms = new Map<string, Alarm>()
  readonly #composite = new Set<string>()
  readonly #tags = new Map<string, Map<string, string>>()
  readonly #history = new AlarmHistory()
  /** While true, CodeDeploy cannot read alarms (the service role lacks cloudwatch:DescribeAlarms). */
  unreadable = false

  constructor(aws: Aws) {
    this.#aws = aws
  }

  /** Tags count only for a new alarm. */
  putMetricAlarm(input: PutAlarmInput): void {
    this.#put('MetricAlarm', input)
  }

  /** The same for an alarm whose state follows from that of others. */
  putCompositeAlarm(input: PutAlarmInput): void {
    this.#put('CompositeAlarm', input)
  }

  #put(type: AlarmType, { Tags: tags = [], ...settings }: PutAlarmInput): void {
    const name = required(settings.AlarmName, 'AlarmName')
    const before = this.#alarms.get(name)
    if (before && this.#typeOf(name) !== type)
      throw new ServiceError('ValidationError', `There is an alarm ${name} of another type.`)
    if (type === 'CompositeAlarm') this.#composite.add(name)
    const now = new Date(this.#aws.clock.now())
    const alarm: Alarm = {
      ...settings,
      AlarmName: name,
      AlarmArn: this.#aws.arn('cloudwatch', `alarm:${name}`),
      AlarmConfigurationUpdatedTimestamp: now,
      StateValue: before?.StateValue ?? 'INSUFFICIENT_DATA',
      StateReason: before?.StateReason ?? 'Unchecked: Initial alarm creation',
      StateUpdatedTimestamp: before?.StateUpdatedTimestamp ?? now
    }
    this.#alarms.set(name, alarm)
    if (!before) this.#tags.set(name, new Map(tags.map(({ Key, Value }) => [Key, Value])))
    this.#tell(name, 'ConfigurationUpdate', `Alarm "${name}" ${before ? 'updated' : 'created'}`, {
      type: before ? 'Update' : 'Create',
      [before ? 'updatedAlarm' : 'createdAlarm']: alarm
    })
  }

  /** @throws ResourceNotFound 404; ValidationError 400 for a missing member or a state that does not exist. */
  setAlarmState(input: {
    AlarmName?: string
    StateValue?: string
    StateReason?: string
    StateReasonData?: string
  }): void {
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
    const { StateValue: before, StateReason: reasonBefore } = alarm
    alarm.StateValue = state
    alarm.StateReason = reason
    alarm.StateUpdatedTimestamp = new Date(this.#aws.clock.now())
    if (state !== before)
      this.#tell(name, 'StateUpdate', `Alarm updated from ${before} to ${state}`, {
        oldState: { stateValue: before, stateReason: reasonBefore },
        newState: { stateValue: state, stateReason: reason }
      })
  }

  /** Metric alarms only unless asked otherwise. In the order of creation, 50 at a time unless asked otherwise. @throws InvalidNextToken */
  describeAlarms(input: {
    AlarmNames?: string[]
    AlarmNamePrefix?: string
    AlarmTypes?: string[]
    StateValue?: string
    MaxRecords?: number
    NextToken?: string
  }): { MetricAlarms: Alarm[]; CompositeAlarms: Alarm[]; NextToken?: string } {
    const { AlarmTypes: types = ['MetricAlarm'] } = input
    const wanted = (alarm: Alarm) =>
      types.includes(this.#typeOf(alarm.AlarmName)) &&
      (!input.AlarmNames || input.AlarmNames.includes(alarm.AlarmName)) &&
      alarm.AlarmName.startsWith(input.AlarmNamePrefix ?? '') &&
      (!input.StateValue || alarm.StateValue === input.StateValue)
    const found = [...this.#alarms.values()].filter(wanted)
    const { items, next } = page(found, input.NextToken, input.MaxRecords ?? ALARMS_PER_PAGE, invalidToken)
    const isComposite = ({ AlarmName: name }: Alarm) => this.#composite.has(name)
    return {
      MetricAlarms: items.filter(alarm => !isComposite(alarm)),
      CompositeAlarms: items.filter(isComposite),
      ...(next && { NextToken: next })
    }
  }

  /** Deletes those that exist. @throws ResourceNotFound 404 when one does not */
  deleteAlarms({ AlarmNames: names }: { AlarmNames: string[] }): void {
    const missing = names.filter(name => !this.#alarms.has(name))
    for (const name of names.filter(each => !missing.includes(each))) {
      const deletedAlarm = this.#alarms.get(name)
      this.#tell(name, 'ConfigurationUpdate', `Alarm "${name}" deleted`, { type: 'Delete', deletedAlarm })
      this.#alarms.delete(name)
      this.#composite.delete(name)
      this.#tags.delete(name)
    }
    if (missing.length > 0) throw new ServiceError('ResourceNotFound', '', 404)
  }

  describeAlarmHistory(input: DescribeAlarmHistoryInput) {
    return this.#history.describe(input)
  }

  listTagsForResource({ ResourceARN: arn }: { ResourceARN: string }): { Tags: Tag[] } {
    return { Tags: [...this.#tagsOf(arn)].map(([Key, Value]) => ({ Key, Value })) }
  }

  tagResource({ ResourceARN: arn, Tags: tags }: { ResourceARN: string; Tags: Tag[] }): Record<string, never> {
    const kept = this.#tagsOf(arn)
    const more = tags.filter(({ Key }) => !kept.has(Key))
    if (kept.size + more.length > MOST_TAGS)
      throw new ServiceError('InvalidParameterValue', `An alarm has at most ${MOST_TAGS} tags.`)
    for (const { Key, Value } of tags) kept.set(Key, Value)
    return {}
  }

  untagResource({ ResourceARN: arn, TagKeys: keys }: { ResourceARN: string; TagKeys: string[] }) {
    const kept = this.#tagsOf(arn)
    for (const key of keys) kept.delete(key)
    return {}
  }

  /** Undefined for an alarm that does not exist. */
  state(name: string): AlarmState | undefined {
    return this.#alarms.get(name)?.StateValue
  }

  /** @throws InvalidParameterValue 400 for what is no alarm's ARN, ResourceNotFoundException 404 */
  #tagsOf(arn: string): Map<string, string> {
    const prefix = this.#aws.arn('cloudwatch', 'alarm:')
    if (!arn.startsWith(prefix))
      throw new ServiceError('InvalidParameterValue', `The simulator keeps tags of alarms only: ${arn}`)
    const tags = this.#tags.get(arn.slice(prefix.length))
    if (!tags) throw new ServiceError('ResourceNotFoundException', 'The resource was not found.', 404)
    return tags
  }

  #typeOf(name: string): AlarmType {
    return this.#composite.has(name) ? 'CompositeAlarm' : 'MetricAlarm'
  }

  #tell(name: string, type: 'ConfigurationUpdate' | 'StateUpdate', summary: string, data: object): void {
    const alarm = { AlarmName: name, AlarmType: this.#typeOf(name) }
    this.#history.add(alarm, this.#aws.clock.now(), type, summary, data)
  }
}

function isState(state: string): state is AlarmState {
  return ['OK', 'ALARM', 'INSUFFICIENT_DATA'].includes(state)
}

function required(value: string | undefined, name: string): string {
  if (value) return value
  throw new ServiceError('MissingParameter', `The request must contain the parameter ${name}.`)
}
