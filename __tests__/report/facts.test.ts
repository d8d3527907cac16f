import { describe, expect, test } from '@jest/globals'
import type { Cause } from '../../src/deployment/outcome.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { facts, lookAt } from '../../src/report/facts.ts'
import { alarm, record, rolledBack } from './records.ts'

const start = Date.parse('2026-11-20T14:00:00Z')
const cloudWatch = 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1'
const deployment = `deployment <a href="https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-NEW?region=eu-west-1"><code>d-NEW</code></a>`
const alias = `alias <a href="https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/payments-api/aliases/live"><code>payments-api:live</code></a>`
const log = '#logsV2:log-groups/log-group/$252Faws$252Flambda$252FCodeDeployHook&#95;before'

const failedHook = (hook: NonNullable<Cause['hook']>): Cause => ({
  code: 'HOOK_EXECUTION_FAILURE',
  what: 'It failed.',
  next: 'Fix it.',
  hook
})

describe('the facts', () => {
  test('have a link to each thing in the console', () => {
    const of = record({
      outcome: rolledBack,
      rollbackId: 'd-BACK',
      application: 'payments',
      group: 'payments-live',
      alarms: ['payments-errors', 'late replies'],
      startedAt: start,
      endedAt: start + 125_000
    })
    const console = 'https://eu-west-1.console.aws.amazon.com'
    const lambda = `${console}/lambda/home?region=eu-west-1#/functions/payments-api`
    const deployments = `${console}/codesuite/codedeploy/deployments`
    expect(facts(of, 'eu-west-1')).toBe(`| Serving now | v7 |
| :--- | :--- |
| Outcome | <code>rolled-back</code> |
| Alias | <a href="${lambda}/aliases/live"><code>payments-api:live</code></a> |
| Versions | <a href="${lambda}/versions/7">v7</a> → <a href="${lambda}/versions/8">v8</a> |
| Strategy | 10%, then all after 5 minutes |
| Started | 2026-11-20 14:00:00 UTC, took 2m 05s |
| Deployment | <a href="${deployments}/d-NEW?region=eu-west-1"><code>d-NEW</code></a> |
| Rollback | <a href="${deployments}/d-BACK?region=eu-west-1"><code>d-BACK</code></a> |
| Deployment group | <code>payments</code> / <code>payments-live</code> |
| Alarms | <a href="${cloudWatch}#alarmsV2:alarm/payments-errors"><code>payments-errors</code></a>, <a href="${cloudWatch}#alarmsV2:alarm/late%20replies"><code>late replies</code></a> |`)
  })

  test.each<{ name: string; over: Partial<ReleaseRecord>; row: string }>([
    {
      name: 'one version when there was nothing to change',
      over: { previousVersion: '8' },
      row: '| Target version | v8 |'
    },
    {
      name: 'how long each test took, and which start was cold',
      over: { tests: { count: 3, passed: [{ durationMs: 212.4, initMs: 843 }, { durationMs: 1_250 }] } },
      row: '| Tests | 2 of 3 passed: 212 ms (cold start 843 ms), 1.3 s |'
    },
    {
      name: 'which old versions were deleted',
      over: { oldVersions: { deleted: ['1', '2', '3', '5'], refused: [], unsure: [], durable: [], left: 2 } },
      row: '| Old versions | 4 deleted &#40;1–3, 5&#41;; 2 more left for the next release |'
    },
    {
      name: 'that no test has passed',
      over: { tests: { count: 1, passed: [] } },
      row: '| Tests | 0 of 1 passed |'
    },
    {
      name: 'no more than ten of many tests',
      over: { tests: { count: 12, passed: Array.from({ length: 12 }, () => ({ durationMs: 61_000 })) } },
      row: `| Tests | 12 of 12 passed: ${Array.from({ length: 10 }, () => '1m 01s').join(', ')}, … |`
    },
    {
      name: 'which commit was live and what the release adds',
      over: {
        commits: { live: '1a2b3c4d5e6f', liveUrl: 'https://github.com/l', bringsUrl: 'https://github.com/b' }
      },
      row: '| Commits | <a href="https://github.com/l"><code>1a2b3c4</code></a> was live; <a href="https://github.com/b">what this release brings</a> |'
    }
  ])('say $name', ({ over, row }) => {
    expect(facts(record(over), undefined).split('\n')).toContain(row)
  })

  test('cannot be broken by names', () => {
    const hostile = '"><script>|\n'
    const text = facts(
      record({ functionName: hostile, alias: hostile, rollbackId: hostile, alarms: [hostile, '\ud800'] }),
      'eu-west-1'
    )
    expect(text).not.toMatch(/<script|"&|""/)
    expect(text.split('\n').every(line => /^\| [^|]* \| [^|]* \|$/.test(line))).toBe(true)
  })
})

describe('what to look at', () => {
  test.each<{ name: string; over?: Partial<ReleaseRecord>; cause: Cause; region?: string; says: string[] }>([
    {
      name: 'is the alarm that went off, of several',
      over: { alarms: ['late', 'payments-errors'] },
      cause: alarm,
      says: [
        `**Look at** alarm <a href="${cloudWatch}#alarmsV2:alarm/payments-errors"><code>payments-errors</code></a> · ${deployment} · ${alias}`
      ]
    },
    {
      name: 'is each alarm that went off',
      over: { alarms: ['late', 'a', 'b'] },
      cause: { ...alarm, message: 'Activated alarms: <a> <b>' },
      says: [
        `**Look at** alarm <a href="${cloudWatch}#alarmsV2:alarm/a"><code>a</code></a> · alarm <a href="${cloudWatch}#alarmsV2:alarm/b"><code>b</code></a> · ${deployment} · ${alias}`
      ]
    },
    {
      name: 'is not an alarm whose name is a part of the name of the one that went off',
      over: { alarms: ['payments', 'payments-errors', 'alarms'] },
      cause: alarm,
      says: [
        `**Look at** alarm <a href="${cloudWatch}#alarmsV2:alarm/payments-errors"><code>payments-errors</code></a> · ${deployment} · ${alias}`
      ]
    },
    {
      name: 'is every alarm when AWS does not say which one went off',
      over: { alarms: ['a', 'b'] },
      cause: { code: 'ALARM_ACTIVE', what: 'One went off.', next: '' },
      says: [
        `**Look at** alarm <a href="${cloudWatch}#alarmsV2:alarm/a"><code>a</code></a> · alarm <a href="${cloudWatch}#alarmsV2:alarm/b"><code>b</code></a> · ${deployment} · ${alias}`
      ]
    },
    {
      name: 'is the rollback that failed, and the alarm that caused it',
      over: { alarms: ['late', 'payments-errors'], rollbackId: 'd-BACK' },
      cause: { ...alarm, code: 'ROLLBACK_FAILED' },
      says: [
        `**Look at** alarm <a href="${cloudWatch}#alarmsV2:alarm/payments-errors"><code>payments-errors</code></a> · ${deployment} · ${deployment.replace('deployment', 'rollback').replaceAll('d-NEW', 'd-BACK')} · ${alias}`
      ]
    },
    {
      name: 'is the log of the hook, from a minute before to a minute after',
      cause: failedHook({
        event: 'BeforeAllowTraffic',
        functionName: 'arn:aws:lambda:eu-west-1:123456789012:function:CodeDeployHook_before',
        startedAt: start,
        endedAt: start + 3_000
      }),
      says: [
        `**Look at** log of <a href="${cloudWatch}${log.replace('&#95;', '_')}/log-events$3Fstart$3D${start - 60_000}$26end$3D${start + 63_000}"><code>CodeDeployHook&#95;before</code></a> · ${deployment} · ${alias}`
      ]
    },
    {
      name: 'is the whole log of a hook that ran at an unknown time, in its own log group',
      over: { hookLogGroup: '/hooks' },
      cause: failedHook({ event: 'BeforeAllowTraffic', functionName: 'h' }),
      says: [
        `**Look at** log of <a href="${cloudWatch}#logsV2:log-groups/log-group/$252Fhooks"><code>h</code></a> · ${deployment} · ${alias}`
      ]
    },
    { name: 'is nothing without a region', cause: alarm, region: '', says: [] },
    {
      name: 'is nothing when nothing is known',
      over: { functionName: '', alias: '', deploymentId: '' },
      cause: { code: 'INVALID_INPUT', what: 'x', next: 'y' },
      says: []
    }
  ])('$name', ({ over, cause, region = 'eu-west-1', says }) => {
    expect(lookAt(record(over), cause, region)).toEqual(says)
  })
})
