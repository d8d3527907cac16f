import { describe, expect, test } from '@jest/globals'
import type { NamedConfiguration, Strategy } from '../../src/deployment/strategy.ts'
import type { ReleaseRequest } from '../../src/inputs/request.ts'
import type { FunctionVersion, Holdings } from '../../src/plan/holdings.ts'
import { decide } from '../../src/plan/plan.ts'
import { request } from '../inputs/asked.ts'
import { alias, holdings, version } from './holdings.ts'

const own: NamedConfiguration & { strategy: Strategy } = {
  name: 'Canary25Percent7Minutes',
  strategy: { type: 'TimeBasedCanary', percentage: 25, minutes: 7 },
  mayCreate: true
}
const everyEvent = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const

const found = { kind: 'found', version: '6', foundIn: { deploymentId: 'd-1', at: 0 } } as const

test('a release shifts from what the alias serves to what will be published, and the plan has every detail', () => {
  const asked = request()
  expect(decide(asked, holdings(), undefined)).toEqual({
    kind: 'shift',
    warnings: [],
    plan: {
      functionName: 'payments-api',
      alias: 'live',
      currentVersion: '7',
      targetVersion: undefined,
      hooks: {},
      configuration: holdings().configuration,
      strategy: { type: 'TimeBasedCanary', percentage: 10, minutes: 5 },
      deployment: {
        application: 'payments',
        group: 'payments-live',
        description: 'acme/payments@1a2b3c4 run 4711.1',
        alarms: 'group',
        rollback: everyEvent
      },
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
      name: 'to shift to the version that served before, and to say where that was found',
      request: request({ targetVersion: 'previous' }),
      held: holdings({ source: version('6'), previous: found }),
      target: version('6'),
      decision: {
        kind: 'shift',
        plan: expect.objectContaining({ targetVersion: '6', foundIn: { deploymentId: 'd-1', at: 0 } })
      }
    },
    {
      name: 'to wait while a deployment is running, though it is not known what served before',
      request: request({ targetVersion: 'previous' }),
      held: holdings({
        source: undefined,
        previous: { kind: 'unknown', why: 'nothing is known.' },
        running: ['d-2']
      }),
      decision: { kind: 'busy', deploymentIds: ['d-2'] }
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
      name: 'to leave an alias alone that is already on the target',
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
      name: 'to leave an alias alone that is on the target and has a weight of 0 for another version',
      held: holdings({ alias: alias('7', { '8': 0 }) }),
      target: version('7'),
      decision: { kind: 'unchanged', alias: alias('7', { '8': 0 }) }
    },
    {
      name: 'to shift from an alias with a weight on its own version, which AWS was seen to show for moments',
      held: holdings({ alias: alias('7', { '7': 1 }) }),
      target: version('8'),
      decision: { kind: 'shift', plan: expect.objectContaining({ currentVersion: '7', targetVersion: '8' }) }
    },
    {
      name: 'to create a missing alias',
      held: holdings({ alias: undefined, live: undefined }),
      decision: { kind: 'create-alias', targetVersion: undefined, warnings: [] }
    },
    {
      name: 'to create a missing alias on the version that was published',
      held: holdings({ alias: undefined }),
      target: version('1'),
      decision: { kind: 'create-alias', targetVersion: '1' }
    },
    {
      name: 'open while another deployment of the group is running',
      held: holdings({ running: ['d-A', 'd-B'] }),
      decision: { kind: 'busy', deploymentIds: ['d-A', 'd-B'], warnings: [] }
    },
    {
      name: 'open while a deployment runs that splits the alias',
      held: holdings({ running: ['d-A'], alias: alias('7', { '8': 0.1 }) }),
      decision: { kind: 'busy' }
    },
    {
      name: 'to go on when running deployments may not be listed',
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
        configuration: own
      }),
      request: request({ configuration: own }),
      decision: {
        kind: 'shift',
        plan: expect.objectContaining({
          strategy: own.strategy,
          deployment: expect.objectContaining({
            configuration: own.name,
            creates: { name: own.name, strategy: own.strategy }
          })
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
      name: 'to shift when the role of the live version is not known',
      held: holdings({ live: undefined }),
      target: version('8', { role: 'other' }),
      decision: { kind: 'shift' }
    },
    {
      name: 'to shift when the alias no longer serves what was read as live',
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
      name: 'to deploy in an application that does not exist',
      held: holdings({ group: 'no-application' }),
      code: 'APPLICATION_MISSING',
      what: 'There is no CodeDeploy application payments in this account and region.'
    },
    {
      name: 'to deploy in a group that does not exist',
      held: holdings({ group: 'no-group' }),
      code: 'DEPLOYMENT_GROUP_MISSING',
      what: 'CodeDeploy application payments has no deployment group payments-live.'
    },
    {
      name: 'to deploy in a group for servers',
      held: holdings({
        group: { computePlatform: 'Server', alarms: [], rollbackEvents: [] }
      }),
      code: 'WRONG_COMPUTE_PLATFORM',
      what: 'Deployment group payments-live is for compute platform Server, not Lambda.'
    },
    {
      name: 'to use a configuration that does not exist',
      held: holdings({ strategy: 'missing', configuration: { name: 'careful', mayCreate: false } }),
      code: 'STRATEGY_MISSING',
      what: 'CodeDeploy has no deployment configuration careful.'
    },
    {
      name: 'to use a hook that does not exist',
      request: request({ hooks }),
      held: holdings({ hooks: new Map([['check', 'missing']]) }),
      code: 'HOOK_MISSING',
      what: 'The BeforeAllowTraffic hook check does not exist in this account and region.'
    },
    {
      name: 'to deploy a function in another account',
      request: request({ account: '210987654321' }),
      code: 'WRONG_ACCOUNT',
      what: 'function-name is in account 210987654321, but the credentials are for another one.'
    },
    {
      name: 'to deploy a function that does not exist',
      held: holdings({ source: undefined }),
      code: 'FUNCTION_MISSING',
      what: 'Function payments-api does not exist in this account and region.'
    },
    {
      name: 'to deploy a version that does not exist',
      request: request({ targetVersion: '99' }),
      held: holdings({ source: undefined }),
      code: 'VERSION_MISSING',
      what: 'Function payments-api does not exist, or has no version 99.'
    },
    {
      name: 'to create an alias when create-alias is false',
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
      what: 'Alias live is split between v7 90% and v8 10%, and no deployment of group payments-live is known to shift it: an earlier one was stopped without rollback, or somebody set the weights by hand.'
    },
    {
      name: 'to shift an alias that is split because what this step stopped was not rolled back',
      held: holdings({ alias: alias('7', { '8': 0.1 }), notRolledBack: 'd-1' }),
      code: 'ALIAS_SPLIT',
      what: 'Alias live is split between v7 90% and v8 10%, and no deployment of group payments-live is known to shift it: d-1, which was stopped to replace it, was not rolled back.'
    },
    {
      name: 'to shift an alias whose weights give everything to another version',
      request: request({ targetVersion: '9' }),
      held: holdings({ alias: alias('7', { '8': 1 }) }),
      code: 'ALIAS_SPLIT',
      what: 'Alias live points to version 7, and its weights give everything to version 8, and no deployment of group payments-live is known to shift it: an earlier one was stopped without rollback, or somebody set the weights by hand.'
    },
    {
      name: 'to shift an alias that has a weight of 0 for another version',
      held: holdings({ alias: alias('7', { '8': 0 }) }),
      code: 'ALIAS_SPLIT',
      what: 'Alias live points to version 7 and still has a weight of 0 for version 8: CodeDeploy starts only from an alias without weights.'
    },
    {
      name: 'to shift to the version that an alias has a weight of 0 for',
      request: request({ targetVersion: '8' }),
      held: holdings({ source: version('8'), alias: alias('7', { '8': 0 }) }),
      code: 'ALIAS_SPLIT',
      what: 'Alias live points to version 7 and still has a weight of 0 for version 8: CodeDeploy starts only from an alias without weights.'
    },
    {
      name: 'to go back from an alias that has a weight of 0 for another version',
      request: request({ targetVersion: 'previous' }),
      held: holdings({ source: undefined, alias: alias('7', { '8': 0 }) }),
      code: 'ALIAS_SPLIT',
      what: 'Alias live points to version 7 and still has a weight of 0 for version 8: CodeDeploy starts only from an alias without weights.'
    },
    {
      name: 'to shift an alias that is split, perhaps by a deployment that may not be seen',
      held: holdings({ alias: alias('7', { '8': 0.1 }), running: 'denied' }),
      code: 'ALIAS_SPLIT',
      what: 'Alias live is split between v7 90% and v8 10%, and whether a deployment of group payments-live is running could not be seen: codedeploy:ListDeployments is denied.'
    },
    {
      name: 'to shift an alias with a weight of 0, which perhaps a deployment has set that may not be seen',
      held: holdings({ alias: alias('7', { '8': 0 }), running: 'denied' }),
      code: 'ALIAS_SPLIT',
      what: 'Alias live points to version 7 and still has a weight of 0 for version 8, and whether a deployment of group payments-live is running could not be seen: codedeploy:ListDeployments is denied.'
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

  const remedy =
    'by a step with target-version: 7 and weight: 100, or aws lambda update-alias --function-name payments-api --name live --function-version 7 --routing-config AdditionalVersionWeights={}. Then run the step again.'
  test.each<{ name: string; held: Partial<Holdings>; next: string }>([
    {
      name: 'split: to choose a version',
      held: { alias: alias('7', { '8': 0.1 }) },
      next: `Choose the version that should serve and give it all traffic, ${remedy}`
    },
    {
      name: 'with a weight of 0: to take that away',
      held: { alias: alias('7', { '8': 0 }) },
      next: `Take the weight away, ${remedy}`
    },
    ...[0, 0.1].map(weight => ({
      name: `with a weight of ${weight}, and perhaps a deployment that may not be seen: to look first`,
      held: { alias: alias('7', { '8': weight }), running: 'denied' as const },
      next: `Look in the CodeDeploy console whether one is running, or grant codedeploy:ListDeployments and run the step again. Only if none is running, give all traffic to the version that should serve, ${remedy}`
    }))
  ])('what to do next about an alias $name', ({ held, next }) => {
    expect(decide(request(), holdings(held), undefined)).toMatchObject({ cause: { next } })
  })

  test('problems with the deployment group are reported before problems with the versions', () => {
    const held = holdings({ group: 'no-group', source: undefined, alias: undefined })
    expect(decide(request(), held, undefined)).toMatchObject({ cause: { code: 'DEPLOYMENT_GROUP_MISSING' } })
  })
})
