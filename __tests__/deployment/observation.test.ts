import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  isOver,
  isUnweighted,
  isWhollyOn,
  servingVersion,
  shareOf,
  shares,
  type Traffic
} from '../../src/deployment/observation.ts'

describe('an alias', () => {
  test.each<{
    name: string
    traffic: Traffic
    shares: [string, number][]
    serving: string
    of7: number
    of8: number
  }>([
    {
      name: 'without weights is wholly on its version',
      traffic: { version: '7', weights: {} },
      shares: [['7', 1]],
      serving: '7',
      of7: 1,
      of8: 0
    },
    {
      name: 'with a weight is split, its own version first',
      traffic: { version: '7', weights: { '8': 0.1 } },
      shares: [
        ['7', 0.9],
        ['8', 0.1]
      ],
      serving: '7:0.9,8:0.1',
      of7: 0.9,
      of8: 0.1
    },
    {
      name: 'reads 0.1 where 1 - 0.9 is not quite that in binary',
      traffic: { version: '8', weights: { '7': 0.9 } },
      shares: [
        ['8', 0.1],
        ['7', 0.9]
      ],
      serving: '8:0.1,7:0.9',
      of7: 0.9,
      of8: 0.1
    },
    {
      name: 'that gives all weight to another version is wholly on that one',
      traffic: { version: '7', weights: { '8': 1 } },
      shares: [['8', 1]],
      serving: '8',
      of7: 0,
      of8: 1
    },
    {
      name: 'is not moved by a weight of zero',
      traffic: { version: '7', weights: { '8': 0 } },
      shares: [['7', 1]],
      serving: '7',
      of7: 1,
      of8: 0
    },
    {
      name: 'is not moved by a weight on its own version',
      traffic: { version: '7', weights: { '7': 1 } },
      shares: [['7', 1]],
      serving: '7',
      of7: 1,
      of8: 0
    },
    {
      name: 'may be split among three versions',
      traffic: { version: '7', weights: { '8': 0.1, '9': 0.2 } },
      shares: [
        ['7', 0.7],
        ['8', 0.1],
        ['9', 0.2]
      ],
      serving: '7:0.7,8:0.1,9:0.2',
      of7: 0.7,
      of8: 0.1
    }
  ])('$name', ({ traffic, shares: expected, serving, of7, of8 }) => {
    expect(shares(traffic)).toEqual(expected)
    expect(servingVersion(traffic)).toBe(serving)
    expect([shareOf(traffic, '7'), shareOf(traffic, '8')]).toEqual([of7, of8])
    expect([isWhollyOn(traffic, '7'), isWhollyOn(traffic, '8')]).toEqual([of7 === 1, of8 === 1])
  })

  test.each<{ name: string; traffic: Traffic; is: boolean }>([
    { name: 'has none', traffic: { version: '7', weights: {} }, is: true },
    {
      name: 'has one on its own version, which moves nothing',
      traffic: { version: '7', weights: { '7': 1 } },
      is: true
    },
    { name: 'has one of 0 for another version', traffic: { version: '7', weights: { '8': 0 } }, is: false },
    { name: 'is split', traffic: { version: '7', weights: { '8': 0.1 } }, is: false },
    { name: 'gives everything to another version', traffic: { version: '7', weights: { '8': 1 } }, is: false }
  ])('is without weights, as CodeDeploy needs it, if it $name: $is', ({ traffic, is }) => {
    expect(isUnweighted(traffic)).toBe(is)
  })

  const split = fc.record({
    version: fc.constantFrom('7', '8'),
    weights: fc
      .tuple(fc.constantFrom('7', '8', '9'), fc.integer({ min: 0, max: 100 }))
      .map(([version, percent]) => ({ [version]: percent / 100 }))
  })

  test('always sends exactly all of its traffic somewhere', () => {
    fc.assert(
      fc.property(split, traffic => {
        const whole = shares(traffic).reduce((sum, [, share]) => sum + share, 0)
        expect(whole).toBeCloseTo(1, 9)
      })
    )
  })

  test('is wholly on a version exactly when that is the only one that gets traffic', () => {
    fc.assert(
      fc.property(split, fc.constantFrom('7', '8', '9'), (traffic, version) => {
        const only = shares(traffic).map(([each]) => each)
        expect(isWhollyOn(traffic, version)).toBe(only.length === 1 && only[0] === version)
      })
    )
  })
})

describe('a deployment', () => {
  test.each(['Succeeded', 'Failed', 'Stopped'])('is over when it is %s', status => {
    expect(isOver(status)).toBe(true)
  })

  test.each(['Created', 'Queued', 'InProgress', 'Baking', 'Ready', 'RolledBack', 'succeeded', ''])(
    "counts as running when its status is '%s'",
    status => {
      expect(isOver(status)).toBe(false)
    }
  )
})
