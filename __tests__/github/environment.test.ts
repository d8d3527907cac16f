import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Fault } from '../../simulator/faults.ts'
import { succeeded } from '../report/records.ts'
import { gitHubJob, says } from './job.ts'
import { cancel, play, rollback, type Story, success } from './story.ts'

// Loading takes real time, and virtual time would run ahead meanwhile.
beforeAll(async () => void (await import('@actions/github')))

describe('a release in an environment', () => {
  const [begun, tenth, whole, back] = [
    'in_progress: payments-api:live on v7',
    'in_progress: payments-api:live on v7 90% and v8 10%',
    'in_progress: payments-api:live on v8',
    'in_progress: payments-api:live on v7'
  ]
  const create = 'create: payments-api:live v7 → v8'
  const done = 'success: payments-api:live is wholly on v8 in 1m 05s.'
  const shows = 'Environment staging does not show this release in full'
  const goesOn = 'The release does not depend on it.'
  const forever = Number.POSITIVE_INFINITY

  test.each<{
    name: string
    story: Story
    token?: string
    faults?: Fault[]
    sent: string[]
    warning?: string
    /** How long the end takes, seconds. */
    waits?: number
  }>([
    {
      name: 'success',
      story: success,
      sent: [
        `0s ${create} (201)`,
        `0s ${begun} (201)`,
        `20s ${tenth} (201)`,
        `320s ${whole} (201)`,
        `330s ${done} (201)`
      ]
    },
    {
      name: 'rollback',
      story: rollback,
      sent: [
        `0s ${create} (201)`,
        `0s ${begun} (201)`,
        `20s ${tenth} (201)`,
        `85s ${back} (201)`,
        '90s failure: payments-api:live was rolled back and serves v7 as before. (201)'
      ]
    },
    {
      name: 'cancel',
      story: cancel,
      sent: [
        `0s ${create} (201)`,
        `0s ${begun} (201)`,
        `20s ${tenth} (201)`,
        `34s ${back} (201)`,
        '36s failure: payments-api:live: the step was interrupted; it serves v7 as before. (201)'
      ]
    },
    {
      name: 'no token',
      story: success,
      token: '',
      sent: [],
      warning: `${shows}: no github-token was given. ${goesOn} Give github-token a token that is valid for as long as the job runs, such as the default.`
    },
    {
      name: '401',
      story: success,
      faults: [says(401, 'Bad credentials')],
      sent: [`0s ${create} (401)`],
      warning: `${shows}: 401, Bad credentials. ${goesOn} Give github-token a token that is valid for as long as the job runs, such as the default.`
    },
    {
      name: '401 once the token has expired',
      story: success,
      faults: [{ ...says(401, 'Bad credentials'), operation: 'status', skip: 1 }],
      sent: [`0s ${create} (201)`, `0s ${begun} (201)`, `20s ${tenth} (401)`],
      warning: `${shows}: 401, Bad credentials. ${goesOn} Give github-token a token that is valid for as long as the job runs, such as the default.`
    },
    {
      name: '403',
      story: success,
      faults: [says(403, 'Resource not accessible by integration')],
      sent: [`0s ${create} (403)`],
      warning: `${shows}: 403, Resource not accessible by integration. ${goesOn} The job needs permissions: deployments: write; a token for a pull request from a fork never has write access.`
    },
    {
      name: '404',
      story: success,
      faults: [says(404, 'Not Found')],
      sent: [`0s ${create} (404)`],
      warning: `${shows}: 404, Not Found. ${goesOn} GitHub also answers this when the token lacks access: the job needs permissions: deployments: write.`
    },
    {
      name: '409',
      story: success,
      faults: [says(409, 'Conflict')],
      sent: [`0s ${create} (409)`],
      warning: `${shows}: 409, Conflict. ${goesOn}`
    },
    {
      name: '422',
      story: success,
      faults: [says(422, 'Validation Failed')],
      sent: [`0s ${create} (422)`],
      warning: `${shows}: 422, Validation Failed. ${goesOn}`
    },
    {
      name: '422 for one status',
      story: success,
      faults: [{ ...says(422, 'Validation Failed', 'status'), skip: 1, times: 1 }],
      sent: [
        `0s ${create} (201)`,
        `0s ${begun} (201)`,
        `20s ${tenth} (422)`,
        `320s ${whole} (201)`,
        `330s ${done} (201)`
      ],
      warning: `${shows}: 422, Validation Failed. ${goesOn}`
    },
    {
      name: '500',
      story: success,
      faults: [says(500, 'Server Error')],
      sent: [`0s ${create} (500)`],
      warning: `${shows}: 500, Server Error. ${goesOn}`
    },
    {
      name: '502 for the last status, but only at first',
      story: success,
      faults: [{ ...says(502, 'Bad Gateway', 'status'), skip: 3, times: 2 }],
      sent: [
        `0s ${create} (201)`,
        `0s ${begun} (201)`,
        `20s ${tenth} (201)`,
        `320s ${whole} (201)`,
        `330s ${done} (502)`,
        `331s ${done} (502)`,
        `332s ${done} (201)`
      ],
      warning: `${shows}: 502, Bad Gateway. ${goesOn}`,
      waits: 2
    },
    {
      name: '500 for each status',
      story: [[1, succeeded]],
      faults: [says(500, 'Server Error', 'status')],
      sent: [
        `0s ${create} (201)`,
        `0s ${begun} (500)`,
        `1s ${done} (500)`,
        `2s ${done} (500)`,
        `3s ${done} (500)`,
        `4s ${done} (500)`,
        `5s ${done} (500)`
      ],
      warning: `${shows}: 500, Server Error. ${goesOn}`,
      waits: 5
    },
    {
      name: 'no answer to the deployment',
      story: success,
      faults: [{ operation: 'deployment', kind: 'timeout' }],
      sent: [`0s ${create} (no answer)`],
      warning: `${shows}: no answer within 10 s. ${goesOn}`
    },
    {
      name: 'no answer to the deployment before the end',
      story: [[1, succeeded]],
      faults: [{ operation: 'deployment', kind: 'timeout' }],
      sent: [`0s ${create} (no answer)`],
      warning: `${shows}: no answer within 5 s of the end. ${goesOn}`,
      waits: 5
    },
    {
      name: 'no answer to any status',
      story: success,
      faults: [{ operation: 'status', kind: 'timeout', times: forever }],
      sent: [
        `0s ${create} (201)`,
        `0s ${begun} (no answer)`,
        `20s ${tenth} (no answer)`,
        `320s ${whole} (no answer)`,
        `330s ${done} (no answer)`
      ],
      warning: `${shows}: no answer within 10 s. ${goesOn}`,
      waits: 5
    },
    {
      name: 'a broken connection',
      story: success,
      faults: [{ operation: '*', kind: 'dropBefore' }],
      sent: [`0s ${create} (no answer)`],
      warning: `${shows}: socket hang up. ${goesOn}`
    },
    {
      name: "a proxy's page",
      story: success,
      faults: [{ operation: '*', kind: 'html' }],
      sent: [`0s ${create} (200)`],
      warning: `${shows}: the answer (200) holds no deployment. ${goesOn}`
    }
  ])('$name', async ({ story, token, faults = [], sent, warning, waits = 0 }) => {
    const { environment, clock, warnings, statuses, pending, ...rest } = gitHubJob(
      token === undefined ? {} : { token }
    )
    for (const fault of faults) rest.faults.add(fault)
    const moments = await play(story, environment, clock)
    expect(statuses()).toEqual(sent)
    expect(warnings).toEqual(warning ? [warning] : [])
    expect(pending.count).toBe(0)
    const due = story.map(([second]) => second)
    expect(moments).toEqual([...due.slice(0, -1), (due.at(-1) ?? 0) + waits])
  })
})
