import { describe, expect, test } from '@jest/globals'
import type { Rehearsed } from '../../simulator/demo/rehearsal.ts'
import { like, step } from './step.ts'

const minute = 60_000

/** Each signal at each moment: what the job reports, and what is left in AWS. */
const rows = [
  { when: 'right after the deployment was created', signal: 'cancel', afterMs: 0 },
  { when: 'during the hook', signal: 'cancel', afterMs: 4_000 },
  { when: 'while traffic is split', signal: 'cancel', afterMs: 2 * minute },
  { when: 'right after the deployment was created', signal: 'kill', afterMs: 0 },
  { when: 'while traffic is split', signal: 'kill', afterMs: 2 * minute }
] as const

const operations = ({ requests }: Rehearsed): string[] => requests.map(({ operation }) => operation)

describe.each(rows)('$signal $when', ({ signal, afterMs }) => {
  test('one stop is asked for, traffic is shifted back, and main or post says so once', async () => {
    const played = await step(
      like('interrupted', {
        meanwhile: ({ after, cancel, kill }) => after(afterMs, signal === 'cancel' ? cancel : kill)
      })
    )
    const { result, serving } = played
    expect({ job: result.job, serving }).toEqual({
      job: signal === 'cancel' ? 'cancelled' : 'failure',
      serving: '7'
    })
    expect(operations(played).filter(each => each === 'CreateDeployment')).toHaveLength(1)
    expect(operations(played).filter(each => each === 'StopDeployment').length).toBeGreaterThanOrEqual(1)
    const said = [result, result.post].flatMap(stage => stage?.annotations ?? [])
    expect(said.filter(({ properties }) => properties.title?.startsWith('Lambda CodeDeploy'))).toHaveLength(1)
    expect([result.summary, result.post?.summary].filter(Boolean)).toHaveLength(1)
  }, 60_000)
})
