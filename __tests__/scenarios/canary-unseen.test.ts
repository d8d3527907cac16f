/** A gate whose shift CodeDeploy does not show: its lifecycle events cannot be read, and the alias can, or cannot either. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { FaultKind } from '../../simulator/faults.ts'
import type { PaymentsOptions } from '../../simulator/setting.ts'
import { anotherIsRunning, fault, hooks, later } from './incidents.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'

const start = Date.parse('2026-11-20T14:00:00Z')
const always = Number.POSITIVE_INFINITY
const failing: PaymentsOptions = { clients: { live: 600, errors: { 6: 0.5, 8: 0.5 } } }
const gated: Inputs = { ...release, 'max-error-rate': '5' }
const watched: Inputs = {
  'deployment-id': 'active',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-group': 'payments-live',
  'max-error-rate': '5'
}

const hidden = (kind: FaultKind, operation = 'ListDeploymentTargets') =>
  fault({ operation, kind, times: always, ...(kind === 'timeout' && { ms: 20_000 }) })

const endOf = ({ outputs }: Pick<Played, 'outputs'>): string =>
  [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')

const told = ({ annotations }: Pick<Played, 'annotations'>, level: string): string[] =>
  annotations.filter(each => each.level === level).map(({ message }) => message)

const lines = ({ log }: Played, word: string): string[] => log.filter(line => line.includes(word))

describe('a version that fails is stopped, because the alias shows that traffic shifts,', () => {
  test.each<{
    name: string
    before: NonNullable<Play['before']>
    inputs?: Inputs
    setting?: PaymentsOptions
  }>([
    { name: 'though the role may not list the targets', before: hidden('accessDenied') },
    {
      name: 'though the role may not read the targets',
      before: hidden('accessDenied', 'BatchGetDeploymentTargets')
    },
    { name: 'though CodeDeploy throttles whoever lists the targets', before: hidden('throttle') },
    { name: 'though nobody answers whoever lists the targets', before: hidden('timeout') },
    { name: 'though the answers name no target', before: hidden('emptyJson') },
    {
      name: 'though the answers describe no target',
      before: hidden('emptyJson', 'BatchGetDeploymentTargets')
    },
    {
      name: 'though a hook runs before, and its events cannot be read',
      before: hidden('accessDenied'),
      inputs: { ...gated, ...hooks },
      setting: { ...failing, before: { seconds: 90 }, after: {} }
    },
    {
      name: 'though the events can no longer be read while a hook runs before',
      before: later(1, hidden('throttle', 'BatchGetDeploymentTargets')),
      inputs: { ...gated, ...hooks },
      setting: { ...failing, before: { seconds: 90 }, after: {} }
    }
  ])('$name', async ({ before, inputs = gated, setting = failing }) => {
    expect(endOf(await play({ inputs, setting, before }))).toBe('rolled-back 7 CANARY_ERRORS')
  })

  test('also in a deployment that is only watched', async () => {
    const played = await play({
      inputs: watched,
      setting: failing,
      before: (...world) => {
        anotherIsRunning('6')(...world)
        hidden('accessDenied')(...world)
      }
    })
    expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
  })

  test('and so is one that nobody invokes', async () => {
    const played = await play({
      inputs: { ...release, 'if-no-traffic': 'fail' },
      setting: { clients: { live: 0, latest: 100 } },
      before: hidden('accessDenied')
    })
    expect(endOf(played)).toBe('rolled-back 7 NO_TRAFFIC')
  })
})

test('a version that is well passes, its figures are shown, and there are no more requests than usual', async () => {
  const setting: PaymentsOptions = { clients: { live: 600 } }
  const played = await play({ inputs: gated, setting, before: hidden('accessDenied') })
  const usual = await play({ inputs: gated, setting })
  expect(endOf(played)).toBe('succeeded 8')
  expect(lines(played, 'so far')).toEqual(lines(usual, 'so far'))
  expect(lines(played, 'still starting')).toEqual([])
  expect(lines(played, 'udged')).toEqual(lines(usual, 'udged'))
  expect(JSON.parse(played.outputs.metrics ?? '').target).toEqual(
    JSON.parse(usual.outputs.metrics ?? '').target
  )
  expect(played.aws.requests.length).toBeLessThanOrEqual(usual.aws.requests.length)
})

test('errors from after the shift are not judged, though nobody saw when all traffic moved', async () => {
  const played = await play({
    inputs: { ...gated, 'after-allow-traffic-hook': 'CodeDeployHook_after' },
    setting: { clients: { live: 600 }, after: { seconds: 600 } },
    before: (...world) => {
      hidden('accessDenied')(...world)
      const when = { from: start + 240_000, to: start + 420_000 }
      fault({ operation: 'GetAlias', kind: 'throttle', times: always, when })(...world)
      later(5.2, aws => aws.metrics.traffic.fails('payments-api', '8', 0.9))(...world)
    }
  })
  expect(endOf(played)).toBe('succeeded 8')
})

test('what the new version failed in minutes in which neither was answered is judged once the alias is', async () => {
  const played = await play({
    inputs: { ...gated, ...hooks, 'codedeploy-deployment-config': 'Canary10Percent10Minutes' },
    setting: { ...failing, before: { seconds: 20 } },
    uncertain: { metricsLateMs: 400_000 },
    before: (...world) => {
      hidden('throttle')(...world)
      const when = { to: start + 420_000, from: start + 15_000 }
      fault({ operation: 'GetAlias', kind: 'throttle', times: always, when })(...world)
    }
  })
  expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
})

describe('that nobody judges is told', () => {
  test('at once, when neither the events nor the alias may be read', async () => {
    const played = await play({
      inputs: gated,
      setting: failing,
      before: (...world) => {
        hidden('accessDenied')(...world)
        later(0.03, hidden('accessDenied', 'GetAlias'))(...world)
      }
    })
    expect(lines(played, 'figures lost')).toEqual([
      '    0:03  figures lost        Neither the lifecycle events nor the alias can be read; the new version is not judged from now on'
    ])
    expect(endOf(played)).toBe('lost ALIAS_UNREADABLE')
  })

  test('at the end, when neither was answered while traffic shifted', async () => {
    const played = await play({
      inputs: gated,
      setting: failing,
      before: (...world) => {
        hidden('throttle')(...world)
        const when = { to: start + 303_000, from: start + 2_000 }
        fault({ operation: 'GetAlias', kind: 'throttle', times: always, when })(...world)
      }
    })
    expect(endOf(played)).toBe('succeeded 8')
    expect(told(played, 'warning')).toEqual([
      'It was not seen when both versions shared the traffic: nobody judged v8.'
    ])
    expect(lines(played, 'sight lost')).toEqual([
      '    1:08  sight lost          codedeploy:ListDeploymentTargets: ThrottlingException; the lifecycle events are not seen meanwhile, retrying',
      '    1:08  sight lost          lambda:GetAlias: TooManyRequestsException; the alias is not seen meanwhile, retrying'
    ])
  })
})

test('events that give no answer are told after a minute, and once more when they do', async () => {
  const played = await play({
    inputs: { ...gated, ...hooks },
    setting: { clients: { live: 600 }, before: { seconds: 200 }, after: {} },
    before: fault({
      operation: 'BatchGetDeploymentTargets',
      kind: 'throttle',
      times: always,
      when: { from: start + 10_000, to: start + 150_000 }
    })
  })
  expect(endOf(played)).toBe('succeeded 8')
  expect(lines(played, 'sight')).toEqual([
    '    1:12  sight lost          codedeploy:BatchGetDeploymentTargets: ThrottlingException; the lifecycle events are not seen meanwhile, retrying',
    '    2:42  sight regained      the lifecycle events are seen again, after 2m 30s'
  ])
})

describe('a version that nobody invokes is not stopped before traffic has shifted for minutes, with a hook that runs first', () => {
  const few = (live: number, seconds: number): Partial<Play> => ({
    inputs: { ...release, ...hooks, 'if-no-traffic': 'fail' },
    setting: { clients: { live }, before: { seconds }, after: {} }
  })
  const weights = (given: Record<string, number>) => (aws: Aws) =>
    void aws.lambda.updateAlias({
      FunctionName: 'payments-api',
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: given }
    })

  test('though somebody gives the alias weights meanwhile, and one answer about the events is lost', async () => {
    const played = await play({
      ...few(4, 600),
      uncertain: { thirdPartyAlias: 'overwrites' },
      before: (...world) => {
        later(1, weights({ 8: 0.05 }))(...world)
        later(2, weights({}))(...world)
        const when = { from: start + 62_000 }
        fault({ operation: 'BatchGetDeploymentTargets', kind: 'throttle', when })(...world)
      }
    })
    expect(endOf(played)).toBe('succeeded 8')
  })

  test('though the events are denied, and the alias cannot be read while the shift begins', async () => {
    const played = await play({
      ...few(5, 240),
      before: (...world) => {
        hidden('accessDenied')(...world)
        const when = { from: start + 60_000, to: start + 270_000 }
        fault({ operation: 'GetAlias', kind: 'throttle', times: always, when })(...world)
      }
    })
    expect(endOf(played)).toBe('succeeded 8')
  })
})
