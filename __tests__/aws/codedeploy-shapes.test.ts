import type {
  DeploymentConfigInfo,
  DeploymentGroupInfo,
  DeploymentInfo,
  LambdaTarget
} from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import {
  descriptionFrom,
  groupFrom,
  lifecycleFrom,
  recordFrom,
  strategyFrom,
  trafficRoutingOf,
  viewFrom
} from '../../src/aws/codedeploy-shapes.ts'
import type { Strategy } from '../../src/deployment/strategy.ts'
import { Failure } from '../../src/failure.ts'
import type { Group } from '../../src/plan/holdings.ts'

const action = 'codedeploy:GetDeployment'
const resource = 'arn:group'
const at = (ms: number) => new Date(ms)

describe('a strategy', () => {
  test.each<{
    name: string
    strategy: Strategy
    routing: DeploymentConfigInfo['trafficRoutingConfig'] & object
  }>([
    {
      name: 'that is AllAtOnce has no parts',
      strategy: { type: 'AllAtOnce' },
      routing: { type: 'AllAtOnce' }
    },
    {
      name: 'that is a canary',
      strategy: { type: 'TimeBasedCanary', percentage: 25, minutes: 7 },
      routing: { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage: 25, canaryInterval: 7 } }
    },
    {
      name: 'that is linear',
      strategy: { type: 'TimeBasedLinear', percentage: 5, minutes: 3 },
      routing: { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage: 5, linearInterval: 3 } }
    }
  ])('$name is sent and read in the same way', ({ strategy, routing }) => {
    expect(trafficRoutingOf(strategy)).toEqual(routing)
    expect(strategyFrom({ trafficRoutingConfig: routing }, action, resource)).toEqual(strategy)
  })

  test.each<{ name: string; info: DeploymentConfigInfo | undefined; message: string }>([
    {
      name: 'of another compute platform is refused by name',
      info: { deploymentConfigName: 'CodeDeployDefault.OneAtATime', computePlatform: 'Server' },
      message:
        'Deployment configuration CodeDeployDefault.OneAtATime is for compute platform Server, not Lambda'
    },
    {
      name: 'of another compute platform is refused, also when traffic moves as with Lambda',
      info: {
        deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
        computePlatform: 'ECS',
        trafficRoutingConfig: {
          type: 'TimeBasedCanary',
          timeBasedCanary: { canaryPercentage: 10, canaryInterval: 5 }
        }
      },
      message:
        'Deployment configuration CodeDeployDefault.ECSCanary10Percent5Minutes is for compute platform ECS, not Lambda'
    },
    {
      name: 'that says nothing is refused',
      info: {},
      message: 'the deployment configuration does not say how traffic moves'
    },
    {
      name: 'that is incomplete is refused',
      info: { trafficRoutingConfig: { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage: 10 } } },
      message: 'the deployment configuration does not say how traffic moves'
    }
  ])('$name', ({ info, message }) => {
    const reading = () => strategyFrom(info, action, resource)
    expect(reading).toThrow(message)
    expect(reading).toThrow(Failure)
  })
})

describe('a deployment group', () => {
  test.each<{ name: string; info: DeploymentGroupInfo; is: Group }>([
    {
      name: 'has a platform, a configuration, alarms and rollback events',
      info: {
        computePlatform: 'Lambda',
        deploymentConfigName: 'C',
        alarmConfiguration: { enabled: true, alarms: [{ name: 'a' }, {}] },
        autoRollbackConfiguration: {
          enabled: true,
          events: ['DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_FAILURE']
        }
      },
      is: {
        computePlatform: 'Lambda',
        configuration: 'C',
        alarms: ['a'],
        rollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']
      }
    },
    {
      name: 'has no alarms and no rollback events that are switched off',
      info: {
        alarmConfiguration: { enabled: false, alarms: [{ name: 'a' }] },
        autoRollbackConfiguration: { enabled: false, events: ['DEPLOYMENT_FAILURE'] }
      },
      is: { alarms: [], rollbackEvents: [] }
    },
    {
      name: 'may have nothing',
      info: {},
      is: { alarms: [], rollbackEvents: [] }
    }
  ])('$name', ({ info, is }) => {
    expect(groupFrom(info, action, resource)).toEqual(is)
  })

  test('that is missing from the answer is not mistaken for one without alarms', () => {
    expect(() => groupFrom(undefined, action, resource)).toThrow(
      'the answer to codedeploy:GetDeployment lacks deploymentGroupInfo'
    )
  })
})

describe('a look at a deployment', () => {
  test.each<{ name: string; info: DeploymentInfo; is: object }>([
    { name: 'shows its status', info: { status: 'Created' }, is: { id: 'd-NEW', status: 'Created' } },
    {
      name: 'shows all its times, its error and its rollback',
      info: {
        status: 'Stopped',
        createTime: at(1),
        startTime: at(2),
        completeTime: at(3),
        errorInformation: { code: 'ALARM_ACTIVE', message: 'stopped' },
        rollbackInfo: { rollbackDeploymentId: 'd-BACK' }
      },
      is: {
        id: 'd-NEW',
        status: 'Stopped',
        createdAt: 1,
        startedAt: 2,
        completedAt: 3,
        error: { code: 'ALARM_ACTIVE', message: 'stopped' },
        rollbackId: 'd-BACK'
      }
    },
    {
      name: 'may show an error without a message, and no rollback yet',
      info: {
        status: 'Failed',
        errorInformation: { code: 'TIMEOUT' },
        rollbackInfo: { rollbackMessage: 'soon' }
      },
      is: { id: 'd-NEW', status: 'Failed', error: { code: 'TIMEOUT', message: '' } }
    }
  ])('$name', ({ info, is }) => {
    expect(viewFrom(info, 'd-NEW', action, resource)).toEqual(is)
  })

  test.each([undefined, {}])('without a status is not understood: %j', info => {
    expect(() => viewFrom(info, 'd-NEW', action, resource)).toThrow(
      'the answer to codedeploy:GetDeployment lacks status'
    )
  })
})

describe('the events of a deployment', () => {
  test.each<{ name: string; target: LambdaTarget | undefined; is: object }>([
    { name: 'are none before it has started', target: undefined, is: { lifecycle: [] } },
    {
      name: 'come with their times, their log, and what is deployed',
      target: {
        lambdaFunctionInfo: {
          functionName: 'payments-api',
          functionAlias: 'live',
          currentVersion: '7',
          targetVersion: '8',
          targetVersionWeight: 0.1
        },
        lifecycleEvents: [
          {
            lifecycleEventName: 'BeforeAllowTraffic',
            status: 'Failed',
            startTime: at(1),
            endTime: at(2),
            diagnostics: { logTail: 'x' }
          },
          { lifecycleEventName: 'AllowTraffic', status: 'Pending' },
          {}
        ]
      },
      is: {
        lifecycle: [
          { name: 'BeforeAllowTraffic', status: 'Failed', startedAt: 1, endedAt: 2, logTail: 'x' },
          { name: 'AllowTraffic', status: 'Pending' },
          { name: '', status: 'Unknown' }
        ],
        claimedShare: 0.1,
        functionName: 'payments-api',
        alias: 'live',
        currentVersion: '7',
        targetVersion: '8'
      }
    }
  ])('$name', ({ target, is }) => {
    expect(lifecycleFrom(target)).toEqual(is)
  })

  test.each<{ name: string; weight: number; share: number }>([
    { name: 'nothing', weight: 0, share: 0 },
    { name: 'a fraction, as seen in reality', weight: 0.1, share: 0.1 },
    { name: 'one as all, as seen in reality', weight: 1, share: 1 },
    { name: 'a percentage, as documented', weight: 10, share: 0.1 },
    { name: 'a hundred as all', weight: 100, share: 1 }
  ])('claim a share: $name', ({ weight, share }) => {
    const target = { lambdaFunctionInfo: { targetVersionWeight: weight } }
    expect(lifecycleFrom(target)).toEqual({ lifecycle: [], claimedShare: share })
  })
})

describe('a deployment that was started before', () => {
  test.each<{ name: string; info: DeploymentInfo; is: object }>([
    {
      name: 'is described by all that CodeDeploy has kept',
      info: {
        status: 'InProgress',
        createTime: at(5),
        applicationName: 'payments',
        deploymentGroupName: 'payments-live',
        deploymentConfigName: 'C',
        computePlatform: 'Lambda',
        revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'ab12' } },
        overrideAlarmConfiguration: { enabled: true, alarms: [{ name: 'a' }] },
        autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] }
      },
      is: {
        id: 'd-OLD',
        createdAt: 5,
        application: 'payments',
        group: 'payments-live',
        configuration: 'C',
        computePlatform: 'Lambda',
        sha256: 'ab12',
        alarms: ['a'],
        rollbackEvents: ['DEPLOYMENT_FAILURE']
      }
    },
    {
      name: 'may have its AppSpec in the older format',
      info: { status: 'Created', revision: { revisionType: 'String', string: { sha256: 'cd34' } } },
      is: { id: 'd-OLD', sha256: 'cd34', alarms: [] }
    },
    {
      name: 'may ignore alarms',
      info: {
        status: 'Created',
        overrideAlarmConfiguration: { enabled: false, alarms: [{ name: 'a' }] }
      },
      is: { alarms: [] }
    }
  ])('$name', ({ info, is }) => {
    expect(descriptionFrom(info, 'd-OLD', action, resource)).toMatchObject(is)
  })

  test('has unknown rollback events when CodeDeploy does not tell them', () => {
    const described = descriptionFrom({ status: 'Created' }, 'd-OLD', action, resource)
    expect(described).not.toHaveProperty('rollbackEvents')
  })

  test("is not mistaken for somebody else's when the answer is incomplete", () => {
    expect(() => recordFrom({ description: 'ours' }, 'd-OLD', action, resource)).toThrow(Failure)
    expect(() => descriptionFrom(undefined, 'd-OLD', action, resource)).toThrow(Failure)
  })

  test('is compared with what was sent by its description and its digest', () => {
    const revision = { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'ab12' } } as const
    expect(
      recordFrom({ status: 'Created', description: 'ours', revision }, 'd-OLD', action, resource)
    ).toEqual({
      id: 'd-OLD',
      description: 'ours',
      sha256: 'ab12',
      status: 'Created'
    })
  })
})
