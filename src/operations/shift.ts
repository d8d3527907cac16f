import { bareName } from '../deployment/names.ts'
import { Failure } from '../failure.ts'
import { readAppSpec } from '../plan/appspec.ts'
import type { ExistingPort } from './existing.ts'

/** What finding out what a deployment does asks of CodeDeploy. All throw Failure. */
export type ShiftPort = Pick<ExistingPort, 'describe' | 'appSpec'>

/** What a deployment does, or the one that it rolls back. */
export interface Shift {
  functionName: string
  alias?: string
  currentVersion: string
  targetVersion: string
  /** CodeDeploy has begun it to take another one back. */
  isRollback: boolean
}

/** Undefined when CodeDeploy does not say. Of a rollback it may say nothing but what it rolls back. Throws Failure. */
export async function shiftOf(deploymentId: string, codedeploy: ShiftPort): Promise<Shift | undefined> {
  const described = await codedeploy.describe(deploymentId)
  const { target, application, sha256, rollsBack } = described ?? {}
  const isRollback = rollsBack !== undefined
  const found = whole(target)
  if (found) return { ...found, isRollback }
  const content =
    application !== undefined && sha256 !== undefined
      ? await codedeploy.appSpec(application, sha256).catch(unlessDenied)
      : undefined
  const specified = content === undefined ? undefined : whole(await readAppSpec(content))
  if (specified) return { ...specified, isRollback }
  if (rollsBack === undefined || rollsBack === deploymentId) return undefined
  const undone = await shiftOf(rollsBack, codedeploy)
  return undone && { ...undone, isRollback }
}

/** What a target or an AppSpec says of it; undefined when a part is missing. */
export function whole(shift: Partial<Shift> | undefined): Omit<Shift, 'isRollback'> | undefined {
  const { functionName, alias, currentVersion, targetVersion } = shift ?? {}
  if (!functionName || !currentVersion || !targetVersion) return undefined
  return { functionName: bareName(functionName), ...(alias && { alias }), currentVersion, targetVersion }
}

/** It only adds what the target does not tell. */
function unlessDenied(failure: unknown): undefined {
  if (failure instanceof Failure && failure.kind === 'denied') return undefined
  throw failure
}
