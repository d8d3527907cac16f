import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Deployment, EventName, Halt, SuccessAfterStop } from './deployment.ts'
import { shiftsOf } from './deploymentconfigs.ts'
import { runHookEvent } from './hookevent.ts'
import { checkAppSpec } from './precondition.ts'
import { rollBack, undoShift } from './rollback.ts'
import { flip, setWeight, waitForTarget } from './shift.ts'
import { missingFunction } from './texts.ts'
import { watchAlarms } from './watchalarms.ts'

const QUEUED_MS = 2000
/** Recorded: a hook was invoked about two seconds after the start. */
const CHECK_MS = 500
const BEFORE_HOOK_MS = 1500
const BETWEEN_EVENTS_MS = 200
const BAKING_MS = 5000

/** Drives a deployment from Created to its end. A deployment that fails does not make it reject. */
export async function carryOut(aws: Aws, deployment: Deployment): Promise<void> {
  const { lifetime, settings } = deployment
  const { uncertain } = aws
  try {
    await lifetime.wait(settings.triggeredBy ? 300 : uncertain.createdMs)
    if (uncertain.queued) {
      deployment.setStatus('Queued')
      await lifetime.wait(QUEUED_MS)
    }
    deployment.setStatus('InProgress')
    if (settings.triggeredBy) await undoShift(aws, deployment, settings.triggeredBy)
    else await release(aws, deployment)
    deployment.setStatus('Succeeded')
  } catch (reason) {
    const end = reason instanceof ServiceError ? refusedByLambda(reason) : reason
    if (!isEnd(end)) throw reason
    if (end.status === 'Succeeded') succeedIfPossible(aws, deployment)
    else halt(aws, deployment, end)
  }
}

/** A deployment that was stopped may end as Succeeded, but not when Lambda refuses that. */
function succeedIfPossible(aws: Aws, deployment: Deployment): void {
  try {
    succeedAtOnce(aws, deployment)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    halt(aws, deployment, refusedByLambda(error))
  }
}

async function release(aws: Aws, deployment: Deployment): Promise<void> {
  const { lifetime, settings } = deployment
  watchAlarms(aws, deployment)
  await lifetime.wait(CHECK_MS)
  const routing = aws.codedeploy.getDeploymentConfig({ deploymentConfigName: settings.configName })
  const shifts = shiftsOf(routing.deploymentConfigInfo.trafficRoutingConfig)
  const checked = checkAppSpec(aws, deployment, shifts.length > 1)
  const { spec } = checked
  deployment.appSpec = spec
  await lifetime.wait(BEFORE_HOOK_MS)
  await runHookEvent(aws, deployment, 'BeforeAllowTraffic')
  await lifetime.wait(BETWEEN_EVENTS_MS)
  deployment.setEvent('AllowTraffic', 'InProgress')
  await waitForTarget(aws, deployment, spec)
  let { revision } = checked
  let lateMs = aws.uncertain.shiftLateMs
  for (const { afterMs, weight } of shifts) {
    if (afterMs > 0) {
      await lifetime.wait(afterMs + lateMs)
      // The next one is as late as this one, not later.
      lateMs = 0
    }
    revision =
      weight < 1
        ? setWeight(aws, deployment, spec, weight, revision)
        : await flip(aws, deployment, spec, revision)
  }
  deployment.setEvent('AllowTraffic', 'Succeeded')
  if (aws.uncertain.baking) {
    deployment.setStatus('Baking')
    await lifetime.wait(BAKING_MS)
  }
  await lifetime.wait(BETWEEN_EVENTS_MS)
  await runHookEvent(aws, deployment, 'AfterAllowTraffic')
  await lifetime.wait(aws.uncertain.finishMs)
}

function halt(aws: Aws, deployment: Deployment, reason: Halt): void {
  deployment.failRemainingEvents()
  for (const hook of deployment.hooks.values()) delete hook.answer
  deployment.error = reason.error
  deployment.setStatus(reason.status)
  if (!deployment.settings.triggeredBy) rollBack(aws, deployment, reason)
}

/** A rollback has the AppSpec of what it rolls back. */
function succeedAtOnce(aws: Aws, deployment: Deployment): void {
  const { appSpec: spec, settings } = deployment
  if (spec) {
    aws.lambda.updateAlias({
      FunctionName: spec.functionName,
      Name: spec.alias,
      FunctionVersion: settings.triggeredBy ? spec.currentVersion : spec.targetVersion,
      RoutingConfig: { AdditionalVersionWeights: {} }
    })
    deployment.shift(1)
  }
  for (const name of Object.keys(deployment.events) as EventName[])
    if (deployment.events[name].status !== 'Succeeded') deployment.setEvent(name, 'Succeeded')
  for (const hook of deployment.hooks.values()) delete hook.answer
  deployment.setStatus('Succeeded')
}

/** For example, somebody has deleted the alias. */
function refusedByLambda(error: ServiceError): Halt {
  const information = missingFunction('INVALID_LAMBDA_FUNCTION', error.message)
  return { status: 'Failed', error: information, trigger: 'DEPLOYMENT_FAILURE' }
}

function isEnd(reason: unknown): reason is Halt | SuccessAfterStop {
  return typeof reason === 'object' && reason !== null && 'status' in reason && !(reason instanceof Error)
}
