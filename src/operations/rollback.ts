import { isWhollyOn, shares, type Traffic } from '../deployment/observation.ts'
import type { Reading } from '../deployment/reading.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { patience } from '../watch/patience.ts'
import { rollbackIsDue } from '../watch/settle.ts'
import type { DeploymentDescription } from './existing.ts'

/** What waiting for a rollback asks of AWS. `describe` throws Failure. */
export interface RollbackPort {
  codedeploy: { describe(deploymentId: string): Promise<DeploymentDescription | undefined> }
  lambda: { traffic(functionName: string, alias: string): Promise<Reading<Traffic>> }
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  cancelled: AbortSignal
}

const againMs = 1_000
/** A rollback that is due begins within this time, ms. If no traffic had moved, nothing else shows that it is still to come. */
const beginsWithinMs = 6_000

/**
 * The id of the rollback of a deployment that failed or was stopped; undefined when there is none to wait for. A rollback begins up to
 * some seconds after the end (0.3 to 1 s were recorded). Until then, only the alias shows that it is still to come.
 */
export async function rollbackOf(
  ended: DeploymentDescription,
  request: Pick<ReleaseRequest, 'functionName' | 'alias'>,
  isAsked: boolean,
  { codedeploy, lambda, clock, cancelled }: RollbackPort
): Promise<string | undefined> {
  if (ended.status === 'Succeeded' || ended.rollsBack !== undefined) return undefined
  const isDue = isAsked || rollbackIsDue(ended, ended)
  const now = clock.now()
  // One that had ended long before it was looked at has had its time.
  const endedAt = Math.min(now, ended.completedAt ?? now)
  const until = endedAt + (isDue ? patience.rollback : patience.unaskedRollback)
  for (let latest = ended; ; latest = (await codedeploy.describe(ended.id)) ?? latest) {
    if (latest.rollbackId !== undefined) return latest.rollbackId
    const reading = await lambda.traffic(request.functionName, request.alias)
    if (reading.kind === 'permanent' || cancelled.aborted || clock.now() >= until) return undefined
    const mayBegin = isDue && clock.now() - endedAt < beginsWithinMs
    if (!mayBegin && reading.kind === 'value' && isSettled(latest, request, reading.value)) return undefined
    await clock.sleep(againMs, cancelled)
  }
}

/** Our alias is where the deployment found it, or the deployment was about another alias. */
function isSettled(
  { target }: DeploymentDescription,
  { functionName, alias }: Pick<ReleaseRequest, 'functionName' | 'alias'>,
  serving: Traffic
): boolean {
  if (target?.currentVersion === undefined) return shares(serving).length === 1
  if (target.functionName !== functionName || target.alias !== alias) return true
  return isWhollyOn(serving, target.currentVersion)
}
