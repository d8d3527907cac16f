import { describe, expect, test } from '@jest/globals'
import { freshSeeds } from '../../simulation/tell/fresh.ts'

describe('fresh seeds', () => {
  test.each([
    {
      name: 'begin at the first seven digits',
      hash: '43b56bc0ffee',
      count: 5000,
      range: [70997692, 71002691]
    },
    { name: 'take a short hash', hash: '0000001', count: 1, range: [1, 1] },
    {
      name: 'go as far as the digits do',
      hash: 'f'.repeat(40),
      count: 200_000,
      range: [268435455, 268635454]
    }
  ])('$name', ({ hash, count, range }) => {
    expect(freshSeeds(count, hash)).toEqual(range)
  })

  test.each([
    { name: 'a branch', hash: 'main', count: 10, problem: "'main' is not a hash of at least 7 hex digits" },
    { name: 'nothing', hash: '', count: 10, problem: "'' is not a hash of at least 7 hex digits" },
    { name: 'no seeds', hash: '43b56bc', count: 0, problem: '--fresh takes how many seeds to play' },
    { name: 'no number', hash: '43b56bc', count: Number.NaN, problem: '--fresh takes how many seeds to play' }
  ])('refuse $name', ({ hash, count, problem }) => {
    expect(() => freshSeeds(count, hash)).toThrow(new Error(problem))
  })
})
