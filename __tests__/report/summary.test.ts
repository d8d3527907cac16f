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

| Serving now | v8 |
| :--- | :--- |
| Outcome | <code>succeeded</code> |
| Alias | <code>payments-api:live</code> |
| Versions | v7 → v8 |
| Strategy | 10%, then all after 5 minutes |
| Started | 1970-01-01 00:00:01 UTC, took 1m 05s |
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

**What to do next** Look at the alarm, then release again.

**End of the hook's log**

\`\`\`\`text
one
two \`\`\`
\`\`\`\`

\`\`\`mermaid
gantt
title Traffic of payments-api live, 1970-01-01 (UTC)
dateFormat HH:mm:ss
axisFormat %H:%M:%S
tickInterval 15second
todayMarker off
section v7 to v8
v7 100% :done, 00:00:01, 00:01:06
%%{init: {"gantt":{"leftPadding":78},"themeVariables":{"sectionBkgColor":"#80808040","altSectionBkgColor":"#80808018","sectionBkgColor2":"#80808040","taskBkgColor":"#1f6feb","taskBorderColor":"#1f6feb","taskTextColor":"#ffffff"}}}%%
\`\`\`

| Serving now | v7 |
| :--- | :--- |
| Outcome | <code>rolled-back</code> |
| Alias | <code>payments-api:live</code> |
| Versions | v7 → v8 |
| Strategy | 10%, then all after 5 minutes |
| Started | 1970-01-01 00:00:01 UTC, took 1m 05s |
| Deployment | <a href="https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-NEW?region=eu-west-1"><code>d-NEW</code></a> |
| Rollback | <code>d-BACK</code> |

> ⚠️ Hook x is not named CodeDeployHook&#95;…

| After | Event | |
| ---: | :--- | :--- |
| 0:01 | deployment | InProgress |
| 1:05 | rollback | d-BACK shifts the traffic back |

<details><summary>AppSpec</summary>

\`\`\`json
{
}
\`\`\`

</details>
`)
  })

  test('of a refused release has only what is known', () => {
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

**What to do next** Create it.

| Serving now | unknown |
| :--- | :--- |
| Outcome | <code>refused</code> |
| Alias | <code>f:live</code> |
`)
  })

  test('of several functions begins with one table, and folds the details of each', () => {
    const cause = { code: 'HELD_BACK', what: 'All or none.', next: 'Fix the other one.' }
    const blocked = { kind: 'refused', cause } as const
    const text = summary([
      record({ outcome: succeeded, consoleUrl: 'https://example.com/d-NEW' }),
      { functionName: 'ledger', alias: 'live', events: [], warnings: [], outcome: rolledBack },
      { functionName: 'orders', alias: 'live', events: [], warnings: [], outcome: blocked }
    ])
    expect(
      text.slice(0, text.indexOf('\n\n<details>'))
    ).toBe(`### ❌ 3 functions: refused, because of <code>ledger:live</code>

**Why** Alarm payments-errors went off, so CodeDeploy stopped the deployment. <code>ALARM&#95;ACTIVE</code>

**AWS says** <code>Activated alarms: &#60;payments-errors&#62;</code>

**What to do next** Look at the alarm, then release again.

| | Function | Outcome | Serving now | Before | Target | Deployment |
| :--- | :--- | :--- | :--- | :--- | :--- | :--- |
| ❌ | <code>ledger:live</code> | <code>rolled-back</code> | v7 | – | – | – |
| ❌ | <code>orders:live</code> | <code>refused</code> | unknown | – | – | – |
| ✅ | <code>payments-api:live</code> | <code>succeeded</code> | v8 | v7 | v8 | <a href="https://example.com/d-NEW"><code>d-NEW</code></a> |`)
    expect(text.match(/^<details><summary>.*$|^### .*$/gm)).toEqual([
      '### ❌ 3 functions: refused, because of <code>ledger:live</code>',
      '<details><summary><code>ledger:live</code></summary>',
      '### ❌ ledger:live was rolled back and serves v7.',
      '<details><summary><code>orders:live</code></summary>',
      '### ❌ orders:live was not released; no traffic was moved.',
      '<details><summary><code>payments-api:live</code></summary>',
      '### ✅ payments-api:live is wholly on v8 in 1m 05s.'
    ])
  })

  test('of very many functions folds all details behind one title', () => {
    const many = Array.from({ length: 11 }, (_, index) =>
      record({ functionName: `f${index}`, outcome: succeeded })
    )
    const titles = summary(many).match(/<summary>.*<\/summary>/g)
    expect(titles?.slice(0, 2)).toEqual([
      '<summary>Details of each</summary>',
      '<summary><code>f0:live</code></summary>'
    ])
    expect(titles).toHaveLength(12)
  })

  test('leaves out the middle of too many events, and says how many', () => {
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

  test('has all events if they are just not too many', () => {
    const events = Array.from({ length: 200 }, (_, index) => status(1_000 * (index + 1), `S${index}`))
    const text = summary([record({ events })])
    expect(text).not.toContain('left out')
    expect(text).toContain('| 3:19 | deployment | S199 |')
  })

  test('folds events that would fill the page', () => {
    const story = (count: number) =>
      summary([record({ events: Array.from({ length: count }, (_, index) => status(1_000, `S${index}`)) })])
    expect(story(24)).not.toContain('<details>')
    expect(story(25)).toContain('<details><summary>25 events</summary>\n\n| After | Event | |')
  })

  test('does not say what was still to come when something happened', () => {
    const forecast = { next: { share: 1, at: 5_000 }, doneAt: 5_000 }
    const traffic = { version: '7', weights: { '8': 0.1 } }
    expect(summary([record({ events: [{ kind: 'traffic', at: 2_000, traffic, forecast }] })])).toContain(
      '| 0:01 | traffic | ██░░░░░░░░░░░░░░░░░░  v7 90%  v8 10% |'
    )
  })

  test('shows commands as code', () => {
    const next =
      'Stop it: aws deploy stop-deployment --deployment-id d-1 <x>. To go back: aws lambda update-alias --routing-config AdditionalVersionWeights={}'
    expect(summary([record({ outcome: { ...rolledBack, cause: { ...alarm, next } } })])).toContain(
      '**What to do next** Stop it: <code>aws deploy stop-deployment --deployment-id d-1 &#60;x&#62;</code>. To go back: <code>aws lambda update-alias --routing-config AdditionalVersionWeights&#61;&#123;&#125;</code>\n'
    )
  })

  test.each([
    ['planned', '📋'],
    ['started', '▶️'],
    ['created', '✅'],
    ['unchanged', '✅']
  ] as const)('marks %s with %s', (kind, mark) => {
    expect(summary([record({ outcome: { kind } })])).toMatch(new RegExp(`^### ${mark} `))
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
