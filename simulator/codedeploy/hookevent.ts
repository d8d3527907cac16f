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
    deployment.setEvent(name, aws.uncertain.hookEventsWithoutHooks)
    return
  }
  deployment.setEvent(name, 'InProgress')
  const role = deployment.settings.group.serviceRoleArn ?? ''
  if (!mayInvoke(role, hook)) throw failure(rolePermissions(role, 'AWSLambda'))
  const token = hookToken(aws)
  const event = { DeploymentId: deployment.settings.id, LifecycleEventHookExecutionId: token }
  const answer = await deployment.lifetime.waitForCallback<'Succeeded' | 'Failed'>(HOOK_LIMIT_MS, give => {
    deployment.hooks.set(token, { token, answer: give })
    const payload = new TextEncoder().encode(JSON.stringify(event))
    aws.lambda
      .invoke({ FunctionName: hook, InvocationType: 'Event', Payload: payload })
      .catch(error => deployment.lifetime.interrupt(notInvoked(aws, role, error)))
  })
  delete deployment.hooks.get(token)?.answer
  if (answer === 'Succeeded') return deployment.setEvent(name, 'Succeeded')
  deployment.setEvent(name, 'Failed')
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
 * Service roles have no policies here; their name says what they may do. `AnyHook` in it allows every function, `NoLambda` none,
 * and any other name stands for the managed policy, which covers only functions named `CodeDeployHook_*`.
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

/** Real tokens are base64 of encrypted data and begin like this. */
function hookToken(aws: Aws): string {
  const text = { encryptedData: aws.random.text(60, 'ABCDEFGHabcdefgh0123456789+/'), materialSetSerial: 1 }
  return Buffer.from(JSON.stringify(text)).toString('base64')
}
