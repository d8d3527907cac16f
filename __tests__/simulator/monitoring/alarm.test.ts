import type { AutoRollbackEvent } from '@aws-sdk/client-codedeploy'
import { describe, expect, it, test } from '@jest/globals'
import type { Aws } from '../../../simulator/aws.ts'
import type { PaymentsOptions } from '../../../simulator/setting.ts'
import type { Uncertain } from '../../../simulator/uncertain.ts'
import { appSpec, bothHooks, release, releaseAndWait, stage } from '../stage.ts'

const MINUTE = 60_000
const ALARM =
  'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <payments-errors>'

function sound(aws: Aws, AlarmName = 'payments-errors'): void {
  aws.alarms.setAlarmState({ AlarmName, StateValue: 'ALARM', StateReason: 'Errors' })
}

function withRollback(...events: AutoRollbackEvent[]): PaymentsOptions {
  return { group: { autoRollbackConfiguration: { enabled: events.length > 0, events } } }
}

describe('alarms', () => {
  const rows: {
    name: string
    setting?: PaymentsOptions
    uncertain?: Partial<Uncertain>
    override?: { enabled: boolean; ignorePollAlarmFailure?: boolean; alarms?: { name: string }[] }
    meanwhile?: (aws: Aws) => void
    status: string
    error?: object
    events: string
    serves: string
  }[] = [
    {
      name: 'one that goes off during the canary stops the deployment and rolls it back',
      meanwhile: sound,
      status: 'Stopped',
      error: { code: 'ALARM_ACTIVE', message: ALARM },
      events: 'Succeeded Failed Skipped',
      serves: '7'
    },
    {
      name: 'one that is active from the beginning stops it before traffic moves, but still with a rollback',
      setting: { alarm: 'ALARM' },
      status: 'Stopped',
      error: { code: 'ALARM_ACTIVE', message: ALARM },
      events: 'Skipped Skipped Skipped',
      serves: '7'
    },
    {
      name: 'one without data does nothing',
      setting: { alarm: 'INSUFFICIENT_DATA' },
      status: 'Succeeded',
      events: 'Succeeded Succeeded Succeeded',
      serves: '8'
    },
    {
      name: 'those of the deployment replace those of the group',
      setting: { alarm: 'ALARM' },
      override: { enabled: true, alarms: [{ name: 'other' }] },
      status: 'Succeeded',
      events: 'Succeeded Succeeded Succeeded',
      serves: '8'
    },
    {
      name: 'they can be switched off for one deployment',
      setting: { alarm: 'ALARM' },
      override: { enabled: false },
      status: 'Succeeded',
      events: 'Succeeded Succeeded Succeeded',
      serves: '8'
    },
    {
      name: 'those that cannot be read stop it',
      setting: { group: { serviceRoleArn: 'arn:aws:iam::123456789012:role/NoAlarms' } },
      status: 'Stopped',
      error: expect.objectContaining({ code: 'IAM_ROLE_PERMISSIONS' }),
      events: 'Skipped Skipped Skipped',
      serves: '7'
    },
    {
      name: 'those that cannot be read can be ignored',
      setting: { group: { serviceRoleArn: 'arn:aws:iam::123456789012:role/NoAlarms' } },
      override: { enabled: true, ignorePollAlarmFailure: true, alarms: [{ name: 'payments-errors' }] },
      status: 'Succeeded',
      events: 'Succeeded Succeeded Succeeded',
      serves: '8'
    }
  ]
  test.each(rows)(
    '$name',
    async ({ setting, uncertain, override, meanwhile, status, error, events, serves }) => {
      const on = stage({ ...(setting && { setting }), ...(uncertain && { uncertain }) })
      const ended = await releaseAndWait(
        on,
        { ...release(), ...(override && { overrideAlarmConfiguration: override }) },
        () => void (meanwhile && on.clock.at(on.clock.now() + MINUTE, () => meanwhile(on.aws)))
      )
      expect({
        status: ended.deployment.status,
        error: ended.deployment.errorInformation,
        events: ended.events,
        serves: ended.serving,
        rollback: ended.rollback?.status
      }).toEqual({ status, error, events, serves, rollback: error ? 'Succeeded' : undefined })
    }
  )

  it('that are active together are each named between brackets of its own', async () => {
    const on = stage()
    const alarms = ['a-5xx', 'b, errors']
    for (const name of alarms) {
      on.aws.alarms.putMetricAlarm({ AlarmName: name })
      sound(on.aws, name)
    }
    const overrideAlarmConfiguration = { enabled: true, alarms: alarms.map(name => ({ name })) }
    const { deployment } = await releaseAndWait(on, { ...release(), overrideAlarmConfiguration })
    expect(deployment.errorInformation).toEqual({
      code: 'ALARM_ACTIVE',
      message: ALARM.replace('<payments-errors>', '<a-5xx> <b, errors>')
    })
  })

  it('are noticed within ten seconds', async () => {
    const on = stage()
    let soundedAt = 0
    const { deployment } = await releaseAndWait(on, release(), () => {
      on.clock.at(on.clock.now() + MINUTE, () => {
        soundedAt = on.clock.now()
        sound(on.aws)
      })
    })
    const lag = (deployment.completeTime?.getTime() ?? 0) - soundedAt
    expect(lag).toBeGreaterThan(0)
    expect(lag).toBeLessThanOrEqual(10_000)
  })
})

describe('without automatic rollback the alias stays as it was', () => {
  const rows: { name: string; setting: PaymentsOptions; meanwhile?: (aws: Aws) => void; serves: string }[] = [
    {
      name: 'an alarm in the canary',
      setting: withRollback('DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'),
      meanwhile: sound,
      serves: '7:0.9,8:0.1'
    },
    {
      name: 'a hook that fails after all traffic moved',
      setting: { ...withRollback('DEPLOYMENT_STOP_ON_ALARM'), after: { behaviour: 'fail' } },
      serves: '8'
    },
    {
      name: 'a hook that fails before any traffic moved',
      setting: { ...withRollback(), before: { behaviour: 'fail' } },
      serves: '7'
    }
  ]
  test.each(rows)('$name', async ({ setting, meanwhile, serves }) => {
    const on = stage({ setting })
    const { serving, rollback } = await releaseAndWait(
      on,
      release(appSpec(bothHooks)),
      () => void (meanwhile && on.clock.at(on.clock.now() + MINUTE, () => meanwhile(on.aws)))
    )
    expect({ serving, rollback }).toEqual({ serving: serves, rollback: undefined })
  })
})
