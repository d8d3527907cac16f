import { alarmsIn } from '../deployment/alarms.ts'
import { manualRemedy, servingWords } from '../deployment/alias.ts'
import {
  type DeploymentView,
  isOver,
  type LifecycleEvent,
  type Observation,
  type Subject,
  type Traffic
} from '../deployment/observation.ts'
import type { Cause } from '../deployment/outcome.ts'

/** What CodeDeploy's MANUAL_STOP means, unless it was us. */
export const stoppedBySomebody = 'Somebody stopped the deployment.'

/** AWS refuses the deployment itself with these, before any traffic moves. */
const refusals = new Set([
  'INVALID_LAMBDA_CONFIGURATION',
  'INVALID_LAMBDA_FUNCTION',
  'INVALID_REVISION',
  'REVISION_MISSING',
  'APPLICATION_MISSING',
  'DEPLOYMENT_GROUP_MISSING',
  'IAM_ROLE_MISSING',
  'RESOURCE_LIMIT_EXCEEDED'
])

export const isRefusal = (code: string): boolean => refusals.has(code)

/** Why the deployment of this observation did not succeed: AWS's error in plain words, with a remedy. */
export function causeOfEnd(seen: Observation, subject: Subject): Cause {
  const { error, status } = seen.deployment
  const code = error?.code ?? (status === 'Stopped' ? 'MANUAL_STOP' : 'UNKNOWN')
  const failedHook = seen.lifecycle.find(event => subject.hooks[event.name] && didFail(event))
  const [what, next] = words(code, seen, subject, failedHook)
  return {
    code,
    what,
    next,
    ...(error?.message && { message: error.message }),
    ...(failedHook && { hook: hookOf(failedHook, subject) }),
    ...(failedHook?.logTail && { log: failedHook.logTail.split('\n') })
  }
}

const didFail = (event: LifecycleEvent): boolean =>
  event.status !== 'Succeeded' &&
  event.status !== 'Skipped' &&
  event.status !== 'Pending' &&
  event.startedAt !== undefined

function hookOf(event: LifecycleEvent, subject: Subject): NonNullable<Cause['hook']> {
  return {
    event: event.name,
    functionName: subject.hooks[event.name] ?? '',
    ...(event.startedAt !== undefined && { startedAt: event.startedAt }),
    ...(event.endedAt !== undefined && { endedAt: event.endedAt })
  }
}

/** The error codes that a Lambda deployment can have, each as [what happened, what to do]. */
function words(
  code: string,
  seen: Observation,
  subject: Subject,
  failedHook: LifecycleEvent | undefined
): [what: string, next: string] {
  const hook = failedHook ? `${failedHook.name} hook ${subject.hooks[failedHook.name]}` : 'validation hook'
  const message = seen.deployment.error?.message ?? ''
  switch (code) {
    case 'ALARM_ACTIVE':
      return stoppedByAlarm(message, subject)
    case 'HOOK_EXECUTION_FAILURE':
      return [
        `The ${hook} reported that its check failed.`,
        `Read the end of the hook's log, fix what it found in version ${subject.targetVersion} (or the hook), then release again.`
      ]
    case 'TIMEOUT':
      return [
        `The ${hook} did not report back within the hour that CodeDeploy waits.`,
        'A hook must call PutLifecycleEventHookExecutionStatus also when it fails, and its role needs codedeploy:PutLifecycleEventHookExecutionStatus on the deployment group. Its return value is ignored.'
      ]
    case 'MANUAL_STOP':
      return [
        stoppedBySomebody,
        'Find out who (CloudTrail, event StopDeployment) and why, then release again.'
      ]
    case 'INVALID_LAMBDA_CONFIGURATION':
      return [
        `CodeDeploy refused the AppSpec: most often somebody else moved alias ${subject.alias} away from version ${subject.currentVersion} in the meantime, or the alias still has weights.`,
        'Run the step again: it reads the alias again. If it refuses then, it says what to change.'
      ]
    case 'INVALID_LAMBDA_FUNCTION':
      return [
        `CodeDeploy cannot use function ${subject.functionName}, its alias ${subject.alias}, or version ${subject.targetVersion}.`,
        'Check that all three still exist in the region of the deployment group, and that the version is Active.'
      ]
    case 'IAM_ROLE_PERMISSIONS':
      return [
        "The deployment group's service role lacks a permission that the deployment needs.",
        Object.keys(subject.hooks).length > 0
          ? 'Attach AWSCodeDeployRoleForLambda to the service role. That policy only lets it invoke hooks whose name starts with CodeDeployHook_: name the hook that way, or grant lambda:InvokeFunction on it.'
          : 'Attach the managed policy AWSCodeDeployRoleForLambda to the service role.'
      ]
    case 'IAM_ROLE_MISSING':
      return [
        "The deployment group's service role does not exist.",
        'Create it, trusted by codedeploy.amazonaws.com, with the managed policy AWSCodeDeployRoleForLambda.'
      ]
    case 'THROTTLED':
      return [
        'CodeDeploy was throttled when it called Lambda with the service role.',
        'Release again; if it recurs, release fewer functions at the same moment.'
      ]
    case 'RESOURCE_LIMIT_EXCEEDED':
      return [
        'A limit of CodeDeploy or Lambda was reached.',
        'See Service Quotas for both, ask for more or end what is not needed, then release again.'
      ]
    case 'REVISION_MISSING':
    case 'INVALID_REVISION':
      return [
        'CodeDeploy could not read the revision (the AppSpec).',
        'Run the step again. If it recurs, report it with the AppSpec from the log.'
      ]
    case 'APPLICATION_MISSING':
    case 'DEPLOYMENT_GROUP_MISSING':
      return [
        'The CodeDeploy application or its deployment group was deleted during the deployment.',
        'Create it again, then run the step again.'
      ]
    case 'INTERNAL_ERROR':
      return [
        'CodeDeploy had an internal error.',
        'Run the step again, and look at the AWS Health Dashboard if it recurs.'
      ]
    default:
      return [
        `CodeDeploy ended the deployment as ${seen.deployment.status}${seen.deployment.error ? ` with ${code}` : ' and gave no reason'}.`,
        'Open the deployment in the console for more, then release again.'
      ]
  }
}

/** AWS names the alarms only in its message text, which is never relied on: without names in it, any alarm may have been the one. */
function stoppedByAlarm(
  message: string,
  { alarms, missingAlarms = [], targetVersion }: Subject
): [what: string, next: string] {
  const { known, others } = alarmsIn(message, alarms)
  const told = [...known, ...others]
  const isMissing = (name: string) => missingAlarms.includes(name)
  const suspected = told.length > 0 ? told : alarms
  if (suspected.length > 0 && suspected.every(isMissing)) {
    const [them, were] = suspected.length === 1 ? ['alarm', 'was'] : ['alarms', 'were']
    return [
      `CodeDeploy stopped the deployment because of ${them} ${suspected.join(', ')}, which ${were} not found when the release began.`,
      `Correct the name, in alarms or in the deployment group, or create the alarm, then release again. If there is one by now, look at it, and at the errors of version ${targetVersion}. To release without it, set alarms: none.`
    ]
  }
  return [
    `${alarmsThatFired(
      told.filter(name => !isMissing(name)),
      alarms
    )}, so CodeDeploy stopped the deployment.`,
    `Look at the alarm and at the errors of version ${targetVersion}, fix the code, then release again. An alarm that was already on stops every deployment: to release a fix past it, set alarms: none.`
  ]
}

function alarmsThatFired(names: readonly string[], candidates: readonly string[]): string {
  if (names.length === 1) return `Alarm ${names[0]} went off`
  if (names.length > 1) return `Alarms ${names.join(', ')} went off`
  if (candidates.length > 0) return `One of the alarms ${candidates.join(', ')} went off`
  return 'An alarm of the deployment group went off'
}

/** The rollback did not bring the traffic back, which is worse than the failure that it should have fixed. */
export function causeOfBrokenRollback(
  original: Cause,
  rollback: DeploymentView,
  serving: Traffic | undefined,
  subject: Subject
): Cause {
  const how = !isOver(rollback.status)
    ? 'is not over yet'
    : rollback.status === 'Succeeded'
      ? 'ended Succeeded, but the alias is not back'
      : `ended ${rollback.status}${rollback.error ? ` with ${rollback.error.code}` : ''}`
  return {
    ...original,
    code: 'ROLLBACK_FAILED',
    what: `${original.what} The rollback ${rollback.id} ${how}.`,
    next: manualRemedy(serving, subject, { rollback })
  }
}

/** The rollback has brought the traffic back, and the alias has been moved since: another release may be shifting it by now. */
export const movedAfterRollback = (
  original: Cause,
  { id }: DeploymentView,
  serving: Traffic,
  { alias }: Subject
): Cause => ({
  ...original,
  what: `${original.what} The rollback ${id} ended Succeeded, and somebody else has moved the alias to ${servingWords(serving)}.`,
  next: `${original.next} Nothing is to be moved back by hand: see in the CodeDeploy console which release has alias ${alias} now.`
})
