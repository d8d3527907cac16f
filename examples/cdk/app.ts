// CDK owns the function with its configuration, its hooks and alarms, and what a release needs once. The workflow owns the code, the
// versions and the alias: it releases as ../release.yml does, with the names that are given here. So the template has neither a version
// nor an alias, and `cdk deploy` cannot move traffic.
import { App, Duration, Stack } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { Release } from './release.ts'

const app = new App()
const stack = new Stack(app, 'payments', { description: 'payments-api, which a workflow releases' })
const alias = 'live'

const payments = new lambda.Function(stack, 'PaymentsApi', {
  functionName: 'payments-api',
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
  // A function cannot be created without code. Releases replace it, and CloudFormation leaves theirs alone as long as this text stays the
  // same. Code.fromAsset would put its own code over theirs whenever its files change.
  code: lambda.Code.fromInline('exports.handler = async () => ({ statusCode: 503 })'),
  memorySize: 256,
  timeout: Duration.seconds(10)
})

// CDK owns the hooks wholly, code too: nobody releases them.
const hook = (id: string, name: string): lambda.Function =>
  new lambda.Function(stack, id, {
    functionName: `CodeDeployHook_${name}`,
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'hook.handler',
    code: lambda.Code.fromAsset('hooks'),
    timeout: Duration.seconds(30),
    environment: { HEALTH_URL: 'https://payments.example.com/health' }
  })

// Of the calls through the alias. payments.metricErrors() would count those of every version and of $LATEST. Which version was reached
// (ExecutedVersion) cannot be asked for here: its number is another one at each release. The step's max-error-rate knows it.
const throughAlias = (metricName: string, statistic: string): cloudwatch.Metric =>
  new cloudwatch.Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: payments.functionName, Resource: `${payments.functionName}:${alias}` },
    statistic,
    period: Duration.minutes(1)
  })

const errors = new cloudwatch.Alarm(stack, 'Errors', {
  alarmName: `payments-api-${alias}-errors`,
  alarmDescription: `Calls of payments-api through alias ${alias} fail`,
  metric: throughAlias('Errors', cloudwatch.Stats.SUM),
  threshold: 5,
  comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
  evaluationPeriods: 1,
  treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING
})

const latency = new cloudwatch.Alarm(stack, 'Latency', {
  alarmName: `payments-api-${alias}-latency`,
  alarmDescription: `Calls of payments-api through alias ${alias} are slow`,
  metric: throughAlias('Duration', cloudwatch.Stats.percentile(95)),
  threshold: 2000, // ms
  comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
  evaluationPeriods: 2,
  treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING
})

new Release(stack, 'Release', {
  function: payments,
  application: 'payments',
  group: 'payments-live',
  strategy: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
  hooks: [hook('Smoke', 'payments-smoke'), hook('Reconcile', 'payments-reconcile')],
  alarms: [errors, latency],
  role: 'release-payments-api',
  repository: 'acme/payments',
  environment: 'production'
})

// The first release creates the alias. Only then can a stack name it, so this waits for `released` in the context of cdk.json. What clients
// invoke must be the alias: traffic shifts nowhere else.
if (String(app.node.tryGetContext('released')) === 'true') {
  const live = lambda.Alias.fromAliasAttributes(stack, 'Live', {
    aliasName: alias,
    aliasVersion: payments.latestVersion
  })
  live.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM })
}
