import { describe, expect, test } from '@jest/globals'
import type { Event } from '../../src/deployment/event.ts'
import { summary } from '../../src/report/summary.ts'
import { alarm, record, rolledBack, succeeded } from './records.ts'

const status = (at: number, text: string): Event => ({ kind: 'status', at, status: text, rollback: false })

describe('the job summary', () => {
  test('of a success has its facts', () => {
    expect(
      summary([record({ outcome: succeeded })])
    ).toBe(`### ✅ payments-api:live is wholly on v8 in 1m 05s.

| | |
| --- | --- |
| Function | <code>payments-api:live</code> |
| Outcome | <code>succeeded</code> |
| Serving now | v8 |
| Version before | 7 |
| Target version | 8 |
| Strategy | 10%, then all after 5 minutes |
| Deployment | <a href="https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-NEW?region=eu-west-1"><code>d-NEW</code></a> |
`)
  })

  test('of a failure says why, what AWS said, what to do next, and what happened', () => {
    const text = summary([
      record({
        outcome: { ...rolledBack, cause: { ...alarm, problems: ['a: b'], log: ['one', 'two ```'] } },
        rollbackId: 'd-BACK',
        warnings: ['Hook x is not named CodeDeployHook_…'],
        appSpec: '{\n}',
        events: [
          status(2_000, 'InProgress'),
          { kind: 'heartbeat', at: 62_000, phase: 'shifting' },
          { kind: 'rollback-found', at: 66_000, rollbackId: 'd-BACK' }
        ]
      })
    ])
    expect(text).toBe(`### ❌ payments-api:live was rolled back and serves v7 as before.

**Why** Alarm payments-errors went off, so CodeDeploy stopped the deployment. <code>ALARM&#95;ACTIVE</code>

- <code>a: b</code>

**AWS says** <code>Activated alarms: &#60;payments-errors&#62;</code>

**Next** Look at the alarm, then release again.

**End of the hook's log**

\`\`\`\`text
one
two \`\`\`
\`\`\`\`

| | |
| --- | --- |
| Function | <code>payments-api:live</code> |
| Outcome | <code>rolled-back</code> |
| Serving now | v7 |
| Version before | 7 |
| Target version | 8 |
| Strategy | 10%, then all after 5 minutes |
| Deployment | <a href="https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-NEW?region=eu-west-1"><code>d-NEW</code></a> |
| Rollback | <code>d-BACK</code> |

> ⚠️ Hook x is not named CodeDeployHook&#95;…

| After | What | |
| ---: | --- | --- |
| 0:01 | deployment | InProgress |
| 1:05 | rollback | d-BACK gives the traffic back |

<details><summary>AppSpec</summary>

\`\`\`json
{
}
\`\`\`

</details>
`)
  })

  test('of a release that was refused has dashes where nothing is known', () => {
    const cause = { code: 'ALIAS_MISSING', what: 'No alias.', next: 'Create it.' }
    const refused = {
      functionName: 'f',
      alias: 'live',
      events: [],
      warnings: [],
      outcome: { kind: 'refused', cause }
    } as const
    expect(
      summary([{ ...refused, events: [], warnings: [] }])
    ).toBe(`### ❌ f:live was not released; no traffic was moved.

**Why** No alias. <code>ALIAS&#95;MISSING</code>

**Next** Create it.

| | |
| --- | --- |
| Function | <code>f:live</code> |
| Outcome | <code>refused</code> |
| Serving now | unknown |
| Version before | – |
| Target version | – |
| Strategy | – |
| Deployment | – |
`)
  })

  test('of several functions begins with one table, and folds the details of each', () => {
    const cause = { code: 'HELD_BACK', what: 'All or none.', next: 'Mend the other one.' }
    const heldBack = { kind: 'refused', cause } as const
    const text = summary([
      record({ outcome: succeeded, consoleUrl: 'https://example.com/d-NEW' }),
      { functionName: 'ledger', alias: 'live', events: [], warnings: [], outcome: rolledBack },
      { functionName: 'orders', alias: 'live', events: [], warnings: [], outcome: heldBack }
    ])
    expect(text.slice(0, text.indexOf('\n\n<details>'))).toBe(`### ❌ 3 functions: refused

**Why** Alarm payments-errors went off, so CodeDeploy stopped the deployment. <code>ALARM&#95;ACTIVE</code>

**AWS says** <code>Activated alarms: &#60;payments-errors&#62;</code>

**Next** Look at the alarm, then release again.

| | Function | Outcome | Serving now | Before | Target | Deployment |
| --- | --- | --- | --- | --- | --- | --- |
| ✅ | <code>payments-api:live</code> | <code>succeeded</code> | v8 | 7 | 8 | <a href="https://example.com/d-NEW"><code>d-NEW</code></a> |
| ❌ | <code>ledger:live</code> | <code>rolled-back</code> | v7 | – | – | – |
| ❌ | <code>orders:live</code> | <code>refused</code> | unknown | – | – | – |`)
    expect(text.match(/^<details><summary>.*$|^### .*$/gm)).toEqual([
      '### ❌ 3 functions: refused',
      '<details><summary><code>payments-api:live</code></summary>',
      '### ✅ payments-api:live is wholly on v8 in 1m 05s.',
      '<details><summary><code>ledger:live</code></summary>',
      '### ❌ ledger:live was rolled back and serves v7.',
      '<details><summary><code>orders:live</code></summary>',
      '### ❌ orders:live was not released; no traffic was moved.'
    ])
  })

  test('leaves out the middle of a story that is too long, and says how much', () => {
    const events = Array.from({ length: 205 }, (_, index) => status(1_000 * (index + 1), `S${index}`))
    const rows = summary([record({ events })])
      .split('\n')
      .filter(line => /^\| (\d|…)/.test(line))
    expect(rows).toHaveLength(201)
    expect(rows.slice(98, 103)).toEqual([
      '| 1:38 | deployment | S98 |',
      '| 1:39 | deployment | S99 |',
      '| … | 5 events left out | |',
      '| 1:45 | deployment | S105 |',
      '| 1:46 | deployment | S106 |'
    ])
  })

  test('tells a story whole that is just not too long', () => {
    const events = Array.from({ length: 200 }, (_, index) => status(1_000 * (index + 1), `S${index}`))
    const text = summary([record({ events })])
    expect(text).not.toContain('left out')
    expect(text).toContain('| 3:19 | deployment | S199 |')
  })

  test('keeps the end of a log that is too long', () => {
    const log = Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(500)}`)
    const text = summary([record({ outcome: { ...rolledBack, cause: { ...alarm, log } } })])
    expect(text.length).toBeLessThan(25_000)
    expect(text).toContain(`99 ${'x'.repeat(500)}\n\`\`\``)
  })

  test('cannot be broken by what AWS says', () => {
    const cause = {
      ...alarm,
      what: '</code>|\n\n# x',
      message: '`]](javascript:x)',
      log: ['```', '<details>']
    }
    const text = summary([record({ outcome: { ...rolledBack, cause }, warnings: ['a\n\n<b>'] })])
    expect(text).toContain('**Why** &#60;/code&#62;&#124; / &#35; x <code>ALARM&#95;ACTIVE</code>')
    expect(text).toContain('**AWS says** <code>&#96;&#93;&#93;&#40;javascript:x&#41;</code>')
    expect(text).toContain('````text\n```\n<details>\n````')
    expect(text).toContain('> ⚠️ a / &#60;b&#62;')
  })
})
