import { isWhollyOn } from '../deployment/observation.ts'
import { end, stage } from './release.ts'

/** Creates the aliases that are missing. */
export const createAliases = stage(async (release, world) => {
  const { decision, request, record, target } = release
  if (decision?.kind !== 'create-alias' || !target) return
  const { version } = target
  record.confirmedAt = world.clock.now()
  const alias = await world.lambda.createAlias(request.functionName, request.alias, version)
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
