import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { gitHubJob, liveFrom, sha } from './job.ts'

let folder: string
const before = process.env.GITHUB_EVENT_PATH

// The library reads the job's event while loading, and throws when that is not JSON.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'event-'))
  process.env.GITHUB_EVENT_PATH = join(folder, 'event.json')
  await writeFile(process.env.GITHUB_EVENT_PATH, '{')
})

afterAll(async () => {
  if (before === undefined) delete process.env.GITHUB_EVENT_PATH
  else process.env.GITHUB_EVENT_PATH = before
  await rm(folder, { recursive: true })
})

describe('a library that cannot be loaded', () => {
  test('is not loaded when there is nothing to ask', async () => {
    const { github, warnings } = gitHubJob()
    expect((await github.judge(liveFrom(sha.ours), 'fail')).verdict).toEqual({ kind: 'go' })
    expect(warnings).toEqual([])
  })

  test('fails no release', async () => {
    const { clock, github, environment, simulated, warnings } = gitHubJob()
    const { verdict } = await clock.run(() => github.judge(liveFrom(sha.newer), 'fail'))
    await clock.run(async () => {
      environment.begin([{ functionName: 'payments-api', alias: 'live', events: [], warnings: [] }])
      await environment.finish('lost', [])
    })
    expect(verdict).toEqual({ kind: 'go' })
    expect(simulated.requests).toEqual([])
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Whether a newer commit is live is not known: .*JSON.* The release does not depend on it\.$/
      )
    ])
  })
})
