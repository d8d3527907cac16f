import type { Aws } from '../aws.ts'
import type { Deployment, Halt } from './deployment.ts'
import { runHookEvent } from './hookevent.ts'

/** Creates the deployment that rolls `failed` back, if its settings, the group's settings or the stop request ask for it. */
export function rollBack(aws: Aws, failed: Deployment, reason: Halt): void {
  const { settings } = failed
  const { uncertain } = aws
  const configured = Boolean(settings.rollback.enabled && settings.rollback.events?.includes(reason.trigger))
  const asked =
    reason.rollback === false && uncertain.stopOverride === 'ignored' ? undefined : reason.rollback
  if (!(asked ?? configured)) return
  if (reason.invalid && uncertain.invalidAppSpecRollback === 'none') return
  if (!settings.group.lastSuccessfulDeployment && uncertain.firstDeploymentRollback === 'none') return
  const begin = () => {
    failed.rolledBackBy = aws.codedeploy.deployments.start({
      group: settings.group,
      configName: 'CodeDeployDefault.LambdaAllAtOnce',
      content: settings.content,
      revision: uncertain.rollbackRevision === 'same' ? settings.revision : {},
      description: undefined,
      rollback: { enabled: false, events: [] },
      alarms: { enabled: false, ignorePollAlarmFailure: false, alarms: [] },
      creator: uncertain.rollbackCreator,
      triggeredBy: failed
    })
  }
  if (uncertain.rollbackGapMs === 0) begin()
  else aws.clock.at(aws.clock.now() + uncertain.rollbackGapMs, begin)
}

/** Puts the alias back on its previous version, whatever it holds now, and ignores alarms. @throws Halt */
export async function undoShift(aws: Aws, rollback: Deployment, failed: Deployment): Promise<void> {
  const { lifetime } = rollback
  const { rollbackStepMs } = aws.uncertain
  const spec = failed.appSpec
  if (spec) rollback.appSpec = { ...spec, hooks: aws.uncertain.rollbackHooks === 'invoked' ? spec.hooks : {} }
  await runHookEvent(aws, rollback, 'BeforeAllowTraffic')
  rollback.setEvent('AllowTraffic', 'InProgress')
  await lifetime.wait(rollbackStepMs)
  const failure = aws.codedeploy.rollbackFailure
  if (failure) throw { status: 'Failed', error: failure, trigger: 'DEPLOYMENT_FAILURE' } satisfies Halt
  if (spec)
    aws.lambda.updateAlias({
      FunctionName: spec.functionName,
      Name: spec.alias,
      FunctionVersion: spec.currentVersion,
      RoutingConfig: { AdditionalVersionWeights: {} }
    })
  rollback.shift(1)
  rollback.setEvent('AllowTraffic', 'Succeeded')
  await lifetime.wait(rollbackStepMs)
  await runHookEvent(aws, rollback, 'AfterAllowTraffic')
  await lifetime.wait(rollbackStepMs)
}
