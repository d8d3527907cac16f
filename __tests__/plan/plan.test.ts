import { describe, expect, test } from '@jest/globals'
import { bareName } from '../../src/deployment/names.ts'
import type { ReleaseRequest } from '../../src/inputs/request.ts'
import type { FunctionVersion, Holdings } from '../../src/plan/holdings.ts'
import { decide } from '../../src/plan/plan.ts'
import { request } from '../inputs/asked.ts'
import { alias, arn, holdings, version } from './held.ts'

const everyEvent = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const

test('a release shifts from what the alias serves to what will be published, and the plan says all of it', () => {
  const asked = request()
  expect(decide(asked, holdings(), undefined)).toEqual({
    kind: 'shift',
    warnings: [],
    plan: {
      request: asked,
      functionArn: arn,
      alias: alias('7'),
      currentVersion: '7',
      targetVersion: undefined,
      configuration: holdings().configuration,
      strategy: { type: 'TimeBasedCanary', percentage: 10, minutes: 5 },
      createsConfiguration: false,
      alarms: ['payments-errors'],
      rollbackEvents: everyEvent
    }
  })
})

describe('the decision is', () => {
  test.each<{
    name: string
    request?: ReleaseRequest
    held?: Holdings
    target?: FunctionVersion
    decision: Record<string, unknown>
  }>([
    {
      name: 'to shift to the version that was published',
      target: version('8'),
      decision: { kind: 'shift', plan: expect.objectContaining({ targetVersion: '8', currentVersion: '7' }) }
    },
    {
      name: 'to shift to the version that was asked for',
      request: request({ targetVersion: '5' }),
      held: holdings({ source: version('5') }),
      decision: { kind: 'shift', plan: expect.objectContaining({ targetVersion: '5' }) }
    },
    {
      name: 'to shift when the alias serves what was expected',
      request: request({ currentVersion: '7' }),
      decision: { kind: 'shift' }
    },
    {
      name: 'to leave an alias alone that is on the target already',
      target: version('7'),
      decision: { kind: 'unchanged', alias: alias('7'), warnings: [] }
    },
    {
      name: 'to leave an alias alone that gives the target all weight',
      held: holdings({ alias: alias('7', { '8': 1 }) }),
      target: version('8'),
      decision: { kind: 'unchanged', alias: alias('7', { '8': 1 }) }
    },
    {
      name: 'to create a missing alias',
      held: holdings({ alias: undefined, live: undefined }),
      decision: { kind: 'create-alias', functionArn: arn, targetVersion: undefined, warnings: [] }
    },
    {
      name: 'to create a missing alias on the version that was published',
      held: holdings({ alias: undefined }),
      target: version('1'),
      decision: { kind: 'create-alias', functionArn: arn, targetVersion: '1' }
    },
    {
      name: 'open while another deployment of the group is running',
      held: holdings({ running: ['d-A', 'd-B'] }),
      decision: { kind: 'busy', functionArn: arn, deploymentIds: ['d-A', 'd-B'], warnings: [] }
    },
    {
      name: 'open while a deployment runs that splits the alias',
      held: holdings({ running: ['d-A'], alias: alias('7', { '8': 0.1 }) }),
      decision: { kind: 'busy' }
    },
    {
      name: 'to go on when nobody may say what is running',
      held: holdings({ running: 'denied' }),
      decision: { kind: 'shift' }
    },
    {
      name: 'to go on when the group may not be read',
      held: holdings({ group: 'denied', strategy: 'denied', configuration: undefined }),
      decision: { kind: 'shift', plan: expect.objectContaining({ alarms: [], strategy: undefined }) }
    },
    {
      name: 'to create a strategy that has no configuration yet',
      held: holdings({
        strategy: 'missing',
        configuration: {
          name: 'Canary25Percent7Minutes',
          strategy: { type: 'TimeBasedCanary', percentage: 25, minutes: 7 },
          mayCreate: true
        }
      }),
      decision: {
        kind: 'shift',
        plan: expect.objectContaining({
          createsConfiguration: true,
          strategy: { type: 'TimeBasedCanary', percentage: 25, minutes: 7 }
        })
      }
    },
    {
      name: 'to shift all at once between versions with different roles',
      held: holdings({ strategy: { type: 'AllAtOnce' } }),
      target: version('8', { role: 'other' }),
      decision: { kind: 'shift' }
    },
    {
      name: 'to shift when the role of what is live is not known',
      held: holdings({ live: undefined }),
      target: version('8', { role: 'other' }),
      decision: { kind: 'shift' }
    },
    {
      name: 'to shift when what was read as live is not what the alias serves any more',
      held: holdings({ live: version('6', { role: 'other' }) }),
      target: version('8'),
      decision: { kind: 'shift' }
    }
  ])('$name', ({ request: asked = request(), held = holdings(), target, decision }) => {
    expect(decide(asked, held, target)).toEqual(expect.objectContaining(decision))
  })
})

describe('it is refused', () => {
  const hooks = { BeforeAllowTraffic: 'check' }
  test.each<{
    name: string
    request?: ReleaseRequest
    held?: Holdings
    target?: FunctionVersion
    code: string
    what: string
  }>([
    {
      name: 'to deploy in an application that there is not',
      held: holdings({ group: 'no-application' }),
      code: 'APPLICATION_MISSING',
      what: 'There is no CodeDeploy application payments in this account and region.'
    },
    {
      name: 'to deploy in a group that there is not',
      held: holdings({ group: 'no-group' }),
      code: 'DEPLOYMENT_GROUP_MISSING',
      what: 'CodeDeploy application payments has no deployment group payments-live.'
    },
    {
      name: 'to deploy in a group for servers',
      held: holdings({
        group: { computePlatform: 'Server', alarms: [], alarmsEnabled: false, rollbackEvents: [] }
      }),
      code: 'WRONG_COMPUTE_PLATFORM',
      what: 'Deployment group payments-live is for compute platform Server, not Lambda.'
    },
    {
      name: 'to use a configuration that there is not',
      held: holdings({ strategy: 'missing', configuration: { name: 'careful', mayCreate: false } }),
      code: 'STRATEGY_MISSING',
      what: 'CodeDeploy has no deployment configuration careful.'
    },
    {
      name: 'to use a hook that there is not',
      request: request({ hooks }),
      held: holdings({ hooks: new Map([['check', 'missing']]) }),
      code: 'HOOK_MISSING',
      what: 'The BeforeAllowTraffic hook check does not exist in this account and region.'
    },
    {
      name: 'to deploy a function of another account',
      request: request({ account: '210987654321' }),
      code: 'WRONG_ACCOUNT',
      what: 'function-name is in account 210987654321, but the credentials are for another one.'
    },
    {
      name: 'to deploy a function that there is not',
      held: holdings({ source: undefined }),
      code: 'FUNCTION_MISSING',
      what: 'Function payments-api does not exist in this account and region.'
    },
    {
      name: 'to deploy a version that there is not',
      request: request({ targetVersion: '99' }),
      held: holdings({ source: undefined }),
      code: 'VERSION_MISSING',
      what: 'Function payments-api does not exist, or has no version 99.'
    },
    {
      name: 'to create an alias against the wish',
      request: request({ createAlias: false }),
      held: holdings({ alias: undefined }),
      code: 'ALIAS_MISSING',
      what: 'Function payments-api has no alias live, and create-alias is false.'
    },
    {
      name: 'to shift away from $LATEST',
      held: holdings({ alias: alias('$LATEST') }),
      code: 'ALIAS_ON_LATEST',
      what: 'Alias live points to $LATEST. CodeDeploy can only shift from one published version to another.'
    },
    {
      name: 'to shift an alias that somebody left split',
      held: holdings({ alias: alias('7', { '8': 0.1 }) }),
      code: 'ALIAS_SPLIT',
      what: 'Alias live is split between v7 90% and v8 10%, and no deployment of group payments-live is known to be running: an earlier one was stopped without rollback, or somebody set the weights by hand.'
    },
    {
      name: 'to shift from another version than expected',
      request: request({ currentVersion: '6' }),
      code: 'CURRENT_VERSION_DIFFERS',
      what: 'Alias live serves version 7, not 6 as current-version says.'
    },
    {
      name: 'to call it unchanged when another version was expected',
      request: request({ currentVersion: '6' }),
      target: version('7'),
      code: 'CURRENT_VERSION_DIFFERS',
      what: 'Alias live serves version 7, not 6 as current-version says.'
    },
    {
      name: 'to let versions with different roles share the traffic',
      target: version('8', { role: 'other' }),
      code: 'ROLES_DIFFER',
      what: 'Version 7 runs with role arn:aws:iam::123456789012:role/payments, the new one with other. Lambda lets an alias share traffic only between versions with the same execution role.'
    },
    {
      name: 'to do so before anything is published',
      held: holdings({ source: version('$LATEST', { role: 'other' }) }),
      code: 'ROLES_DIFFER',
      what: 'Version 7 runs with role arn:aws:iam::123456789012:role/payments, the new one with other. Lambda lets an alias share traffic only between versions with the same execution role.'
    },
    {
      name: 'to let versions share the traffic of which only the old one has a dead-letter queue',
      held: holdings({ live: version('7', { deadLetterQueue: 'arn:queue' }) }),
      code: 'DEAD_LETTER_QUEUES_DIFFER',
      what: 'Version 7 has dead-letter queue arn:queue, the new one has none. Lambda lets an alias share traffic only between versions with the same dead-letter queue.'
    }
  ])('$name', ({ request: asked = request(), held = holdings(), target, code, what }) => {
    const decision = decide(asked, held, target)
    expect(decision).toEqual({
      kind: 'refuse',
      cause: { code, what, next: expect.stringMatching(/^[A-Z]/) },
      warnings: expect.anything()
    })
  })

  test('what is wrong with the surroundings comes before what is wrong with the versions', () => {
    const held = holdings({ group: 'no-group', source: undefined, alias: undefined })
    expect(decide(request(), held, undefined)).toMatchObject({ cause: { code: 'DEPLOYMENT_GROUP_MISSING' } })
  })
})

test.each<[given: string, name: string]>([
  ['payments-api', 'payments-api'],
  ['123456789012:function:payments-api', 'payments-api'],
  ['arn:aws:lambda:eu-west-1:123456789012:function:payments-api', 'payments-api']
])('the bare name of %s is %s', (given, name) => {
  expect(bareName(given)).toBe(name)
})
