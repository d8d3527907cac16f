import { describe, expect, test } from '@jest/globals'
import type { Rehearsed } from '../../simulator/demo/rehearsal.ts'
import { like, step } from './step.ts'

const survived = 'Main had survived the end of its step. It was told that the job is cancelled, and is over.'

const operations = ({ requests }: Rehearsed): string[] => requests.map(({ operation }) => operation)
const postLog = ({ result }: Rehearsed): string[] => (result.post?.log ?? []).map(({ text }) => text)

describe('in a job with a container, where a cancel signals nobody,', () => {
  test('nothing is released that was cancelled before the deployment was created', async () => {
    const job = new AbortController()
    const played = await step(
      like('interrupted', {
        meanwhile: () => {},
        prepare: aws => aws.faults.add({ operation: 'PublishVersion', kind: 'slow', ms: 20_000 })
      }),
      {
        container: true,
        speed: 5,
        signal: job.signal,
        onLine: ({ text }) => {
          if (text.includes('$LATEST')) job.abort()
        }
      }
    )
    const { result, serving } = played
    expect({ job: result.job, serving }).toEqual({ job: 'cancelled', serving: '7' })
    expect(operations(played).filter(each => each === 'CreateDeployment')).toEqual([])
    expect(postLog(played)).toContain(survived)
  }, 60_000)

  test('a deployment that runs is stopped and shifted back', async () => {
    const played = await step(
      like('interrupted', { meanwhile: ({ after, cancel }) => after(120_000, cancel) }),
      { container: true }
    )
    const { result, serving } = played
    expect({ job: result.job, serving }).toEqual({ job: 'cancelled', serving: '7' })
    expect(operations(played)).toContain('StopDeployment')
    expect(postLog(played)).toContain(survived)
  }, 60_000)

  test('post that finds main over by itself says nothing of it', async () => {
    const played = await step(like('succeeded', {}), { container: true })
    expect([played.result.job, postLog(played)]).toEqual(['success', ['Post job cleanup.']])
  }, 60_000)
})
