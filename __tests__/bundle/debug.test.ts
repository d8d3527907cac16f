import { expect, test } from '@jest/globals'
import type { Rehearsed } from '../../simulator/demo/rehearsal.ts'
import { like, step } from './step.ts'

const planned = like('succeeded', { inputs: { 'dry-run': 'true' } })
const told = ({ result }: Rehearsed): string[] =>
  result.log.flatMap(({ kind, text }) => (kind === 'debug' ? (text.split(':')[0] ?? '') : []))
const sent = ({ requests }: Rehearsed): string[] =>
  requests.flatMap(({ operation, userAgent }) => (userAgent?.includes('lambda-codedeploy') ? operation : []))

test('with debug logging the log has one line for each request to AWS', async () => {
  const played = await step(planned, undefined, { RUNNER_DEBUG: '1' })
  expect(sent(played).length).toBeGreaterThan(4)
  expect(told(played).sort()).toEqual(sent(played).sort())
}, 60_000)

test('without it there is none', async () => {
  expect(told(await step(planned))).toEqual([])
}, 60_000)
