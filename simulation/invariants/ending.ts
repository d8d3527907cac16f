import type { Scene } from '../draw/scene.ts'
import type { PlayedStep } from '../play/runner.ts'
import type { StepInvariant } from './invariant.ts'

const hours = 3_600_000
const minutes = 60_000

/** Longest strategy that the wishes know, with the hooks that may hang. */
const computedMs = 30 * minutes + 2 * hours + 10 * minutes
/** Without a strategy nobody knows how long it takes: the two days that CodeDeploy allows. */
const unknownMs = 48 * hours + 2 * hours + 10 * minutes
/** Fifteen minutes for an update, thirty until a version is Active; each may end in a read that is tried for minutes. */
const publishingMs = 50 * minutes
/** The end of a stop, the last look at the alias, requests that are tried until they are given up. */
const slackMs = 25 * minutes

/** How long main may take at most: publishing, waiting for others, and then for the deployment. */
function longest({ inputs }: PlayedStep, { functions, faults: weather, actors }: Scene): number {
  const given = inputs['wait-for-minutes']
  const isFoul = weather.length > 0
  // An update of somebody's makes `$LATEST` busy as well.
  const isReady =
    actors.length === 0 &&
    functions.every(
      ({ options: { version, updatingSeconds } }) =>
        version !== 'pending' && version !== 'failed' && updatingSeconds === undefined
    )
  const waitMs = given ? Number(given) * minutes : isFoul ? unknownMs : computedMs
  const takingBackMs = functions.length > 1 ? 10 * minutes : 0
  return (isReady ? 0 : publishingMs) + 2 * waitMs + takingBackMs + slackMs
}

export const ends: StepInvariant = {
  id: '5a',
  claims: 'the run ends: no wait without a bound',
  check: (played, { scene }) => {
    const { begunAt, endedAt } = played.main
    const limit = longest(played, scene)
    return endedAt - begunAt > limit
      ? `main took ${endedAt - begunAt} ms, and ${limit} is the bound`
      : undefined
  }
}

export const isDoneWhenItEnds: StepInvariant = {
  id: '5b',
  claims: 'nothing keeps the process alive once it has said how it ended',
  check: ({ main, post, cancelledAt, inputs }, { stage }) => {
    // With many functions, what was dropped may have been waiting for its turn; and so may it for an answer that has begun.
    const stalls = [...stage.faults.values()].some(({ kind }) => kind === 'stall')
    const mayWait = cancelledAt !== undefined && (inputs.functions !== undefined || stalls)
    if (!main.killed && main.pausesLeft > 0 && !mayWait)
      return `main ended with ${main.pausesLeft} pauses under way`
    if (!post.killed && post.pausesLeft > 0) return `post ended with ${post.pausesLeft} pauses under way`
    // A look that was under way when the job was cancelled is dropped; its answer keeps the process for seconds at most.
    if (!main.killed && cancelledAt === undefined && main.requestsLeft > 0)
      return `main ended with ${main.requestsLeft} requests under way`
    return undefined
  }
}

export const foresees: StepInvariant = {
  id: '5c',
  claims: 'nothing happens that nobody foresaw: no crash, no unhandled rejection',
  check: ({ main, post }, { broken }) => {
    const told = [main, post].flatMap(({ job }) => job.log.lines.map(({ text }) => text))
    if (told.some(line => itselfFailed.test(line))) {
      const stack = told.filter(line => line.startsWith('│ ')).slice(0, 5)
      return [told.find(line => itselfFailed.test(line)), ...stack].join('\n')
    }
    const [first] = broken
    if (first === undefined) return undefined
    return first instanceof Error ? (first.stack ?? String(first)) : String(first)
  }
}

/** The words for what nobody foresaw. */
const itselfFailed = /Lambda CodeDeploy (itself failed|ended without saying)/
