import { describe, expect, test } from '@jest/globals'
import { documentedStatements } from '../../scripts/docs/deployingrole.ts'
import { Policy } from '../../simulator/identity/policy.ts'
import { alarmWarning } from '../../src/plan/alarms.ts'
import { asCreated } from '../../src/plan/setup.ts'
import { text } from './files.ts'
import { cloudFormation, type Given, templates } from './templates.ts'

const given: Given = {
  functionName: 'payments-api',
  alias: 'live',
  repository: 'acme/payments',
  environment: 'production',
  hooks: ['CodeDeployHook_before', 'smoke-test']
}

/** The page's policy for the same function. The page names hooks by their prefix, and a log group without what is in it. */
const documented = documentedStatements(resource => {
  const filled = resource
    .replace('REGION', 'eu-west-1')
    .replace('ACCOUNT', '123456789012')
    .replace('FUNCTION', 'payments-api')
    .replace('APPLICATION', 'payments-api')
    .replace('GROUP', 'live')
  if (!filled.includes('CodeDeployHook_*')) return [filled]
  const inIt = filled.includes(':log-group:') ? ':*' : ''
  return given.hooks.map(hook => `${filled.replace('CodeDeployHook_*', hook)}${inIt}`)
})

const hook = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`

describe.each(Object.entries(templates))('%s', (_, render) => {
  const statementsOf = (policy: { Statement: unknown }) => policy.Statement as typeof documented

  test('gives the deploying role statements of docs/permissions.md, and all that no release can do without', () => {
    const statements = statementsOf(render(given).deploying)
    const same = statements.map(each => ({
      ...each,
      Action: [each.Action].flat(),
      Resource: [each.Resource].flat()
    }))
    expect(same).toEqual(same.map(({ Sid }) => documented.find(each => each.Sid === Sid)))
    const needed = documented.map(({ Sid }) => Sid).filter(sid => !sid.startsWith('Optional'))
    expect(same.map(({ Sid }) => Sid)).toEqual(expect.arrayContaining(needed))
  })

  test('lets the service role invoke exactly the hooks that are named', () => {
    const policy = new Policy(render(given).service)
    const names = [...given.hooks, 'payments-api', 'CodeDeployHook_another']
    expect(names.filter(name => policy.judge('lambda:InvokeFunction', hook(name)) === 'allowed')).toEqual(
      given.hooks
    )
  })

  test('names no hook where there is none', () => {
    const { deploying, service } = render({ ...given, hooks: [] })
    const sids = [...statementsOf(deploying), ...statementsOf(service)].map(({ Sid }) => Sid)
    expect(sids.filter(sid => /Hook/.test(sid))).toEqual([])
  })

  test('allows the service role nothing beyond the managed policy AWSCodeDeployRoleForLambda but other hooks', () => {
    const managed = [
      'cloudwatch:DescribeAlarms',
      'lambda:GetAlias',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:InvokeFunction',
      'lambda:UpdateAlias'
    ]
    const actions = statementsOf(render(given).service).flatMap(({ Action }) => Action)
    expect([...new Set(actions)].sort()).toEqual(managed)
  })
})

describe('setup/cloudformation.yaml', () => {
  const resources = cloudFormation(given)
  const properties = (name: string) => resources[name]?.Properties

  test('trusts jobs of one environment of one repository, and CodeDeploy', () => {
    expect(properties('DeployingRole')?.AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: {
            Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'
          },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              'token.actions.githubusercontent.com:sub': 'repo:acme/payments:environment:production'
            }
          }
        }
      ]
    })
    expect(properties('ServiceRole')?.AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Principal: { Service: 'codedeploy.amazonaws.com' }, Action: 'sts:AssumeRole' }]
    })
  })

  test('makes the application and the group that the step would make, with an alarm and a canary', () => {
    const { rollbackEvents } = asCreated({
      application: '',
      group: '',
      serviceRole: '',
      configuration: '',
      alarms: 'group'
    })
    expect(properties('Application')).toEqual({ ApplicationName: 'payments-api', ComputePlatform: 'Lambda' })
    expect(properties('DeploymentGroup')).toEqual({
      ApplicationName: 'payments-api',
      DeploymentGroupName: 'live',
      ServiceRoleArn: 'the ServiceRole.Arn',
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      AutoRollbackConfiguration: { Enabled: true, Events: rollbackEvents },
      AlarmConfiguration: { Enabled: true, Alarms: [{ Name: 'payments-api-live-errors' }] }
    })
  })

  test('has an alarm of which the plan has nothing to say: it watches the calls through the alias', () => {
    const { Dimensions, TreatMissingData } = properties('Errors') as {
      Dimensions: { Name: string; Value: string }[]
      TreatMissingData: string
    }
    const series = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]))
    expect(series).toEqual({ FunctionName: 'payments-api', Resource: 'payments-api:live' })
    const view = {
      name: 'errors',
      state: 'INSUFFICIENT_DATA',
      missingData: TreatMissingData,
      lambdaSeries: [series]
    }
    expect(alarmWarning(new Map([['errors', view]]), { ...given, alarms: ['errors'] })).toBeUndefined()
  })
})

/** No test reads Terraform's language; `terraform validate` does, where there is Terraform. */
test('both say the same of the group, of the alarm and of whom the deploying role trusts', () => {
  const terraform = text('setup/terraform/main.tf')
  const said = [
    /"repo:\$\{var\.repository\}:environment:\$\{var\.environment\}"/,
    /compute_platform = "Lambda"/,
    /deployment_type += "BLUE_GREEN"/,
    /deployment_option = "WITH_TRAFFIC_CONTROL"/,
    /\["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"\]/,
    /Resource += "\$\{var\.function_name\}:\$\{var\.alias\}"/,
    /treat_missing_data += "notBreaching"/
  ]
  expect(said.filter(each => !each.test(terraform))).toEqual([])
})
