import { describe, expect, test } from '@jest/globals'
import type { Outcome } from '../../src/deployment/outcome.ts'
import { Reporter } from '../../src/report/reporter.ts'
import { rememberingJob } from './job.ts'
import { alarm, record, rolledBack, subject, succeeded } from './records.ts'

describe('the reporter', () => {
  test('publishes every output, also those with nothing to say', () => {
    const { told, journal, reporter } = rememberingJob()
    journal.follow([record()])
    reporter.publish()
    expect(told.outputs).toMatchObject({
      outcome: '',
      version: '8',
      'deployment-id': 'd-NEW',
      'error-code': ''
    })
    expect(Object.keys(told.outputs)).toHaveLength(18)
  })

  test('says which deployment it is about, with a link to it', () => {
    const { told, reporter } = rememberingJob()
    reporter.created(record(), subject)
    expect(told.log).toEqual([
      'Deployment d-NEW of payments-api:live',
      'https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-NEW?region=eu-west-1'
    ])
  })

  test('reports an event as a line, with the time since the start of the deployment', () => {
    const { told, journal, reporter } = rememberingJob()
    const release = record()
    journal.follow([release])
    const event = { kind: 'status', at: 4_000, status: 'InProgress', rollback: false } as const
    reporter.tell([{ subject, event }], () => release)
    expect(told.log).toEqual(['    0:03  deployment          InProgress'])
  })

  test('names the function in each line when several are released', () => {
    const { told, journal, reporter } = rememberingJob()
    const release = record()
    journal.follow([release, record({ functionName: 'ledger' })])
    reporter.tell([{ subject, event: { kind: 'sight-regained', at: 4_000, afterMs: 2_000 } }], () => release)
    expect(told.log).toEqual(['    0:03  payments-api  sight regained      after 2s'])
  })

  test('names the alias as well when two aliases of one function are released', () => {
    const { told, journal, reporter } = rememberingJob()
    const release = record()
    journal.follow([release, record({ alias: 'beta' }), record({ functionName: 'ledger' })])
    const event = { kind: 'sight-regained', at: 4_000, afterMs: 2_000 } as const
    const [beta, ledger] = [{ alias: 'beta' }, { functionName: 'ledger' }].map(each => ({
      ...subject,
      ...each
    }))
    reporter.tell(
      [subject, beta, ledger].flatMap(each => (each ? [{ subject: each, event }] : [])),
      () => release
    )
    expect(told.log).toEqual([
      '    0:03  payments-api:live  sight regained      after 2s',
      '    0:03  payments-api:beta  sight regained      after 2s',
      '    0:03  ledger             sight regained      after 2s'
    ])
  })

  test('colours only what it is told to', async () => {
    const { told, job, journal } = rememberingJob()
    const reporter = new Reporter(job, journal, (tone, text) => `<${tone} ${text}>`)
    const releases = [record({ outcome: rolledBack }), record({ functionName: 'ledger', outcome: succeeded })]
    journal.follow(releases)
    reporter.tell([{ subject, event: { kind: 'rollback-found', at: 4_000, rollbackId: 'd-BACK' } }], () =>
      record()
    )
    await reporter.conclude()
    expect(told.log.filter(line => line.includes('<') && !line.includes('AWS:'))).toEqual([
      '<dim     0:03>  payments-api  <yellow rollback            d-BACK shifts the traffic back>'
    ])
    expect(told.annotations.flat().join()).not.toMatch(/<(dim|red|green|yellow)/)
    expect(told.summaries.join()).not.toMatch(/<(dim|red|green|yellow)/)
  })

  test('links the alarms of a deployment in the summary', async () => {
    const { told, journal, reporter } = rememberingJob()
    const release = record({ outcome: succeeded })
    journal.follow([release])
    const event = { kind: 'sight-regained', at: 4_000, afterMs: 2_000 } as const
    journal.note([{ subject: { ...subject, alarms: ['payments-errors'] }, event }], () => release)
    await reporter.conclude()
    expect(told.summaries.join()).toContain(
      '| Alarms | <a href="https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/payments-errors"><code>payments-errors</code></a> |'
    )
  })

  test('warns once about each thing, however often it is told', () => {
    const { told, reporter } = rememberingJob()
    const release = record()
    reporter.warn(release, 'a\nb')
    reporter.warn(release, 'a\nb')
    expect(told.annotations).toEqual([['warning', 'Lambda CodeDeploy', 'a / b']])
    expect(release.warnings).toEqual(['a\nb'])
  })

  test('names the function in a warning when several are released, unless the warning is about the step', () => {
    const { told, journal, reporter } = rememberingJob()
    const release = record()
    journal.follow([release, record({ functionName: 'ledger' })])
    reporter.warn(release, 'Odd.')
    reporter.warn(release, 'GitHub does not answer.', 'step')
    expect(told.annotations).toEqual([
      ['warning', 'Lambda CodeDeploy', 'payments-api:live: Odd.'],
      ['warning', 'Lambda CodeDeploy', 'GitHub does not answer.']
    ])
    expect(release.warnings).toEqual(['Odd.', 'GitHub does not answer.'])
  })

  test('warns about a part that may not be read', () => {
    const { told, reporter } = rememberingJob()
    const event = { kind: 'part-unreadable', at: 4_000, part: 'traffic', reason: 'Denied.' } as const
    reporter.tell([{ subject, event }], () => record())
    expect(told.annotations).toEqual([['warning', 'Lambda CodeDeploy', 'Denied.']])
  })

  test('says in the log what GitHub would drop as the eleventh annotation', () => {
    const { told, reporter } = rememberingJob()
    const release = record()
    for (let count = 1; count <= 12; count++) reporter.warn(release, `w${count}`)
    expect(told.annotations).toHaveLength(9)
    expect(told.log).toEqual(['Warning: w10', 'Warning: w11', 'Warning: w12'])
    expect(release.warnings).toHaveLength(12)
  })

  test.each<{ name: string; functions: number; log: string[] }>([
    {
      name: 'one: open, because GitHub folds groups',
      functions: 1,
      log: ['Plan for a:live', '  traffic    v7 → v8', '  group      x']
    },
    {
      name: 'several: a line each, the rest folded',
      functions: 2,
      log: ['[Plan for a:live: v7 → v8]', '  traffic    v7 → v8', '  group      x']
    },
    { name: 'very many: a line each', functions: 11, log: ['Plan for a:live: v7 → v8'] }
  ])('shows the plan of $name', ({ functions, log }) => {
    const { told, journal, reporter } = rememberingJob()
    journal.follow(Array.from({ length: functions }, () => record()))
    reporter.plan({
      title: 'Plan for a:live',
      glance: 'v7 → v8',
      facts: ['  traffic    v7 → v8', '  group      x']
    })
    expect(told.log).toEqual(log)
  })

  test('shows the state of a release that is not over, which no annotation has yet', async () => {
    const { told, journal, reporter } = rememberingJob()
    journal.follow([record({ outcome: rolledBack, unfinished: true })])
    await reporter.conclude()
    expect(told.annotations).toEqual([])
    expect(told.log).toEqual([
      'payments-api:live was rolled back and serves v7 as before.',
      'Why:  Alarm payments-errors went off, so CodeDeploy stopped the deployment. (ALARM_ACTIVE)',
      'AWS:  Activated alarms: <payments-errors>',
      'Next: Look at the alarm, then release again.'
    ])
  })

  test('shows the AppSpec with a bar before each line', () => {
    const { told, reporter } = rememberingJob()
    reporter.appSpec(record(), '{\n::error::x')
    expect(told.log).toEqual(['[AppSpec]', '│ {', '│ ::error::x'])
  })

  test('ends a success with one notice, outputs and a summary', async () => {
    const { told, journal, reporter } = rememberingJob()
    journal.follow([record({ outcome: succeeded })])
    expect(await reporter.conclude()).toBe('succeeded')
    expect(told.annotations).toEqual([
      [
        'notice',
        'Lambda CodeDeploy: succeeded, live serves v8',
        'payments-api:live is wholly on v8 in 1m 05s.'
      ]
    ])
    expect(told.log).toEqual([])
    expect(told.outputs).toMatchObject({ outcome: 'succeeded', 'serving-version': '8' })
    expect(told.summaries).toHaveLength(1)
  })

  test('ends a failure with one error, and shows the whole log of the hook with a bar before each line', async () => {
    const { told, journal, reporter } = rememberingJob()
    const outcome: Outcome = { ...rolledBack, cause: { ...alarm, log: ['1', '2', '3', '::error::4'] } }
    journal.follow([record({ outcome })])
    expect(await reporter.conclude()).toBe('rolled-back')
    expect(told.annotations.map(([level, title]) => [level, title])).toEqual([
      ['error', 'Lambda CodeDeploy: rolled-back, live serves v7']
    ])
    expect(told.log).toEqual(['[Last 4 lines in the log of the hook]', '│ 1', '│ 2', '│ 3', '│ ::error::4'])
  })

  test('ends several releases with the worst of their outcomes, in one annotation', async () => {
    const { told, journal, reporter } = rememberingJob()
    journal.follow([record({ outcome: rolledBack }), record({ functionName: 'ledger', outcome: succeeded })])
    expect(await reporter.conclude()).toBe('rolled-back')
    expect(told.annotations.map(([level, title]) => [level, title])).toEqual([
      ['error', 'Lambda CodeDeploy: rolled-back, 1 of 2 functions not released']
    ])
  })

  test('sets an output again only when it has changed', () => {
    const { told, journal, reporter } = rememberingJob()
    const release = record()
    journal.follow([release])
    reporter.publish()
    told.order.length = 0
    release.rollbackId = 'd-BACK'
    reporter.publish()
    reporter.publish()
    expect(told.order).toEqual(['output rollback-deployment-id', 'output results'])
  })
})
