import {
  BatchGetApplicationsCommand,
  BatchGetDeploymentGroupsCommand,
  CreateApplicationCommand,
  CreateDeploymentConfigCommand,
  CreateDeploymentGroupCommand,
  DeleteApplicationCommand,
  DeleteDeploymentConfigCommand,
  DeleteDeploymentGroupCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  ListApplicationsCommand,
  ListDeploymentGroupsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApplicationCommand
} from '@aws-sdk/client-codedeploy'
import { describe, expect, it, test } from '@jest/globals'
import { Policy } from '../../../simulator/identity/policy.ts'
import { release, type Stage, stage } from '../stage.ts'
import { refusal } from './refusal.ts'

const live = { applicationName: 'payments', deploymentGroupName: 'payments-live' }
const application = 'arn:aws:codedeploy:eu-west-1:123456789012:application:payments'
const group = 'arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:payments/payments-live'

type Command = Parameters<Stage['codedeploy']['send']>[0]

/** Sends the commands one after the other and gives the last answer, without its metadata. */
async function ask(on: Stage, ...commands: unknown[]): Promise<object> {
  return on.clock.run(async () => {
    let last = {}
    for (const command of commands) last = await on.codedeploy.send(command as Command)
    const { $metadata: _, ...answer } = last as { $metadata?: unknown }
    return answer
  })
}

const refused = (command: unknown, on = stage()) => refusal(on, () => on.codedeploy.send(command as Command))

describe('an application', () => {
  it('is deleted with its groups, also when it is not there', async () => {
    const on = stage()
    const remove = new DeleteApplicationCommand({ applicationName: 'payments' })
    expect(await ask(on, remove, remove)).toEqual({})
    expect(await ask(on, new ListApplicationsCommand())).toEqual({ applications: [] })
    expect(await refused(new GetDeploymentGroupCommand(live), on)).toBe('ApplicationDoesNotExistException')
  })

  it('takes its groups and its tags along when it is renamed', async () => {
    const on = stage()
    await ask(
      on,
      new TagResourceCommand({ ResourceArn: application, Tags: [{ Key: 'team', Value: 'payments' }] }),
      new UpdateApplicationCommand({ applicationName: 'payments', newApplicationName: 'billing' })
    )
    const renamed = { applicationName: 'billing', deploymentGroupName: 'payments-live' }
    expect(await ask(on, new GetDeploymentGroupCommand(renamed))).toMatchObject({
      deploymentGroupInfo: renamed
    })
    const ResourceArn = application.replace('payments', 'billing')
    expect(await ask(on, new ListTagsForResourceCommand({ ResourceArn }))).toEqual({
      Tags: [{ Key: 'team', Value: 'payments' }]
    })
    expect(await refused(new GetDeploymentGroupCommand(live), on)).toBe('ApplicationDoesNotExistException')
  })

  it('is read together with others', async () => {
    const on = stage()
    const more = new CreateApplicationCommand({ applicationName: 'mails', computePlatform: 'Lambda' })
    const both = new BatchGetApplicationsCommand({ applicationNames: ['mails', 'payments'] })
    expect(await ask(on, more, both)).toMatchObject({
      applicationsInfo: [{ applicationName: 'mails' }, { applicationName: 'payments' }]
    })
  })

  test.each([
    {
      name: 'renaming to a name that is taken',
      command: new UpdateApplicationCommand({ applicationName: 'payments', newApplicationName: 'mails' }),
      is: 'ApplicationAlreadyExistsException'
    },
    {
      name: 'renaming one that is not there',
      command: new UpdateApplicationCommand({ applicationName: 'nobody', newApplicationName: 'some' }),
      is: 'ApplicationDoesNotExistException'
    },
    {
      name: 'renaming to nothing',
      command: new UpdateApplicationCommand({ applicationName: 'payments' }),
      is: 'ApplicationNameRequiredException'
    },
    {
      name: 'deleting no name',
      command: new DeleteApplicationCommand({ applicationName: '' }),
      is: 'ApplicationNameRequiredException'
    },
    {
      name: 'reading one that is not there among others',
      command: new BatchGetApplicationsCommand({ applicationNames: ['payments', 'nobody'] }),
      is: 'ApplicationDoesNotExistException'
    },
    {
      name: 'reading more than a hundred',
      command: new BatchGetApplicationsCommand({ applicationNames: Array(101).fill('payments') }),
      is: 'BatchLimitExceededException'
    }
  ])('$name: $is', async ({ command, is }) => {
    const on = stage()
    await ask(on, new CreateApplicationCommand({ applicationName: 'mails', computePlatform: 'Lambda' }))
    expect(await refused(command, on)).toBe(is)
  })
})

describe('a deployment group', () => {
  it('is deleted, also when it is not there, and what it deploys goes on', async () => {
    const on = stage()
    on.aws.lambda.publishVersion({ FunctionName: 'payments-api' })
    const { deploymentId } = on.aws.codedeploy.createDeployment(release())
    const remove = new DeleteDeploymentGroupCommand(live)
    expect(await ask(on, remove, remove)).toEqual({ hooksNotCleanedUp: [] })
    expect(await ask(on, new ListDeploymentGroupsCommand({ applicationName: 'payments' }))).toEqual({
      applicationName: 'payments',
      deploymentGroups: []
    })
    await on.clock.advance(6 * 60_000)
    expect(await ask(on, new GetDeploymentCommand({ deploymentId }))).toMatchObject({
      deploymentInfo: { ...live, status: 'Succeeded' }
    })
  })

  it('is read together with others, of which one is missing', async () => {
    const names = { applicationName: 'payments', deploymentGroupNames: ['payments-live', 'nobody'] }
    expect(await ask(stage(), new BatchGetDeploymentGroupsCommand(names))).toMatchObject({
      deploymentGroupsInfo: [live],
      errorMessage: 'No Deployment Group found for name: nobody'
    })
  })

  test.each([
    { names: [], is: 'DeploymentGroupNameRequiredException' },
    { names: ['a b'], is: 'InvalidDeploymentGroupNameException' },
    { names: Array(101).fill('payments-live'), is: 'BatchLimitExceededException' }
  ])('is not read by $names.length wrong names: $is', async ({ names, is }) => {
    const input = { applicationName: 'payments', deploymentGroupNames: names }
    expect(await refused(new BatchGetDeploymentGroupsCommand(input))).toBe(is)
  })
})

describe('a deployment configuration', () => {
  const create = new CreateDeploymentConfigCommand({
    deploymentConfigName: 'Quick',
    computePlatform: 'Lambda',
    trafficRoutingConfig: {
      type: 'TimeBasedCanary',
      timeBasedCanary: { canaryPercentage: 25, canaryInterval: 2 }
    }
  })
  const remove = new DeleteDeploymentConfigCommand({ deploymentConfigName: 'Quick' })

  it('is deleted, also when it is not there', async () => {
    expect(await ask(stage(), create, remove, remove, create)).toEqual({
      deploymentConfigId: expect.any(String)
    })
  })

  it('is not deleted while a group has it', async () => {
    const on = stage({ setting: { group: { deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' } } })
    on.aws.codedeploy.createDeploymentConfig(create.input)
    on.aws.codedeploy.updateDeploymentGroup({
      applicationName: 'payments',
      currentDeploymentGroupName: 'payments-live',
      deploymentConfigName: 'Quick'
    })
    expect(await refused(remove, on)).toBe('DeploymentConfigInUseException')
  })

  it("is not deleted when it is CodeDeploy's own", async () => {
    const own = { deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' }
    expect(await refused(new DeleteDeploymentConfigCommand(own))).toBe('InvalidOperationException')
  })
})

describe('tags', () => {
  const tags = [
    { Key: 'team', Value: 'payments' },
    { Key: 'stage', Value: 'live' }
  ]

  it('come with a new group or application, are changed, and are removed', async () => {
    const on = stage()
    const name = { applicationName: 'mails' }
    await ask(
      on,
      new CreateApplicationCommand({ ...name, computePlatform: 'Lambda', tags }),
      new CreateDeploymentGroupCommand({
        ...name,
        deploymentGroupName: 'mails-live',
        serviceRoleArn: 'arn:aws:iam::123456789012:role/CodeDeployLambda',
        deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
        tags: [{ Key: 'team', Value: 'mails' }]
      })
    )
    const ofGroup = { ResourceArn: group.replaceAll('payments', 'mails') }
    const ofApplication = { ResourceArn: application.replace('payments', 'mails') }
    expect(await ask(on, new ListTagsForResourceCommand(ofApplication))).toEqual({ Tags: tags })
    const changed = [
      new TagResourceCommand({ ...ofGroup, Tags: [{ Key: 'team', Value: 'post' }, { Key: 'new' }] }),
      new UntagResourceCommand({ ...ofGroup, TagKeys: ['new', 'unknown'] }),
      new ListTagsForResourceCommand(ofGroup)
    ]
    expect(await ask(on, ...changed)).toEqual({ Tags: [{ Key: 'team', Value: 'post' }] })
  })

  test.each([
    {
      name: 'no ARN',
      command: new ListTagsForResourceCommand({ ResourceArn: '' }),
      is: 'ResourceArnRequiredException'
    },
    {
      name: "another account's ARN",
      command: new ListTagsForResourceCommand({ ResourceArn: application.replace('123456789012', '') }),
      is: 'InvalidArnException'
    },
    {
      name: 'the ARN of what has no tags',
      command: new ListTagsForResourceCommand({
        ResourceArn: application.replace('application:payments', 'instance:i-1')
      }),
      is: 'ArnNotSupportedException'
    },
    {
      name: 'an application that is not there',
      command: new TagResourceCommand({ ResourceArn: `${application}s`, Tags: tags }),
      is: 'ApplicationDoesNotExistException'
    },
    {
      name: 'a group that is not there',
      command: new TagResourceCommand({ ResourceArn: `${group}s`, Tags: tags }),
      is: 'DeploymentGroupDoesNotExistException'
    },
    {
      name: 'no tag',
      command: new TagResourceCommand({ ResourceArn: group, Tags: [] }),
      is: 'TagRequiredException'
    },
    {
      name: 'no tag key',
      command: new UntagResourceCommand({ ResourceArn: group, TagKeys: [] }),
      is: 'TagRequiredException'
    },
    {
      name: "a key of AWS's own",
      command: new TagResourceCommand({ ResourceArn: group, Tags: [{ Key: 'aws:x', Value: '' }] }),
      is: 'InvalidTagsToAddException'
    },
    {
      name: 'more than fifty',
      command: new TagResourceCommand({
        ResourceArn: group,
        Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }))
      }),
      is: 'InvalidTagsToAddException'
    }
  ])('$name: $is', async ({ command, is }) => {
    expect(await refused(command)).toBe(is)
  })

  it('need a permission on the resource itself', async () => {
    const on = stage()
    on.aws.permissions.policy = new Policy({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'codedeploy:ListTagsForResource', Resource: application }]
    })
    expect(await ask(on, new ListTagsForResourceCommand({ ResourceArn: application }))).toEqual({ Tags: [] })
    expect(await refused(new ListTagsForResourceCommand({ ResourceArn: group }), on)).toBe(
      'AccessDeniedException'
    )
  })
})
