import type { Scene } from '../draw/scene.ts'
import type { PlayedStep } from '../play/runner.ts'
import { requestsOf } from './facts.ts'
import type { StepInvariant } from './invariant.ts'

const hours = 3_600_000
const minutes = 60_000

/** The longest strategy among the inputs, with hooks that may hang. */
const computedMs = 30 * minutes + 2 * hours + 10 * minutes
/** An unknown strategy may take the two days that CodeDeploy allows. */
const unknownMs = 48 * hours + 2 * hours + 10 * minutes
/** Fifteen minutes for an update, thirty until a version is Active; each may end in a read that is retried for minutes. */
const publishingMs = 50 * minutes
/** The end of a stop, the last look at the alias, requests that are retried until they are given up. */
const slackMs = 25 * minutes

/** How often an event is sent, what each may take beyond the function's time-out, and how long throttling is borne with. */
const lostAnswers = 3
const lostMs = 2 * minutes
const sightMs = 10 * minutes

/** The longest that main may take: publishing, waiting for others, and waiting for the deployment. */
function longest({ inputs }: PlayedStep, { functions, faults, actors }: Scene): number {
  const given = inputs['wait-for-minutes']
  // Somebody else's update also makes `$LATEST` busy.
  const isReady =
    actors.length === 0 &&
    functions.every(
      ({ options: { version, updatingSeconds } }) =>
        version !== 'pending' && version !== 'failed' && updatingSeconds === undefined
    )
  const waitMs = given ? Number(given) * minutes : faults.length > 0 ? unknownMs : computedMs
  const revertMs = functions.length > 1 ? 10 * minutes : 0
  const events = inputs['test-event'] === undefined ? 0 : [JSON.parse(inputs['test-event'])].flat().length
  const runMs = 1_000 * Math.max(...functions.map(({ options }) => options.run?.timeout ?? 3))
  const testingMs = events * (lostAnswers * (runMs + lostMs) + sightMs)
  return (isReady ? 0 : publishingMs) + testingMs + 2 * waitMs + revertMs + slackMs
}

export const ends: StepInvariant = {
  id: '5a',
  claims: 'the run ends: every wait has a limit',
  check: (played, { scene }) => {
    const { begunAt, endedAt } = played.main
    const limit = longest(played, scene)
    return endedAt - begunAt > limit
      ? `main took ${endedAt - begunAt} ms, and the limit is ${limit}`
      : undefined
  }
}

export const beginsOnlyWhatCanBeFinished: StepInvariant = {
  id: '6d',
  claims: 'a run that can keep nothing for the post step asks nothing of AWS',
  check: (played, world) => {
    const sent = played.step.stateIsLost ? requestsOf(played, world)[0] : undefined
    return sent && `sent ${sent.operation}`
  }
}

export const leavesNothingPending: StepInvariant = {
  id: '5b',
  claims: 'nothing keeps the process alive once it has reported how it ended',
  check: ({ main, post }) => {
    for (const [name, { killed, pausesLeft, requestsLeft }] of Object.entries({ main, post })) {
      if (killed) continue
      if (pausesLeft > 0) return `${name} ended with ${pausesLeft} pauses under way`
      if (requestsLeft > 0) return `${name} ended with ${requestsLeft} requests under way`
    }
    return undefined
  }
}

export const neverCrashes: StepInvariant = {
  id: '5c',
  claims: 'nothing unforeseen happens: no crash, no unhandled rejection',
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
