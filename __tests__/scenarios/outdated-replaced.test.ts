/** `if-outdated` with `if-in-progress: replace`: somebody goes back from the newest commit, which a stop would bring back. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { ofOurCommit, publishNewer } from './commits.ts'
import { changes, dryRun } from './dryrun.ts'
import { endOf } from './past.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'
import { running } from './running.ts'

/** Version 8 of the newest commit was bad. All traffic is back on 7, and a hook of the deployment that did that runs for ten minutes. */
const goingBack = (inputs: Inputs, before: (aws: Aws) => void = () => undefined): Play =>
  ofOurCommit({
    inputs: { ...release, 'if-in-progress': 'replace', ...inputs },
    setting: { after: { seconds: 600 } },
    earlier: async (aws: Aws) => {
      const newer = publishNewer(aws)
      aws.lambda.updateAlias({ FunctionName: 'payments-api', Name: 'live', FunctionVersion: newer })
      running({
        from: newer,
        to: '7',
        configuration: 'LambdaAllAtOnce',
        hooks: { AfterAllowTraffic: 'CodeDeployHook_after' }
      })(aws)
      await aws.clock.sleep(60_000)
      before(aws)
    }
  })

/** How it ended, what it started from, and what it changed in AWS. */
const told = (played: Played): string =>
  [endOf(played), `from ${played.outputs['previous-version']}:`, ...changes(played)].join(' ')

/** Three minutes later, somebody stops that, so that version 8 is back. */
const stoppedBySomebody = (aws: Aws): void =>
  void aws.clock.at(aws.clock.now() + 180_000, () => {
    const where = { applicationName: 'payments', deploymentGroupName: 'payments-live' }
    const [deploymentId = ''] = aws.codedeploy.listDeployments(where).deployments
    aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
  })

describe('a release of an older commit meets somebody who goes back from the newest one', () => {
  test.each<{ name: string; inputs: Inputs; before?: (aws: Aws) => void; ends: string }>([
    {
      name: 'fail: it waits, and goes on from what was gone back to',
      inputs: { 'if-outdated': 'fail' },
      ends: 'succeeded 9 from 7: PublishVersion CreateDeployment'
    },
    {
      name: 'skip: the same',
      inputs: { 'if-outdated': 'skip' },
      ends: 'succeeded 9 from 7: PublishVersion CreateDeployment'
    },
    {
      name: 'skip, and somebody else brings the newest one back: it is left there',
      inputs: { 'if-outdated': 'skip' },
      before: stoppedBySomebody,
      ends: 'unchanged 8 from 8: PublishVersion'
    },
    {
      name: 'fail, with a current-version that neither end leaves: it is refused, and nobody is stopped',
      inputs: { 'if-outdated': 'fail', 'current-version': '5' },
      ends: 'refused 7 CURRENT_VERSION_DIFFERS from 7: PublishVersion'
    },
    {
      name: 'warn: it stops that, and releases over the newest commit',
      inputs: { 'if-outdated': 'warn' },
      ends: 'succeeded 9 from 8: PublishVersion StopDeployment CreateDeployment'
    },
    {
      name: 'to go to a version on purpose is not judged',
      inputs: { 'if-outdated': 'fail', 'target-version': '6' },
      ends: 'succeeded 6 from 8: StopDeployment CreateDeployment'
    }
  ])('$name', async ({ inputs, before, ends }) => {
    expect(told(await play(goingBack(inputs, before)))).toBe(ends)
  })

  test('and says why it waits', async () => {
    const { log } = await play(goingBack({ 'if-outdated': 'fail' }))
    expect(log.filter(line => line.includes('is not stopped'))).toEqual([
      expect.stringMatching(
        /^Deployment d-\w{9} is not stopped: only if it succeeds can this release begin \(OUTDATED\)$/
      )
    ])
  })
})

describe('a dry run says what the release would do', () => {
  const rest = 'which version this starts from depends on how that ends'

  test.each<{ policy: string; plan: string[] }>([
    {
      policy: 'fail',
      plan: [
        '  traffic    v7 → $LATEST, published (code W1ouUIq4xxKV…)',
        `  running    deployment d-OTHER, which would be waited for: ${rest}`
      ]
    },
    {
      policy: 'skip',
      plan: [
        '  traffic    v7 → $LATEST, published (code W1ouUIq4xxKV…)',
        `  running    deployment d-OTHER, which would be waited for: ${rest}`
      ]
    },
    {
      policy: 'warn',
      plan: [
        '  traffic    v8 → $LATEST, published (code W1ouUIq4xxKV…)',
        `  running    deployment d-OTHER, which would be stopped with a rollback: ${rest}`
      ]
    }
  ])('$policy', async ({ policy, plan }) => {
    const played = await dryRun(goingBack({ 'if-outdated': policy }))
    const told = played.log.findIndex(line => line.startsWith('Plan for'))
    expect(endOf(played)).toBe('planned 7')
    expect(played.log.slice(told + 1, told + 3).map(line => line.replace(/d-\w{9}/, 'd-OTHER'))).toEqual(plan)
  })
})
