import type { Aws } from '../../simulator/aws.ts'
import { deployEarlier } from '../../simulator/earlier.ts'
import {
  addFunction,
  namesOf,
  type PaymentsOptions,
  paymentsNames,
  roleArn
} from '../../simulator/setting.ts'

const sam = {
  applicationName: 'payments-ServerlessDeploymentApplication-1A2B3C4D5E6F',
  deploymentGroupName: 'payments-PaymentsApiDeploymentGroup-1A2B3C4D5E6F'
}
const lookMs = 100

/** The functions, groups and alarms that the examples and the pages name. */
export function prepare(aws: Aws, options: PaymentsOptions = {}): void {
  aws.codedeploy.createApplication({ applicationName: 'payments', computePlatform: 'Lambda' })
  const names = {
    ...paymentsNames,
    before: 'CodeDeployHook_payments-smoke',
    after: 'CodeDeployHook_payments-reconcile'
  }
  addFunction(aws, names, { before: {}, after: {}, run: { answer: '{"statusCode": 200}' }, ...options })
  for (const name of ['payments-ledger', 'payments-mail']) addFunction(aws, namesOf(name))
  for (const AlarmName of ['payments-api-live-errors', 'payments-api-live-latency']) {
    aws.alarms.putMetricAlarm({ AlarmName })
    aws.alarms.setAlarmState({ AlarmName, StateValue: 'OK', StateReason: 'The scene starts so' })
  }
  addGroup(aws, 'payments', 'payments-api-live')
  aws.codedeploy.createApplication({ applicationName: sam.applicationName, computePlatform: 'Lambda' })
  addGroup(aws, sam.applicationName, sam.deploymentGroupName)
}

function addGroup(aws: Aws, applicationName: string, deploymentGroupName: string): void {
  aws.codedeploy.createDeploymentGroup({
    applicationName,
    deploymentGroupName,
    serviceRoleArn: roleArn(aws, 'CodeDeployLambda'),
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'] }
  })
}

/** Somebody has shifted all traffic to version 6, so that 7 is the version to go back to. */
export async function wentBackToSix(aws: Aws): Promise<void> {
  await deployEarlier(aws, { to: '6', group: 'payments-api-live' })
}

/** Somebody has given version 6 half of the traffic. */
export function splitsTheAlias(aws: Aws): void {
  const RoutingConfig = { AdditionalVersionWeights: { '6': 0.5 } }
  aws.lambda.updateAlias({ FunctionName: 'payments-api', Name: 'live', RoutingConfig })
}

export function alarmGoesOff(aws: Aws, AlarmName: string): void {
  aws.alarms.setAlarmState({ AlarmName, StateValue: 'ALARM', StateReason: '12 errors in a minute' })
}

/** SAM has a deployment begin as soon as somebody looks for one. */
export function samDeploys(aws: Aws): void {
  const { FunctionName, Version = '' } = aws.lambda.publishVersion({ FunctionName: 'payments-api' })
  const Properties = { Name: FunctionName, Alias: 'live', CurrentVersion: '7', TargetVersion: Version }
  const content = JSON.stringify({
    version: '0.0',
    Resources: [{ [String(FunctionName)]: { Type: 'AWS::Lambda::Function', Properties } }]
  })
  const look = (): void => {
    if (!aws.requests.some(({ operation }) => operation === 'ListDeployments'))
      return void aws.clock.at(aws.clock.now() + lookMs, look)
    aws.codedeploy.createDeployment({
      ...sam,
      deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
    })
  }
  look()
}
