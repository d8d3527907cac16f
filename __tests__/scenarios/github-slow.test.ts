/** What becomes of the end of a release at GitHub, when a request takes its time on the way there. */
import { beforeAll, describe, expect, test } from '@jest/globals'
import { Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { repository, sha } from '../github/job.ts'
import { jobIsCancelled, later } from './incidents.ts'
import { release as inputs, type Play, play } from './play.ts'

// Loading takes real time, and virtual time would run ahead meanwhile.
beforeAll(async () => void (await import('@actions/github')))

const minute = 60_000

/** `travelMs` gives how long a request is under way that was sent so many ms after the start. */
async function released(travelMs: (sentAfter: number) => number, before?: Play['before']) {
  const github = new GitHub(repository, new Faults())
  const played = await play({
    inputs: { ...inputs, 'github-token': repository.token, 'github-environment': 'production' },
    env: { GITHUB_SHA: sha.ours },
    github: clock => {
      const begun = clock.now()
      return {
        fetch: async (input, init = {}) => {
          await clock.sleep(travelMs(clock.now() - begun), init.signal ?? undefined)
          init.signal?.throwIfAborted()
          return await github.fetch(input, init)
        }
      }
    },
    ...(before && { before })
  })
  const { annotations, aws, log, state } = played
  expect(JSON.stringify(state)).not.toContain(repository.token)
  return {
    states: github.deployments.flatMap(({ states }) => states),
    annotations: annotations.map(({ title, message }) => `${title}: ${message.split('\n')[0]}`),
    lastLine: log.at(-1),
    postSeconds: (aws.clock.now() - played.endedAt) / 1_000
  }
}

const interrupted =
  'Lambda CodeDeploy: interrupted, live serves v7: payments-api:live: the step was interrupted; it serves v7 as before.'
const succeeded = 'Lambda CodeDeploy: succeeded, live serves v8: payments-api:live is wholly on v8 in 5m 04s.'

describe('when main has no time left until GitHub has the end, post sends it and tells nothing:', () => {
  test.each<{ name: string; ms: number; before?: Play['before']; says: string; last: string }>([
    {
      name: 'after a cancel, 600 ms are too much',
      ms: 600,
      before: later(1, jobIsCancelled),
      says: interrupted,
      last: 'failure'
    },
    { name: 'after a success, 2.6 s are too much', ms: 2_600, says: succeeded, last: 'success' }
  ])('$name', async ({ ms, before, says, last }) => {
    const { states, annotations, postSeconds } = await released(() => ms, before)
    expect([states, annotations, postSeconds]).toEqual([
      ['in_progress', 'in_progress', 'in_progress', last],
      [says],
      2 + ms / 1_000
    ])
  })
})

test('when GitHub has the end, nothing is left for post', async () => {
  const { states, annotations, postSeconds } = await released(() => 100)
  expect([states, annotations, postSeconds]).toEqual([
    ['in_progress', 'in_progress', 'in_progress', 'success'],
    [succeeded],
    0
  ])
})

test('when GitHub is silent from the end on, post gives up after ten seconds, with a warning', async () => {
  const { states, annotations, postSeconds } = await released(sentAfter =>
    sentAfter < 5 * minute ? 100 : 60 * minute
  )
  expect([states, annotations, postSeconds]).toEqual([
    ['in_progress', 'in_progress'],
    [
      succeeded,
      'Lambda CodeDeploy: Environment production does not show this release in full: no answer within 8 s of the end. The release does not depend on it.'
    ],
    10
  ])
})
