import type { Aws } from './aws.ts'
import { zip } from './lambda/zip.ts'
import { roleArn } from './setting.ts'

/**
 * A service of several functions: each with versions 1 to 7, alias `live` on 7 and a changed `$LATEST`, a deployment group of its
 * own in application `payments`, named `<function>-live`, and an alarm `<function>-errors`. It takes no time.
 */
export function fleet(aws: Aws, names: readonly string[]): void {
  for (const FunctionName of names) {
    aws.lambda.createFunction({
      FunctionName,
      Role: roleArn(aws, 'payments-api'),
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Environment: { Variables: { SIMULATOR_UPDATE_SECONDS: '0' } },
      Code: { ZipFile: zip(`${FunctionName} 0`) }
    })
    for (let version = 1; version <= 7; version++) {
      aws.lambda.updateFunctionCode({ FunctionName, ZipFile: zip(`${FunctionName} ${version}`) })
      aws.lambda.publishVersion({ FunctionName })
    }
    aws.lambda.createAlias({ FunctionName, Name: 'live', FunctionVersion: '7' })
    aws.lambda.updateFunctionCode({ FunctionName, ZipFile: zip(`${FunctionName} 8`) })
    const AlarmName = `${FunctionName}-errors`
    aws.alarms.putMetricAlarm({ AlarmName })
    aws.alarms.setAlarmState({ AlarmName, StateValue: 'OK', StateReason: 'The setting starts so' })
    aws.codedeploy.createDeploymentGroup({
      applicationName: 'payments',
      deploymentGroupName: `${FunctionName}-live`,
      serviceRoleArn: roleArn(aws, 'CodeDeployLambda'),
      deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']
      },
      alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: AlarmName }] }
    })
  }
}
