import { expect, test } from '@jest/globals'
import { type LeavingPolicy, leavingOf } from '../../src/deployment/leaving.ts'

test.each<[given: LeavingPolicy | undefined, isOthers: boolean, does: LeavingPolicy]>([
  [undefined, false, 'rollback'],
  [undefined, true, 'continue'],
  ['rollback', true, 'rollback'],
  ['stop', true, 'stop'],
  ['continue', true, 'continue'],
  ['stop', false, 'stop'],
  ['continue', false, 'continue']
])('if-interrupted is %s, and another run began it: %s. It is left by %s', (given, isOthers, does) => {
  expect(leavingOf(given, isOthers)).toBe(does)
})
