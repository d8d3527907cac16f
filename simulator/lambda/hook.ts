import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Snapshot } from './function.ts'
import { type Run, runFor, thrown, type Write } from './run.ts'

export interface HookEvent {
  DeploymentId: string
  LifecycleEventHookExecutionId: string
}

const CALLBACK_WINDOW_MS = 60 * 60 * 1000

export function asHookEvent(event: unknown): HookEvent | undefined {
  const { DeploymentId, LifecycleEventHookExecutionId } = (event ?? {}) as Partial<HookEvent>
  if (!DeploymentId || !LifecycleEventHookExecutionId) return undefined
  return { DeploymentId, LifecycleEventHookExecutionId }
}

/**
 * Behaves as the function's environment says: `SIMULATOR_HOOK` (succeed, fail, silent, throw, late),
 * `SIMULATOR_HOOK_SECONDS` (default 3) and `SIMULATOR_HOOK_LOG`. Like a real function, it is cut off at its time-out.
 */
export async function runHook(
  aws: Aws,
  settings: Snapshot['settings'],
  event: HookEvent,
  requestId: string,
  write: Write
): Promise<Run> {
  const variables = settings.Environment?.Variables ?? {}
  const behaviour = variables.SIMULATOR_HOOK ?? 'succeed'
  const seconds = Number(variables.SIMULATOR_HOOK_SECONDS ?? 3)
  for (const line of (variables.SIMULATOR_HOOK_LOG ?? '').split('\n')) if (line) write(line)
  const cut = await runFor(aws, seconds, settings, requestId, write)
  if (cut) return cut
  if (behaviour === 'throw')
    return thrown(aws, 'The hook threw, as the simulator was told to.', requestId, write)
  const callBack = () => {
    try {
      aws.codedeploy.putLifecycleEventHookExecutionStatus({
        deploymentId: event.DeploymentId,
        lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId,
        status: behaviour === 'fail' ? 'Failed' : 'Succeeded'
      })
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      write(`${requestId}\tERROR\t${error.name}: ${error.message}`)
    }
  }
  if (behaviour === 'late') aws.clock.at(aws.clock.now() + CALLBACK_WINDOW_MS, callBack)
  else if (behaviour !== 'silent') callBack()
  return { answer: 'null' }
}
