import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { durationMs, type Schedule } from '../../src/deployment/schedule.ts'
import {
  configurationNamed,
  describeStrategy,
  isGradual,
  limits,
  type NamedConfiguration,
  type Strategy,
  sameStrategy,
  scheduleOf,
  strategyProblem
} from '../../src/deployment/strategy.ts'

const minute = 60_000
const allAtOnce: Strategy = { type: 'AllAtOnce' }
const canary = (percentage: number, minutes: number): Strategy => ({
  type: 'TimeBasedCanary',
  percentage,
  minutes
})
const linear = (percentage: number, minutes: number): Strategy => ({
  type: 'TimeBasedLinear',
  percentage,
  minutes
})

describe('codedeploy-deployment-config accepts', () => {
  test.each<{ name: string; given: string; is: NamedConfiguration }>([
    {
      name: "one of CodeDeploy's own configurations by its full name",
      given: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      is: {
        name: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        strategy: canary(10, 5),
        mayCreate: false
      }
    },
    {
      name: 'the same without its prefix',
      given: 'LambdaCanary10Percent5Minutes',
      is: {
        name: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        strategy: canary(10, 5),
        mayCreate: false
      }
    },
    {
      name: "SAM's short name for it",
      given: 'Canary10Percent5Minutes',
      is: {
        name: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        strategy: canary(10, 5),
        mayCreate: false
      }
    },
    {
      name: 'AllAtOnce',
      given: 'AllAtOnce',
      is: { name: 'CodeDeployDefault.LambdaAllAtOnce', strategy: allAtOnce, mayCreate: false }
    },
    {
      name: 'one minute, which CodeDeploy writes in the singular',
      given: 'Linear10PercentEvery1Minute',
      is: {
        name: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute',
        strategy: linear(10, 1),
        mayCreate: false
      }
    },
    {
      name: 'a canary that has no configuration yet',
      given: 'Canary25Percent7Minutes',
      is: { name: 'Canary25Percent7Minutes', strategy: canary(25, 7), mayCreate: true }
    },
    {
      name: 'a linear strategy that has no configuration yet',
      given: 'Linear5PercentEvery3Minutes',
      is: { name: 'Linear5PercentEvery3Minutes', strategy: linear(5, 3), mayCreate: true }
    },
    {
      name: 'a custom configuration, whose name says nothing',
      given: 'payments-careful',
      is: { name: 'payments-careful', mayCreate: false }
    },
    {
      name: 'a custom configuration that only starts like a strategy',
      given: 'Canary25Percent7MinutesV2',
      is: { name: 'Canary25Percent7MinutesV2', mayCreate: false }
    },
    {
      name: 'a reserved name that CodeDeploy may introduce, without ever creating it',
      given: 'CodeDeployDefault.LambdaCanary10Percent20Minutes',
      is: {
        name: 'CodeDeployDefault.LambdaCanary10Percent20Minutes',
        strategy: canary(10, 20),
        mayCreate: false
      }
    },
    {
      name: 'a custom name that happens to start with Lambda',
      given: 'LambdaTeam',
      is: { name: 'LambdaTeam', mayCreate: false }
    }
  ])('$name', ({ given, is }) => {
    expect(configurationNamed(given)).toEqual(is)
  })

  test.each([
    'AllAtOnce',
    'Canary10Percent5Minutes',
    'Canary10Percent10Minutes',
    'Canary10Percent15Minutes',
    'Canary10Percent30Minutes',
    'Linear10PercentEvery1Minute',
    'Linear10PercentEvery2Minutes',
    'Linear10PercentEvery3Minutes',
    'Linear10PercentEvery10Minutes'
  ])("%s, one of CodeDeploy's own, by all three of its names", short => {
    const full = `CodeDeployDefault.Lambda${short}`
    const named = configurationNamed(full)
    expect(named).toEqual({ name: full, strategy: expect.anything(), mayCreate: false })
    expect([configurationNamed(`Lambda${short}`), configurationNamed(short)]).toEqual([named, named])
  })
})

describe('the schedule of a strategy', () => {
  test.each<{ name: string; strategy: Strategy; schedule: Schedule }>([
    { name: 'moves all at once', strategy: allAtOnce, schedule: [{ afterMs: 0, share: 1 }] },
    {
      name: 'of a canary has two steps',
      strategy: canary(10, 5),
      schedule: [
        { afterMs: 0, share: 0.1 },
        { afterMs: 5 * minute, share: 1 }
      ]
    },
    {
      name: 'of a linear shift moves the first increment at once',
      strategy: linear(25, 2),
      schedule: [
        { afterMs: 0, share: 0.25 },
        { afterMs: 2 * minute, share: 0.5 },
        { afterMs: 4 * minute, share: 0.75 },
        { afterMs: 6 * minute, share: 1 }
      ]
    },
    {
      name: 'cuts the last increment to the rest',
      strategy: linear(40, 1),
      schedule: [
        { afterMs: 0, share: 0.4 },
        { afterMs: minute, share: 0.8 },
        { afterMs: 2 * minute, share: 1 }
      ]
    }
  ])('$name', ({ strategy, schedule }) => {
    expect(scheduleOf(strategy)).toEqual(schedule)
  })

  test.each<{ name: string; strategy: Strategy; minutes: number }>([
    { name: 'a linear shift of 10 percent a minute takes nine minutes', strategy: linear(10, 1), minutes: 9 },
    {
      name: 'a linear shift of 10 percent every ten minutes takes ninety',
      strategy: linear(10, 10),
      minutes: 90
    },
    { name: 'a linear shift of 99 percent takes one interval', strategy: linear(99, 7), minutes: 7 },
    { name: 'a canary of half an hour takes half an hour', strategy: canary(10, 30), minutes: 30 }
  ])('$name', ({ strategy, minutes }) => {
    expect(durationMs(scheduleOf(strategy))).toBe(minutes * minute)
  })

  const percentage = fc.integer({ min: 1, max: limits.percentage })
  const anyStrategy = fc.oneof(
    fc.constant(allAtOnce),
    fc.tuple(percentage, fc.integer({ min: 1, max: 2_880 })).map(([share, every]) => canary(share, every)),
    fc.tuple(percentage, fc.integer({ min: 1, max: 60 })).map(([share, every]) => linear(share, every))
  )

  test('begins at once, always moves on, and ends with all of the traffic', () => {
    fc.assert(
      fc.property(anyStrategy, strategy => {
        const schedule = scheduleOf(strategy)
        expect(schedule[0].afterMs).toBe(0)
        expect(schedule.at(-1)?.share).toBe(1)
        for (const [index, step] of schedule.slice(1).entries()) {
          expect(step.afterMs).toBeGreaterThan(schedule[index]?.afterMs ?? Number.NaN)
          expect(step.share).toBeGreaterThan(schedule[index]?.share ?? Number.NaN)
        }
      })
    )
  })

  test('of a linear shift has as many steps as increments are needed', () => {
    fc.assert(
      fc.property(percentage, share => {
        expect(scheduleOf(linear(share, 1))).toHaveLength(Math.ceil(100 / share))
      })
    )
  })

  test('lasts at most two days for every strategy within the limits', () => {
    fc.assert(
      fc.property(fc.nat(120), fc.nat(3_000), fc.boolean(), (share, every, isLinear) => {
        const strategy = isLinear ? linear(share, every) : canary(share, every)
        const isFine =
          share >= 1 && share <= 99 && every >= 1 && durationMs(scheduleOf(strategy)) <= 2_880 * minute
        expect(strategyProblem(strategy) === undefined).toBe(isFine)
      })
    )
  })
})

describe("CodeDeploy's limits", () => {
  test.each<{ name: string; strategy: Strategy; problem: string | undefined }>([
    { name: 'do not apply to AllAtOnce', strategy: allAtOnce, problem: undefined },
    { name: 'allow two days', strategy: canary(99, 2_880), problem: undefined },
    {
      name: 'do not allow a minute more',
      strategy: canary(1, 2_881),
      problem:
        'it would take 2881 minutes, and CodeDeploy allows 2880 (two days) from the first shift to the last'
    },
    {
      name: 'count all increments of a linear shift',
      strategy: linear(1, 30),
      problem:
        'it would take 2970 minutes, and CodeDeploy allows 2880 (two days) from the first shift to the last'
    },
    {
      name: 'ask for a percentage below 100',
      strategy: canary(100, 5),
      problem: 'the percentage must be from 1 to 99'
    },
    {
      name: 'ask for a percentage above 0',
      strategy: linear(0, 5),
      problem: 'the percentage must be from 1 to 99'
    },
    { name: 'ask for at least a minute', strategy: canary(10, 0), problem: 'the minutes must be at least 1' }
  ])('$name', ({ strategy, problem }) => {
    expect(strategyProblem(strategy)).toBe(problem)
  })
})

describe('a strategy', () => {
  test.each<[strategy: Strategy, says: string]>([
    [allAtOnce, 'all traffic at once'],
    [canary(10, 5), '10%, then all after 5 minutes'],
    [linear(5, 3), '5% more every 3 minutes'],
    [linear(10, 1), '10% more every 1 minute']
  ])('%j reads %s', (strategy, says) => {
    expect(describeStrategy(strategy)).toBe(says)
  })

  test.each<{ name: string; a: Strategy; b: Strategy; same: boolean }>([
    { name: 'is the same as another with the same numbers', a: canary(10, 5), b: canary(10, 5), same: true },
    { name: 'is the same as another AllAtOnce', a: allAtOnce, b: allAtOnce, same: true },
    { name: 'differs by its percentage', a: canary(10, 5), b: canary(20, 5), same: false },
    { name: 'differs by its minutes', a: canary(10, 5), b: canary(10, 6), same: false },
    { name: 'differs by its kind', a: canary(10, 5), b: linear(10, 5), same: false },
    { name: 'differs from AllAtOnce', a: canary(10, 5), b: allAtOnce, same: false }
  ])('$name', ({ a, b, same }) => {
    expect([sameStrategy(a, b), sameStrategy(b, a)]).toEqual([same, same])
  })

  test('lets two versions share the traffic unless it is AllAtOnce', () => {
    expect([isGradual(allAtOnce), isGradual(canary(10, 5)), isGradual(linear(10, 1))]).toEqual([
      false,
      true,
      true
    ])
  })
})
