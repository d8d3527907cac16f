import {
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentConfigCommand,
  CreateDeploymentGroupCommand,
  type CreateDeploymentGroupCommandInput,
  GetApplicationCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  ListApplicationsCommand,
  ListDeploymentConfigsCommand,
  ListDeploymentGroupsCommand,
  type TrafficRoutingConfig,
  UpdateDeploymentGroupCommand
} from '@aws-sdk/client-codedeploy'
import { describe, expect, it, test } from '@jest/globals'
import { type Stage, stage } from '../stage.ts'
import { refusal } from './refusal.ts'

describe('a deployment configuration', () => {
  const create = (on: Stage, deploymentConfigName: string, trafficRoutingConfig?: TrafficRoutingConfig) =>
    on.codedeploy.send(
      new CreateDeploymentConfigCommand({
        deploymentConfigName,
        computePlatform: 'Lambda',
        ...(trafficRoutingConfig && { trafficRoutingConfig })
      })
    )
  const canary = (canaryPercentage: number, canaryInterval: number): TrafficRoutingConfig => ({
    type: 'TimeBasedCanary',
    timeBasedCanary: { canaryPercentage, canaryInterval }
  })
  const linear = (linearPercentage: number, linearInterval: number): TrafficRoutingConfig => ({
    type: 'TimeBasedLinear',
    timeBasedLinear: { linearPercentage, linearInterval }
  })

  test.each([
    { name: 'no percent', routing: canary(0, 5) },
    { name: 'all the traffic', routing: canary(100, 5) },
    { name: 'no interval', routing: canary(10, 0) },
    { name: 'more than two days', routing: canary(10, 2881) },
    { name: 'more than two days in steps', routing: linear(1, 30) },
    { name: 'the other strategy', routing: { ...linear(10, 1), type: 'TimeBasedCanary' as const } },
    { name: 'no strategy', routing: undefined }
  ])('with $name is refused', async ({ routing }) => {
    const on = stage()
    expect(await refusal(on, () => create(on, 'Custom', routing))).toBe(
      'InvalidTrafficRoutingConfigurationException'
    )
  })

  it('with a reserved name is refused', async () => {
    const on = stage()
    expect(await refusal(on, () => create(on, 'CodeDeployDefault.Mine', canary(10, 5)))).toBe(
      'InvalidDeploymentConfigNameException'
    )
  })

  it('that exists is refused, and can be read', async () => {
    const on = stage()
    await on.clock.run(() => create(on, 'Canary25Percent45Minutes', canary(25, 45)))
    expect(await refusal(on, () => create(on, 'Canary25Percent45Minutes', canary(25, 45)))).toBe(
      'DeploymentConfigAlreadyExistsException'
    )
    const { deploymentConfigInfo } = await on.clock.run(() =>
      on.codedeploy.send(new GetDeploymentConfigCommand({ deploymentConfigName: 'Canary25Percent45Minutes' }))
    )
    expect(deploymentConfigInfo).toEqual({
      deploymentConfigId: expect.any(String),
      deploymentConfigName: 'Canary25Percent45Minutes',
      createTime: expect.any(Date),
      computePlatform: 'Lambda',
      trafficRoutingConfig: canary(25, 45)
    })
  })

  it('is predefined, for Lambda and for other compute platforms', async () => {
    const on = stage()
    const { deploymentConfigsList } = await on.clock.run(() =>
      on.codedeploy.send(new ListDeploymentConfigsCommand({}))
    )
    expect(deploymentConfigsList).toEqual([
      'CodeDeployDefault.LambdaAllAtOnce',
      'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      'CodeDeployDefault.LambdaCanary10Percent10Minutes',
      'CodeDeployDefault.LambdaCanary10Percent15Minutes',
      'CodeDeployDefault.LambdaCanary10Percent30Minutes',
      'CodeDeployDefault.LambdaLinear10PercentEvery1Minute',
      'CodeDeployDefault.LambdaLinear10PercentEvery2Minutes',
      'CodeDeployDefault.LambdaLinear10PercentEvery3Minutes',
      'CodeDeployDefault.LambdaLinear10PercentEvery10Minutes',
      'CodeDeployDefault.ECSAllAtOnce',
      'CodeDeployDefault.ECSCanary10Percent5Minutes',
      'CodeDeployDefault.OneAtATime'
    ])
  })

  it.each(['ECSAllAtOnce', 'OneAtATime'])(
    '%s is for another compute platform, and no deployment takes it',
    async name => {
      const on = stage()
      const command = new CreateDeploymentCommand({
        applicationName: 'payments',
        deploymentGroupName: 'payments-live',
        deploymentConfigName: `CodeDeployDefault.${name}`,
        revision: { revisionType: 'AppSpecContent', appSpecContent: { content: '{}' } }
      })
      await expect(on.clock.run(() => on.codedeploy.send(command))).rejects.toMatchObject({
        name: 'InvalidDeploymentConfigNameException',
        message: `CodeDeployDefault.${name} cannot be used for the compute platform Lambda`
      })
    }
  )
})

describe('a deployment group', () => {
  const group: CreateDeploymentGroupCommandInput = {
    applicationName: 'payments',
    deploymentGroupName: 'payments-beta',
    serviceRoleArn: 'arn:aws:iam::123456789012:role/CodeDeployLambda',
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' }
  }
  test.each([
    {
      name: 'that exists',
      change: { deploymentGroupName: 'payments-live' },
      code: 'DeploymentGroupAlreadyExistsException'
    },
    { name: 'without a role', change: { serviceRoleArn: '' }, code: 'RoleRequiredException' },
    {
      name: 'with something else as the role',
      change: { serviceRoleArn: 'CodeDeployLambda' },
      code: 'InvalidRoleException'
    },
    {
      name: 'with a role that does not trust CodeDeploy',
      change: { serviceRoleArn: 'arn:aws:iam::123456789012:role/NoTrust' },
      code: 'InvalidRoleException'
    },
    {
      name: 'with a role of another account',
      change: { serviceRoleArn: 'arn:aws:iam::999999999999:role/CodeDeployLambda' },
      code: 'AccessDeniedException'
    },
    {
      name: 'without a style',
      change: { deploymentStyle: undefined },
      code: 'InvalidDeploymentStyleException'
    },
    {
      name: 'that deploys in place',
      change: { deploymentStyle: { deploymentType: 'IN_PLACE' as const } },
      code: 'InvalidDeploymentStyleException'
    },
    { name: 'with instances', change: { ec2TagFilters: [] }, code: 'InvalidEC2TagException' },
    {
      name: 'with an unknown configuration',
      change: { deploymentConfigName: 'x' },
      code: 'DeploymentConfigDoesNotExistException'
    }
  ])('$name is refused with $code', async ({ change, code }) => {
    const on = stage()
    const command = new CreateDeploymentGroupCommand({
      ...group,
      ...change
    } as CreateDeploymentGroupCommandInput)
    expect(await refusal(on, () => on.codedeploy.send(command))).toBe(code)
  })

  it('is refused with a role that IAM has not told CodeDeploy of yet, and accepted once it has', async () => {
    const on = stage()
    on.aws.codedeploy.applications.rolesKnownFrom = on.clock.now() + 5_000
    const create = () => on.codedeploy.send(new CreateDeploymentGroupCommand(group))
    expect(await refusal(on, create)).toBe('InvalidRoleException')
    await on.clock.advance(5_000)
    expect((await on.clock.run(create)).deploymentGroupId).toEqual(expect.any(String))
  })

  it('is found only a while after its creation, if so assumed', async () => {
    const on = stage({ uncertain: { newGroupMs: 3_000 } })
    const look = () =>
      on.codedeploy.send(
        new GetDeploymentGroupCommand({ applicationName: 'payments', deploymentGroupName: 'payments-beta' })
      )
    await on.clock.run(() => on.codedeploy.send(new CreateDeploymentGroupCommand(group)))
    expect(await refusal(on, look)).toBe('DeploymentGroupDoesNotExistException')
    expect(await refusal(on, () => on.codedeploy.send(new CreateDeploymentGroupCommand(group)))).toBe(
      'DeploymentGroupAlreadyExistsException'
    )
    await on.clock.advance(3_000)
    expect((await on.clock.run(look)).deploymentGroupInfo?.deploymentGroupName).toBe('payments-beta')
  })

  it('is described completely, and can be changed and renamed', async () => {
    const on = stage()
    const look = (deploymentGroupName: string) =>
      on.codedeploy.send(new GetDeploymentGroupCommand({ applicationName: 'payments', deploymentGroupName }))
    await on.clock.run(async () => {
      await on.codedeploy.send(new CreateDeploymentGroupCommand(group))
      expect((await look('payments-beta')).deploymentGroupInfo).toEqual({
        ...group,
        deploymentGroupId: expect.any(String),
        computePlatform: 'Lambda',
        alarmConfiguration: { enabled: false, ignorePollAlarmFailure: false, alarms: [] },
        autoRollbackConfiguration: { enabled: false, events: [] },
        triggerConfigurations: []
      })
      const change = {
        applicationName: 'payments',
        currentDeploymentGroupName: 'payments-beta',
        newDeploymentGroupName: 'payments-gamma',
        deploymentConfigName: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute'
      }
      await on.codedeploy.send(new UpdateDeploymentGroupCommand(change))
      expect((await look('payments-gamma')).deploymentGroupInfo).toMatchObject({
        deploymentGroupName: 'payments-gamma',
        deploymentConfigName: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute'
      })
      const { deploymentGroups } = await on.codedeploy.send(
        new ListDeploymentGroupsCommand({ applicationName: 'payments' })
      )
      expect(deploymentGroups).toEqual(['payments-live', 'payments-gamma'])
    })
  })
})

describe('an application', () => {
  it('is created once, found and listed', async () => {
    const on = stage()
    const create = () =>
      on.codedeploy.send(
        new CreateApplicationCommand({ applicationName: 'orders', computePlatform: 'Lambda' })
      )
    await on.clock.run(create)
    expect(await refusal(on, create)).toBe('ApplicationAlreadyExistsException')
    await on.clock.run(async () => {
      const { application } = await on.codedeploy.send(
        new GetApplicationCommand({ applicationName: 'orders' })
      )
      expect(application).toMatchObject({
        applicationName: 'orders',
        computePlatform: 'Lambda',
        linkedToGitHub: false
      })
      const { applications } = await on.codedeploy.send(new ListApplicationsCommand({}))
      expect(applications).toEqual(['payments', 'orders'])
    })
  })
})
