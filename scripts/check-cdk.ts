/** Checks that the templates of the CDK app say what is promised: the one before the first release, and the one after it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { Policy, type PolicyDocument, type PolicyStatement } from '../simulator/identity/policy.ts'
import { type AlarmView, alarmWarning } from '../src/plan/alarms.ts'
import { lambdaArn, policyOf, Template } from './cdk/template.ts'
import { documentedStatements } from './docs/deployingrole.ts'

const groupArn = 'arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:payments/payments-live'
const workflowRole = 'sts:AssumeRoleWithWebIdentity'

const [firstPath = '', releasedPath = ''] = process.argv.slice(2)
const first = new Template(firstPath)
const released = new Template(releasedPath)

const examples = join(import.meta.dirname, '..', 'examples')
const { steps } = parse(readFileSync(join(examples, 'release.yml'), 'utf8')).jobs.release
const inputs = (action: string): Record<string, string> =>
  steps.find(({ uses = '' }) => uses.includes(action)).with
const step = inputs('/lambda-codedeploy')
const credentials = inputs('/configure-aws-credentials')
const hooks = [step['before-allow-traffic-hook'], step['after-allow-traffic-hook']].map(String)
const alarms = String(step.alarms).trim().split('\n')

/** What release.yml does not ask for. */
const leftOut = [
  'OptionalCodeBucket',
  'OptionalManyFunctions',
  'OptionalVersionList',
  'OptionalVersionsInUse',
  'OptionalDeletion',
  'OptionalNewStrategy',
  'OptionalSetUp',
  'OptionalSetUpRole',
  'OptionalGroupList',
  'OptionalOtherGroups'
]

const claims: Record<string, () => void> = {
  'neither template has a version or an alias: the workflow owns them': () => {
    for (const template of [first, released])
      for (const type of ['AWS::Lambda::Version', 'AWS::Lambda::Alias'])
        assert.deepEqual(template.ofType(type), [])
  },
  'the code of the function is the same text in both, so that no deploy replaces what the workflow uploaded':
    () => {
      const [before, after] = [first, released].map(
        each => each.one('AWS::Lambda::Function', 'payments-api').Code
      )
      assert.deepEqual(Object.keys(before as object), ['ZipFile'])
      assert.deepEqual(after, before)
    },
  'release.yml names what the stack makes': () => {
    assert.equal(step['function-name'], 'payments-api')
    assert.equal(step.alias, 'live')
    assert.equal(step['codedeploy-application'], 'payments')
    assert.equal(step['codedeploy-deployment-group'], 'payments-live')
    for (const name of hooks) first.one('AWS::Lambda::Function', name)
    for (const name of alarms) first.one('AWS::CloudWatch::Alarm', name)
    const { RoleName, MaxSessionDuration } = first.roleTrusting(workflowRole)
    assert.equal(credentials['role-to-assume'], `arn:aws:iam::123456789012:role/${RoleName}`)
    assert.equal(credentials['role-duration-seconds'], MaxSessionDuration)
  },
  'the group rolls back on all three events, and watches the alarms': () => {
    assert.deepEqual(first.ofType('AWS::CodeDeploy::Application'), [
      { ApplicationName: 'payments', ComputePlatform: 'Lambda' }
    ])
    const [{ ServiceRoleArn, ...group } = {}, ...others] = first.ofType('AWS::CodeDeploy::DeploymentGroup')
    assert.deepEqual(others, [])
    assert.match(String(ServiceRoleArn), /^ReleaseServiceRole\w*\.Arn$/)
    assert.deepEqual(group, {
      ApplicationName: 'payments',
      DeploymentGroupName: 'payments-live',
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']
      },
      AlarmConfiguration: { Enabled: true, Alarms: alarms.map(Name => ({ Name })) }
    })
  },
  'the alarms watch the calls through the alias, and the plan has nothing to say of them': () => {
    for (const name of alarms) {
      const alarm = first.one('AWS::CloudWatch::Alarm', name)
      const dimensions = alarm.Dimensions as { Name: string; Value: string }[]
      const series = Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]))
      assert.equal(alarm.Namespace, 'AWS/Lambda')
      assert.deepEqual(series, { FunctionName: 'payments-api', Resource: 'payments-api:live' })
      const view: AlarmView = {
        name,
        state: 'INSUFFICIENT_DATA',
        missingData: String(alarm.TreatMissingData),
        lambdaSeries: [series]
      }
      const inForce = { functionName: 'payments-api', alias: 'live', alarms: [name] }
      assert.equal(alarmWarning(new Map([[name, view]]), inForce), undefined)
    }
  },
  'CodeDeploy may move this function only, and invoke exactly the hooks': () => {
    const service = first.roleTrusting('codedeploy.amazonaws.com')
    const document = policyOf(service)
    const policy = new Policy(document)
    const allowed = (action: string, names: string[]): string[] =>
      names.filter(name => policy.judge(action, lambdaArn(name)) === 'allowed')
    const others = ['payments-api', 'payments-ledger', 'CodeDeployHook_another', `${hooks[0]}:1`]
    assert.deepEqual(allowed('lambda:InvokeFunction', [...hooks, ...others]), hooks)
    assert.deepEqual(allowed('lambda:UpdateAlias', [...hooks, ...others]), ['payments-api'])
    assert.deepEqual(
      (document.Statement as PolicyStatement[]).flatMap(({ Action }) => Action),
      [
        'lambda:GetAlias',
        'lambda:GetProvisionedConcurrencyConfig',
        'lambda:UpdateAlias',
        'cloudwatch:DescribeAlarms',
        'lambda:InvokeFunction'
      ]
    )
  },
  'the workflow has the statements of docs/permissions.md that release.yml needs, and no others': () => {
    const documented = documentedStatements(resource => {
      const filled = resource
        .replace('REGION', 'eu-west-1')
        .replace('ACCOUNT', '123456789012')
        .replace('FUNCTION', 'payments-api')
        .replace('APPLICATION', 'payments')
        .replace('GROUP', 'payments-live')
      if (!filled.includes('CodeDeployHook_*')) return [filled]
      const inIt = filled.includes(':log-group:') ? ':*' : ''
      return hooks.map(hook => `${filled.replace('CodeDeployHook_*', hook)}${inIt}`)
    }).filter(({ Sid }) => !leftOut.includes(Sid))
    const { Statement } = policyOf(first.roleTrusting(workflowRole))
    const same = (Statement as PolicyStatement[]).map(each => ({
      ...each,
      Action: [each.Action].flat(),
      Resource: [each.Resource].flat()
    }))
    assert.deepEqual(same, documented)
  },
  'one environment of one repository may assume its role': () => {
    assert.deepEqual(first.roleTrusting(workflowRole).AssumeRolePolicyDocument, {
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
  },
  'each hook may report to the group and nothing else': () => {
    for (const name of hooks) assert.equal(first.one('AWS::Lambda::Function', name).Handler, 'hook.handler')
    const policies = first.ofType('AWS::IAM::Policy').map(each => each.PolicyDocument as PolicyDocument)
    assert.deepEqual(
      policies.map(({ Statement }) => Statement),
      hooks.map(() => [
        {
          Sid: 'Report',
          Effect: 'Allow',
          Action: 'codedeploy:PutLifecycleEventHookExecutionStatus',
          Resource: groupArn
        }
      ])
    )
  },
  'only the function URL waits for the first release, and clients come through the alias': () => {
    const { LiveFunctionUrlBF2FFCE0: url, ...others } = released.resources
    assert.deepEqual(others, first.resources)
    assert.equal(url?.Type, 'AWS::Lambda::Url')
    assert.deepEqual(url?.Properties, {
      AuthType: 'AWS_IAM',
      Qualifier: 'live',
      TargetFunctionArn: lambdaArn('payments-api')
    })
  }
}

for (const [claim, holds] of Object.entries(claims)) {
  try {
    holds()
    console.log(`ok    ${claim}`)
  } catch (error) {
    console.log(`WRONG ${claim}\n${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}
