/** All or none, even when one function is refused only after others have begun. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { type Fault, Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { liveFrom, repository, sha } from '../github/job.ts'
import { liveComesFrom } from './incidents.ts'
import type { Inputs, Play } from './play.ts'
import {
  asked,
  ends,
  entry,
  ordersFirst,
  releaseBoth,
  serves,
  somebodyDeploys,
  together
} from './services.ts'

/** The answer to the second CreateDeployment, which is the one for ledger. */
const ledgerIs =
  (...faults: Omit<Fault, 'operation'>[]) =>
  (aws: Aws) => {
    for (const fault of faults) aws.faults.add({ operation: 'CreateDeployment', skip: 1, ...fault })
  }

const busy = { name: 'DeploymentLimitExceededException', status: 400, message: 'busy' }

const rows: {
  name: string
  inputs: Inputs
  before: NonNullable<Play['before']>
  ends: object
  step: string
}[] = [
  {
    name: 'ledger is refused after orders has succeeded: orders is reverted',
    inputs: together(ordersFirst),
    before: ledgerIs({ kind: 'throttle', times: 3 }, { kind: 'accessDenied' }),
    ends: {
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'refused AccessDeniedException 7 (7)'
    },
    step: 'refused'
  },
  {
    name: 'whether ledger was created stays unknown after orders has succeeded: orders is reverted',
    inputs: together(ordersFirst),
    before: ledgerIs({ kind: 'serverErrorBefore', times: 60 }),
    ends: { orders: 'rolled-back HELD_BACK 7 (7)', ledger: 'lost InternalFailure (7)' },
    step: 'lost'
  },
  {
    name: 'ledger is refused and nobody waits (wait: false): orders is stopped and shifted back',
    inputs: together([entry('orders'), entry('ledger')], { wait: 'false' }),
    before: ledgerIs({ kind: 'accessDenied' }),
    ends: {
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'refused AccessDeniedException 7 (7)'
    },
    step: 'refused'
  }
]

test.each(rows)('$name', async ({ inputs, before, ends: expected, step }) => {
  const played = await releaseBoth({ inputs, before })
  expect(ends(played)).toEqual(expected)
  expect([played.passed, played.outputs.outcome]).toEqual([false, step])
})

describe('nobody waits for a group while another function of the step is shifting', () => {
  test('somebody takes the group of ledger just then: ledger is refused at once, and orders is shifted back', async () => {
    let begun = 0
    const played = await releaseBoth({
      before: (aws, clock) => {
        begun = clock.now()
        clock.at(begun + 100, () => somebodyDeploys(aws, 'ledger', '5'))
      }
    })
    expect(ends(played)).toEqual({
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'refused DEPLOYMENT_IN_PROGRESS 7 (split)'
    })
    expect(asked(played.aws, 'StopDeployment').map(({ at }) => at - begun < 5_000)).toEqual([true])
    expect(played.log.join('\n')).toMatch(
      /Group ledger-live is busy with deployment d-\w{9} \(.*\), and another function of the step has begun, so this one could not wait\./
    )
  })

  test.each(['wait', 'replace'])(
    'an earlier step takes back ledger just then, which takes seconds: that is waited for (%s)',
    async mode => {
      const live = { FunctionName: 'ledger', Name: 'live' }
      const { content } = appSpec({
        functionName: 'ledger',
        alias: 'live',
        currentVersion: '6',
        targetVersion: '7',
        hooks: {}
      })
      const played = await releaseBoth({
        inputs: together([entry('orders'), entry('ledger')], { 'if-in-progress': mode }),
        before: (aws, clock) => {
          aws.lambda.updateAlias({ ...live, FunctionVersion: '6' })
          const revert = () =>
            void aws.codedeploy.createDeployment({
              applicationName: 'payments',
              deploymentGroupName: 'ledger-live',
              deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
              description: 'reverts d-ABCDEFGHI',
              revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
            })
          clock.at(clock.now() + 100, revert)
        }
      })
      expect(ends(played)).toEqual({ orders: 'succeeded 8 (8)', ledger: 'succeeded 8 (8)' })
      expect(played.log).toContainEqual(
        expect.stringMatching(
          /^ledger:live: Waiting for deployment d-\w{9} \(reverting d-ABCDEFGHI, ledger:live v6 → v7, \w+\) to end, at most 4\ds$/
        )
      )
    }
  )

  test('a cancel while ledger is retried asks to stop orders within a second, however slow Lambda is', async () => {
    let at = 0
    const played = await releaseBoth({
      before: (aws, clock, cancel) => {
        ledgerIs({ kind: 'custom', error: busy, times: Number.POSITIVE_INFINITY })(aws)
        clock.at(clock.now() + 4_000, () => {
          at = clock.now()
          aws.faults.add({ operation: 'GetAlias', kind: 'slow', ms: 8_000 })
          cancel()
        })
      }
    })
    const [first] = asked(played.aws, 'StopDeployment')
    expect((first?.at ?? 0) - at).toBeLessThan(1_000)
    expect([serves(played.aws, 'orders'), serves(played.aws, 'ledger')]).toEqual(['7', '7'])
  })
})

test('a missing alias is created only when all deployments were', async () => {
  const played = await releaseBoth({
    before: aws => {
      aws.lambda.deleteAlias({ FunctionName: 'orders', Name: 'live' })
      aws.faults.add({ operation: 'CreateDeployment', kind: 'accessDenied' })
    }
  })
  expect(ends(played)).toEqual({
    orders: 'refused HELD_BACK (no alias)',
    ledger: 'refused AccessDeniedException 7 (7)'
  })
  expect(asked(played.aws, 'CreateAlias')).toEqual([])
})

test('if-outdated skip: when one is left on its newer commit, so is the other, and nothing is published', async () => {
  const github = new GitHub(repository, new Faults())
  const played = await releaseBoth({
    inputs: together([entry('orders'), entry('ledger')], {
      'if-outdated': 'skip',
      'github-token': repository.token
    }),
    env: { GITHUB_SHA: sha.ours },
    github: () => github,
    before: liveComesFrom(liveFrom(sha.newer), 'orders')
  })
  expect(ends(played)).toEqual({ orders: 'unchanged 8 (8)', ledger: 'unchanged 7 (7)' })
  expect([played.passed, played.outputs.outcome]).toEqual([true, 'unchanged'])
  expect(asked(played.aws, 'PublishVersion')).toEqual([])
})
