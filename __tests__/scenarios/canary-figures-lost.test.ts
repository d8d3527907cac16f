/** A gate that has seen figures, and then CloudWatch gives none. */
import { describe, expect, test } from '@jest/globals'
import type { FaultKind } from '../../simulator/faults.ts'
import { fault, later } from './incidents.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'

const gated: Inputs = { ...release, 'max-error-rate': '5' }
const lost = (kind: FaultKind) => fault({ operation: 'GetMetricData', kind, times: Number.POSITIVE_INFINITY })

const endOf = ({ outputs }: Pick<Played, 'outputs'>): string =>
  [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')

test.each<FaultKind>(['throttle', 'accessDenied'])(
  'what it has seen is judged once it is old enough, also when CloudWatch gives no answer by then: %s',
  async kind => {
    const played = await play({
      inputs: { ...gated, 'codedeploy-deployment-config': 'Canary10Percent10Minutes' },
      setting: { clients: { live: 60, errors: { 8: 0.2 } } },
      before: later(6, lost(kind))
    })
    expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
  }
)

describe('a gate that has judged all that there was misses nothing', () => {
  test.each<{ name: string; after: Inputs; afterMinutes: number; kind: FaultKind; judged: string[] }>([
    {
      name: 'when CloudWatch throttles while the last hook runs',
      after: { 'after-allow-traffic-hook': 'CodeDeployHook_after' },
      afterMinutes: 9,
      kind: 'throttle',
      judged: ['Judged until 14:05 UTC: v8 failed 0 of 296 invocations, which is allowed.']
    },
    {
      name: 'when the figures may not be read any more while the last hook runs',
      after: { 'after-allow-traffic-hook': 'CodeDeployHook_after' },
      afterMinutes: 9,
      kind: 'accessDenied',
      judged: ['Judged until 14:05 UTC: v8 failed 0 of 296 invocations, which is allowed.']
    },
    {
      name: 'when the very last question has no answer',
      after: {},
      afterMinutes: 302 / 60,
      kind: 'throttle',
      judged: [
        'Judged until 14:03 UTC: v8 failed 0 of 176 invocations, which is allowed.',
        "Not judged: 14:03 UTC to 14:05 UTC, because CloudWatch's figures come late."
      ]
    }
  ])('$name', async ({ after, afterMinutes, kind, judged }) => {
    const played = await play({
      inputs: { ...gated, ...after },
      setting: { clients: { live: 600 }, after: { seconds: 600 } },
      before: later(afterMinutes, lost(kind))
    })
    const warnings = played.annotations.filter(({ level }) => level === 'warning')
    expect([endOf(played), warnings]).toEqual(['succeeded 8', []])
    expect(played.log.filter(line => /figures lost|figures regained|udged/.test(line))).toEqual([
      expect.stringContaining(' gate '),
      ...judged
    ])
  })
})

test('what CloudWatch shows late, after it has stood still for forty minutes, is judged', async () => {
  const played = await play({
    inputs: { ...gated, 'codedeploy-deployment-config': 'Canary10Percent60Minutes' },
    setting: { clients: { live: 600 } },
    before: (...world) => {
      const [aws, clock] = world
      const at = (minutes: number) => clock.now() + minutes * 60_000
      aws.metrics.standstill = { from: at(10), to: at(50) }
      later(12, () => aws.metrics.traffic.fails('payments-api', '8', 0.9))(...world)
      later(28, () => aws.metrics.traffic.fails('payments-api', '8', 0))(...world)
    }
  })
  expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
})

describe('when CloudWatch answers, but without all counts,', () => {
  const failing = { clients: { live: 600, errors: { 8: 0.5 } } }
  const hour: Inputs = { ...gated, 'codedeploy-deployment-config': 'Canary10Percent60Minutes' }
  const broken = (metric: string | undefined, from: number, to: number): NonNullable<Play['before']> =>
    later(from, (aws, clock) =>
      aws.faults.add({
        operation: 'GetMetricData',
        kind: 'brokenSeries',
        ...(metric && { metric }),
        when: { to: clock.now() + (to - from) * 60_000 },
        times: Number.POSITIVE_INFINITY
      })
    )

  test('that is told like any other fault, and not taken for a version without errors', async () => {
    const played = await play({ inputs: gated, setting: failing, before: broken('Errors', 0, 10) })
    const warnings = played.annotations.filter(({ level }) => level === 'warning')
    expect([
      endOf(played),
      ...played.log.filter(line => line.includes('figures lost')),
      ...warnings.map(({ message }) => message)
    ]).toEqual([
      'succeeded 8',
      '    0:28  figures lost        cloudwatch:GetMetricData: InternalError; the new version is not judged meanwhile',
      "CloudWatch's figures could never be read (cloudwatch:GetMetricData: InternalError): nobody judged the new version."
    ])
  })

  test('nobody is said to have stayed away', async () => {
    const { annotations } = await play({
      inputs: { ...release, 'codedeploy-deployment-config': 'Canary10Percent30Minutes' },
      setting: { clients: { live: 600 } },
      before: broken(undefined, 0, 40)
    })
    expect(annotations.map(({ message }) => message)).toEqual([
      'payments-api:live is wholly on v8 in 30m 04s.'
    ])
  })

  test('the minutes are judged that it lacked for more than half an hour', async () => {
    const played = await play({
      inputs: hour,
      setting: failing,
      before: (...world) => {
        broken(undefined, 1, 40)(...world)
        later(12, aws => aws.metrics.traffic.fails('payments-api', '8', 0))(...world)
      }
    })
    expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
  })

  test('a p95 that is missing keeps nobody from judging', async () => {
    const played = await play({ inputs: gated, setting: failing, before: broken('Duration', 0, 10) })
    expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
  })
})

describe('why nobody judged is told as it was', () => {
  const told = async (inputs: Inputs, afterMinutes: number, kind: FaultKind, metricsLateMs = 20_000) => {
    const played = await play({
      inputs,
      uncertain: { metricsLateMs },
      setting: { clients: { live: 600 } },
      before: later(afterMinutes, lost(kind))
    })
    const about = played.log.filter(line => /figures lost|No verdict|Not judged|Judged/.test(line))
    const warnings = played.annotations.filter(({ level }) => level === 'warning')
    return [endOf(played), ...about, ...warnings.map(({ message }) => message)]
  }

  test('when the figures may not be read any more', async () => {
    expect(await told(gated, 1, 'accessDenied')).toEqual([
      'succeeded 8',
      '    1:28  figures lost        The credentials do not allow cloudwatch:GetMetricData on *; the new version is not judged from now on',
      "No verdict: CloudWatch's figures could not be read for long enough.",
      "Not judged: 14:00 UTC to 14:05 UTC, because CloudWatch's figures could not be read.",
      "CloudWatch's figures could not be read from 14:01 UTC on (The credentials do not allow cloudwatch:GetMetricData on *): nobody judged v8 after that."
    ])
  })

  test('when the figures cannot be read for the rest of the shift', async () => {
    expect(await told(gated, 3, 'throttle')).toEqual([
      'succeeded 8',
      '    3:28  figures lost        cloudwatch:GetMetricData: ThrottlingException; the new version is not judged meanwhile',
      'Judged until 14:01 UTC: v8 failed 0 of 56 invocations, which is allowed.',
      "Not judged: 14:01 UTC to 14:05 UTC, because CloudWatch's figures could not be read.",
      "CloudWatch's figures could not be read from 14:03 UTC on (cloudwatch:GetMetricData: ThrottlingException): nobody judged v8 after that."
    ])
  })

  test('when a fault passes into a denial, once more', async () => {
    const denied = lost('accessDenied')
    const played = await play({
      inputs: gated,
      setting: { clients: { live: 600 } },
      before: (...world) => {
        later(1, fault({ operation: 'GetMetricData', kind: 'throttle', times: 3 }))(...world)
        later(1, denied)(...world)
      }
    })
    expect(played.log.filter(line => line.includes('figures lost'))).toEqual([
      '    1:28  figures lost        cloudwatch:GetMetricData: ThrottlingException; the new version is not judged meanwhile',
      '    2:13  figures lost        The credentials do not allow cloudwatch:GetMetricData on *; the new version is not judged from now on'
    ])
  })

  test('when it is not known whether anybody came', async () => {
    expect(await told({ ...release, 'if-no-traffic': 'fail' }, 1, 'throttle', 600_000)).toEqual([
      'succeeded 8',
      '    1:28  figures lost        cloudwatch:GetMetricData: ThrottlingException; the new version is not judged meanwhile',
      "CloudWatch's figures could not be read from 14:01 UTC on (cloudwatch:GetMetricData: ThrottlingException): nobody judged v8 after that.",
      "Whether anybody invoked v8 during the shift is not known: CloudWatch's figures could not be read."
    ])
  })
})
