/** The gate in a shift of hours. */
import { describe, expect, test } from '@jest/globals'
import { later } from './incidents.ts'
import { type Inputs, type Played, play, release } from './play.ts'
import { asked } from './services.ts'

const minute = 60_000
const start = Date.parse('2026-11-20T14:00:00Z')

/** A canary of three hours with ten calls a second; version 8 fails all of its own from some minutes before the end. */
const threeHours = (inputs: Inputs, failsBefore = 0): Promise<Played> =>
  play({
    inputs: { ...release, 'codedeploy-deployment-config': 'Canary10Percent180Minutes', ...inputs },
    setting: { clients: { live: 600 } },
    before: later(180 - failsBefore, aws => aws.metrics.traffic.fails('payments-api', '8', 1))
  })

const endOf = ({ outputs }: Played): string =>
  [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')

describe('what CloudWatch shows before the last step stops it,', () => {
  test.each([
    { name: 'between two questions of a shift of hours', failsBefore: 7 },
    { name: 'in the last minute', failsBefore: 5.5 }
  ])('$name', async ({ failsBefore }) => {
    expect(endOf(await threeHours({ 'max-error-rate': '1' }, failsBefore))).toBe(
      'rolled-back 7 CANARY_ERRORS'
    )
  })
})

describe('nothing is said of a time of which CloudWatch has shown nothing:', () => {
  /** It stands still from then on, minutes after the start. */
  const standsStill = async (after: number, inputs: Inputs) => {
    const played = await play({
      inputs: { ...release, ...inputs },
      setting: { clients: { live: 600 } },
      before: (aws, clock) => {
        const late = () => Math.max(20_000, clock.now() - (start + after * minute))
        Object.defineProperty(aws.uncertain, 'metricsLateMs', { get: late })
        later(12, ({ metrics }) => metrics.traffic.fails('payments-api', '8', 0.9))(aws, clock, () => {})
      }
    })
    const warnings = played.annotations
      .filter(({ level }) => level === 'warning')
      .map(({ message }) => message)
    return [
      endOf(played),
      ...warnings,
      ...played.log.filter(line => /^No verdict|^Not judged|^Judged|^Whether/.test(line))
    ]
  }
  const half = { 'codedeploy-deployment-config': 'Canary10Percent30Minutes' }

  test('a gate says until when it judged', async () => {
    expect(await standsStill(10, { ...half, 'max-error-rate': '5' })).toEqual([
      'succeeded 8',
      'CloudWatch showed nothing of any function after 14:10 UTC: nobody judged v8 after that.',
      'Judged until 14:10 UTC: v8 failed 0 of 596 invocations, which is allowed.',
      'Not judged: 14:10 UTC to 14:30 UTC, because CloudWatch showed nothing of any function in that time.'
    ])
  })

  const notKnown =
    'Whether anybody invoked v8 during the shift is not known: CloudWatch has shown nothing of any function for more than twelve minutes.'

  test.each<{ name: string; inputs: Inputs; told: string[] }>([
    {
      name: 'a gate says that there was no verdict',
      inputs: { 'max-error-rate': '5' },
      told: [
        notKnown,
        'No verdict: CloudWatch had no figures of the shift yet.',
        'Not judged: 14:00 UTC to 14:30 UTC, because CloudWatch showed nothing of any function in that time.'
      ]
    },
    { name: 'not that nobody came', inputs: {}, told: [notKnown] },
    {
      name: 'nor is the new version taken back for that',
      inputs: { 'if-no-traffic': 'fail' },
      told: [notKnown]
    }
  ])('$name', async ({ inputs, told }) => {
    expect(await standsStill(-1, { ...half, ...inputs })).toEqual(['succeeded 8', ...told])
  })
})

describe('the figures are asked for', () => {
  const everyMinute = Array.from({ length: 10 }, (_, index) => index + 0.5)
  const every = (minutes: number): number[] =>
    Array.from({ length: Math.floor(170 / minutes) }, (_, index) => 10.5 + minutes * index)

  test.each<{ name: string; inputs: Inputs; at: number[] }>([
    {
      name: 'every minute at first, and then every five',
      inputs: {},
      at: [0, ...everyMinute, ...every(5), 180.1]
    },
    {
      name: 'every minute at first, then every two, and right before the last step, when a gate is to stop it',
      inputs: { 'max-error-rate': '1' },
      at: [0, ...everyMinute, ...every(2), 179.8, 180.1]
    }
  ])('$name', async ({ inputs, at }) => {
    const { aws } = await threeHours(inputs)
    const times = asked(aws, 'GetMetricData').map(each => Math.round((each.at - start) / (minute / 10)) / 10)
    expect(times).toEqual(at)
  })
})
