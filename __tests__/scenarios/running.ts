import type { Aws } from '../../simulator/aws.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { group } from './incidents.ts'
import { type Inputs, release } from './play.ts'
import { asked } from './services.ts'

export interface Running {
  /** Versions; from 7 to 6 when left out. */
  from?: string
  to?: string
  description?: string
  /** CodeDeploy's own, without `CodeDeployDefault.`, or one that was created. */
  configuration?: string
  hooks?: Record<string, string>
  alarms?: readonly string[]
  events?: ('DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST')[]
}

const everyEvent: Running['events'] = [
  'DEPLOYMENT_FAILURE',
  'DEPLOYMENT_STOP_ON_ALARM',
  'DEPLOYMENT_STOP_ON_REQUEST'
]

/** Somebody's deployment of payments-api:live: a canary of half an hour, unless it is said otherwise. */
export const running =
  ({
    from = '7',
    to = '6',
    description = 'somebody else',
    configuration = 'LambdaCanary10Percent30Minutes',
    hooks: ofSpec = {},
    alarms,
    events
  }: Running = {}): ((aws: Aws) => void) =>
  aws =>
    void aws.codedeploy.createDeployment({
      ...group,
      deploymentConfigName: configuration.replace(/^Lambda/, 'CodeDeployDefault.Lambda'),
      description,
      autoRollbackConfiguration: { enabled: true, events: events ?? everyEvent ?? [] },
      ...(alarms && {
        overrideAlarmConfiguration: { enabled: alarms.length > 0, alarms: alarms.map(name => ({ name })) }
      }),
      revision: {
        revisionType: 'AppSpecContent',
        appSpecContent: {
          content: appSpec({
            functionName: 'payments-api',
            alias: 'live',
            currentVersion: from,
            targetVersion: to,
            hooks: ofSpec
          }).content
        }
      }
    })

export const to6: Inputs = { ...release, 'target-version': '6', 'codedeploy-deployment-config': 'AllAtOnce' }

const sha = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d'
export const attempt1 = `acme/payments@${sha} run 4711.1`
export const attempt2 = { GITHUB_RUN_ATTEMPT: '2' }

/** What was asked of StopDeployment, be it more than once: with rollback or not. */
export const stops = (aws: Aws) => [
  ...new Set(
    asked(aws, 'StopDeployment').map(
      ({ input }) => (input as { autoRollbackEnabled: boolean }).autoRollbackEnabled
    )
  )
]
