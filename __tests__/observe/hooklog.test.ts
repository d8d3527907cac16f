import { describe, expect, test } from '@jest/globals'
import type { Cause, Outcome } from '../../src/deployment/outcome.ts'
import { withHookLog } from '../../src/observe/hooklog.ts'

const startedAt = Date.parse('2026-11-20T14:00:05Z')
const minuteMs = 60_000
const hook = { event: 'BeforeAllowTraffic', functionName: 'check', startedAt }
const endedAfter = (ms: number) => ({ ...hook, endedAt: startedAt + ms })
const release = { subject: { hooks: { BeforeAllowTraffic: 'check' } }, logGroups: new Map<string, string>() }

const failed = (over: Partial<Cause>): Outcome & { cause: Cause } => ({
  kind: 'rolled-back',
  cause: { code: 'HOOK_EXECUTION_FAILURE', what: 'It failed.', next: 'Fix it.', hook, ...over }
})

/** Two hours after the hook has started, with these lines in every log; and what was read of them. */
function world(lines: string[]) {
  const read: { group: string; from: number; to: number }[] = []
  const logs = {
    tail: async (group: string, from: number, to: number) => {
      read.push({ group, from, to })
      return lines
    }
  }
  const clock = { now: () => startedAt + 120 * minuteMs, sleep: async () => {} }
  return { read, logs, clock }
}

describe('the log of a failed hook is read from its start', () => {
  test.each<{ name: string; cause: Partial<Cause>; forMs: number }>([
    { name: 'to its end', cause: { hook: endedAfter(3_000) }, forMs: 3_000 },
    {
      name: 'to its end also when somebody else reported for it after most of an hour',
      cause: { hook: endedAfter(50 * minuteMs) },
      forMs: 50 * minuteMs
    },
    {
      name: 'for as long as a function can run, when it never reported',
      cause: { code: 'TIMEOUT', hook: endedAfter(60 * minuteMs) },
      forMs: 15 * minuteMs
    },
    {
      name: 'for as long as a function can run, when it never reported and the rollback failed, too',
      cause: { code: 'ROLLBACK_FAILED', hook: endedAfter(60 * minuteMs) },
      forMs: 15 * minuteMs
    },
    { name: 'for as long as a function can run, when its end is not known', cause: {}, forMs: 15 * minuteMs }
  ])('$name', async ({ cause, forMs }) => {
    const { read, ...rest } = world(['500'])
    const outcome = failed(cause)
    expect(await withHookLog(outcome, release, [release], rest)).toEqual({
      ...outcome,
      cause: { ...outcome.cause, log: ['500'] }
    })
    expect(read).toEqual([{ group: '/aws/lambda/check', from: startedAt, to: startedAt + forMs }])
  })
})

test('that nothing was written is said of the time in which it was looked for', async () => {
  const outcome = failed({ hook: endedAfter(50 * minuteMs) })
  expect(await withHookLog(outcome, release, [release], world([]))).toEqual({
    ...outcome,
    cause: {
      ...outcome.cause,
      log: ['(nothing was written to /aws/lambda/check from 14:00:05 to 14:50:05 UTC)']
    }
  })
})

describe('hooks of other releases may have written to the log', () => {
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:check'
  const other = (name: string, logGroup?: string) => ({
    subject: { hooks: { AfterAllowTraffic: name } },
    logGroups: new Map(logGroup === undefined ? [] : [[name, logGroup]])
  })

  test.each<{ name: string; others: ReturnType<typeof other>[]; isShared: boolean }>([
    { name: 'when they have the same hook', others: [other('else'), other('check')], isShared: true },
    { name: 'when they have the same hook by another name', others: [other(arn)], isShared: true },
    {
      name: 'when their hooks write to the same log group',
      others: [other('else', '/aws/lambda/check')],
      isShared: true
    },
    { name: 'but not when they have hooks of their own', others: [other('else')], isShared: false },
    { name: 'but not when there are no others', others: [], isShared: false }
  ])('$name', async ({ others, isShared }) => {
    const outcome = failed({})
    expect(await withHookLog(outcome, release, [release, ...others], world(['500']))).toEqual({
      ...outcome,
      cause: { ...outcome.cause, hook: { ...hook, ...(isShared && { isShared }) }, log: ['500'] }
    })
  })
})
