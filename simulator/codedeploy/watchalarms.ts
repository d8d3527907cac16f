import type { Aws } from '../aws.ts'
import type { Deployment, Halt } from './deployment.ts'
import { alarmActive, rolePermissions } from './texts.ts'

/** Recorded: with an alarm active from the beginning, a deployment was stopped 0.73 s after its start. */
const FIRST_LOOK_MS = 730

/** Polls the alarms of a deployment while it runs, and stops it when one is active. */
export function watchAlarms(aws: Aws, deployment: Deployment): void {
  const { enabled, alarms, ignorePollAlarmFailure } = deployment.settings.alarms
  const names = (alarms ?? []).map(alarm => alarm.name ?? '')
  if (!enabled || names.length === 0) return
  const role = deployment.settings.group.serviceRoleArn ?? ''
  const stop = (error: Halt['error']) =>
    deployment.lifetime.interrupt({
      status: 'Stopped',
      ...(error && { error }),
      trigger: 'DEPLOYMENT_STOP_ON_ALARM'
    })
  const look = () => {
    if (deployment.ended) return
    aws.clock.at(aws.clock.now() + aws.uncertain.alarmPollMs, look)
    if (aws.alarms.unreadable || role.includes('NoAlarms')) {
      if (!ignorePollAlarmFailure) stop(rolePermissions(role, 'AmazonCloudWatch'))
      return
    }
    const active = names.filter(name => {
      const state = aws.alarms.state(name)
      return state === 'ALARM' || (state === undefined && aws.uncertain.missingAlarm === 'stops')
    })
    if (active.length > 0) stop(alarmActive(active))
  }
  aws.clock.at(aws.clock.now() + FIRST_LOOK_MS, look)
}
