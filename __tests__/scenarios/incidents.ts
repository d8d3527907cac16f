import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import type { Fault, FaultKind } from '../../simulator/faults.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { appSpec } from '../../src/plan/appspec.ts'

type Incident = (aws: Aws, clock: VirtualClock, cancel: () => void) => void

const minutes = 60_000

/** Something that happens after `afterMinutes`. */
export const later =
  (afterMinutes: number, incident: Incident): Incident =>
  (aws, clock, cancel) =>
    void clock.at(clock.now() + afterMinutes * minutes, () => incident(aws, clock, cancel))

export const alarmGoesOff: Incident = aws =>
  aws.alarms.setAlarmState({ AlarmName: 'payments-errors', StateValue: 'ALARM', StateReason: 'errors' })

/** Somebody stops the deployment without mentioning rollback, so that the deployment's own settings decide. */
export const somebodyStopsIt: Incident = aws => {
  const [deploymentId] = aws.codedeploy.listDeployments(group).deployments
  if (deploymentId) aws.codedeploy.stopDeployment({ deploymentId })
}

export const jobIsCancelled: Incident = (_aws, _clock, cancel) => cancel()

export const somebodyMovesTheAlias =
  (FunctionVersion: string): Incident =>
  aws =>
    void aws.lambda.updateAlias({
      FunctionName: 'payments-api',
      Name: 'live',
      FunctionVersion,
      RoutingConfig: { AdditionalVersionWeights: {} }
    })

export const fault =
  (fault: Fault): Incident =>
  aws =>
    aws.faults.add(fault)

/** What can go wrong with any request. */
export const everyFault: readonly FaultKind[] = [
  'throttle',
  'serverErrorBefore',
  'serverErrorAfter',
  'dropBefore',
  'dropAfter',
  'timeout',
  'stall',
  'expiredToken',
  'accessDenied',
  'invalidToken',
  'html',
  'emptyJson',
  'isoDates',
  'unknownStatus'
]

/** The version that is live comes from a commit, or from wherever its description says; `$LATEST` is newer. */
export const liveComesFrom =
  (Description: string, FunctionName = 'payments-api'): Incident =>
  aws => {
    const { Version = '' } = aws.lambda.publishVersion({ FunctionName, Description })
    aws.lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion: Version })
    aws.lambda.updateFunctionConfiguration({ FunctionName, Description: 'ours' })
  }

/** A function that is not named as CodeDeploy's managed policy would have a hook named. */
export const plainFunction =
  (FunctionName: string): Incident =>
  aws =>
    void aws.lambda.createFunction({
      FunctionName,
      Role: 'arn:aws:iam::123456789012:role/hook',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip(FunctionName) }
    })

export const group = { applicationName: 'payments', deploymentGroupName: 'payments-live' }

export const hooks = {
  'before-allow-traffic-hook': 'CodeDeployHook_before',
  'after-allow-traffic-hook': 'CodeDeployHook_after'
}

/** Somebody else's deployment of `live`, from one version to another, that is running when the step begins. */
export const anotherIsRunning =
  (targetVersion: string, configuration = 'LambdaCanary10Percent5Minutes', currentVersion = '7'): Incident =>
  aws =>
    void aws.codedeploy.createDeployment({
      ...group,
      deploymentConfigName: `CodeDeployDefault.${configuration}`,
      description: 'somebody else',
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']
      },
      revision: {
        revisionType: 'AppSpecContent',
        appSpecContent: {
          content: appSpec({
            functionName: 'payments-api',
            alias: 'live',
            currentVersion,
            targetVersion,
            hooks: {}
          }).content
        }
      }
    })
