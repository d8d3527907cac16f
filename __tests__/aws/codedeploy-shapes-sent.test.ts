import { describe, expect, test } from '@jest/globals'
import { createDeploymentInput } from '../../src/aws/codedeploy-shapes.ts'
import type { ReleaseRequest } from '../../src/inputs/request.ts'
import { request } from '../inputs/asked.ts'

const everyEvent = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']
const revision = { content: '{}', sha256: 'ab12' }

describe('CreateDeployment is asked', () => {
  const bare = {
    applicationName: 'payments',
    deploymentGroupName: 'payments-live',
    description: 'acme/payments@1a2b3c4 run 4711.1',
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content: '{}', sha256: 'ab12' } }
  }

  test.each<{ name: string; request: ReleaseRequest; configuration?: string; expected: object }>([
    {
      name: 'to roll back on every event by default',
      request: request(),
      expected: { autoRollbackConfiguration: { enabled: true, events: everyEvent } }
    },
    { name: 'for nothing that is left to the group', request: request({ rollback: 'group' }), expected: {} },
    {
      name: 'for a configuration when one was given',
      request: request({ rollback: 'group' }),
      configuration: 'C',
      expected: { deploymentConfigName: 'C' }
    },
    {
      name: 'not to roll back',
      request: request({ rollback: 'none' }),
      expected: { autoRollbackConfiguration: { enabled: false } }
    },
    {
      name: 'to ignore alarms',
      request: request({ rollback: 'group', alarms: 'none' }),
      expected: { overrideAlarmConfiguration: { enabled: false } }
    },
    {
      name: "to watch other alarms than the group's",
      request: request({ rollback: 'group', alarms: { names: ['a', 'b'], ignorePollFailure: true } }),
      expected: {
        overrideAlarmConfiguration: {
          enabled: true,
          ignorePollAlarmFailure: true,
          alarms: [{ name: 'a' }, { name: 'b' }]
        }
      }
    }
  ])('$name', ({ request: asked, configuration, expected }) => {
    expect(createDeploymentInput(asked, configuration, revision)).toEqual({ ...bare, ...expected })
  })
})
