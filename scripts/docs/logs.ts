import { play, release } from '../../__tests__/scenarios/play.ts'
import { block } from './page.ts'

export const hooks = {
  'before-allow-traffic-hook': 'CodeDeployHook_before',
  'after-allow-traffic-hook': 'CodeDeployHook_after'
}

/** The log of a canary with both hooks. With an alarm after some minutes, only from where the two begin to differ. */
export async function log(alarmAfter?: number): Promise<string[]> {
  const { log } = await play({
    inputs: { ...release, ...hooks },
    before: (aws, clock) => {
      if (alarmAfter === undefined) return
      const alarm = { AlarmName: 'payments-errors', StateValue: 'ALARM', StateReason: 'Threshold Crossed' }
      clock.at(clock.now() + alarmAfter * 60_000, () => aws.alarms.setAlarmState(alarm))
    }
  })
  const shown = log
    // The AppSpec is a group of its own, folded until somebody opens it.
    .filter(line => !line.startsWith('│ '))
    .map(line => line.replace(/^(?=AppSpec$)/, '▸ ').replace(/^(?=Plan$|Result: )/, '▾ '))
  const begin = alarmAfter === undefined ? 0 : shown.findIndex(line => line.startsWith('Deployment '))
  return block('text', shown.slice(begin))
}
