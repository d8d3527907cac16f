import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateDeploymentCommand,
  CreateDeploymentGroupCommand,
  GetDeploymentCommand,
  ListDeploymentsCommand
} from '@aws-sdk/client-codedeploy'
import { GetAliasCommand, GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda'
import { describe, expect, test } from '@jest/globals'
import { Policy, type PolicyStatement, type Verdict } from '../../../simulator/identity/policy.ts'
import { appSpec, type Stage, stage } from '../stage.ts'

const policy = (...Statement: PolicyStatement[]) => new Policy({ Version: '2012-10-17', Statement })

const allow = (Action: string | string[], Resource: string | string[] = '*'): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource
})

const fn = 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api'

describe('a policy', () => {
  const rows: {
    name: string
    statements: PolicyStatement[]
    action: string
    on: string
    verdict: Verdict
  }[] = [
    {
      name: 'allows what it names',
      statements: [allow('lambda:GetAlias', fn)],
      action: 'lambda:GetAlias',
      on: fn,
      verdict: 'allowed'
    },
    {
      name: 'ignores case in actions',
      statements: [allow('lambda:getalias', fn)],
      action: 'lambda:GetAlias',
      on: fn,
      verdict: 'allowed'
    },
    {
      name: 'respects case in resources',
      statements: [allow('lambda:GetAlias', fn.replace('payments', 'Payments'))],
      action: 'lambda:GetAlias',
      on: fn,
      verdict: 'implicit'
    },
    {
      name: 'of the function says nothing about its versions and aliases',
      statements: [allow('lambda:*', fn)],
      action: 'lambda:GetFunctionConfiguration',
      on: `${fn}:live`,
      verdict: 'implicit'
    },
    {
      name: 'with :* says nothing about the function itself',
      statements: [allow('lambda:*', `${fn}:*`)],
      action: 'lambda:GetFunctionConfiguration',
      on: fn,
      verdict: 'implicit'
    },
    {
      name: 'with a wildcard in an action allows what matches',
      statements: [allow('codedeploy:Get*')],
      action: 'codedeploy:GetDeploymentGroup',
      on: 'arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:payments/payments-live',
      verdict: 'allowed'
    },
    {
      name: 'with ? allows one character',
      statements: [allow('lambda:GetAlias', `${fn.slice(0, -1)}?`)],
      action: 'lambda:GetAlias',
      on: fn,
      verdict: 'allowed'
    },
    {
      name: 'with a wildcard in the resource part matches colons',
      statements: [
        allow('logs:FilterLogEvents', 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/Code*')
      ],
      action: 'logs:FilterLogEvents',
      on: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/CodeDeployHook_a:log-stream:',
      verdict: 'allowed'
    },
    {
      name: 'with a wildcard for the region stays within it',
      statements: [allow('lambda:GetAlias', 'arn:aws:lambda:*:function:payments-api')],
      action: 'lambda:GetAlias',
      on: fn,
      verdict: 'implicit'
    },
    {
      name: 'that denies wins over one that allows',
      statements: [allow('lambda:*'), { Effect: 'Deny', Action: 'lambda:GetAlias', Resource: fn }],
      action: 'lambda:GetAlias',
      on: fn,
      verdict: 'explicit'
    },
    {
      name: 'treats a dot as a dot',
      statements: [allow('lambda:GetAlias', fn.replace('-api', '.api'))],
      action: 'lambda:GetAlias',
      on: fn,
      verdict: 'implicit'
    }
  ]

  test.each([
    { name: 'with the value that it asks for', context: { 'iam:PassedToService': 'a' }, verdict: 'allowed' },
    { name: 'with another value', context: { 'iam:PassedToService': 'b' }, verdict: 'implicit' },
    { name: 'without the key', context: {}, verdict: 'implicit' }
  ])('with a condition, $name, is $verdict', ({ context, verdict }) => {
    const Condition = { StringEquals: { 'iam:PassedToService': 'a' } }
    expect(policy({ ...allow('iam:PassRole'), Condition }).judge('iam:PassRole', fn, context)).toBe(verdict)
  })

  test.each(rows)('$name', ({ statements, action, on, verdict }) => {
    expect(policy(...statements).judge(action, on)).toBe(verdict)
  })

  const wrong: { name: string; document: object; says: string }[] = [
    {
      name: 'with a condition of another kind',
      document: {
        Version: '2012-10-17',
        Statement: { ...allow('lambda:*'), Sid: 'One', Condition: { StringLike: { a: 'b' } } }
      },
      says: 'Statement One: the simulator does not know the condition StringLike'
    },
    {
      name: 'with exceptions',
      document: { Version: '2012-10-17', Statement: { ...allow('lambda:*'), Sid: 'One', NotAction: [] } },
      says: 'Statement One: the simulator does not know NotAction'
    },
    {
      name: 'with an invalid action',
      document: { Version: '2012-10-17', Statement: [allow('GetAlias')] },
      says: 'Statement without Sid: GetAlias is no action'
    },
    {
      name: 'with a resource that is not an ARN',
      document: { Version: '2012-10-17', Statement: [allow('lambda:GetAlias', 'payments-api')] },
      says: 'Statement without Sid: payments-api is no ARN'
    },
    {
      name: 'with a policy variable',
      document: { Version: '2012-10-17', Statement: [allow('lambda:GetAlias', `${fn}\${aws:username}`)] },
      says: `Statement without Sid: ${fn}\${aws:username} is no ARN`
    }
  ]

  test.each(wrong)('$name is refused rather than partly ignored', ({ document, says }) => {
    expect(() => new Policy(document as ConstructorParameters<typeof Policy>[0])).toThrow(new Error(says))
  })
})

const codedeploy = 'arn:aws:codedeploy:eu-west-1:123456789012'
const group = { applicationName: 'payments', deploymentGroupName: 'payments-live' }
const revision = { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec() } } as const

const create = (more: object = {}) => new CreateDeploymentCommand({ ...group, revision, ...more })

interface Refused {
  name: string
  /** The actions that the policy allows, on all resources. */
  allowed: string[]
  ask(on: Stage): Promise<unknown>
  status: number
  action: string
  resource: string
}

const passed = 'arn:aws:iam::123456789012:role/CodeDeployLambda'
const newGroup = new CreateDeploymentGroupCommand({
  applicationName: 'payments',
  deploymentGroupName: 'payments-beta',
  serviceRoleArn: passed,
  deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' }
})

const refused: Refused[] = [
  {
    name: 'CreateDeploymentGroup, on the group',
    allowed: ['iam:PassRole'],
    ask: ({ codedeploy }) => codedeploy.send(newGroup),
    status: 400,
    action: 'codedeploy:CreateDeploymentGroup',
    resource: `${codedeploy}:deploymentgroup:payments/payments-beta`
  },
  {
    name: 'CreateDeploymentGroup without permission to pass the service role',
    allowed: ['codedeploy:*'],
    ask: ({ codedeploy }) => codedeploy.send(newGroup),
    status: 400,
    action: 'iam:PassRole',
    resource: passed
  },
  {
    name: 'GetAlias, on the function: the alias is not part of its resource',
    allowed: [],
    ask: ({ lambda }) => lambda.send(new GetAliasCommand({ FunctionName: 'payments-api', Name: 'live' })),
    status: 403,
    action: 'lambda:GetAlias',
    resource: fn
  },
  {
    name: 'GetFunctionConfiguration with a qualifier, on the qualified function',
    allowed: [],
    ask: ({ lambda }) =>
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName: fn, Qualifier: 'live' })),
    status: 403,
    action: 'lambda:GetFunctionConfiguration',
    resource: `${fn}:live`
  },
  {
    name: 'Invoke, whose action has another name, with the qualifier inside the function name',
    allowed: [],
    ask: ({ lambda }) => lambda.send(new InvokeCommand({ FunctionName: 'payments-api:7' })),
    status: 403,
    action: 'lambda:InvokeFunction',
    resource: `${fn}:7`
  },
  {
    name: 'FilterLogEvents, on the streams of the group',
    allowed: [],
    ask: ({ logs }) => logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/payments-api' })),
    status: 400,
    action: 'logs:FilterLogEvents',
    resource: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/payments-api:log-stream:'
  },
  {
    name: 'GetDeployment, on the group of the deployment',
    allowed: ['codedeploy:ListDeployments'],
    ask: ({ codedeploy, aws }) => {
      const { deploymentId } = aws.codedeploy.createDeployment({ ...group, revision })
      return codedeploy.send(new GetDeploymentCommand({ deploymentId }))
    },
    status: 400,
    action: 'codedeploy:GetDeployment',
    resource: `${codedeploy}:deploymentgroup:payments/payments-live`
  },
  {
    name: 'ListDeployments for the whole account, on all resources',
    allowed: ['lambda:*'],
    ask: ({ codedeploy }) => codedeploy.send(new ListDeploymentsCommand({})),
    status: 400,
    action: 'codedeploy:ListDeployments',
    resource: '*'
  },
  {
    name: 'CreateDeployment',
    allowed: ['codedeploy:Get*', 'codedeploy:RegisterApplicationRevision'],
    ask: ({ codedeploy }) => codedeploy.send(create()),
    status: 400,
    action: 'codedeploy:CreateDeployment',
    resource: `${codedeploy}:deploymentgroup:payments/payments-live`
  },
  {
    name: "CreateDeployment without permission to read the group's own configuration",
    allowed: ['codedeploy:CreateDeployment', 'codedeploy:RegisterApplicationRevision'],
    ask: ({ codedeploy }) => codedeploy.send(create()),
    status: 400,
    action: 'codedeploy:GetDeploymentConfig',
    resource: `${codedeploy}:deploymentconfig:CodeDeployDefault.LambdaAllAtOnce`
  },
  {
    name: 'CreateDeployment without permission to register the revision',
    allowed: ['codedeploy:CreateDeployment', 'codedeploy:Get*'],
    ask: ({ codedeploy }) => codedeploy.send(create()),
    status: 400,
    action: 'codedeploy:RegisterApplicationRevision',
    resource: `${codedeploy}:application:payments`
  },
  {
    name: 'CreateDeployment with other alarms, without permission to update the group',
    allowed: ['codedeploy:CreateDeployment', 'codedeploy:Get*', 'codedeploy:RegisterApplicationRevision'],
    ask: ({ codedeploy }) => codedeploy.send(create({ overrideAlarmConfiguration: { enabled: false } })),
    status: 400,
    action: 'codedeploy:UpdateDeploymentGroup',
    resource: `${codedeploy}:deploymentgroup:payments/payments-live`
  }
]

describe('with a policy, AWS refuses', () => {
  test.each(refused)('$name', async ({ allowed, ask, status, action, resource }) => {
    const on = stage()
    on.aws.permissions.policy = policy(allow(['cloudwatch:*', ...allowed]))
    const asking = on.clock.run(() => ask(on))
    await expect(asking).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::123456789012:assumed-role/deployer/session is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
      $metadata: { httpStatusCode: status }
    })
    expect(on.aws.requests.at(-1)?.errorName).toBe('AccessDeniedException')
  })

  test('what a statement denies, and says so', async () => {
    const on = stage()
    on.aws.permissions.policy = policy(allow('*'), {
      Effect: 'Deny',
      Action: 'lambda:GetAlias',
      Resource: fn
    })
    const command = new GetAliasCommand({ FunctionName: 'payments-api', Name: 'live' })
    await expect(on.clock.run(() => on.lambda.send(command))).rejects.toThrow(
      `is not authorized to perform: lambda:GetAlias on resource: ${fn} with an explicit deny in an identity-based policy`
    )
  })
})

test('a request that the policy allows is answered', async () => {
  const on = stage()
  on.aws.permissions.revision = 'either'
  on.aws.permissions.policy = policy(
    allow(
      ['codedeploy:CreateDeployment', 'codedeploy:UpdateDeploymentGroup'],
      `${codedeploy}:deploymentgroup:payments/*`
    ),
    allow('codedeploy:GetDeploymentConfig', `${codedeploy}:deploymentconfig:CodeDeployDefault.*`),
    allow('codedeploy:GetApplicationRevision', `${codedeploy}:application:payments`)
  )
  const command = create({ overrideAlarmConfiguration: { enabled: false } })
  const { deploymentId } = await on.clock.run(() => on.codedeploy.send(command))
  expect(deploymentId).toMatch(/^d-[A-Z0-9]{9}$/)
})

test('a deployment that does not exist is reported as missing whatever the policy says', async () => {
  const on = stage()
  on.aws.permissions.policy = policy(allow('lambda:*'))
  const command = new GetDeploymentCommand({ deploymentId: 'd-AAAAAAAAA' })
  await expect(on.clock.run(() => on.codedeploy.send(command))).rejects.toMatchObject({
    name: 'DeploymentDoesNotExistException'
  })
})
