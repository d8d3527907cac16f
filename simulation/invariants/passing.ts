import type { RecordedRequest } from '../../simulator/aws.ts'
import { cleanedUpAt } from './deleting.ts'
import { answered, createdBy, endedByItself, historyOf, requestsOf, trueAt } from './facts.ts'
import { isSkipped, mayBeCalledOff } from './github.ts'
import type { Invariant } from './invariant.ts'

/** Between Lambda's answer and the end of the step there are at most some slow answers to other requests, ms. */
const freshMs = 45_000

/** The step passes only if the alias is wholly on the target, by Lambda's own answer, at that moment. */
export const passesOnTargetOnly: Invariant = {
  id: '1',
  claims: "the step passes only if the alias is wholly on the target, by Lambda's own answer, at that moment",
  check: (played, world) => {
    const { outcome = '', version = '' } = played.outputs
    if (!endedByItself(played) || played.main.exitCode !== 0) return undefined
    // Promise 17 is about weights.
    if (outcome === 'planned' || outcome === 'started' || outcome === 'weighted') return undefined
    // Skipped: it stays on what is newer.
    if (outcome === 'unchanged' && isSkipped(played) && mayBeCalledOff(played, world)) return undefined
    // Whatever becomes of the alias while old versions are deleted, the release has ended.
    const endedAt = cleanedUpAt(played, world) ?? played.main.endedAt
    const answers = [...answered(played, world, 'GetAlias'), ...answered(played, world, 'CreateAlias')]
      .filter(({ at }) => at <= endedAt)
      .sort((a, b) => a.at - b.at)
    const { cancelledAt } = played
    // A cancelled job has two seconds left to read aliases, which may not do for all of many, or when answers are slow.
    const before = cancelledAt === undefined ? undefined : answers.findLast(({ at }) => at <= cancelledAt)
    const answer = answers.at(-1)
    if (!answer) return `passes (${outcome}) without an answer from Lambda`
    const at = trueAt(answer, world)
    if (endedAt - at > freshMs && !before)
      return `passes (${outcome}) on an answer that is ${endedAt - at} ms old`
    const served = [at, ...(before ? [trueAt(before, world)] : [])].flatMap(moment =>
      historyOf(played, world).between(moment, moment)
    )
    if (version === '' || !served.includes(version))
      return `passes (${outcome}) while Lambda's last answer was ${served.join(' or ')} and the target is '${version}'`
    return undefined
  }
}

const isAbout = ({ input }: RecordedRequest, version: string): boolean =>
  (input as { Qualifier?: string } | undefined)?.Qualifier === version

const isOfState = new Set(['GetFunction', 'GetFunctionConfiguration'])

/** Checked at the end: nobody wakes a version here. A state that nobody knows (`unknownStatus`) hides that it rests. */
export const shiftsToWhatCanServe: Invariant = {
  id: '1c',
  claims: 'no traffic is shifted to a version that Lambda has put to rest',
  check: (played, world) => {
    const [own] = createdBy(played, world)
    const { 'target-version': given } = played.inputs
    // To go back to what was deleted is refused by CodeDeploy itself.
    const asked = given === 'previous' ? own?.appSpec?.targetVersion : given
    if (asked === undefined || !own) return undefined
    const isHidden = requestsOf(played, world).some(
      request =>
        isOfState.has(request.operation) &&
        isAbout(request, asked) &&
        world.stage.faults.get(request)?.kind === 'unknownStatus'
    )
    if (isHidden) return undefined
    const { functionName: FunctionName } = played.names
    const { lambda } = world.stage.aws
    // Another run may have deleted it since.
    if (lambda.publishedMs(FunctionName, asked) === undefined) return undefined
    const { State } = lambda.getFunctionConfiguration({ FunctionName, Qualifier: asked })
    return State === 'Active' ? undefined : `deployed version ${asked}, which is ${State}`
  }
}

/** What was asked for is what was released. */
export const releasesWhatWasAsked: Invariant = {
  id: '1b',
  claims: 'what passes is the version that was asked for',
  check: played => {
    const { version = '' } = played.outputs
    const asked = played.inputs['target-version']
    if (played.main.exitCode !== 0 || asked === undefined || version === '') return undefined
    // Promise 12 is about that.
    if (asked === 'previous') return undefined
    return version === asked ? undefined : `asked for version ${asked}, passes with ${version}`
  }
}
