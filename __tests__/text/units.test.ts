import { describe, expect, test } from '@jest/globals'
import { duration, elapsed, milliseconds, percent, size, timeOfDay } from '../../src/text/units.ts'

describe('a span of time', () => {
  test.each<[ms: number, shown: string]>([
    [0, '0s'],
    [-5, '0s'],
    [43_400, '43s'],
    [59_499, '59s'],
    [59_500, '1m 00s'],
    [300_000, '5m 00s'],
    [3_599_499, '59m 59s'],
    [3_599_500, '1h 00m'],
    [3_900_000, '1h 05m'],
    [180_000_000, '50h 00m']
  ])('of %d ms reads %s', (ms, shown) => {
    expect(duration(ms)).toBe(shown)
  })

  test.each<[ms: number, shown: string]>([
    [0, '0 ms'],
    [212.41, '212 ms'],
    [999.4, '999 ms'],
    [999.5, '1.0 s'],
    [59_949, '59.9 s'],
    [59_950, '1m 00s'],
    [899_000, '14m 59s']
  ])('that is short, of %d ms, reads %s', (ms, shown) => {
    expect(milliseconds(ms)).toBe(shown)
  })

  test.each<[ms: number, shown: string]>([
    [-1, '0:00'],
    [999, '0:00'],
    [7_000, '0:07'],
    [307_000, '5:07'],
    [3_599_999, '59:59'],
    [3_907_000, '1:05:07']
  ])('since the start, of %d ms, reads %s', (ms, shown) => {
    expect(elapsed(ms)).toBe(shown)
  })
})

test('a time is shown in UTC, with its day when that is not today', () => {
  const at = Date.parse('2026-11-20T14:32:59.999Z')
  expect([timeOfDay(at), timeOfDay(at, at - 10 * 3_600_000), timeOfDay(at, at - 20 * 3_600_000)]).toEqual([
    '14:32 UTC',
    '14:32 UTC',
    'Fri 14:32 UTC'
  ])
})

test.each<[share: number, shown: string]>([
  [0, '0%'],
  [0.1, '10%'],
  [0.125, '12.5%'],
  [0.29, '29%'],
  [1, '100%']
])('a share of %d reads %s', (share, shown) => {
  expect(percent(share)).toBe(shown)
})

describe('a size', () => {
  test.each<[bytes: number, shown: string]>([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_024, '1 kB'],
    [1_025, '1.1 kB'],
    [1_048_576, '1 MB'],
    [52_428_800, '50 MB'],
    [52_428_801, '50.1 MB'],
    [262_144_000, '250 MB']
  ])('of %d bytes reads %s, never less than it is', (bytes, shown) => {
    expect(size(bytes)).toBe(shown)
  })
})
