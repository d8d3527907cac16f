import { describe, expect, test } from '@jest/globals'
import { nearest } from '../../src/plan/nearest.ts'
import { decide } from '../../src/plan/plan.ts'
import { foundOrNew, otherRoleWarning, roleElsewhere, setUpOf } from '../../src/plan/setup.ts'
import { request } from '../inputs/asked.ts'
import { alias, holdings } from './holdings.ts'

const role = 'arn:aws:iam::123456789012:role/CodeDeployLambda'
const everyEvent = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const
const creating = request({ serviceRole: role })
const group = {
  computePlatform: 'Lambda',
  configuration: 'CodeDeployDefault.LambdaAllAtOnce',
  serviceRole: role,
  alarms: [],
  rollbackEvents: everyEvent
}
const canary = {
  name: 'Canary25Percent7Minutes',
  strategy: { type: 'TimeBasedCanary' as const, percentage: 25, minutes: 7 },
  mayCreate: true
}

describe('what was found of the group', () => {
  test.each<{
    name: string
    asked?: typeof creating
    found: Parameters<typeof foundOrNew>[1]
    gives: object
  }>([
    { name: 'is kept without the role', asked: request(), found: 'no-group', gives: { group: 'no-group' } },
    { name: 'is kept when it could not be read', found: 'denied', gives: { group: 'denied' } },
    { name: 'is kept when it is a group', found: holdings().group, gives: { group: holdings().group } },
    { name: 'is a new group when there is none', found: 'no-group', gives: { group, missing: 'group' } },
    {
      name: 'is a new group in a new application when there is none',
      found: 'no-application',
      gives: { group, missing: 'application' }
    },
    {
      name: 'is a new group with the alarms and the configuration that were given',
      asked: request({
        serviceRole: role,
        configuration: canary,
        alarms: { names: ['a'], ignorePollFailure: true },
        rollback: 'none'
      }),
      found: 'no-group',
      gives: { group: { ...group, configuration: canary.name, alarms: ['a'] }, missing: 'group' }
    },
    {
      name: 'is a new group without alarms when they are ignored',
      asked: request({ serviceRole: role, alarms: 'none' }),
      found: 'no-group',
      gives: { group, missing: 'group' }
    }
  ])('$name', ({ asked = creating, found, gives }) => {
    expect(foundOrNew(asked, found)).toEqual(gives)
  })
})

describe('what is set up', () => {
  test('is nothing when everything is there', () => {
    expect(setUpOf(creating, holdings())).toBeUndefined()
  })

  test('is the group, its application, and a configuration that does not exist', () => {
    const asked = request({ serviceRole: role, configuration: canary })
    const held = holdings({ missing: 'application', strategy: 'missing', configuration: canary })
    expect(setUpOf(asked, held)).toEqual({
      group: {
        application: 'payments',
        group: 'payments-live',
        serviceRole: role,
        configuration: 'Canary25Percent7Minutes',
        alarms: 'group'
      },
      withApplication: true,
      configuration: { name: 'Canary25Percent7Minutes', strategy: canary.strategy }
    })
  })
})

test('a release that needs a new group is decided as if it were there', () => {
  const held = holdings({
    group,
    missing: 'group',
    strategy: { type: 'AllAtOnce' },
    configuration: undefined
  })
  expect(decide(creating, held, undefined)).toMatchObject({
    kind: 'shift',
    warnings: [],
    plan: { currentVersion: '7', alarms: [], strategy: { type: 'AllAtOnce' } }
  })
  expect(decide(creating, { ...held, alias: alias('6', { 7: 0.2 }) }, undefined)).toMatchObject({
    kind: 'refuse',
    cause: { code: 'ALIAS_SPLIT' }
  })
})

describe('the service role', () => {
  const elsewhere = request({ serviceRole: role.replace('123456789012', '999999999999') })

  test('of another account is refused when a group is to be created with it, and only then', () => {
    expect(roleElsewhere(elsewhere, holdings({ missing: 'group' }))?.[0]).toBe('WRONG_ACCOUNT')
    expect(roleElsewhere(elsewhere, holdings())).toBeUndefined()
    expect(roleElsewhere(creating, holdings({ missing: 'group' }))).toBeUndefined()
  })

  test('that the group does not have brings a warning; the same, or an unknown one, does not', () => {
    const other = { group: { ...group, serviceRole: `${role}2` } }
    expect(otherRoleWarning(creating, other)).toEqual([
      `Deployment group payments-live has service role ${role}2, not ${role} as codedeploy-service-role says. It stays as it is: what exists is never changed.`
    ])
    expect(otherRoleWarning(creating, { group })).toEqual([])
    expect(otherRoleWarning(creating, { group: 'denied' })).toEqual([])
    expect(otherRoleWarning(request(), other)).toEqual([])
  })
})

describe('the nearest names', () => {
  test.each([
    {
      asked: 'live',
      names: ['orders', 'live-2', 'alive', 'life'],
      gives: ['alive', 'life', 'live-2', 'orders']
    },
    { asked: 'payments-prod', names: ['payments-live'], gives: ['payments-live'] },
    { asked: 'x', names: [], gives: [] }
  ])('to $asked are $gives', ({ asked, names, gives }) => {
    expect(nearest(asked, names)).toEqual(gives)
  })

  test('are ten at most', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `group-${index}`)
    const ten = nearest('group-42', many)
    expect([ten.length, ten[0]]).toEqual([10, 'group-42'])
  })
})
