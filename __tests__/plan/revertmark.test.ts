import { expect, test } from '@jest/globals'
import { revertedBy, revertMark } from '../../src/plan/revertmark.ts'

test('a revert is recognised by its description, and only that', () => {
  expect(revertedBy(revertMark('d-1A2B3C4D5'))).toBe('d-1A2B3C4D5')
  for (const other of [
    '',
    'reverts the last one',
    'this reverts d-1A2B3C4D5',
    'reverts d-1A2B3C4D5, and more'
  ])
    expect(revertedBy(other)).toBeUndefined()
})
