import { ArnFormat, Aws, CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy'
import * as iam from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'

export interface ReleaseProps {
  function: IFunction
  /** Names for CodeDeploy's application and deployment group. */
  application: string
  group: string
  /** How traffic moves unless the workflow says otherwise. */
  strategy: string
  /** Functions that CodeDeploy invokes before or after traffic moves. They get the permission to report to it. */
  hooks: readonly IFunction[]
  /** Each of them stops a deployment. */
  alarms: readonly IAlarm[]
  /** Name for the role that the workflow assumes. */
  role: string
  /**
   * The repository that releases, such as acme/payments, and the environment of the job. GitHub puts ids into the subjects of newer
   * repositories: acme@1234/payments@5678.
   */
  repository: string
  environment: string
}

/** What a function needs once, so that a workflow can release it with CodeDeploy: both roles, the application and the group. */
export class Release extends Construct {
  constructor(scope: Construct, id: string, props: ReleaseProps) {
    super(scope, id)
    const stack = Stack.of(this)
    const codeDeploy = (resource: string, resourceName: string): string =>
      stack.formatArn({
        service: 'codedeploy',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME
      })
    const application = codeDeploy('application', props.application)
    const group = codeDeploy('deploymentgroup', `${props.application}/${props.group}`)
    const strategies = codeDeploy('deploymentconfig', '*')
    const itself = props.function.functionArn
    const versions = `${itself}:*`

    // grantInvoke would allow all versions of a hook as well.
    const hooks = props.hooks.map(hook => hook.functionArn)
    const hookLogs = props.hooks.map(hook =>
      stack.formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName: `/aws/lambda/${hook.functionName}:*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME
      })
    )
    for (const hook of props.hooks)
      hook.addToRolePolicy(allow('Report', ['codedeploy:PutLifecycleEventHookExecutionStatus'], [group]))

    // What the managed policy AWSCodeDeployRoleForLambda allows for all functions, for this one.
    const service = new iam.Role(this, 'ServiceRole', {
      description: `Lets CodeDeploy move the traffic of ${props.group}`,
      assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com'),
      inlinePolicies: {
        shift: policy(
          allow(
            'Traffic',
            ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
            [itself, versions]
          ),
          allow('Alarms', ['cloudwatch:DescribeAlarms'], ['*']),
          ...ifAny(hooks, 'Hooks', ['lambda:InvokeFunction'])
        )
      }
    })

    // The statements that ../release.yml needs, of all that a workflow may need. None of them moves an alias.
    const deploying = new iam.Role(this, 'DeployingRole', {
      roleName: props.role,
      description: `Releases ${props.group} from ${props.repository}`,
      // The account's provider for GitHub's tokens must exist already: there can be only one.
      assumedBy: new iam.WebIdentityPrincipal(
        stack.formatArn({
          service: 'iam',
          region: '',
          resource: 'oidc-provider',
          resourceName: 'token.actions.githubusercontent.com'
        }),
        {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': `sts.${Aws.URL_SUFFIX}`,
            'token.actions.githubusercontent.com:sub': `repo:${props.repository}:environment:${props.environment}`
          }
        }
      ),
      // As long as the workflow asks for.
      maxSessionDuration: Duration.hours(3),
      inlinePolicies: {
        release: policy(
          allow(
            'Function',
            ['lambda:GetAlias', 'lambda:GetFunctionConfiguration', 'lambda:PublishVersion'],
            [itself, versions]
          ),
          allow(
            'Deployment',
            [
              'codedeploy:BatchGetDeploymentTargets',
              'codedeploy:BatchGetDeployments',
              'codedeploy:CreateDeployment',
              'codedeploy:GetDeployment',
              'codedeploy:GetDeploymentGroup',
              'codedeploy:ListDeploymentTargets',
              'codedeploy:ListDeployments',
              'codedeploy:StopDeployment'
            ],
            [group]
          ),
          allow(
            'Revision',
            ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'],
            [application]
          ),
          allow('Strategy', ['codedeploy:GetDeploymentConfig'], [strategies]),
          allow('OptionalNewAlias', ['lambda:CreateAlias'], [itself]),
          allow('OptionalCode', ['lambda:GetFunction', 'lambda:UpdateFunctionCode'], [itself]),
          allow('OptionalTests', ['lambda:InvokeFunction'], [versions]),
          ...ifAny(hooks, 'OptionalHooks', ['lambda:GetFunctionConfiguration']),
          ...ifAny(hookLogs, 'OptionalHookLogs', ['logs:FilterLogEvents']),
          allow('OptionalFigures', ['cloudwatch:GetMetricData'], ['*']),
          allow('OptionalAlarmCheck', ['cloudwatch:DescribeAlarms'], ['*']),
          // Only for the workflow's input `alarms`. It also allows changes to the group, which has the same alarms: drop both if you can.
          allow('OptionalAlarms', ['codedeploy:UpdateDeploymentGroup'], [group])
        )
      }
    })

    // LambdaDeploymentGroup wants an alias of this stack, and has CloudFormation move it.
    const created = new codedeploy.LambdaApplication(this, 'Application', {
      applicationName: props.application
    })
    new codedeploy.CfnDeploymentGroup(this, 'Group', {
      applicationName: created.applicationName,
      deploymentGroupName: props.group,
      serviceRoleArn: service.roleArn,
      deploymentConfigName: props.strategy,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']
      },
      alarmConfiguration: {
        enabled: props.alarms.length > 0,
        alarms: props.alarms.map(alarm => ({ name: alarm.alarmName }))
      }
    })

    new CfnOutput(this, 'RoleToAssume', { value: deploying.roleArn })
  }
}

const policy = (...statements: iam.PolicyStatement[]): iam.PolicyDocument =>
  new iam.PolicyDocument({ statements })

const allow = (sid: string, actions: string[], resources: string[]): iam.PolicyStatement =>
  new iam.PolicyStatement({ sid, actions, resources })

/** A statement without resources is no statement. */
const ifAny = (resources: string[], sid: string, actions: string[]): iam.PolicyStatement[] =>
  resources.length > 0 ? [allow(sid, actions, resources)] : []
