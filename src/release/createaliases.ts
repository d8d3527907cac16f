import { isWhollyOn } from '../deployment/observation.ts'
import { Failure } from '../failure.ts'
import { unlessStale } from '../operations/readiness.ts'
import type { Alias } from '../plan/holdings.ts'
import type { World } from '../world.ts'
import { end, type Release, stage } from './release.ts'

/** Creates the aliases that are missing. */
export const createAliases = stage(async (release, world) => {
  const { decision, request, record, target } = release
  if (decision?.kind !== 'create-alias' || !target) return
  const { version } = target
  record.confirmedAt = world.clock.now()
  const alias = await world.lambda
    .createAlias(request.functionName, request.alias, version)
    .catch(failure => existing(failure, release, world))
  if (!alias)
    return end(release, {
      kind: 'interrupted',
      cause: {
        code: 'JOB_CANCELLED',
        what: `The job was cancelled before Lambda showed alias ${request.alias}, which exists by now. This step may have created it.`,
        next: `See which version it serves: aws lambda get-alias --function-name ${request.functionName} --name ${request.alias}`
      }
    })
  record.aliasArn = alias.arn
  if (isWhollyOn(alias, version)) {
    end(release, { kind: 'created', serving: alias })
    return world.journal.aliasCreated()
  }
  end(release, {
    kind: 'refused',
    serving: alias,
    cause: {
      code: 'ALIAS_CREATED_ELSEWHERE',
      what: `Somebody else created alias ${request.alias} in the meantime, on another version.`,
      next: 'Run the step again: it shifts the traffic from that version.'
    }
  })
})

/**
 * The alias that there is already: ours after a lost answer, or somebody else's. Lambda may show it late. Undefined when the job was
 * cancelled before that.
 */
async function existing(failure: unknown, { request }: Release, world: World): Promise<Alias | undefined> {
  if (!(failure instanceof Failure) || failure.code !== 'ResourceConflictException') throw failure
  const { functionName, alias } = request
  const isMissing = (found: Alias | undefined) => found === undefined
  const found = await unlessStale(() => world.lambda.alias(functionName, alias), isMissing, world)
  if (found || world.cancelled.aborted) return found
  throw failure
}
