import { describe, expect, test } from '@jest/globals'
import { createDeploymentInput, createGroupInput } from '../../src/aws/codedeploy-shapes.ts'
import type { DeploymentRequest } from '../../src/plan/deploymentrequest.ts'
import type { NewGroup } from '../../src/plan/setup.ts'

const everyEvent = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const

/** All that can be left to the group is. */
const request: DeploymentRequest = {
  application: 'payments',
  group: 'payments-live',
  description: 'acme/payments@1a2b3c4 run 4711.1',
  alarms: 'group',
  rollback: 'group'
}

const revision = { content: '{}', sha256: 'ab12' }

describe('CreateDeployment is asked', () => {
  const bare = {
    applicationName: 'payments',
    deploymentGroupName: 'payments-live',
    description: 'acme/payments@1a2b3c4 run 4711.1',
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content: '{}', sha256: 'ab12' } }
  }

  test.each<{ name: string; asks?: Partial<DeploymentRequest>; expected: object }>([
    {
      name: 'to roll back on the given events',
      asks: { rollback: everyEvent },
      expected: { autoRollbackConfiguration: { enabled: true, events: everyEvent } }
    },
    { name: 'for nothing that is left to the group', expected: {} },
    {
      name: 'for a configuration when one was given',
      asks: { configuration: 'C' },
      expected: { deploymentConfigName: 'C' }
    },
    {
      name: 'not to roll back',
      asks: { rollback: 'none' },
      expected: { autoRollbackConfiguration: { enabled: false } }
    },
    {
      name: 'to ignore alarms',
      asks: { alarms: 'none' },
      expected: { overrideAlarmConfiguration: { enabled: false } }
    },
    {
      name: "to watch other alarms than the group's",
      asks: { alarms: { names: ['a', 'b'], ignorePollFailure: true } },
      expected: {
        overrideAlarmConfiguration: {
          enabled: true,
          ignorePollAlarmFailure: true,
          alarms: [{ name: 'a' }, { name: 'b' }]
        }
      }
    }
  ])('$name', ({ asks, expected }) => {
    expect(createDeploymentInput({ ...request, ...asks }, revision)).toEqual({ ...bare, ...expected })
  })
})

describe('CreateDeploymentGroup is asked', () => {
  const group: NewGroup = {
    application: 'payments',
    group: 'payments-live',
    serviceRole: 'arn:aws:iam::123456789012:role/CodeDeployLambda',
    configuration: 'CodeDeployDefault.LambdaAllAtOnce',
    alarms: 'group'
  }
  const bare = {
    applicationName: 'payments',
    deploymentGroupName: 'payments-live',
    serviceRoleArn: 'arn:aws:iam::123456789012:role/CodeDeployLambda',
    deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    autoRollbackConfiguration: { enabled: true, events: everyEvent }
  }

  test.each<{ name: string; alarms: NewGroup['alarms']; expected: object }>([
    { name: 'for a group without alarms', alarms: 'group', expected: {} },
    { name: 'for the same when alarms are ignored', alarms: 'none', expected: {} },
    {
      name: 'for the alarms that are named',
      alarms: { names: ['a', 'b'], ignorePollFailure: false },
      expected: {
        alarmConfiguration: {
          enabled: true,
          ignorePollAlarmFailure: false,
          alarms: [{ name: 'a' }, { name: 'b' }]
        }
      }
    }
  ])('$name', ({ alarms, expected }) => {
    expect(createGroupInput({ ...group, alarms })).toEqual({ ...bare, ...expected })
  })
})
