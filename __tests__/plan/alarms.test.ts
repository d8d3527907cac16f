import { describe, expect, test } from '@jest/globals'
import { type AlarmView, alarmWarning } from '../../src/plan/alarms.ts'

const alias = { functionName: 'payments-api', alias: 'live' }
const FunctionName = 'payments-api'
const alarm = (over: Partial<AlarmView> = {}): AlarmView => ({
  name: 'errors',
  state: 'OK',
  lambdaSeries: [{ FunctionName, Resource: 'payments-api:live', ExecutedVersion: '8' }],
  ...over
})
const end = '. docs/canary.md has an alarm that works.'

describe('an alarm', () => {
  test.each<{ name: string; alarms: (AlarmView | string)[]; says: string | undefined }>([
    {
      name: 'that does not exist may stop nothing',
      alarms: ['errrors'],
      says: `Alarm errrors is not among the metric and composite alarms that the role may see in this account and region, so it may stop nothing${end}`
    },
    {
      name: 'that does not exist and has a comma may be a list that was taken for one name',
      alarms: ['errors,latency'],
      says: `Alarm errors,latency is not among the metric and composite alarms that the role may see in this account and region, so it may stop nothing: alarms takes one name a line, and a comma is part of a name${end}`
    },
    {
      name: 'with a comma that exists is fine',
      alarms: [alarm({ name: 'errors, all' })],
      says: undefined
    },
    { name: 'on the right series is fine', alarms: [alarm()], says: undefined },
    {
      name: 'on the alias is fine',
      alarms: [alarm({ lambdaSeries: [{ FunctionName, Resource: 'payments-api:live' }] })],
      says: undefined
    },
    {
      name: 'on the whole function goes off for the version before',
      alarms: [alarm({ lambdaSeries: [{ FunctionName }] })],
      says: `Alarm errors watches all calls of payments-api, so it also goes off for errors of the version before${end}`
    },
    {
      name: "on a version's own ARN stays empty",
      alarms: [alarm({ lambdaSeries: [{ FunctionName, Resource: 'payments-api:8' }] })],
      says: `Alarm errors watches payments-api:8, which stays empty when clients come through alias live${end}`
    },
    {
      name: 'on another alias never sees our calls',
      alarms: [alarm({ lambdaSeries: [{ FunctionName, Resource: 'payments-api:beta' }] })],
      says: `Alarm errors watches payments-api:beta, not the calls through alias live${end}`
    },
    {
      name: 'on calls without an alias never sees ours',
      alarms: [alarm({ lambdaSeries: [{ FunctionName, Resource: 'payments-api' }] })],
      says: `Alarm errors watches payments-api, not the calls through alias live${end}`
    },
    {
      name: 'on both aliases is fine',
      alarms: [
        alarm({
          lambdaSeries: [
            { FunctionName, Resource: 'payments-api:beta' },
            { FunctionName, Resource: 'payments-api:live' }
          ]
        })
      ],
      says: undefined
    },
    {
      name: 'of another function is none of our business',
      alarms: [alarm({ lambdaSeries: [{ FunctionName: 'orders' }] })],
      says: undefined
    },
    { name: 'on no metric of Lambda is fine', alarms: [alarm({ lambdaSeries: [] })], says: undefined },
    {
      name: 'that is on stops the deployment',
      alarms: [alarm({ state: 'ALARM' })],
      says: `Alarm errors is on before the release begins, so CodeDeploy will stop the deployment${end}`
    },
    {
      name: 'without data that takes this for a breach may go off',
      alarms: [alarm({ state: 'INSUFFICIENT_DATA', missingData: 'breaching' })],
      says: `Alarm errors has no data and treats missing data as breaching, so it may go off without any error${end}`
    },
    {
      name: 'without data is fine otherwise',
      alarms: [alarm({ state: 'INSUFFICIENT_DATA' })],
      says: undefined
    },
    {
      name: 'beside another one shares the line',
      alarms: [alarm({ state: 'ALARM' }), alarm({ name: 'all', lambdaSeries: [{ FunctionName }] })],
      says: `Alarm errors is on before the release begins, so CodeDeploy will stop the deployment; alarm all watches all calls of payments-api, so it also goes off for errors of the version before${end}`
    }
  ])('$name', ({ alarms, says }) => {
    const known = new Map<string, AlarmView | 'missing'>()
    for (const each of alarms)
      if (typeof each === 'string') known.set(each, 'missing')
      else known.set(each.name, each)
    expect(alarmWarning(known, { ...alias, alarms: [...known.keys()] })).toBe(says)
  })

  test('about which there was no answer is not missing', () => {
    expect(alarmWarning(new Map(), { ...alias, alarms: ['errors'] })).toBeUndefined()
  })

  test('that is not in force is none of our business', () => {
    const known = new Map([['others', alarm({ name: 'others', state: 'ALARM' })]])
    expect(alarmWarning(known, { ...alias, alarms: [] })).toBeUndefined()
  })
})
