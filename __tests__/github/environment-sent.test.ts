import { beforeAll, describe, expect, test } from '@jest/globals'
import { given } from '../../src/github/answer.ts'
import { Environment } from '../../src/github/environment.ts'
import { record as released, split, succeeded } from '../report/records.ts'
import { gitHubJob, sha, words } from './job.ts'
import { play, success, traffic } from './story.ts'

// Loading takes real time, and virtual time would run ahead meanwhile.
beforeAll(async () => void (await import('@actions/github')))

describe('what GitHub is sent', () => {
  test('is this, and nothing else', async () => {
    const { environment, clock, simulated } = gitHubJob()
    await play([[1, succeeded]], environment, clock)
    const status = {
      log_url: 'https://github.com/acme/payments/actions/runs/4711/attempts/2',
      environment_url:
        'https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-NEW?region=eu-west-1',
      auto_inactive: false
    }
    expect(simulated.requests).toEqual([
      {
        operation: 'POST /repos/acme/payments/deployments',
        status: 201,
        body: {
          ref: sha.ours,
          task: 'deploy',
          auto_merge: false,
          required_contexts: [],
          environment: 'staging',
          description: 'payments-api:live v7 → v8',
          transient_environment: false,
          payload: {
            functions: [
              {
                'function-name': 'payments-api',
                alias: 'live',
                'previous-version': '7',
                version: '8',
                'deployment-id': 'd-NEW'
              }
            ]
          }
        }
      },
      {
        operation: 'POST /repos/acme/payments/deployments/1001/statuses',
        status: 201,
        body: { state: 'in_progress', description: 'payments-api:live on v7', ...status }
      },
      {
        operation: 'POST /repos/acme/payments/deployments/1001/statuses',
        status: 201,
        body: {
          state: 'success',
          description: 'payments-api:live is wholly on v8 in 1m 05s.',
          ...status
        }
      }
    ])
  })

  test('a release makes no deployment inactive that shares the name of its environment', async () => {
    const { environment, clock, simulated } = gitHubJob()
    simulated.deployments.push({
      id: 9,
      environment: 'staging',
      production: false,
      transient: false,
      states: ['success']
    })
    await play(success, environment, clock)
    expect(simulated.deployments.map(({ states }) => states.at(-1))).toEqual(['success', 'success'])
  })

  test('many functions are one deployment, and what is seen at the same time is one status', async () => {
    const { environment, clock, statuses } = gitHubJob()
    const records = ['a', 'b', 'c'].map(functionName => released({ functionName, outcome: succeeded }))
    await clock.run(async () => {
      environment.begin(records)
      await clock.sleep(20_000)
      for (const record of records) {
        environment.tell(traffic(clock.now(), split), record)
        await clock.sleep(500)
      }
      await clock.sleep(20_000)
      await environment.finish('succeeded', records)
    })
    expect(statuses()).toEqual([
      '0s create: a:live v7 → v8, b:live v7 → v8, c:live v7 → v8 (201)',
      '0s in_progress: a:live on v7, b:live on v7, c:live on v7 (201)',
      '20s in_progress: a:live on v7 90% and v8 10%, b:live on v7, c:live on v7 (201)',
      '30s in_progress: a:live on v7 90% and v8 10%, b:live on v7 90% and v8 10%, c:live on v7 90% and v8 10% (201)',
      '41.5s success: a:live is wholly on v8 in 1m 05s. (and 2 more) (201)'
    ])
  })

  test('what is seen twice is sent once', async () => {
    const { environment, clock, statuses } = gitHubJob()
    await play(
      [
        [20, traffic(20_000, split)],
        [40, traffic(40_000, split)]
      ],
      environment,
      clock
    )
    expect(statuses()).toHaveLength(3)
  })

  test('long names are cut to what GitHub accepts', async () => {
    const { environment, clock, simulated, warnings } = gitHubJob()
    const records = Array.from({ length: 9 }, (_, index) =>
      released({ functionName: `${index}${'x'.repeat(63)}`, alias: 'y'.repeat(128), outcome: succeeded })
    )
    await clock.run(async () => {
      environment.begin(records)
      await clock.sleep(1_000)
      await environment.finish('succeeded', records)
    })
    const lengths = simulated.requests.map(({ body }) => (body as { description: string }).description.length)
    expect([lengths, warnings]).toEqual([[140, 140, 140], []])
  })

  test('the newest status always arrives, whenever it is reported', async () => {
    const lost: number[] = []
    for (let moment = 0; moment < 40; moment++) {
      const descriptions: string[] = []
      const environment = new Environment({
        environment: 'staging',
        sha: sha.ours,
        runUrl: 'https://github.com/run',
        github: {
          createDeployment: async () => given(1),
          createStatus: async (_, { description }) => {
            descriptions.push(description)
            return given(undefined)
          }
        },
        clock: { sleep: async () => {} },
        words,
        warn: () => {}
      })
      const record = released()
      environment.begin([record])
      for (let turn = 0; turn < moment; turn++) await undefined
      environment.tell(traffic(0, split), record)
      await new Promise(resolve => setImmediate(resolve))
      if (descriptions.at(-1) !== 'payments-api:live on v7 90% and v8 10%') lost.push(moment)
    }
    expect(lost).toEqual([])
  })
})
