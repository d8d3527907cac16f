import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Deployment, EventName, Halt } from './deployment.ts'
import { hookFailed, hookTimedOut, rolePermissions } from './texts.ts'

const HOOK_LIMIT_MS = 60 * 60 * 1000

/**
 * Invokes the event's hook, if it has one, and waits until it calls back.
 * @throws Halt when the hook fails, is missing, must not be invoked, or stays silent for an hour
 */
export async function runHookEvent(aws: Aws, deployment: Deployment, name: EventName): Promise<void> {
  const hook = name === 'AllowTraffic' ? undefined : deployment.appSpec?.hooks[name]
  if (hook === undefined) {
    deployment.mark(name, aws.uncertain.hookEventsWithoutHooks)
    return
  }
  deployment.mark(name, 'InProgress')
  const role = deployment.settings.group.serviceRoleArn ?? ''
  if (!mayInvoke(role, hook)) throw failure(rolePermissions(role, 'AWSLambda'))
  const token = hookToken(aws)
  const event = { DeploymentId: deployment.settings.id, LifecycleEventHookExecutionId: token }
  const answer = await deployment.course.answer<'Succeeded' | 'Failed'>(HOOK_LIMIT_MS, give => {
    deployment.hooks.set(token, { token, answer: give })
    const payload = new TextEncoder().encode(JSON.stringify(event))
    aws.lambda
      .invoke({ FunctionName: hook, InvocationType: 'Event', Payload: payload })
      .catch(error => deployment.course.breakOff(notInvoked(aws, role, error)))
  })
  delete deployment.hooks.get(token)?.answer
  if (answer === 'Succeeded') return deployment.mark(name, 'Succeeded')
  deployment.mark(name, 'Failed')
  if (aws.uncertain.hookDiagnostics)
    deployment.events[name].diagnostics = {
      errorCode: 'UnknownError',
      scriptName: hook,
      message: answer ? 'The hook reported a failure' : 'The hook did not call back',
      logTail: ''
    }
  throw failure(answer ? hookFailed() : hookTimedOut(aws.uncertain.hookTimeoutCode))
}

/**
 * There is no IAM here, so a role may do what its name says: `AnyHook` in it lets it invoke any function, `NoLambda`
 * none, and any other has the managed policy, which covers functions named `CodeDeployHook_*` only.
 */
function mayInvoke(roleArn: string, hook: string): boolean {
  if (roleArn.includes('NoLambda')) return false
  return roleArn.includes('AnyHook') || /(?:^|:function:)CodeDeployHook_/.test(hook)
}

function notInvoked(aws: Aws, role: string, error: unknown): Halt {
  if (!(error instanceof ServiceError)) throw error
  const code = aws.uncertain.missingHookCode
  return failure(code === 'IAM_ROLE_PERMISSIONS' ? rolePermissions(role, 'AWSLambda') : hookFailed(code))
}

function failure(error: NonNullable<Halt['error']>): Halt {
  return { status: 'Failed', error, trigger: 'DEPLOYMENT_FAILURE' }
}

/** Real ones are base64 of encrypted data and begin like this. */
function hookToken(aws: Aws): string {
  const text = { encryptedData: aws.random.text(60, 'ABCDEFGHabcdefgh0123456789+/'), materialSetSerial: 1 }
  return Buffer.from(JSON.stringify(text)).toString('base64')
}
