import { describe, expect, test } from '@jest/globals'
import type { Sums } from '../../src/deployment/figures.ts'
import { verdictText } from '../../src/watch/verdict.ts'
import { subject } from '../deployment/observations.ts'

describe('the rate and the limit of a verdict', () => {
  test.each<{ name: string; target: Sums; allowed: number; says: string }>([
    {
      name: 'are whole numbers when they are far apart',
      target: { invocations: 56, errors: 11 },
      allowed: 5,
      says: '20 %, allowed 5 %'
    },
    {
      name: 'have a digit after the point below ten',
      target: { invocations: 700, errors: 3 },
      allowed: 0,
      says: '0.4 %, allowed 0 %'
    },
    {
      name: 'never look the same: the rate gets the digit that shows it',
      target: { invocations: 561, errors: 58 },
      allowed: 10,
      says: '10.3 %, allowed 10 %'
    },
    {
      name: 'never look the same, however small they are',
      target: { invocations: 40_000, errors: 9 },
      allowed: 0.02,
      says: '0.023 %, allowed 0.02 %'
    },
    {
      name: 'keep the limit as it was given',
      target: { invocations: 100, errors: 20 },
      allowed: 12.5,
      says: '20 %, allowed 12.5 %'
    },
    {
      name: 'have as many digits as the limit was given with',
      target: { invocations: 10_000, errors: 1_254 },
      allowed: 12.53,
      says: '12.54 %, allowed 12.53 %'
    },
    {
      name: 'have a limit with two digits when it depends on the version before',
      target: { invocations: 100, errors: 6 },
      allowed: 2 + (5 / 543) * 100,
      says: '6 %, allowed 2.92 %'
    },
    {
      name: 'have more when both are almost the same',
      target: { invocations: 100_000, errors: 2_922 },
      allowed: 2 + (5 / 542.4) * 100,
      says: '2.922 %, allowed 2.9218 %'
    }
  ])('$name', ({ target, allowed, says }) => {
    const until = Date.parse('2026-11-20T14:03:00Z')
    const text = verdictText({ kind: 'canary-errors', at: until, until, target, allowed }, subject())
    expect(text).toBe(
      `v8 failed ${target.errors} of ${target.invocations} invocations until 14:03 UTC (${says}).`
    )
  })
})
