import {
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  GetDeploymentCommand,
  ListDeploymentsCommand
} from '@aws-sdk/client-codedeploy'
import { describe, expect, it, test } from '@jest/globals'
import { appSpec, release, stage } from '../stage.ts'
import { refusal } from './refusal.ts'

describe('CreateDeployment refuses', () => {
  const content = (appSpecContent: object) =>
    ({
      revision: { revisionType: 'AppSpecContent', appSpecContent }
    }) as Partial<CreateDeploymentCommandInput>
  const rows: { name: string; change: Partial<CreateDeploymentCommandInput>; code: string }[] = [
    { name: 'no application', change: { applicationName: '' }, code: 'ApplicationNameRequiredException' },
    {
      name: 'a wrong application name',
      change: { applicationName: 'a b' },
      code: 'InvalidApplicationNameException'
    },
    {
      name: 'an unknown application',
      change: { applicationName: 'x' },
      code: 'ApplicationDoesNotExistException'
    },
    {
      name: 'no group',
      change: { deploymentGroupName: undefined },
      code: 'DeploymentGroupNameRequiredException'
    },
    {
      name: 'a wrong group name',
      change: { deploymentGroupName: 'a/b' },
      code: 'InvalidDeploymentGroupNameException'
    },
    {
      name: 'an unknown group',
      change: { deploymentGroupName: 'x' },
      code: 'DeploymentGroupDoesNotExistException'
    },
    {
      name: 'an unknown configuration',
      change: { deploymentConfigName: 'Canary10Percent5Minutes' },
      code: 'DeploymentConfigDoesNotExistException'
    },
    { name: 'no revision', change: { revision: undefined }, code: 'RevisionRequiredException' },
    { name: 'no content', change: content({}), code: 'InvalidRevisionException' },
    {
      name: 'the sha256 of other content',
      change: content({ content: appSpec(), sha256: 'f'.repeat(64) }),
      code: 'InvalidRevisionException'
    },
    {
      name: 'a revision on GitHub',
      change: { revision: { revisionType: 'GitHub' } },
      code: 'InvalidRevisionException'
    },
    {
      name: 'a zip on S3',
      change: { revision: { revisionType: 'S3', s3Location: { bucket: 'b', key: 'k', bundleType: 'zip' } } },
      code: 'InvalidRevisionException'
    },
    {
      name: 'a long description',
      change: { description: 'x'.repeat(257) },
      code: 'DescriptionTooLongException'
    },
    {
      name: 'fileExistsBehavior',
      change: { fileExistsBehavior: 'DISALLOW' },
      code: 'InvalidFileExistsBehaviorException'
    },
    {
      name: 'updateOutdatedInstancesOnly',
      change: { updateOutdatedInstancesOnly: true },
      code: 'InvalidUpdateOutdatedInstancesOnlyValueException'
    },
    {
      name: 'ignoreApplicationStopFailures',
      change: { ignoreApplicationStopFailures: true },
      code: 'InvalidIgnoreApplicationStopFailuresValueException'
    },
    { name: 'targetInstances', change: { targetInstances: {} }, code: 'InvalidTargetInstancesException' },
    { name: 'a restart', change: { deploymentMode: 'RESTART' }, code: 'InvalidInputException' },
    {
      name: 'alarms without a name',
      change: { overrideAlarmConfiguration: { enabled: true, alarms: [] } },
      code: 'InvalidAlarmConfigException'
    },
    {
      name: 'an alarm listed twice',
      change: { overrideAlarmConfiguration: { enabled: true, alarms: [{ name: 'a' }, { name: 'a' }] } },
      code: 'InvalidAlarmConfigException'
    },
    {
      name: 'eleven alarms',
      change: {
        overrideAlarmConfiguration: {
          enabled: true,
          alarms: Array.from({ length: 11 }, (_, n) => ({ name: `a${n}` }))
        }
      },
      code: 'AlarmsLimitExceededException'
    },
    {
      name: 'rollback without an event',
      change: { autoRollbackConfiguration: { enabled: true } },
      code: 'InvalidAutoRollbackConfigException'
    },
    {
      name: 'rollback on an unknown event',
      change: {
        autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_SUCCESS' as 'DEPLOYMENT_FAILURE'] }
      },
      code: 'InvalidAutoRollbackConfigException'
    }
  ]
  test.each(rows)('$name with $code', async ({ change, code }) => {
    const on = stage()
    const command = new CreateDeploymentCommand({ ...release(), ...change } as CreateDeploymentCommandInput)
    expect(await refusal(on, () => on.codedeploy.send(command))).toBe(code)
    expect(on.aws.codedeploy.listDeployments({}).deployments).toEqual([])
  })
})

it('CreateDeployment accepts a description of 256 characters', async () => {
  const on = stage()
  const command = new CreateDeploymentCommand({ ...release(), description: 'x'.repeat(256) })
  expect((await on.clock.run(() => on.codedeploy.send(command))).deploymentId).toMatch(/^d-[A-Z0-9]{9}$/)
})

describe('looking at deployments is refused', () => {
  test.each([
    {
      name: 'without an id',
      command: new GetDeploymentCommand({ deploymentId: '' }),
      code: 'DeploymentIdRequiredException'
    },
    {
      name: 'with a wrong id',
      command: new GetDeploymentCommand({ deploymentId: 'x' }),
      code: 'InvalidDeploymentIdException'
    },
    {
      name: 'with an unknown id',
      command: new GetDeploymentCommand({ deploymentId: 'd-AAAAAAAAA' }),
      code: 'DeploymentDoesNotExistException'
    }
  ])('$name with $code', async ({ command, code }) => {
    const on = stage()
    expect(await refusal(on, () => on.codedeploy.send(command))).toBe(code)
  })

  test.each([
    {
      name: 'of an application alone',
      input: { applicationName: 'payments' },
      code: 'DeploymentGroupNameRequiredException'
    },
    {
      name: 'of a group alone',
      input: { deploymentGroupName: 'payments-live' },
      code: 'ApplicationNameRequiredException'
    },
    {
      name: 'in an unknown state',
      input: { includeOnlyStatuses: ['Paused' as 'Ready'] },
      code: 'InvalidDeploymentStatusException'
    },
    {
      name: 'in a time range that ends before it starts',
      input: { createTimeRange: { start: new Date(2), end: new Date(1) } },
      code: 'InvalidTimeRangeException'
    },
    { name: "from somebody else's token", input: { nextToken: 'x' }, code: 'InvalidNextTokenException' }
  ])('when listing those $name with $code', async ({ input, code }) => {
    const on = stage()
    expect(await refusal(on, () => on.codedeploy.send(new ListDeploymentsCommand(input)))).toBe(code)
  })
})
