import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Fault } from '../../simulator/faults.ts'
import { type Outcome, type OutcomeKind, outcomes } from '../../src/deployment/outcome.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { stateOf } from '../../src/github/status.ts'
import { on, record as released, rolledBack } from '../report/records.ts'
import { gitHubJob, says } from './job.ts'
import { cancelled, play, success, traffic } from './story.ts'

// Loading takes real time, and virtual time would run ahead meanwhile.
beforeAll(async () => void (await import('@actions/github')))

describe('the end at GitHub', () => {
  test('each outcome has its state', () => {
    expect(outcomes.map(kind => [kind, stateOf[kind]])).toEqual([
      ['succeeded', 'success'],
      ['unchanged', 'success'],
      ['created', 'success'],
      ['weighted', 'success'],
      ['planned', 'success'],
      ['started', 'in_progress'],
      ['rolled-back', 'failure'],
      ['failed', 'failure'],
      ['stopped', 'failure'],
      ['timed-out', 'failure'],
      ['interrupted', 'failure'],
      ['lost', 'error'],
      ['refused', 'failure']
    ])
  })

  test.each<{ name: OutcomeKind; sent: string[] }>([
    {
      name: 'created',
      sent: [
        '0s create: payments-api:live v8 (201)',
        '0s success: payments-api:live was created on v8; there was no traffic to shift. (201)'
      ]
    },
    { name: 'unchanged', sent: [] },
    { name: 'planned', sent: [] },
    { name: 'interrupted', sent: [] },
    { name: 'lost', sent: [] },
    { name: 'refused', sent: [] }
  ])('$name without a deployment of CodeDeploy', async ({ name, sent }) => {
    const { environment, clock, statuses } = gitHubJob()
    const { previousVersion: _, ...record } = released()
    const ended: ReleaseRecord = { ...record, outcome: { kind: name, serving: on('8') } as Outcome }
    await clock.run(() => environment.finish(name, [ended]))
    expect(statuses()).toEqual(sent)
  })

  test('nothing is sent after it', async () => {
    const { environment, clock, statuses } = gitHubJob()
    await play([...success, [400, traffic(400_000, on('7'))], [401, rolledBack]], environment, clock)
    expect(statuses().at(-1)).toBe('330s success: payments-api:live is wholly on v8 in 1m 05s. (201)')
  })

  test('a cancelled job may give it less time', async () => {
    const { environment, clock, faults } = gitHubJob()
    faults.add({ operation: 'status', kind: 'timeout', times: Number.POSITIVE_INFINITY })
    expect(await play([[1, cancelled]], environment, clock, 800)).toEqual([1.8])
  })

  test('another process of the run can send it, using the saved id', async () => {
    const main = gitHubJob()
    await main.clock.run(async () => {
      main.environment.begin([released()])
      await main.clock.sleep(3_000)
      main.environment.leave()
      main.environment.begin([released()])
    })
    expect([main.created, main.statuses().length]).toEqual([[1001], 2])

    const post = gitHubJob({
      fetch: main.simulated.fetch,
      deployment: { id: main.created[0] ?? 0, created: () => {} }
    })
    const record = released({ outcome: rolledBack })
    await post.clock.run(async () => {
      post.environment.tell(traffic(0, on('7')), record)
      await post.environment.finish('rolled-back', [record])
    })
    expect(main.simulated.deployments.map(({ states }) => states)).toEqual([
      ['in_progress', 'in_progress', 'failure']
    ])
    expect(post.warnings).toEqual([])
  })

  test.each<{ name: string; faults: Fault[]; kept: (string | undefined)[]; warnings: number }>([
    { name: 'it is forgotten once GitHub has it', faults: [], kept: ['failure', undefined], warnings: 0 },
    {
      name: 'it stays when GitHub does not answer',
      faults: [{ operation: 'status', kind: 'timeout', times: Number.POSITIVE_INFINITY }],
      kept: ['failure'],
      warnings: 0
    },
    {
      name: 'it is forgotten when GitHub refuses it',
      faults: [{ ...says(403, 'Resource not accessible by integration', 'status'), skip: 1 }],
      kept: ['failure', undefined],
      warnings: 1
    },
    {
      name: 'it is not kept when GitHub has refused the one before',
      faults: [says(403, 'Resource not accessible by integration', 'status')],
      kept: [],
      warnings: 1
    },
    {
      name: 'it is of no use without a deployment, and there is a warning',
      faults: [{ operation: 'deployment', kind: 'timeout', times: Number.POSITIVE_INFINITY }],
      kept: ['failure'],
      warnings: 1
    }
  ])('the last status, for another process of the run: $name', async ({ faults, kept, warnings }) => {
    const seen: (string | undefined)[] = []
    const job = gitHubJob({
      deployment: {
        created: () => {},
        keep: last => {
          seen.push(last?.state)
          return true
        }
      }
    })
    for (const each of faults) job.faults.add(each)
    await play([[1, cancelled]], job.environment, job.clock, 800)
    expect([seen, job.warnings.length]).toEqual([kept, warnings])
  })

  test('leaving silently aborts a request that is under way', async () => {
    const { environment, clock, faults, warnings, pending } = gitHubJob()
    faults.add({ operation: 'deployment', kind: 'timeout' })
    await clock.run(async () => {
      environment.begin([released()])
      await clock.sleep(1_000)
      environment.leave()
      await clock.sleep(1)
    })
    expect([warnings, pending.count, clock.now()]).toEqual([[], 0, 1_001])
  })

  test('a network that never answers and ignores aborts delays nobody', async () => {
    const { environment, clock, warnings } = gitHubJob({ fetch: () => new Promise(() => {}) })
    expect(await play(success, environment, clock)).toEqual([20, 320, 330])
    expect(warnings).toEqual([
      'Environment staging does not show this release in full: no answer within 10 s. The release does not depend on it.'
    ])
  })

  test('a state file that cannot be written leads to a warning', async () => {
    const { environment, clock, warnings, statuses } = gitHubJob({
      deployment: {
        created: () => {
          throw new Error('no space left on device')
        }
      }
    })
    await play(success, environment, clock)
    expect(statuses()).toEqual(['0s create: payments-api:live v7 → v8 (201)'])
    expect(warnings).toEqual([
      'Environment staging does not show this release in full: Error: no space left on device. The release does not depend on it.'
    ])
  })
})
