import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { Policy } from '../../simulator/identity/policy.ts'
import type { PaymentsOptions } from '../../simulator/setting.ts'
import type { Uncertain } from '../../simulator/uncertain.ts'
import { alarmGoesOff, anotherIsRunning, fault, hooks, jobIsCancelled, later } from './incidents.ts'
import { killAfter } from './killed.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'
import { asked, ends, entry, releaseBoth, together } from './services.ts'

const minute = 60_000
const start = Date.parse('2026-11-20T14:00:00Z')

const gated = (given: Inputs = {}): Inputs => ({ ...release, 'max-error-rate': '5', ...given })
const clients = (of: NonNullable<PaymentsOptions['clients']>): { setting: PaymentsOptions } => ({
  setting: { clients: of }
})
const failing = clients({ live: 600, errors: { 7: 0.01, 8: 0.2 } })
const healthy = clients({ live: 600 })

const endOf = ({ outputs }: Pick<Played, 'outputs'>): string =>
  [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')

const told = ({ annotations }: Pick<Played, 'annotations'>, level: string): string[] =>
  annotations.filter(each => each.level === level).map(({ message }) => message)

const lines = ({ log }: Played, word: string): string[] => log.filter(line => line.includes(word))

const stops = (aws: Aws) => asked(aws, 'StopDeployment').filter(({ status }) => status === 200)

describe('the figures of both versions', () => {
  test('are told about once a minute while traffic shifts', async () => {
    const played = await play(clients({ live: 300, errors: { 7: 0.01 }, p95: { 8: 240 } }))
    expect(lines(played, 'so far')).toEqual([
      '    0:52  so far              v8  2 invocations  0 errors  p95 240 ms     v7  42 invocations  0 errors  p95 210 ms',
      '    1:32  so far              v8  32 invocations  0 errors  p95 240 ms     v7  312 invocations  3 errors  p95 210 ms',
      '    2:35  so far              v8  62 invocations  0 errors  p95 240 ms     v7  582 invocations  5 errors  p95 210 ms',
      '    3:30  so far              v8  92 invocations  0 errors  p95 240 ms     v7  852 invocations  8 errors  p95 210 ms',
      '    4:33  so far              v8  122 invocations  0 errors  p95 240 ms     v7  1,122 invocations  11 errors  p95 210 ms'
    ])
    expect(lines(played, 'still shifting')).toEqual([])
  })

  test('are an output and a table at the end', async () => {
    const { outputs, summary } = await play(clients({ live: 300, errors: { 8: 0.1 } }))
    expect(JSON.parse(outputs.metrics ?? '')).toEqual({
      target: { version: '8', invocations: 140, errors: 14, 'error-rate': 10, p95: 210 },
      previous: { version: '7', invocations: 1285, errors: 0, 'error-rate': 0, p95: 210 }
    })
    expect(summary).toContain('| v8 | 140 | 14 | 10 % | 210 ms |\n| v7 | 1,285 | 0 | 0 % | 210 ms |')
    expect(summary.match(/xychart-beta/g)).toHaveLength(2)
  })

  test('stand in the annotation of a rollback by an alarm', async () => {
    const played = await play({
      ...clients({ live: 600, errors: { 8: 0.5 } }),
      before: later(3, alarmGoesOff)
    })
    expect(endOf(played)).toBe('rolled-back 7 ALARM_ACTIVE')
    expect(told(played, 'error')[0]).toContain(
      '\nMeanwhile v8 failed 81 of 163 invocations; v7 failed 0 of 1,512 invocations (as CloudWatch had it at the end).\nNext: '
    )
  })

  test('stand in the annotation of a rollback by a hook', async () => {
    const played = await play({
      inputs: { ...release, ...hooks },
      setting: { clients: { live: 600 }, before: {}, after: { behaviour: 'fail' } }
    })
    expect(endOf(played)).toBe('rolled-back 7 HOOK_EXECUTION_FAILURE')
    expect(told(played, 'error')[0]).toMatch(/\nMeanwhile v8 failed 0 of \d+ invocations; v7 failed 0 of/)
  })

  test('are not shown when they may not be read: the plan says so, and all else is as before', async () => {
    const denied: Play = { before: fault({ operation: 'GetMetricData', kind: 'accessDenied', times: 99 }) }
    const played = await play(denied)
    expect([endOf(played), told(played, 'warning')]).toEqual(['succeeded 8', []])
    expect(lines(played, 'figures')).toEqual([
      '  figures    not shown; they need {"Effect":"Allow","Action":"cloudwatch:GetMetricData","Resource":"*"}'
    ])
    expect(lines(played, 'still shifting')).toHaveLength(4)
    expect(asked(played.aws, 'GetMetricData')).toHaveLength(1)
    expect(played.outputs.metrics).toBe('')
  })

  test.each([
    {
      name: 'all traffic moves at once',
      inputs: { ...release, 'codedeploy-deployment-config': 'AllAtOnce' }
    },
    { name: 'nobody watches', inputs: { ...release, wait: 'false' } }
  ])('are not asked for when $name', async ({ inputs }) => {
    const { aws } = await play({ inputs })
    expect(asked(aws, 'GetMetricData')).toEqual([])
  })

  test('of all functions take one request', async () => {
    const { aws } = await releaseBoth({})
    const times = asked(aws, 'GetMetricData').map(({ at }) => Math.round((at - start) / minute))
    expect(times).toEqual([0, 0, 1, 2, 3, 4, 5])
  })

  test('change nothing when CloudWatch never answers', async () => {
    const played = await play({
      before: fault({ operation: 'GetMetricData', kind: 'timeout', times: 99, ms: 20_000 })
    })
    expect([endOf(played), told(played, 'warning')]).toEqual(['succeeded 8', []])
    const usual = await play()
    expect(played.endedAt - usual.endedAt).toBeLessThan(5_000)
  })
})

describe('a canary that fails a fifth of its calls, when 5 percent may fail', () => {
  const rows: Partial<Uncertain>[] = [
    {},
    { metricsLateMs: 0 },
    { metricMinutes: 'whole' },
    { healthyErrors: 'absent' },
    { metricMinutes: 'whole', healthyErrors: 'absent', stopResponse: 'Succeeded', manualStopCode: 'absent' }
  ]
  test.each(rows)('is back within four minutes of the first error: %j', async uncertain => {
    const played = await play({ inputs: gated(), ...failing, uncertain })
    expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
    const { traffic } = played.aws.metrics
    const late = uncertain.metricsLateMs ?? 20_000
    const seconds = Array.from({ length: 600 }, (_, second) => start + second * 1_000)
    const firstError = seconds.find(
      at => traffic.between({ functionName: 'payments-api', version: '8' }, start, at).errors > 0
    )
    expect(played.endedAt - ((firstError ?? 0) + late)).toBeLessThan(4 * minute)
    expect(stops(played.aws)).toHaveLength(1)
  })

  test('is told in one annotation that counts', async () => {
    const played = await play({ inputs: gated(), ...failing })
    expect(told(played, 'error')).toEqual([
      [
        'payments-api:live was rolled back and serves v7 as before.',
        'Why:  v8 failed 11 of 56 invocations until 14:01 UTC (20 %, allowed 5 %); v7 failed 5 of 543 in the same minutes. (CANARY_ERRORS)',
        'Next: Find the errors in the log of version 8, fix them, then release again.'
      ].join('\n')
    ])
    expect(told(played, 'warning')).toEqual([])
  })

  test('is not stopped when so much more than before may fail', async () => {
    expect(endOf(await play({ inputs: gated({ 'max-error-rate': '+19.5' }), ...failing }))).toBe(
      'succeeded 8'
    )
    expect(endOf(await play({ inputs: gated({ 'max-error-rate': '+18' }), ...failing }))).toBe(
      'rolled-back 7 CANARY_ERRORS'
    )
  })

  test('takes back all functions of the step', async () => {
    const played = await releaseBoth({
      inputs: together([entry('orders', { 'max-error-rate': '5' }), entry('ledger')]),
      before: aws => aws.metrics.traffic.fails('orders', '8', 0.3)
    })
    expect(ends(played)).toEqual({
      orders: 'rolled-back CANARY_ERRORS 7 (7)',
      ledger: 'rolled-back HELD_BACK 7 (7)'
    })
    expect(stops(played.aws)).toHaveLength(2)
  })

  test('is stopped also when another run began the deployment, and this one joined', async () => {
    const played = await play({
      inputs: gated({ 'target-version': '6' }),
      setting: { clients: { live: 600, errors: { 6: 0.2 } } },
      before: anotherIsRunning('6')
    })
    expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
  })

  test.each([
    { joined: 175, calls: 120 },
    { joined: 205, calls: 120 },
    { joined: 235, calls: 120 },
    { joined: 235, calls: 180 },
    { joined: 270, calls: 600 },
    { joined: 290, calls: 600 }
  ])(
    'is stopped also by a run that joined $joined s after it began, at $calls calls a minute',
    async ({ joined, calls }) => {
      const played = await play({
        inputs: gated({ 'target-version': '6' }),
        setting: { clients: { live: calls, errors: { 6: 0.2 } } },
        earlier: async aws => {
          anotherIsRunning('6')(aws, aws.clock as VirtualClock, () => undefined)
          await aws.clock.sleep(joined * 1_000)
        }
      })
      expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
    }
  )

  test('is stopped also when it is only watched', async () => {
    const inputs: Inputs = { 'max-error-rate': '5' }
    const played = await play({
      inputs,
      setting: { clients: { live: 600, errors: { 6: 0.2 } } },
      before: (aws, clock, cancel) => {
        anotherIsRunning('6')(aws, clock, cancel)
        const [id = ''] = aws.codedeploy.listDeployments({
          applicationName: 'payments',
          deploymentGroupName: 'payments-live'
        }).deployments
        inputs['deployment-id'] = id
      }
    })
    expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
  })

  test.each([
    { name: 'canary of minutes', inputs: gated() },
    {
      name: 'shift of hours',
      inputs: gated({ 'codedeploy-deployment-config': 'Linear10PercentEvery10Minutes' })
    }
  ])('does not pass when it could not be stopped: a $name', async ({ inputs }) => {
    const played = await play({
      inputs,
      ...failing,
      before: fault({ operation: 'StopDeployment', kind: 'accessDenied', times: 99 })
    })
    expect(endOf(played)).toBe('failed 8 CANARY_ERRORS')
    expect(told(played, 'error')[0]).toContain('could not be stopped before all traffic had moved')
  })

  test('is back also when a passing fault has hit the stop for seconds', async () => {
    const played = await play({
      inputs: gated(),
      ...failing,
      before: fault({ operation: 'StopDeployment', kind: 'throttle', times: 10 })
    })
    expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
    expect(lines(played, 'not stopped')).toHaveLength(1)
    expect(lines(played, 'stopping')).toHaveLength(1)
    expect(asked(played.aws, 'StopDeployment')).toHaveLength(11)
    expect(told(played, 'warning')).toEqual([])
  })

  test('does not pass when CodeDeploy accepts the stop and succeeds anyway', async () => {
    const played = await play({ inputs: gated(), ...failing, uncertain: { stopEndsSucceeded: true } })
    expect(endOf(played)).toBe('failed 8 CANARY_ERRORS')
  })

  test.each([
    { name: 'once, and CodeDeploy says that it is over when asked again', times: 1 },
    { name: 'each time', times: Number.POSITIVE_INFINITY }
  ])('is the cause also when the answer to the stop is lost $name', async ({ times }) => {
    const stalled = fault({ operation: 'StopDeployment', kind: 'stall', times })
    expect(endOf(await play({ inputs: gated(), ...failing, before: stalled }))).toBe(
      'rolled-back 7 CANARY_ERRORS'
    )
  })

  test('is followed to its end by the post step, which names the same cause', async () => {
    const main = await play({ inputs: gated(), ...failing })
    const stopAt = (stops(main.aws)[0]?.at ?? 0) - start
    const { post, aws } = await killAfter(stopAt / 1_000 + 0.2, { inputs: gated(), ...failing })
    expect(post.outputs['error-code']).toBe('CANARY_ERRORS')
    expect(post.outputs.outcome).toBe('rolled-back')
    expect(aws.lambda.getAlias({ FunctionName: 'payments-api', Name: 'live' }).FunctionVersion).toBe('7')
  })
})

describe('gate, alarm and cancel at the same moment: one stop of ours, and the cause that came first', () => {
  const offsets = [-20, -5, -2, -1, -0.5, -0.1, 0, 0.05, 0.1, 0.5, 1, 2, 5]
  const stopAt = async () => {
    const { aws } = await play({ inputs: gated(), ...failing })
    return ((stops(aws)[0]?.at ?? 0) - start) / minute
  }

  test.each(offsets)('the alarm %d seconds after the gate', async seconds => {
    const at = (await stopAt()) + seconds / 60
    const played = await play({ inputs: gated(), ...failing, before: later(at, alarmGoesOff) })
    const code = played.outputs['error-code'] ?? ''
    expect(['CANARY_ERRORS', 'ALARM_ACTIVE']).toContain(code)
    if (seconds <= -20) expect(code).toBe('ALARM_ACTIVE')
    if (seconds >= 0.05) expect(code).toBe('CANARY_ERRORS')
    expect(played.outputs.outcome).toBe('rolled-back')
    expect(asked(played.aws, 'StopDeployment').length).toBeLessThanOrEqual(1)
    expect(told(played, 'error')).toHaveLength(1)
  })

  test.each(offsets)('the cancel %d seconds after the gate', async seconds => {
    const at = (await stopAt()) + seconds / 60
    const played = await play({ inputs: gated(), ...failing, before: later(at, jobIsCancelled) })
    const code = played.outputs['error-code'] ?? ''
    expect(['CANARY_ERRORS', 'JOB_CANCELLED']).toContain(code)
    if (seconds <= -1) expect(endOf(played)).toBe('interrupted 7 JOB_CANCELLED')
    if (seconds >= 0.05) expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
    expect(stops(played.aws)).toHaveLength(1)
  })
})

describe('gate and hook around the end of the shift: one cause, the one that came first', () => {
  // The more invocations it takes, the later the verdict: from a minute before all traffic moves to never.
  const hooked = (invocations: number) =>
    play({
      inputs: gated({ ...hooks, 'min-invocations': String(invocations) }),
      ...failing,
      setting: { ...failing.setting, before: { seconds: 1 }, after: { behaviour: 'fail', seconds: 1 } }
    })

  test.each([100, 120, 140, 150, 160, 165, 170, 175, 180, 190, 200, 260])(
    'judged from %d invocations on',
    async invocations => {
      const played = await hooked(invocations)
      const hookFailedAt = played.aws.requests.find(
        ({ operation, at }) => operation === 'FilterLogEvents' && at > start
      )?.at
      const [stop] = stops(played.aws)
      expect(played.outputs).toMatchObject({
        outcome: 'rolled-back',
        'serving-version': '7',
        'error-code':
          stop && (hookFailedAt === undefined || stop.at < hookFailedAt)
            ? 'CANARY_ERRORS'
            : 'HOOK_EXECUTION_FAILURE'
      })
      expect(stops(played.aws).length).toBeLessThanOrEqual(1)
      expect(told(played, 'error')).toHaveLength(1)
    }
  )

  test('each of the two is the cause in some of these', async () => {
    const codes = [(await hooked(100)).outputs['error-code'], (await hooked(260)).outputs['error-code']]
    expect(codes).toEqual(['CANARY_ERRORS', 'HOOK_EXECUTION_FAILURE'])
  })
})

describe('there is no verdict', () => {
  test('on the errors of the version before', async () => {
    const scene = clients({ live: 600, errors: { 7: 0.5 } })
    expect(endOf(await play({ inputs: gated(), ...scene }))).toBe('succeeded 8')
    expect(endOf(await play({ inputs: gated({ 'max-error-rate': '+0' }), ...scene }))).toBe('succeeded 8')
  })

  test('on ten invocations, even if all failed', async () => {
    const played = await play({ inputs: gated(), ...clients({ live: 20, errors: { 8: 1 } }) })
    expect(endOf(played)).toBe('succeeded 8')
    expect(lines(played, 'No verdict')).toEqual([
      'No verdict: v8 had 5 invocations until 14:03 UTC, fewer than min-invocations (20).'
    ])
    expect(played.summary).toContain('No verdict: v8 had 5 invocations')
  })

  test.each([150_000, 300_000, 600_000])(
    'on figures that are %d ms late, of a version that is well',
    async metricsLateMs => {
      for (const limit of ['0', '+0']) {
        const played = await play({
          inputs: gated({ 'max-error-rate': limit, 'if-no-traffic': 'fail', 'min-invocations': '1' }),
          ...clients({ live: 600, errors: { 7: 0.01 } }),
          uncertain: { metricsLateMs },
          before: aws => {
            aws.metrics.jitterMs = minute
          }
        })
        expect(endOf(played)).toBe('succeeded 8')
      }
    }
  )

  test('on errors that CloudWatch showed only when all traffic had moved: a warning', async () => {
    const played = await play({
      inputs: gated(),
      ...clients({ live: 600 }),
      before: later(2, aws => aws.metrics.traffic.fails('payments-api', '8', 0.5))
    })
    expect(endOf(played)).toBe('succeeded 8')
    expect(told(played, 'warning')).toEqual([
      'v8 failed 30 of 176 invocations until 14:03 UTC (17 %, allowed 5 %); v7 failed 0 of 1623 in the same minutes. This was seen only when all traffic had moved, so nothing was stopped.'
    ])
  })
})

test('errors that CloudWatch showed only when all traffic had moved stop the deployment while its last hook runs', async () => {
  const played = await play({
    inputs: gated(hooks),
    setting: { clients: { live: 600 }, before: {}, after: { seconds: 300 } },
    before: later(2, aws => aws.metrics.traffic.fails('payments-api', '8', 0.5))
  })
  expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
  expect((stops(played.aws)[0]?.at ?? 0) - start).toBeGreaterThan(5 * minute)
})

describe('nobody came', () => {
  const rows: { name: string; clients: PaymentsOptions['clients']; says: string; next: string }[] = [
    {
      name: 'because the clients call $LATEST',
      clients: { live: 0, latest: 100 },
      says: 'Nobody called payments-api:live during the shift until 14:02 UTC, so v8 was not tried at all. Function payments-api itself was called 200 times, but not through it. (NO_TRAFFIC)',
      next: 'See that the clients invoke alias live and not $LATEST or another alias, then release again; or set if-no-traffic: warn.'
    },
    {
      name: 'because the function is not called at all',
      clients: { live: 0 },
      says: 'Nobody called payments-api:live during the shift until 14:02 UTC, so v8 was not tried at all. (NO_TRAFFIC)',
      next: 'See that the clients invoke alias live and not $LATEST or another alias, then release again; or set if-no-traffic: warn.'
    },
    {
      name: 'because the alias is called too seldom',
      clients: { live: 1.9 },
      says: 'No invocation reached v8 until 14:02 UTC: alias live was called 3 times, and v7 got all of them (the chance of that is 73 %). (NO_TRAFFIC)',
      next: 'Let the shift last longer, or give its first step a greater share, so that the new version gets calls; or set if-no-traffic: warn.'
    }
  ]
  test.each(rows)('$name: fail', async ({ clients: of, says, next }) => {
    const played = await play({
      inputs: { ...release, 'if-no-traffic': 'fail' },
      setting: { clients: of ?? {} }
    })
    expect(endOf(played)).toBe('rolled-back 7 NO_TRAFFIC')
    expect(told(played, 'error')[0]?.split('\n').slice(1)).toEqual([`Why:  ${says}`, `Next: ${next}`])
    expect((stops(played.aws)[0]?.at ?? 0) - start).toBeLessThan(5 * minute)
  })

  test.each(rows)('$name: warn', async ({ clients: of }) => {
    const played = await play({ setting: { clients: of ?? {} } })
    expect(endOf(played)).toBe('succeeded 8')
    const [warning, ...more] = told(played, 'warning')
    expect(warning).toMatch(/The canary tested nothing/)
    expect(more).toEqual([])
  })

  test.each([10, 30, 60, 200])(
    'because the alias is called too seldom: warn, though all come to it while a last hook runs for %d s',
    async seconds => {
      const { 'after-allow-traffic-hook': last = '' } = hooks
      const played = await play({
        inputs: { ...release, 'after-allow-traffic-hook': last },
        setting: { clients: { live: 1.9 }, after: { seconds } }
      })
      expect(endOf(played)).toBe('succeeded 8')
      expect(told(played, 'warning')).toEqual([
        expect.stringMatching(/No invocation reached v8 .*tested nothing/)
      ])
    }
  )

  test.each(rows)('$name: ignore', async ({ clients: of }) => {
    const played = await play({
      inputs: { ...release, 'if-no-traffic': 'ignore' },
      setting: { clients: of ?? {} }
    })
    expect([endOf(played), told(played, 'warning')]).toEqual(['succeeded 8', []])
  })

  test('in a shift that is too short to measure', async () => {
    const played = await play({
      inputs: { ...release, 'codedeploy-deployment-config': 'Canary10Percent2Minutes' },
      ...clients({ live: 0 })
    })
    expect([endOf(played), told(played, 'warning')]).toEqual(['succeeded 8', []])
    expect(lines(played, 'too short')).toEqual([
      'No invocation of v8 is known; a shift of 2m 00s is too short to measure.'
    ])
  })

  test('or somebody did, and the figures are late: no verdict, and fail says that it had none', async () => {
    const scene = { ...clients({ live: 100 }), uncertain: { metricsLateMs: 600_000 } }
    const played = await play({ inputs: { ...release, 'if-no-traffic': 'fail' }, ...scene })
    expect(endOf(played)).toBe('succeeded 8')
    expect(told(played, 'warning')).toEqual([
      "Whether anybody invoked v8 during the shift is not known: CloudWatch's figures are late."
    ])
    expect(told(await play(scene), 'warning')).toEqual([])
  })
})

describe('a gate that cannot see is none', () => {
  const mayNot = (aws: Aws) => {
    aws.permissions.policy = new Policy({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'cloudwatch:GetMetricData', Resource: '*' }
      ]
    })
  }

  test.each([{ 'max-error-rate': '5' }, { 'if-no-traffic': 'fail' }])('%j is refused', async gate => {
    const played = await play({ inputs: { ...release, ...(gate as Inputs) }, before: mayNot })
    expect(endOf(played)).toBe('refused 7 METRICS_DENIED')
    expect(asked(played.aws, 'PublishVersion')).toEqual([])
  })

  test('so it is refused with a deployment that moves all traffic at once', async () => {
    const played = await play({ inputs: gated({ 'codedeploy-deployment-config': 'AllAtOnce' }) })
    expect(endOf(played)).toBe('refused 7 GATE_NEEDS_A_SHIFT')
  })

  test('and when it loses its sight, that is told at once and at the end', async () => {
    const played = await play({
      inputs: gated(),
      ...healthy,
      before: fault({
        operation: 'GetMetricData',
        kind: 'throttle',
        times: 99,
        when: { from: start + 2 * minute }
      })
    })
    expect(endOf(played)).toBe('succeeded 8')
    expect(lines(played, 'figures lost')).toEqual([
      '    2:28  figures lost        cloudwatch:GetMetricData: ThrottlingException; the new version is not judged meanwhile'
    ])
    expect(told(played, 'warning')).toEqual([
      "CloudWatch's figures could not be read from 14:02 UTC on (cloudwatch:GetMetricData: ThrottlingException): nobody judged v8 after that."
    ])
    expect(played.summary).toContain('nobody judged v8 after that')
  })

  test('and when it sees again, it judges what it has missed', async () => {
    const played = await play({
      inputs: gated(),
      ...failing,
      before: fault({
        operation: 'GetMetricData',
        kind: 'throttle',
        times: 99,
        when: { from: start + minute, to: start + 3.8 * minute }
      })
    })
    expect(lines(played, 'figures regained')).toHaveLength(1)
    expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
  })
})
