import type { Aws } from '../aws.ts'

/** A canary from what serves. */
export function somebodyDeploys(aws: Aws, targetVersion: string): void {
  const properties = {
    Name: 'payments-api',
    Alias: 'live',
    CurrentVersion: '7',
    TargetVersion: targetVersion
  }
  const content = JSON.stringify({
    version: '0.0',
    Resources: [{ api: { Type: 'AWS::Lambda::Function', Properties: properties } }]
  })
  aws.codedeploy.createDeployment({
    applicationName: 'payments',
    deploymentGroupName: 'payments-live',
    deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
  })
}

/** The alarm of the group. */
export function soundAlarm(aws: Aws): void {
  aws.alarms.setAlarmState({
    AlarmName: 'payments-errors',
    StateValue: 'ALARM',
    StateReason: 'Threshold Crossed: 1 datapoint [37.0] was greater than the threshold (5.0).'
  })
}

/** Stops what runs in the group, as somebody in the console would. */
export function stop(aws: Aws, autoRollbackEnabled: boolean): void {
  const running = aws.codedeploy.listDeployments({
    applicationName: 'payments',
    deploymentGroupName: 'payments-live',
    includeOnlyStatuses: ['InProgress']
  })
  for (const deploymentId of running.deployments ?? [])
    aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled })
}

/** From now on, no request is taken. */
export function expireCredentials(aws: Aws): void {
  aws.faults.add({ operation: '*', kind: 'expiredToken', times: Number.POSITIVE_INFINITY })
}
