import { describe, expect, test } from '@jest/globals'
import type { ReleaseRequest } from '../../src/inputs/request.ts'
import type { Holdings } from '../../src/plan/holdings.ts'
import { decide, type Plan } from '../../src/plan/plan.ts'
import { request } from '../inputs/asked.ts'
import { holdings } from './holdings.ts'

const group = {
  computePlatform: 'Lambda',
  configuration: 'C',
  alarms: ['a'],
  rollbackEvents: []
}

describe('in force are', () => {
  test.each<{ name: string; request: ReleaseRequest; held: Holdings; inForce: Partial<Plan> }>([
    {
      name: "the group's alarms",
      request: request(),
      held: holdings(),
      inForce: { alarms: ['payments-errors'] }
    },
    {
      name: "no alarms when the group's may not be read",
      request: request(),
      held: holdings({ group: 'denied' }),
      inForce: { alarms: [] }
    },
    {
      name: "the alarms given instead of the group's",
      request: request({ alarms: { names: ['mine'], ignorePollFailure: false } }),
      held: holdings(),
      inForce: { alarms: ['mine'] }
    },
    {
      name: 'no alarms when they are ignored',
      request: request({ alarms: 'none' }),
      held: holdings(),
      inForce: { alarms: [] }
    },
    {
      name: 'the rollback events given',
      request: request({ rollback: ['DEPLOYMENT_STOP_ON_REQUEST'] }),
      held: holdings(),
      inForce: { rollbackEvents: ['DEPLOYMENT_STOP_ON_REQUEST'] }
    },
    {
      name: "the group's rollback events when it is left to the group",
      request: request({ rollback: 'group' }),
      held: holdings(),
      inForce: { rollbackEvents: ['DEPLOYMENT_FAILURE'] }
    },
    {
      name: 'no rollback events when rollback is off',
      request: request({ rollback: 'none' }),
      held: holdings(),
      inForce: { rollbackEvents: [] }
    },
    {
      name: "CodeDeploy's strategy, whatever the name of the configuration says",
      request: request(),
      held: holdings({ strategy: { type: 'AllAtOnce' } }),
      inForce: { strategy: { type: 'AllAtOnce' } }
    },
    {
      name: "the strategy that the name says when CodeDeploy's may not be read",
      request: request(),
      held: holdings({ strategy: 'denied' }),
      inForce: { strategy: { type: 'TimeBasedCanary', percentage: 10, minutes: 5 } }
    }
  ])('$name', ({ request: asked, held, inForce }) => {
    expect(decide(asked, held, undefined)).toMatchObject({ kind: 'shift', plan: inForce })
  })

  test("unknown rollback events when the group's may not be read", () => {
    const decision = decide(request({ rollback: 'group' }), holdings({ group: 'denied' }), undefined)
    expect(decision).toMatchObject({
      kind: 'shift',
      plan: expect.not.objectContaining({ rollbackEvents: expect.anything() })
    })
  })
})

describe('there is a warning', () => {
  const nothingRollsBack =
    'Nothing rolls this deployment back by itself: when it fails or is stopped, traffic stays where it is at that moment.'
  const alarmOnly =
    'An alarm would stop this deployment without shifting traffic back: DEPLOYMENT_STOP_ON_ALARM is not among the rollback events.'

  test.each<{ name: string; request?: ReleaseRequest; held?: Holdings; warnings: string[] }>([
    { name: 'never when all is well', warnings: [] },
    { name: 'about what could not be read', held: holdings({ warnings: ['w'] }), warnings: ['w'] },
    {
      name: 'about a hook that the managed policy does not let CodeDeploy invoke',
      request: request({
        hooks: {
          BeforeAllowTraffic: 'check',
          AfterAllowTraffic: '123456789012:function:CodeDeployHook_after'
        }
      }),
      warnings: [
        'Hook check is not named CodeDeployHook_…: the managed policy AWSCodeDeployRoleForLambda does not let CodeDeploy invoke it, so the service role also needs lambda:InvokeFunction on it.'
      ]
    },
    {
      name: 'about a configuration that is not what its name says',
      held: holdings({ strategy: { type: 'AllAtOnce' } }),
      warnings: [
        "Deployment configuration CodeDeployDefault.LambdaCanary10Percent5Minutes is not what its name says: CodeDeploy holds 'all traffic at once' under it, and that is what happens."
      ]
    },
    {
      name: 'when nothing says how traffic moves',
      held: holdings({ strategy: 'unnamed', configuration: undefined }),
      warnings: [
        'Deployment group payments-live names no deployment configuration and neither does codedeploy-deployment-config: CodeDeploy decides how traffic moves.'
      ]
    },
    { name: 'when rollback is off', request: request({ rollback: 'none' }), warnings: [nothingRollsBack] },
    {
      name: "when the group's rollback is off",
      request: request({ rollback: 'group' }),
      held: holdings({ group }),
      warnings: [nothingRollsBack]
    },
    {
      name: 'when an alarm would stop it halfway',
      request: request({ rollback: ['DEPLOYMENT_FAILURE'] }),
      warnings: [alarmOnly]
    },
    {
      name: 'but not about an alarm when there is none',
      request: request({ rollback: ['DEPLOYMENT_FAILURE'], alarms: 'none' }),
      warnings: []
    },
    {
      name: 'but not about rollback when it may not be read',
      request: request({ rollback: 'group' }),
      held: holdings({ group: 'denied' }),
      warnings: []
    }
  ])('$name', ({ request: asked = request(), held = holdings(), warnings }) => {
    expect(decide(asked, held, undefined).warnings).toEqual(warnings)
  })

  test('even when the release is refused or has nothing to do', () => {
    const held = holdings({ warnings: ['w'] })
    expect(decide(request(), { ...held, group: 'no-group' }, undefined).warnings).toEqual(['w'])
    expect(decide(request(), { ...held, alias: undefined }, undefined).warnings).toEqual(['w'])
  })
})
