import { describe, expect, test } from '@jest/globals'
import { Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { liveFrom, repository, sha } from '../github/job.ts'
import { liveComesFrom } from './incidents.ts'
import { type Play, type Played, play, release } from './play.ts'

/** A release of commit `ours` in a repository whose live version came from another commit. */
const releaseOver = (live: string, { inputs }: Play = {}): Promise<Played> =>
  play({
    inputs: { ...release, 'github-token': repository.token, ...inputs },
    env: { GITHUB_SHA: sha.ours },
    github: () => new GitHub(repository, new Faults()),
    before: liveComesFrom(liveFrom(live))
  })

const ends = ({ passed, outputs }: Played) => [passed, outputs.outcome, outputs['error-code']]

describe('if-outdated: the commit that is live is newer than this one', () => {
  test('warn: the release goes on, and says so', async () => {
    const played = await releaseOver(sha.newer)
    expect(ends(played)).toEqual([true, 'succeeded', ''])
    expect(
      played.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
    ).toEqual([expect.stringContaining('The live commit 4444444 (run 4700) is 1 commit ahead of 3333333')])
  })

  test('fail: refused, and nothing is published', async () => {
    const played = await releaseOver(sha.newer, { inputs: { 'if-outdated': 'fail' } })
    expect(ends(played)).toEqual([false, 'refused', 'OUTDATED'])
    expect(played.aws.requests.filter(({ operation }) => operation === 'PublishVersion')).toEqual([])
  })

  test('skip: passes, and leaves the newer commit live', async () => {
    const played = await releaseOver(sha.newer, { inputs: { 'if-outdated': 'skip' } })
    expect(ends(played)).toEqual([true, 'unchanged', ''])
    expect(played.annotations.at(-1)?.message).toBe(
      'payments-api:live was left on v8: a newer commit is live or being released.'
    )
  })
})

test('the summary says which commit was live, and what the release adds', async () => {
  const { summary } = await releaseOver(sha.older)
  expect(summary).toContain(
    `<a href="https://github.com/acme/payments/commit/${sha.older}"><code>2222222</code></a> was live`
  )
  expect(summary).toContain(`href="https://github.com/acme/payments/compare/${sha.older}...${sha.ours}"`)
})
