import type {
  AlarmConfiguration,
  AutoRollbackConfiguration,
  AutoRollbackEvent
} from '@aws-sdk/client-codedeploy'
import { ServiceError } from '../error.ts'

const ROLLBACK_EVENTS: string[] = [
  'DEPLOYMENT_FAILURE',
  'DEPLOYMENT_STOP_ON_ALARM',
  'DEPLOYMENT_STOP_ON_REQUEST'
] satisfies AutoRollbackEvent[]
const MOST_ALARMS = 10

/** The same rules apply to the settings of a group and of a deployment. @throws InvalidAutoRollbackConfigException */
export function checkRollback(config: AutoRollbackConfiguration | undefined): void {
  const events: string[] = config?.events ?? []
  const unknown = events.find(event => !ROLLBACK_EVENTS.includes(event))
  if (unknown !== undefined || (config?.enabled && events.length === 0))
    throw new ServiceError(
      'InvalidAutoRollbackConfigException',
      unknown === undefined
        ? 'Automatic rollback is enabled, and no event is listed'
        : `Unknown automatic rollback event: ${unknown}`
    )
}

/** @throws InvalidAlarmConfigException, AlarmsLimitExceededException */
export function checkAlarms(config: AlarmConfiguration | undefined): void {
  const names = (config?.alarms ?? []).map(alarm => alarm.name ?? '')
  const refuse = (why: string) => new ServiceError('InvalidAlarmConfigException', why)
  if (config?.enabled && names.length === 0) throw refuse('Alarms are enabled, and none is listed')
  if (names.length > MOST_ALARMS)
    throw new ServiceError('AlarmsLimitExceededException', `At most ${MOST_ALARMS} alarms can be listed`)
  if (names.some(name => name === '' || name.length > 255))
    throw refuse('An alarm name has 1 to 255 characters')
  if (new Set(names).size < names.length) throw refuse('An alarm is listed twice')
}
