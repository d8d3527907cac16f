/** `if-outdated`: an older commit's run meets what a newer one is releasing, or has released meanwhile. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { ofOurCommit, publishNewer } from './commits.ts'
import { anotherIsRunning, group, later, somebodyMovesTheAlias } from './incidents.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'
import { asked, ends, entry, releaseBoth, somebodyDeploys, together } from './services.ts'

const newerIsRunning: NonNullable<Play['before']> = (aws, clock, cancel) =>
  anotherIsRunning(publishNewer(aws))(aws, clock, cancel)

/** What the run did to AWS, one word each; and how it ended. */
const whatItDid = ({ aws, outputs }: Played) => ({
  outcome: [outputs.outcome, outputs['error-code'], outputs['serving-version']].join(' ').trim(),
  did: aws.requests.flatMap(({ operation }) => /^(Publish|Stop|Create)\w+/.exec(operation)?.[0] ?? [])
})

const outdated = 'refused OUTDATED 7'
const skipped = 'unchanged  7'
const nothing: string[] = []

describe("the newer commit's canary is running", () => {
  test.each([
    { mode: 'wait', policy: 'fail', outcome: outdated, did: nothing },
    { mode: 'wait', policy: 'skip', outcome: skipped, did: nothing },
    { mode: 'wait', policy: 'warn', outcome: 'succeeded  9', did: ['PublishVersion', 'CreateDeployment'] },
    { mode: 'replace', policy: 'fail', outcome: outdated, did: nothing },
    { mode: 'replace', policy: 'skip', outcome: skipped, did: nothing },
    {
      mode: 'replace',
      policy: 'warn',
      outcome: 'succeeded  9',
      did: ['PublishVersion', 'StopDeployment', 'CreateDeployment']
    },
    { mode: 'fail', policy: 'fail', outcome: outdated, did: nothing },
    { mode: 'fail', policy: 'skip', outcome: skipped, did: nothing },
    {
      mode: 'fail',
      policy: 'warn',
      outcome: 'refused DEPLOYMENT_IN_PROGRESS 7',
      did: ['PublishVersion']
    }
  ])('if-in-progress $mode, if-outdated $policy: $outcome', async ({ mode, policy, outcome, did }) => {
    const played = await play(
      ofOurCommit({
        inputs: { ...release, 'if-in-progress': mode, 'if-outdated': policy },
        before: newerIsRunning
      })
    )
    expect(whatItDid(played)).toEqual({ outcome, did })
    const said = [...played.annotations.map(({ message }) => message), ...played.log].join('\n')
    expect(said).toContain("The other deployment's commit 4444444 (run 4700) is 1 commit ahead")
  })

  test('one to go back to a version on purpose is not judged', async () => {
    const played = await play(
      ofOurCommit({
        inputs: { ...release, 'if-outdated': 'fail', 'target-version': '6' },
        before: newerIsRunning
      })
    )
    expect(whatItDid(played)).toEqual({ outcome: 'succeeded  6', did: ['CreateDeployment'] })
  })
})

const rows: {
  name: string
  inputs?: Inputs
  setting?: Play['setting']
  before: NonNullable<Play['before']>
  serving: string
}[] = [
  {
    name: 'while ours was Pending for two minutes, the newer one was released',
    setting: { version: 'pending', pendingSeconds: 120 },
    before: (aws, clock, cancel) => {
      const version = publishNewer(aws)
      later(1, somebodyMovesTheAlias(version))(aws, clock, cancel)
    },
    serving: '8'
  },
  {
    name: 'while ours waited for another deployment, the newer one was released',
    before: (aws, clock, cancel) => {
      anotherIsRunning('6')(aws, clock, cancel)
      const version = publishNewer(aws)
      // The other one has just ended, and that was not seen yet.
      clock.at(clock.now() + 304_700, () => somebodyMovesTheAlias(version)(aws, clock, cancel))
    },
    serving: '8'
  },
  {
    name: 'while ours was tested, the newer one was released, and Lambda still answers with what the alias named before',
    inputs: { 'test-event': '{}' },
    setting: { run: { answer: '{}', seconds: 60, timeout: 100 } },
    before: (aws, clock, cancel) => {
      const version = publishNewer(aws)
      aws.faults.add({
        operation: 'GetFunctionConfiguration',
        kind: 'stale',
        ms: 5_000,
        when: { from: clock.now() + 50_000 },
        times: Number.POSITIVE_INFINITY
      })
      clock.at(clock.now() + 58_000, () => somebodyMovesTheAlias(version)(aws, clock, cancel))
    },
    serving: '8'
  },
  {
    name: 'there was no alias yet, and while ours was published, the newer one created it',
    setting: { alias: 'missing' },
    before: (aws, clock) => {
      const FunctionVersion = publishNewer(aws)
      aws.faults.add({ operation: 'PublishVersion', kind: 'slow', ms: 2_000 })
      clock.at(clock.now() + 1_500, () =>
        aws.lambda.createAlias({ FunctionName: 'payments-api', Name: 'live', FunctionVersion })
      )
    },
    serving: '8'
  },
  {
    name: 'the newer one began while ours was Pending, and runs',
    setting: { version: 'pending', pendingSeconds: 120 },
    before: (aws, clock, cancel) => {
      const version = publishNewer(aws)
      later(1, anotherIsRunning(version))(aws, clock, cancel)
    },
    // Its version is Pending as well.
    serving: '7'
  },
  {
    name: 'the newer one takes the group just before ours',
    before: (aws, clock, cancel) => {
      const version = publishNewer(aws)
      aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 500 })
      clock.at(clock.now() + 700, () => anotherIsRunning(version, 'LambdaAllAtOnce')(aws, clock, cancel))
    },
    serving: '7'
  }
]

describe('what is live has changed since it was judged', () => {
  test.each(
    rows.flatMap(row => [
      { ...row, policy: 'fail', outcome: `refused OUTDATED ${row.serving}` },
      { ...row, policy: 'skip', outcome: `unchanged  ${row.serving}` }
    ])
  )('$name: $policy', async ({ inputs, setting, before, policy, outcome }) => {
    const played = await play(
      ofOurCommit({
        inputs: { ...release, ...inputs, 'if-outdated': policy },
        before,
        ...(setting && { setting })
      })
    )
    expect(whatItDid(played).outcome).toBe(outcome)
    const created = played.aws.codedeploy.listDeployments(group).deployments.map(deploymentId => {
      const { deploymentInfo } = played.aws.codedeploy.getDeployment({ deploymentId })
      return deploymentInfo.description
    })
    expect(created.filter(description => description !== 'somebody else')).toEqual([])
  })
})

describe('several functions: all of them, or none', () => {
  const both = (policy: string, mode = 'wait') =>
    together([entry('orders'), entry('ledger')], { 'if-outdated': policy, 'if-in-progress': mode })
  const newerLedger = (aws: Aws) => somebodyDeploys(aws, 'ledger', publishNewer(aws, 'ledger'))

  test.each([
    { policy: 'fail', orders: 'refused HELD_BACK 7 (7)', ledger: 'refused OUTDATED 7 (7)' },
    { policy: 'skip', orders: 'unchanged 7 (7)', ledger: 'unchanged 7 (7)' }
  ])(
    'the newer commit is releasing ledger, $policy: neither is published',
    async ({ policy, ...expected }) => {
      const played = await releaseBoth(
        ofOurCommit({
          inputs: both(policy),
          before: aws => void newerLedger(aws)
        })
      )
      expect(ends(played)).toEqual(expected)
      expect(whatItDid(played).did).toEqual([])
    }
  )

  test.each([
    { policy: 'fail', orders: 'refused HELD_BACK 7 (7)', ledger: 'refused OUTDATED 8 (8)' },
    { policy: 'skip', orders: 'unchanged 7 (7)', ledger: 'unchanged 8 (8)' }
  ])(
    'the newer one of ledger goes live while both are made ready, $policy: no deployment begins',
    async ({ policy, ...expected }) => {
      const played = await releaseBoth(
        ofOurCommit({
          inputs: both(policy),
          before: (aws, clock) => {
            const version = publishNewer(aws, 'ledger')
            // Its answer is late, and the alias moves meanwhile.
            aws.faults.add({ operation: 'PublishVersion', kind: 'slow', ms: 8_000, times: 2 })
            clock.at(clock.now() + 4_000, () =>
              aws.lambda.updateAlias({ FunctionName: 'ledger', Name: 'live', FunctionVersion: version })
            )
          }
        })
      )
      expect(ends(played)).toEqual(expected)
      expect(asked(played.aws, 'CreateDeployment')).toEqual([])
    }
  )

  test('while the group of orders is waited for, the newer commit takes that of ledger: neither begins, and nothing is stopped', async () => {
    const played = await releaseBoth(
      ofOurCommit({
        inputs: both('skip'),
        before: (aws, clock) => {
          const newer = publishNewer(aws, 'ledger')
          somebodyDeploys(aws, 'orders', '5')
          const first = somebodyDeploys(aws, 'ledger', '5')
          aws.codedeploy.stopDeployment({ deploymentId: first, autoRollbackEnabled: true })
          clock.at(clock.now() + 6_000, () => somebodyDeploys(aws, 'ledger', newer))
        }
      })
    )
    expect(Object.values(ends(played)).map(each => each.split(' ')[0])).toEqual(['unchanged', 'unchanged'])
    expect(whatItDid(played).did).toEqual(['PublishVersion', 'PublishVersion'])
  })

  test('skip, when orders has begun already: orders is shifted back, and the step fails', async () => {
    const played = await releaseBoth(
      ofOurCommit({
        inputs: both('skip'),
        before: (aws, clock) => {
          const newer = publishNewer(aws, 'ledger')
          aws.faults.add({ operation: 'PublishVersion', kind: 'slow', ms: 6_000, times: 2 })
          clock.at(clock.now() + 3_500, () => somebodyDeploys(aws, 'ledger', newer))
        }
      })
    )
    expect(ends(played)).toEqual({
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'refused OUTDATED 7:0.9,8:0.1 (split)'
    })
    expect(played.passed).toBe(false)
  })
})
