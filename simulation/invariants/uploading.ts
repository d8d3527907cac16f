import { digestOf } from '../draw/code.ts'
import type { PlayedScene } from '../play/play.ts'
import { actedAt, answered, createdBy, requestsOf } from './facts.ts'
import type { Invariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

/** The SHA-256 of what the step was given to release; undefined when it was given no code. */
const givenTo = ({ inputs }: FunctionStep): string | undefined =>
  inputs.code === undefined ? undefined : (digestOf[inputs.code] ?? 'nothing')

export const releasesOnlyItsCode: Invariant = {
  id: '14a',
  claims: 'with code, no other code is published or deployed',
  check: (played, world) => {
    const given = givenTo(played)
    if (given === undefined) return undefined
    for (const { operation, input, status } of requestsOf(played, world)) {
      const { CodeSha256 } = (input ?? {}) as { CodeSha256?: string }
      if (operation === 'PublishVersion' && status === 201 && CodeSha256 !== given)
        return `published ${CodeSha256}, and was given ${given}`
    }
    const { lambda } = world.stage.aws
    const FunctionName = played.names.functionName
    for (const { settings, appSpec } of createdBy(played, world)) {
      if (!appSpec) continue
      const { CodeSha256 } = lambda.getFunctionConfiguration({
        FunctionName,
        Qualifier: appSpec.targetVersion
      })
      if (CodeSha256 !== given) return `${settings.id} deploys ${CodeSha256}, and was given ${given}`
    }
    return undefined
  }
}

/** The updates of the function's code by this step. */
function uploadsOf(played: FunctionStep, world: PlayedScene) {
  const sent = requestsOf(played, world).filter(({ operation }) => operation === 'UpdateFunctionCode')
  return world.stage.uploads.all.filter(({ input }) => sent.some(request => request.input === input))
}

export const uploadsOnlyNewCode: Invariant = {
  id: '14b',
  claims: 'what $LATEST holds already is not uploaded again',
  check: (played, world) => {
    // What an object in S3 holds is not known before Lambda has it.
    if (played.inputs.code?.startsWith('s3:')) return undefined
    const again = uploadsOf(played, world).find(({ before, after }) => before === after)
    return again && `uploaded ${again.after}, which was there`
  }
}

export const overwritesNobody: Invariant = {
  id: '14c',
  claims: 'an upload of somebody else that this step has not seen is never overwritten',
  check: (played, world) => {
    if (played.inputs.code === undefined || played.inputs.code.startsWith('s3:')) return undefined
    const reads = ['GetFunction', 'UpdateFunctionCode'].flatMap(each => answered(played, world, each))
    for (const ours of uploadsOf(played, world)) {
      const seen = Math.max(0, ...reads.map(each => actedAt(each, world)).filter(at => at < ours.at))
      const lost = world.stage.uploads.all.find(
        each =>
          each.bySomebody &&
          each.functionName === ours.functionName &&
          each.at > seen &&
          each.at < ours.at &&
          each.after !== each.before
      )
      if (lost) return `overwrote what somebody had uploaded ${ours.at - lost.at} ms before`
    }
    return undefined
  }
}

/** An upload this long before the step began was there when it first asked, whatever the clocks and whole seconds, ms. */
const certainlyMs = 5_000

export const blamesNobodyFalsely: Invariant = {
  id: '14d',
  claims:
    'nobody is said to have changed the code unless somebody, or another run, has: of what was there before, only if the inputs say which code it is',
  check: (played, world) => {
    if (played.outputs['error-code'] !== 'CODE_CHANGED') return undefined
    const ours = uploadsOf(played, world)
    const { inputs } = played
    const isCodeGiven = (inputs.code ?? inputs['code-sha256'] ?? inputs['revision-id']) !== undefined
    const hasChanged = world.stage.uploads.all.some(
      each =>
        each.functionName === played.names.functionName &&
        each.at >= (isCodeGiven ? 0 : played.main.begunAt - certainlyMs) &&
        each.at <= played.main.endedAt &&
        !ours.includes(each)
    )
    return hasChanged ? undefined : 'blames somebody, and nobody changed the code'
  }
}
