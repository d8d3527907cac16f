import { expect, test } from '@jest/globals'
import { conclude } from '../src/conclude.ts'
import { fromState } from '../src/state.ts'
import { rememberingJob } from './report/job.ts'
import { record, rolledBack, subject, succeeded } from './report/records.ts'

const cause = { code: 'UNFORESEEN', what: 'It broke.', next: 'Report it.' }

test('a step that fails before it knows what to release is refused', async () => {
  const { told, ...run } = rememberingJob()
  expect(await conclude(run, cause)).toBe('refused')
  expect(told.outputs.outcome).toBe('refused')
})

test('a release whose end nobody told is lost, not a success', async () => {
  const { journal, reporter } = rememberingJob()
  const { outcome: _, ...running } = record()
  journal.follow([running])
  expect(await conclude({ journal, reporter })).toBe('lost')
})

test('the post step is told that all is done only after the result was told', async () => {
  const { told, journal, reporter } = rememberingJob()
  journal.follow([record({ outcome: succeeded })])
  expect(await conclude({ journal, reporter })).toBe('succeeded')
  expect(told.order.at(-1)).toBe('state run')
  expect(JSON.parse(told.state.run ?? '')).toMatchObject({ phase: 'done' })
})

test('the result of what is not over is left to the post step', async () => {
  const { told, journal, reporter } = rememberingJob()
  const release = record({ outcome: rolledBack, unfinished: true })
  journal.created(release, subject)
  journal.follow([release])
  expect(await conclude({ journal, reporter })).toBe('rolled-back')
  expect({ annotations: told.annotations, summaries: told.summaries }).toEqual({
    annotations: [],
    summaries: []
  })
  expect(fromState(told.state.run ?? '')?.phase).toBe('running')
  expect(told.outputs.outcome).toBe('rolled-back')
})
