import { beforeAll, describe, expect, test } from '@jest/globals'
import { type LiveCommit, type Verdict, verdictOn } from '../../src/github/outdated.ts'
import type { IfOutdated } from '../../src/inputs/inputs.ts'
import { gitHubJob, gone, liveFrom, says, sha } from './job.ts'

// Loading takes real time, and virtual time would run ahead meanwhile.
beforeAll(async () => void (await import('@actions/github')))

const asked = (base: string) => `GET /repos/acme/payments/compare/${base}...${sha.ours}?per_page=1&page=2`

describe('the live commit and ours', () => {
  test.each<{ name: string; live: string; kind: LiveCommit['kind']; sentence: string }>([
    {
      name: 'an older one is live',
      live: sha.base,
      kind: 'current',
      sentence: 'This run releases 2 commits on top of the live commit 1111111.'
    },
    {
      name: 'the one before is live',
      live: sha.older,
      kind: 'current',
      sentence: 'This run releases 1 commit on top of the live commit 2222222.'
    },
    {
      name: 'a newer one is live',
      live: sha.newer,
      kind: 'outdated',
      sentence: 'The live commit 4444444 (run 4700) is 1 commit ahead of 3333333, which this run releases.'
    },
    {
      name: 'one of another branch is live',
      live: sha.branch,
      kind: 'current',
      sentence:
        'This run releases 2 commits that the live commit 5555555 does not have, and leaves out 1 that it has.'
    }
  ])('$name: $kind', async ({ live, kind, sentence }) => {
    const { clock, simulated, github, warnings } = gitHubJob()
    const { standing } = await clock.run(() => github.judge(liveFrom(live), 'warn'))
    expect(standing).toEqual({
      kind,
      live: { repository: 'acme/payments', sha: live, runId: '4700', attempt: '1' },
      sentence
    })
    expect(simulated.requests).toEqual([{ operation: asked(live), status: 200 }])
    expect(warnings).toEqual([])
  })

  test.each<{ name: string; live: string | undefined; sentence: string }>([
    {
      name: 'no description',
      live: undefined,
      sentence: 'The live version does not say which commit it comes from.'
    },
    {
      name: 'a hostile description',
      live: `acme/..@${sha.newer} run 1.1\n::stop-commands::x`,
      sentence: 'The live version does not say which commit it comes from.'
    },
    {
      name: 'another repository',
      live: liveFrom(sha.newer, 'acme/other'),
      sentence: 'The live version comes from another repository, acme/other.'
    },
    {
      name: 'the same commit',
      live: liveFrom(sha.ours),
      sentence: 'Commit 3333333 is live already, published by run 4700.'
    },
    {
      name: 'the same commit, with another spelling of the repository',
      live: liveFrom(sha.ours, 'Acme/Payments'),
      sentence: 'Commit 3333333 is live already, published by run 4700.'
    }
  ])('nothing is asked, said or delayed with $name', async ({ live, sentence }) => {
    const { clock, simulated, github, warnings } = gitHubJob()
    const { standing, verdict } = await clock.run(() => github.judge(live, 'fail'))
    expect(standing.sentence).toBe(sentence)
    expect(verdict).toEqual({ kind: 'go' })
    expect([simulated.requests, warnings, clock.now()]).toEqual([[], [], 0])
  })

  test.each<{ name: string; version: string | undefined; kind: LiveCommit['kind']; sentence: string }>([
    {
      name: 'a newer one',
      version: liveFrom(sha.newer),
      kind: 'outdated',
      sentence:
        "The other deployment's commit 4444444 (run 4700) is 1 commit ahead of 3333333, which this run releases."
    },
    {
      name: 'an older one',
      version: liveFrom(sha.base),
      kind: 'current',
      sentence: "This run releases 2 commits on top of the other deployment's commit 1111111."
    },
    {
      name: 'one of another branch',
      version: liveFrom(sha.branch),
      kind: 'current',
      sentence:
        "This run releases 2 commits that the other deployment's commit 5555555 does not have, and leaves out 1 that it has."
    },
    {
      name: 'the same one',
      version: liveFrom(sha.ours),
      kind: 'current',
      sentence: 'Commit 3333333 is being released already, published by run 4700.'
    },
    {
      name: 'one that does not say where it comes from',
      version: undefined,
      kind: 'unknown',
      sentence: 'The version that another deployment is releasing does not say which commit it comes from.'
    }
  ])('another deployment is releasing $name: $kind', async ({ version, kind, sentence }) => {
    const { clock, github } = gitHubJob()
    const { standing } = await clock.run(() => github.judge(version, 'fail', 'arriving'))
    expect([standing.kind, standing.sentence]).toEqual([kind, sentence])
  })

  const unknown = 'Whether a newer commit is live is not known'
  const needs = 'The job needs permissions: contents: read'
  test.each<{
    name: string
    fault?: Parameters<ReturnType<typeof gitHubJob>['faults']['add']>[0]
    live?: string
    takes: number
    warning: string
  }>([
    {
      name: '401',
      fault: says(401, 'Bad credentials'),
      takes: 0,
      warning: `${unknown}: 401, Bad credentials. The release does not depend on it. Give github-token a token that is valid for as long as the job runs, such as the default.`
    },
    {
      name: '403',
      fault: says(403, 'Resource not accessible by integration'),
      takes: 0,
      warning: `${unknown}: 403, Resource not accessible by integration. The release does not depend on it. ${needs}; a token for a pull request from a fork never has write access.`
    },
    {
      name: '404 for a commit that was removed by a force push',
      live: gone,
      takes: 0,
      warning: `${unknown}: 404, Not Found. The release does not depend on it. GitHub also answers this when the token lacks access: the job needs permissions: contents: read.`
    },
    {
      name: '404 for commits without a common ancestor',
      live: sha.orphan,
      takes: 0,
      warning: `${unknown}: 404, No common ancestor between ${sha.orphan} and ${sha.ours}. The release does not depend on it. GitHub also answers this when the token lacks access: the job needs permissions: contents: read.`
    },
    {
      name: '422',
      fault: says(422, 'Validation Failed'),
      takes: 0,
      warning: `${unknown}: 422, Validation Failed. The release does not depend on it.`
    },
    {
      name: '429',
      fault: says(429, 'Slow down'),
      takes: 0,
      warning: `${unknown}: 429, Slow down. The release does not depend on it.`
    },
    {
      name: '500',
      fault: says(500, 'Server Error'),
      takes: 0,
      warning: `${unknown}: 500, Server Error. The release does not depend on it.`
    },
    {
      name: 'a broken connection',
      fault: { operation: '*', kind: 'dropBefore' },
      takes: 0,
      warning: `${unknown}: socket hang up. The release does not depend on it.`
    },
    {
      name: 'no answer',
      fault: { operation: '*', kind: 'timeout' },
      takes: 5_000,
      warning: `${unknown}: no answer within 5 s. The release does not depend on it.`
    },
    {
      name: "a proxy's page",
      fault: { operation: '*', kind: 'html' },
      takes: 0,
      warning: `${unknown}: the answer holds no comparison. The release does not depend on it.`
    },
    {
      name: 'a broken proxy',
      fault: { operation: '*', kind: 'html', status: 502 },
      takes: 0,
      warning: `${unknown}: 502, no reason given. The release does not depend on it.`
    },
    {
      name: 'an empty answer',
      fault: { operation: '*', kind: 'emptyJson' },
      takes: 0,
      warning: `${unknown}: the answer holds no comparison. The release does not depend on it.`
    }
  ])(
    '$name: the release goes on, with one warning for all functions',
    async ({ fault, live = sha.newer, takes, warning }) => {
      const { clock, faults, simulated, github, warnings, pending } = gitHubJob()
      if (fault) faults.add(fault)
      const judged = await clock.run(() =>
        Promise.all([github.judge(liveFrom(live), 'fail'), github.judge(liveFrom(live), 'fail')])
      )
      expect(judged.map(({ standing, verdict }) => [standing.kind, verdict])).toEqual([
        ['unknown', { kind: 'go' }],
        ['unknown', { kind: 'go' }]
      ])
      expect(warnings).toEqual([warning])
      expect(simulated.requests.map(({ operation }) => operation)).toEqual([asked(live)])
      expect([clock.now(), pending.count]).toEqual([takes, 0])
    }
  )

  test.each<[policy: IfOutdated, warnings: string[]]>([
    ['warn', []],
    ...(['fail', 'skip'] as const).map((policy): [IfOutdated, string[]] => [
      policy,
      [
        `${unknown}: no github-token was given. The release does not depend on it. Give github-token a token that is valid for as long as the job runs, such as the default.`
      ]
    ])
  ])(
    'without a token nothing is asked or delayed with %s, and only who chose fail or skip is warned',
    async (policy, warned) => {
      const { clock, simulated, github, warnings } = gitHubJob({ token: '' })
      const { standing, verdict } = await clock.run(() => github.judge(liveFrom(sha.newer), policy))
      expect(standing.sentence).toBe('GitHub did not say how 3333333 relates to the live commit 4444444.')
      expect(verdict).toEqual({ kind: 'go' })
      expect([simulated.requests, warnings, clock.now()]).toEqual([[], warned, 0])
    }
  )

  test('a cancelled job does not wait for GitHub, and gets no warning', async () => {
    const cancelling = new AbortController()
    const { clock, faults, github, warnings, pending } = gitHubJob({ cancelled: cancelling.signal })
    faults.add({ operation: 'compare', kind: 'timeout' })
    clock.at(1_000, () => cancelling.abort())
    const { verdict } = await clock.run(() => github.judge(liveFrom(sha.newer), 'fail'))
    expect([verdict, clock.now(), warnings, pending.count]).toEqual([{ kind: 'go' }, 1_000, [], 0])
  })
})

describe('if-outdated', () => {
  const sentence = 'The live commit is 1 commit ahead.'
  const live = { repository: 'acme/payments', sha: sha.newer, runId: '1', attempt: '1' }

  test.each<{ name: 'warn' | 'fail' | 'skip'; verdict: Verdict }>([
    {
      name: 'warn',
      verdict: { kind: 'warn', message: `${sentence} Releasing it takes what is newer out of service.` }
    },
    {
      name: 'fail',
      verdict: {
        kind: 'refuse',
        cause: {
          code: 'OUTDATED',
          what: sentence,
          next: 'Run the workflow for the newest commit. To go back on purpose, set if-outdated: warn.'
        }
      }
    },
    {
      name: 'skip',
      verdict: { kind: 'skip', message: `${sentence} Nothing is released, as if-outdated says.` }
    }
  ])('$name stops what it should when a newer commit is live, and nothing else', ({ name, verdict }) => {
    expect([
      verdictOn({ kind: 'outdated', live, sentence }, name),
      verdictOn({ kind: 'current', live, sentence }, name),
      verdictOn({ kind: 'unknown', sentence }, name)
    ]).toEqual([verdict, { kind: 'go' }, { kind: 'go' }])
  })
})
