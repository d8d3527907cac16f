import type { HookOptions, PaymentsOptions } from '../../simulator/setting.ts'
import type { Chance } from './chance.ts'
import { hostileText } from './hostile.ts'

/** Nothing is odd about it. With many odd functions, one would always be refused, and nothing would ever begin. */
export const calm = (chance: Chance): PaymentsOptions => ({
  before: { seconds: chance.spread(1, 300) },
  after: { seconds: chance.spread(1, 300) }
})

/** With nothing odd about its alias, its alarm, its group and its roles: for worlds that are about something else. */
export const undisturbed = (options: PaymentsOptions): PaymentsOptions => ({
  ...options,
  alias: 'plain',
  alarm: 'OK',
  group: {},
  otherRole: false
})

/** A function, its hooks, its alarm and its group, any of which may be odd. */
export function someSetting(chance: Chance): PaymentsOptions {
  const version = chance.weighted<PaymentsOptions['version']>([
    ['active', 88],
    ['pending', 8],
    ['failed', 4]
  ])
  return {
    before: someHook(chance),
    after: someHook(chance),
    alias: chance.weighted([
      ['plain', 88],
      ['weighted', 4],
      ['$LATEST', 2],
      ['missing', 6]
    ]),
    alarm: chance.weighted([
      ['OK', 90],
      ['ALARM', 4],
      ['INSUFFICIENT_DATA', 4],
      ['missing', 2]
    ]),
    ...(version && { version }),
    ...(version !== 'active' && { pendingSeconds: chance.spread(1, 2_400) }),
    ...(chance.is(0.05) && { updatingSeconds: chance.spread(1, 1_200) }),
    otherRole: chance.is(0.03),
    unchanged: chance.is(0.05),
    group: someGroup(chance)
  }
}

/** Versions that nobody has invoked for weeks, now and then. Drawn apart, so that the other worlds stay as they are. */
export function someOlderVersions(chance: Chance): Pick<PaymentsOptions, 'olderVersions'> {
  if (!chance.is(0.2)) return {}
  return {
    olderVersions: chance.weighted([
      ['Inactive', 6],
      ['Deactivated', 1],
      ['Deleting', 1]
    ])
  }
}

/** An alias that somebody left with a weight of 0, rarely. Drawn apart, as above. */
export const someEmptiedAlias = (chance: Chance): Pick<PaymentsOptions, 'alias'> =>
  chance.is(0.01) ? { alias: 'emptied' } : {}

function someGroup(chance: Chance): NonNullable<PaymentsOptions['group']> {
  return {
    ...(chance.is(0.1) && { autoRollbackConfiguration: { enabled: false } }),
    ...(chance.is(0.1) && { alarmConfiguration: { enabled: false, alarms: [] } }),
    ...(chance.is(0.03) && { deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes' }),
    ...(chance.is(0.02) && { serviceRoleArn: 'arn:aws:iam::123456789012:role/NoLambda' })
  }
}

function someHook(chance: Chance): HookOptions {
  const behaviour = chance.weighted<NonNullable<HookOptions['behaviour']>>([
    ['succeed', 65],
    ['fail', 25],
    ['throw', 2],
    ['silent', 1],
    ['late', 1]
  ])
  return {
    behaviour,
    seconds: chance.spread(1, 300),
    ...(chance.is(0.5) && { log: `${hostileText(chance)}\n${hostileText(chance)}` })
  }
}
