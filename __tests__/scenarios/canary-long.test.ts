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
