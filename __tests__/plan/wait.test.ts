import { expect, test } from '@jest/globals'
import { stepWaitMs, waitMsOf } from '../../src/plan/wait.ts'

const minutes = (ms: number): number => ms / 60_000
const canary = { type: 'TimeBasedCanary', percentage: 10, minutes: 5 } as const

test('a deployment may take what its strategy takes, an hour for each hook, and ten minutes', () => {
  expect(minutes(waitMsOf(canary, {}))).toBe(15)
  expect(minutes(waitMsOf(canary, { BeforeAllowTraffic: 'a', AfterAllowTraffic: 'b' }))).toBe(135)
})

test('a deployment whose strategy nobody knows may take two days and ten minutes', () => {
  expect(minutes(waitMsOf(undefined, {}))).toBe(48 * 60 + 10)
})

test('the step waits as long as it is told to, however long its deployments may take', () => {
  expect(minutes(stepWaitMs(3, [waitMsOf(canary, {})]))).toBe(3)
})

test('the step that is not told waits as long as the longest of its deployments may take', () => {
  expect(stepWaitMs(undefined, [1, 3, 2])).toBe(3)
  expect(stepWaitMs(undefined, [])).toBe(0)
})
