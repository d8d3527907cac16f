/** A deployment that does already what was asked for is joined, and stays what it is. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { group, hooks, jobIsCancelled, later } from './happenings.ts'
import { killAfter } from './killed.ts'
import { type Inputs, type Play, play, release } from './play.ts'
import { asked, ends, entry, releaseBoth, serves, somebodyDeploys, together } from './services.ts'

interface Running {
  description?: string
  configuration?: string
  hooks?: Record<string, string>
  alarms?: readonly string[]
  events?: ('DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST')[]
}

const everyEvent: Running['events'] = [
  'DEPLOYMENT_FAILURE',
  'DEPLOYMENT_STOP_ON_ALARM',
  'DEPLOYMENT_STOP_ON_REQUEST'
]

/** Somebody's deployment of payments-api:live from 7 to 6: a canary of half an hour, unless it is said otherwise. */
const running =
  ({
    description = 'somebody else',
    configuration,
    hooks: ofSpec = {},
    alarms,
    events
  }: Running = {}): NonNullable<Play['before']> =>
  aws =>
    void aws.codedeploy.createDeployment({
      ...group,
      deploymentConfigName: `CodeDeployDefault.${configuration ?? 'LambdaCanary10Percent30Minutes'}`,
      description,
      autoRollbackConfiguration: { enabled: true, events: events ?? everyEvent ?? [] },
      ...(alarms && {
        overrideAlarmConfiguration: { enabled: alarms.length > 0, alarms: alarms.map(name => ({ name })) }
      }),
      revision: {
        revisionType: 'AppSpecContent',
        appSpecContent: {
          content: appSpec({
            functionName: 'payments-api',
            alias: 'live',
            currentVersion: '7',
            targetVersion: '6',
            hooks: ofSpec
          }).content
        }
      }
    })

const to6: Inputs = { ...release, 'target-version': '6', 'codedeploy-deployment-config': 'AllAtOnce' }

const sha = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d'
const attempt1 = `acme/payments@${sha} run 4711.1`
const attempt2 = { GITHUB_RUN_ATTEMPT: '2' }

/** What was asked of StopDeployment, be it more than once: with rollback or not. */
const stops = (aws: Aws) => [
  ...new Set(
    asked(aws, 'StopDeployment').map(
      ({ input }) => (input as { autoRollbackEnabled: boolean }).autoRollbackEnabled
    )
  )
]
const alias = (aws: Aws): string => serves(aws, 'payments-api')

test('a run with AllAtOnce joins a canary of half an hour, waits for it, and passes', async () => {
  const played = await play({ inputs: to6, before: running() })
  expect([played.passed, played.outputs.outcome, alias(played.aws)]).toEqual([true, 'succeeded', '6'])
  expect([stops(played.aws), asked(played.aws, 'CreateDeployment')]).toEqual([[], []])
})

const ours = { description: attempt1 }

describe.each([
  {
    way: 'the job is cancelled',
    scene: { before: later(2, jobIsCancelled) },
    inputs: {},
    outcome: 'interrupted'
  },
  { way: 'the wait is over', scene: {}, inputs: { 'wait-for-minutes': '2' }, outcome: 'timed-out' }
])('$way', ({ scene, inputs, outcome }) => {
  const rows: { name: string; other: Running; given?: string; stops: boolean[]; serves: string }[] = [
    { name: 'what another run began is left alone', other: {}, stops: [], serves: 'split' },
    {
      name: 'with if-interrupted: rollback it is shifted back',
      other: {},
      given: 'rollback',
      stops: [true],
      serves: '7'
    },
    {
      name: 'with if-interrupted: stop it is stopped',
      other: {},
      given: 'stop',
      stops: [false],
      serves: 'split'
    },
    {
      name: 'with if-interrupted: continue it goes on',
      other: {},
      given: 'continue',
      stops: [],
      serves: 'split'
    },
    {
      name: 'what an earlier attempt began is ours, and shifted back',
      other: ours,
      stops: [true],
      serves: '7'
    },
    {
      name: 'what an earlier attempt began goes on with if-interrupted: continue',
      other: ours,
      given: 'continue',
      stops: [],
      serves: 'split'
    }
  ]
  test.each(rows)('$name', async ({ other, given, stops: expected, serves: served }) => {
    const played = await play({
      inputs: { ...to6, ...inputs, ...(given && { 'if-interrupted': given }) },
      env: attempt2,
      before: (aws, clock, cancel) => {
        running(other)(aws, clock, cancel)
        scene.before?.(aws, clock, cancel)
      }
    })
    expect({ outcome: played.outputs.outcome, stops: stops(played.aws), serves: alias(played.aws) }).toEqual({
      outcome,
      stops: expected,
      serves: served
    })
  })
})

describe('the step is killed', () => {
  test.each([
    { name: 'what another run began is left alone by post', other: {}, stops: [], serves: 'split' },
    {
      name: 'what an earlier attempt began is shifted back by post',
      // killAfter plays a job with a short commit.
      other: { description: 'acme/payments@1a2b3c4 run 4711.9' },
      stops: [true],
      serves: '7'
    }
  ])('$name', async ({ other, stops: expected, serves: served }) => {
    const { aws } = await killAfter(60, { inputs: to6, before: running(other) })
    expect({ stops: stops(aws), serves: alias(aws) }).toEqual({ stops: expected, serves: served })
  })
})

describe('functions', () => {
  const both = (step: Inputs = {}) =>
    together([entry('orders'), entry('ledger', { 'target-version': '5' })], step)

  test('the one that was joined is waited for', async () => {
    const played = await releaseBoth({
      inputs: both({ 'codedeploy-deployment-config': 'AllAtOnce' }),
      before: aws => void somebodyDeploys(aws, 'ledger', '5')
    })
    expect(ends(played)).toEqual({ orders: 'succeeded 8 (8)', ledger: 'succeeded 5 (5)' })
  })

  test('a cancel shifts back what this run began, and leaves the other', async () => {
    const played = await releaseBoth({
      inputs: both(),
      before: (aws, clock, cancel) => {
        somebodyDeploys(aws, 'ledger', '5')
        later(2, jobIsCancelled)(aws, clock, cancel)
      }
    })
    expect(ends(played)).toEqual({
      orders: 'interrupted JOB_CANCELLED 7 (7)',
      ledger: 'interrupted JOB_CANCELLED 7:0.9,5:0.1 (split)'
    })
    expect(stops(played.aws)).toEqual([true])
  })

  test('a cancel while another group is waited for leaves what was joined, and post does', async () => {
    const played = await releaseBoth({
      inputs: both(),
      before: (aws, clock, cancel) => {
        somebodyDeploys(aws, 'ledger', '5')
        somebodyDeploys(aws, 'orders', '5')
        later(2, jobIsCancelled)(aws, clock, cancel)
      }
    })
    expect([stops(played.aws), serves(played.aws, 'ledger')]).toEqual([[], 'split'])
  })

  test('a cancel while another group is waited for shifts back what an earlier attempt began', async () => {
    const played = await releaseBoth({
      inputs: both(),
      env: attempt2,
      before: (aws, clock, cancel) => {
        somebodyDeploys(aws, 'orders', '5')
        const { content } = appSpec({
          functionName: 'ledger',
          alias: 'live',
          currentVersion: '7',
          targetVersion: '5',
          hooks: {}
        })
        aws.codedeploy.createDeployment({
          applicationName: 'payments',
          deploymentGroupName: 'ledger-live',
          deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent10Minutes',
          description: attempt1,
          revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
        })
        later(2, jobIsCancelled)(aws, clock, cancel)
      }
    })
    expect([stops(played.aws), serves(played.aws, 'ledger')]).toEqual([[true], '7'])
  })

  test.each([
    { given: {}, ledger: 'started 7:0.9,5:0.1 (split)', stops: [] },
    { given: { 'if-interrupted': 'rollback' }, ledger: 'rolled-back HELD_BACK 7 (7)', stops: [true] }
  ])(
    'orders fails: what another run began goes on, unless if-interrupted is given ($given)',
    async ({ given, ledger, stops: expected }) => {
      const played = await releaseBoth({
        inputs: both(given),
        before: (aws, clock, cancel) => {
          somebodyDeploys(aws, 'ledger', '5')
          later(2, aws =>
            aws.alarms.setAlarmState({
              AlarmName: 'orders-errors',
              StateValue: 'ALARM',
              StateReason: 'errors'
            })
          )(aws, clock, cancel)
          // The world goes on until the other run's canary is over.
          later(12, () => undefined)(aws, clock, cancel)
        }
      })
      expect(ends(played)).toEqual({ orders: 'rolled-back ALARM_ACTIVE 7 (7)', ledger })
      expect([played.passed, stops(played.aws)]).toEqual([false, expected])
    }
  )

  test('the step is killed before orders has its deployment: post leaves what was joined', async () => {
    const { aws } = await killAfter(60, {
      inputs: both(),
      before: aws => {
        fleet(aws, ['orders', 'ledger'])
        somebodyDeploys(aws, 'ledger', '5')
        somebodyDeploys(aws, 'orders', '5')
      }
    })
    expect([stops(aws), serves(aws, 'ledger')]).toEqual([[], 'split'])
  })
})

describe('it is told as it is', () => {
  const warningsOf = async (inputs: Inputs, other: Running, setting?: Play['setting']) => {
    const played = await play({
      inputs: { ...to6, 'codedeploy-deployment-config': 'Canary10Percent30Minutes', ...inputs },
      before: running(other),
      ...(setting && { setting })
    })
    expect(played.outputs.outcome).toBe('succeeded')
    const id = played.outputs['deployment-id'] ?? ''
    return {
      log: played.log.join('\n'),
      warnings: played.annotations
        .filter(({ level }) => level === 'warning')
        .map(({ message }) => message.replaceAll(id, 'd-1'))
    }
  }
  const differs = 'Deployment d-1 was started before and differs from what this step asks for:'
  const before = { BeforeAllowTraffic: 'CodeDeployHook_before' }

  test('hooks that it does not have are not told as run', async () => {
    const { log, warnings } = await warningsOf(hooks, {})
    expect(log).not.toMatch(/(Before|After)AllowTraffic {2,}/)
    expect(warnings).toEqual([
      `${differs} BeforeAllowTraffic hook none instead of CodeDeployHook_before; AfterAllowTraffic hook none instead of CodeDeployHook_after.`
    ])
  })

  test('hooks that it has are', async () => {
    const { log } = await warningsOf({}, { hooks: before })
    expect(log).toMatch(/BeforeAllowTraffic +CodeDeployHook_before/)
  })

  const rows: { name: string; inputs: Inputs; other: Running; warnings: string[] }[] = [
    { name: 'the same in all', inputs: {}, other: {}, warnings: [] },
    {
      name: 'the same hook, by ARN and by name',
      inputs: {
        'before-allow-traffic-hook': 'arn:aws:lambda:eu-west-1:123456789012:function:CodeDeployHook_before'
      },
      other: { hooks: before },
      warnings: []
    },
    {
      name: "the group's alarms, asked for by name",
      inputs: { alarms: 'payments-errors' },
      other: {},
      warnings: []
    },
    { name: 'the same alarms of its own', inputs: {}, other: { alarms: ['payments-errors'] }, warnings: [] },
    {
      name: 'no alarms',
      inputs: {},
      other: { alarms: [] },
      warnings: [`${differs} alarms none instead of payments-errors.`]
    },
    {
      name: 'another strategy',
      inputs: {},
      other: { configuration: 'LambdaAllAtOnce' },
      warnings: [`${differs} all traffic at once instead of 10%, then all after 30 minutes.`]
    },
    {
      name: 'fewer rollback events',
      inputs: {},
      other: { events: ['DEPLOYMENT_FAILURE'] },
      warnings: [
        `${differs} rollback events DEPLOYMENT_FAILURE instead of DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST.`
      ]
    }
  ]
  test.each(rows)('$name', async ({ inputs, other, warnings }) => {
    expect((await warningsOf(inputs, other)).warnings).toEqual(warnings)
  })

  test("its group's alarms are in force when it has none of its own, and are named when one goes off", async () => {
    const played = await play({
      inputs: to6,
      before: (aws, clock, cancel) => {
        running()(aws, clock, cancel)
        later(2, aws =>
          aws.alarms.setAlarmState({
            AlarmName: 'payments-errors',
            StateValue: 'ALARM',
            StateReason: 'errors'
          })
        )(aws, clock, cancel)
      }
    })
    expect([played.outputs.outcome, played.outputs['error-code']]).toEqual(['rolled-back', 'ALARM_ACTIVE'])
    expect(played.log.join('\n')).toContain('payments-errors')
    expect(played.summary).toContain('payments-errors')
  })
})
