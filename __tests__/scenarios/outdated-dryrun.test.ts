/** `if-outdated` in a dry run of an older commit, while a newer one is being released: it tells what the release would tell. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { liveFrom, sha } from '../github/job.ts'
import { ofOurCommit, publishNewer } from './commits.ts'
import { changes, dryRun, end } from './dryrun.ts'
import { anotherIsRunning } from './incidents.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'
import { ends, entry, releaseBoth, somebodyDeploys, together } from './services.ts'

/** The warnings about a newer commit that the release would not stop for. */
const warned = ({ annotations }: Played) =>
  annotations.flatMap(({ level, message }) =>
    level === 'warning' && message.includes('takes what is newer out of service') ? [message] : []
  )

const newerIsRunning: NonNullable<Play['before']> = (aws, clock, cancel) =>
  anotherIsRunning(publishNewer(aws))(aws, clock, cancel)

const isBeingReleased =
  "The other deployment's commit 4444444 (run 4700) is 1 commit ahead of 3333333, which this run releases. Releasing it takes what is newer out of service."

describe('the default, `warn`', () => {
  test.each<{ name: string; inputs?: Inputs; before?: Play['before']; ends: string; warnings: string[] }>([
    { name: 'wait: warns', ends: 'planned', warnings: [isBeingReleased] },
    {
      name: 'replace: warns',
      inputs: { 'if-in-progress': 'replace' },
      ends: 'planned',
      warnings: [isBeingReleased]
    },
    {
      name: 'fail: warns, and refuses because of the deployment',
      inputs: { 'if-in-progress': 'fail' },
      ends: 'refused DEPLOYMENT_IN_PROGRESS',
      warnings: [isBeingReleased]
    },
    {
      name: 'going back on purpose is not judged',
      inputs: { 'target-version': '6' },
      ends: 'planned',
      warnings: []
    },
    {
      name: 'the same code, whose deployment would be joined, takes nothing out of service',
      before: (aws, clock, cancel) => {
        const FunctionName = 'payments-api'
        const { Version = '' } = aws.lambda.publishVersion({ FunctionName, Description: liveFrom(sha.newer) })
        anotherIsRunning(Version)(aws, clock, cancel)
      },
      ends: 'planned',
      warnings: []
    }
  ])('$name; the release does the same', async ({ inputs, before = newerIsRunning, ends, warnings }) => {
    const scene = ofOurCommit({ inputs: { ...release, ...inputs }, before })
    const planned = await dryRun(scene)
    expect([end(planned), changes(planned), warned(planned)]).toEqual([ends, [], warnings])
    // Later, it warns once more of what has become live meanwhile.
    expect(warned(await play(scene)).slice(0, 1)).toEqual(warnings)
  })
})

describe('`fail` and `skip`, while a fault hides what the other deployment does', () => {
  test.each<{ policy: string; times: number; ends: string; seconds: number }>([
    { policy: 'fail', times: 9_999, ends: 'planned', seconds: 25 },
    { policy: 'skip', times: 9_999, ends: 'planned', seconds: 25 },
    { policy: 'fail', times: 4, ends: 'refused OUTDATED', seconds: 20 },
    { policy: 'skip', times: 4, ends: 'unchanged', seconds: 20 }
  ])(
    '$policy, for $times answers: $ends, within $seconds seconds',
    async ({ policy, times, ends, seconds }) => {
      let begunAt = 0
      const planned = await dryRun(
        ofOurCommit({
          inputs: { 'if-outdated': policy },
          before: (aws, clock, cancel) => {
            begunAt = clock.now()
            newerIsRunning(aws, clock, cancel)
            aws.faults.add({ operation: 'BatchGetDeploymentTargets', kind: 'throttle', times })
          }
        })
      )
      expect([end(planned), changes(planned)]).toEqual([ends, []])
      expect(planned.endedAt - begunAt).toBeLessThan(seconds * 1_000)
    }
  )
})

describe('the other deployment ends while CodeDeploy is asked about it', () => {
  const slowly = (aws: Aws) => aws.faults.add({ operation: 'GetDeployment', kind: 'slow', ms: 6_000 })
  const newerHasEnded: NonNullable<Play['before']> = (aws, clock, cancel) => {
    anotherIsRunning(publishNewer(aws), 'LambdaAllAtOnce')(aws, clock, cancel)
    slowly(aws)
  }
  /** Somebody goes back to 6, and right after that the newer one is being released. */
  const newerFollows: NonNullable<Play['before']> = (aws, clock, cancel) => {
    const version = publishNewer(aws)
    anotherIsRunning('6', 'LambdaAllAtOnce')(aws, clock, cancel)
    slowly(aws)
    clock.at(clock.now() + 5_000, () => anotherIsRunning(version, undefined, '6')(aws, clock, cancel))
  }
  const isLive =
    'The live commit 4444444 (run 4700) is 1 commit ahead of 3333333, which this run releases. Releasing it takes what is newer out of service.'

  test.each<{ name: string; before: Play['before']; policy: string; ends: string; warnings: string[] }>([
    {
      name: 'it was the newer one',
      before: newerHasEnded,
      policy: 'fail',
      ends: 'refused OUTDATED',
      warnings: []
    },
    { name: 'it was the newer one', before: newerHasEnded, policy: 'skip', ends: 'unchanged', warnings: [] },
    {
      name: 'it was the newer one',
      before: newerHasEnded,
      policy: 'warn',
      ends: 'planned',
      warnings: [isLive]
    },
    {
      name: 'the newer one follows',
      before: newerFollows,
      policy: 'fail',
      ends: 'refused OUTDATED',
      warnings: []
    },
    { name: 'the newer one follows', before: newerFollows, policy: 'skip', ends: 'unchanged', warnings: [] },
    {
      name: 'the newer one follows',
      before: newerFollows,
      policy: 'warn',
      ends: 'planned',
      warnings: [isBeingReleased]
    }
  ])('$name, $policy: $ends', async ({ before, policy, ends, warnings }) => {
    const planned = await dryRun(
      ofOurCommit({ inputs: { 'if-outdated': policy }, ...(before && { before }) })
    )
    expect([end(planned), changes(planned), warned(planned)]).toEqual([ends, [], warnings])
  })
})

describe('several functions: all of them, or none', () => {
  test.each([
    { policy: 'fail', orders: 'refused OUTDATED 7 (7)', ledger: 'refused HELD_BACK 7 (7)' },
    { policy: 'skip', orders: 'unchanged 7 (7)', ledger: 'unchanged 7 (7)' }
  ])(
    'one is being released by a newer commit, the other is busy with `if-in-progress: fail`, $policy: the commit comes first, as in the release',
    async ({ policy, ...expected }) => {
      const inputs = together([entry('orders'), entry('ledger', { 'if-in-progress': 'fail' })], {
        'if-outdated': policy
      })
      const before = (aws: Aws) => {
        somebodyDeploys(aws, 'orders', publishNewer(aws, 'orders'))
        somebodyDeploys(aws, 'ledger', '6')
      }
      for (const dry of ['true', 'false']) {
        const played = await releaseBoth(ofOurCommit({ inputs: { ...inputs, 'dry-run': dry }, before }))
        expect([ends(played), changes(played)]).toEqual([expected, []])
      }
    }
  )
})
