import { describe, expect, test } from '@jest/globals'
import { Journal } from '../src/journal.ts'
import { fromState } from '../src/state.ts'
import { rememberingJob } from './report/job.ts'
import { record, rolledBack, subject, succeeded } from './report/records.ts'

const stop = { kind: 'stop-asked', at: 4_000, reason: 'interrupted', rollBack: true } as const

describe('the journal', () => {
  test('saves how to find a deployment before CodeDeploy is asked for it', () => {
    const { told, journal } = rememberingJob()
    const { deploymentId: _, ...early } = record()
    const { deploymentId: __, ...nameless } = subject
    const fingerprint = { description: 'run 4711.1', sha256: 'ab12', since: 5 }
    journal.creating({ record: early, subject: nameless, fingerprint })
    expect(fromState(told.state.run ?? '')).toMatchObject({
      phase: 'creating',
      region: 'eu-west-1',
      leaving: 'rollback',
      releases: [{ record: { functionName: 'payments-api' }, subject: nameless, fingerprint }]
    })
  })

  test('saves the id of a new deployment for the post step', () => {
    const { told, journal } = rememberingJob()
    const release = record()
    journal.follow([release])
    journal.created(release, subject)
    expect(fromState(told.state.run ?? '')).toMatchObject({
      phase: 'running',
      releases: [{ record: { deploymentId: 'd-NEW' }, subject }]
    })
  })

  test('saves that a deployment is being stopped', () => {
    const { told, journal } = rememberingJob()
    const release = record()
    journal.created(release, subject)
    journal.note([{ subject, event: stop }], () => release)
    expect(fromState(told.state.run ?? '')?.phase).toBe('stopping')
  })

  test('saves that one is being stopped also when another one is reverted after that', () => {
    const { told, journal } = rememberingJob()
    const release = record()
    journal.created(release, subject)
    journal.note([{ subject, event: stop }], () => release)
    journal.reverting([record({ functionName: 'orders' })], undefined)
    expect(fromState(told.state.run ?? '')?.phase).toBe('stopping')
  })

  test('takes a stop for told when main has told it, for whatever reason post asks again', () => {
    const { journal } = rememberingJob()
    const release = record({ events: [stop] })
    const again = { ...stop, at: 9_000, reason: 'blocked', by: 'ledger:live ended Failed' } as const
    expect(journal.note([{ subject, event: again }], () => release)).toEqual([])
    expect(release.events).toEqual([stop])
  })

  test('saves which function blocks the others', () => {
    const { told, journal } = rememberingJob()
    const release = record()
    journal.created(release, subject)
    const event = { ...stop, reason: 'blocked', by: 'ledger:live ended Failed' } as const
    journal.note([{ subject, event }], () => release)
    expect(fromState(told.state.run ?? '')?.blockedBy).toBe('ledger:live ended Failed')
  })

  test('keeps every event for the summary', () => {
    const { journal } = rememberingJob()
    const release = record()
    journal.note([{ subject, event: stop }], () => release)
    expect(release.events).toEqual([stop])
  })

  test('keeps the alarms of a deployment when it is reverted by one that has none', () => {
    const { journal } = rememberingJob()
    const release = record()
    journal.note([{ subject: { ...subject, alarms: ['payments-errors'] }, event: stop }], () => release)
    journal.note([{ subject: { ...subject, alarms: [] }, event: stop }], () => release)
    expect(release.alarms).toEqual(['payments-errors'])
  })

  test('leaves nothing to post once all has been told', () => {
    const { told, journal } = rememberingJob()
    journal.created(record(), subject)
    journal.done()
    expect(JSON.parse(told.state.run ?? '')).toMatchObject({ phase: 'done', releases: [] })
  })

  test('saves nothing while nothing can have been asked of AWS', () => {
    const { told, job } = rememberingJob()
    const journal = new Journal(job)
    journal.follow([record()])
    journal.done()
    expect(told.state).toEqual({})
  })

  test('ends a release that has no deployment as refused, and one that has a deployment as lost', () => {
    const { journal } = rememberingJob()
    const { deploymentId: _, ...early } = record()
    const releases = [early, record(), record({ outcome: succeeded })]
    journal.follow(releases)
    const cause = { code: 'UNFORESEEN', what: 'x', next: 'y' }
    journal.close(cause)
    expect(releases.map(({ outcome }) => outcome)).toEqual([
      { kind: 'refused', cause },
      { kind: 'lost', cause },
      succeeded
    ])
  })

  test('knows that post has something left to tell', () => {
    const { journal } = rememberingJob()
    journal.follow([record({ outcome: rolledBack, unfinished: true }), record({ outcome: succeeded })])
    expect(journal.isUnfinished).toBe(true)
  })
})
