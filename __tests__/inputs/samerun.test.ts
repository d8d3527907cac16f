import { describe, expect, test } from '@jest/globals'
import { isSameRun } from '../../src/inputs/request.ts'
import { inputsOf, required } from './given.ts'

const mark = 'acme/payments@1a2b3c4 run 4711.1'

test.each([
  { name: 'the same attempt', one: mark, other: mark, same: true },
  { name: 'another attempt', one: mark, other: 'acme/payments@1a2b3c4 run 4711.12', same: true },
  { name: 'another run', one: mark, other: 'acme/payments@1a2b3c4 run 47110.1', same: false },
  {
    name: 'a run whose number begins alike',
    one: mark,
    other: 'acme/payments@1a2b3c4 run 471.1',
    same: false
  },
  { name: 'another repository', one: mark, other: 'acme/other@1a2b3c4 run 4711.1', same: false },
  { name: 'a description by hand', one: mark, other: 'promote 6', same: false },
  {
    name: 'the same description by hand, which any run may have',
    one: 'promote 6',
    other: 'promote 6',
    same: false
  },
  { name: 'a mark with something behind it', one: mark, other: `${mark} again`, same: false }
])('$name: the same run, $same', ({ one, other, same }) => {
  expect([isSameRun(one, other), isSameRun(other, one)]).toEqual([same, same])
})

describe('if-interrupted', () => {
  test('is not known when it is not given: whose deployment it is decides', () => {
    expect(inputsOf(required)).not.toHaveProperty('leaving')
  })
  test.each(['rollback', 'stop', 'continue'])('is %s when it is given', given => {
    expect(inputsOf({ ...required, 'if-interrupted': given }).leaving).toBe(given)
  })
})
