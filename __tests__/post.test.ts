import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../simulator/clock.ts'
import type { StopResult } from '../src/deployment/leaving.ts'
import type { DeploymentView } from '../src/deployment/observation.ts'
import { Failure } from '../src/failure.ts'
import { finishRun } from '../src/post.ts'
import type { SavedRelease, SavedRun } from '../src/state.ts'
import type { World } from '../src/world.ts'
import { subject, view } from './deployment/observations.ts'
import { rememberingJob } from './report/job.ts'
import { readingOf } from './watch/readings.ts'

const { deploymentId: _, ...nameless } = subject({ rollbackEvents: [] })
const fingerprint = { description: 'acme/payments run 4711.1', sha256: 'ab12', since: 5 }
const running: SavedRelease = {
  record: { functionName: 'payments-api', alias: 'live', deploymentId: 'd-NEW' },
  subject: nameless
}
/** A step that was killed during CreateDeployment. */
const creating: SavedRelease = {
  record: { functionName: 'payments-api', alias: 'live', application: 'payments', group: 'payments-live' },
  subject: nameless,
  fingerprint
}
const denied = new Failure('no', {
  kind: 'denied',
  code: 'AccessDeniedException',
  action: 'codedeploy:ListDeployments',
  resource: 'arn:group',
  mayHaveActed: false
})

/** A deployment that has shifted 10 percent, and that stops and shifts back when asked to, with its group. */
async function cleanedUp(
  releases: SavedRelease[],
  over: { leaving?: SavedRun['leaving']; recent?: (clock: VirtualClock) => Promise<object[]> } = {}
) {
  const clock = new VirtualClock(0)
  const { told, journal, reporter } = rememberingJob()
  const stops: string[] = []
  const stopped: DeploymentView = view('Stopped', {
    error: { code: 'MANUAL_STOP', message: 'a user' },
    rollbackId: 'd-BACK'
  })
  const codedeploy = {
    deployment: async (id: string) =>
      readingOf(
        id === 'd-BACK'
          ? view('Succeeded', { id })
          : stops.length > 0
            ? { ...stopped, id }
            : view('InProgress', { id })
      ),
    lifecycle: async () => readingOf({ lifecycle: [] }),
    stop: async (id: string, rollBack: boolean): Promise<StopResult> => {
      stops.push(`${id} ${rollBack ? 'with' : 'without'} rollback`)
      return { kind: 'asked' }
    },
    recent: async () => (await over.recent?.(clock)) ?? []
  }
  const lambda = {
    traffic: async () => readingOf({ version: '7', weights: stops.length > 0 ? {} : { '8': 0.1 } })
  }
  const cancelled = new AbortController().signal
  const logs = { tail: async () => [] }
  const world = {
    region: 'eu-west-1',
    clock,
    elapsed: () => clock.now(),
    random: () => 0.5,
    cancelled,
    journal,
    reporter,
    codedeploy,
    lambda,
    logs
  }
  const saved: SavedRun = {
    phase: 'running',
    region: 'eu-west-1',
    leaving: over.leaving ?? 'rollback',
    releases
  }
  await clock.run(() => finishRun(saved, world as unknown as World))
  return { ...told, stops }
}

describe('the post step of a step that was killed', () => {
  test('stops the deployment, shifts back, and reports the end in place of the step', async () => {
    const told = await cleanedUp([running])
    expect(told.stops).toEqual(['d-NEW with rollback'])
    expect(told.outputs).toMatchObject({ outcome: 'interrupted', 'serving-version': '7' })
    expect(told.annotations.map(([level, title]) => [level, title])).toEqual([
      ['error', 'Lambda CodeDeploy: interrupted, live serves v7']
    ])
    expect(told.summaries).toHaveLength(1)
    expect(JSON.parse(told.state.run ?? '')).toMatchObject({ phase: 'done' })
  })

  test('says why it stops the deployment when main had judged it, and may have been killed before it could say so', async () => {
    const verdict = {
      kind: 'canary-errors' as const,
      at: 300_000,
      until: 180_000,
      target: { invocations: 80, errors: 24 },
      allowed: 5
    }
    const asked = {
      kind: 'stop-asked' as const,
      at: 300_000,
      reason: 'judged' as const,
      rollBack: true,
      verdict
    }
    const judged = { ...running, isOthers: true, record: { ...running.record, events: [asked] } }
    const told = await cleanedUp([judged], { leaving: 'continue' })
    expect(told.stops).toEqual(['d-NEW with rollback'])
    expect(told.log).toContain(
      'payments-api:live was to be taken back: v8 failed 24 of 80 invocations until 00:03 UTC (30 %, allowed 5 %).'
    )
    expect(told.outputs).toMatchObject({ outcome: 'rolled-back', 'error-code': 'CANARY_ERRORS' })
  })

  test('stops it without rollback when if-interrupted says so', async () => {
    expect((await cleanedUp([running], { leaving: 'stop' })).stops).toEqual(['d-NEW without rollback'])
  })

  test('leaves it running when if-interrupted says so, and says how to watch it', async () => {
    const told = await cleanedUp([running], { leaving: 'continue' })
    expect(told.stops).toEqual([])
    expect(told.outputs).toMatchObject({ outcome: 'interrupted', 'serving-version': '7:0.9,8:0.1' })
    expect(told.summaries.join()).toContain('run the step with deployment-id: d-NEW')
  })

  test('finds a deployment whose id the step never learned, by what was sent', async () => {
    const recent = async () => [
      { id: 'd-OTHER', description: fingerprint.description, sha256: 'cd34' },
      { id: 'd-ALIEN', description: 'acme/payments run 4711.2', sha256: 'ab12' },
      { id: 'd-FOUND', description: fingerprint.description, sha256: 'ab12' }
    ]
    const told = await cleanedUp([creating], { recent })
    expect(told.stops).toEqual(['d-FOUND with rollback'])
    expect(told.log[0]).toBe(
      'Deployment d-FOUND of payments-api:live was created by this step, which never learned its id'
    )
  })

  test('looks again when the first look took so long that its list is too old to go by', async () => {
    let looks = 0
    const recent = async (clock: VirtualClock) => {
      looks++
      if (looks > 1) return [{ id: 'd-FOUND', description: fingerprint.description, sha256: 'ab12' }]
      await clock.sleep(44_000)
      return []
    }
    expect((await cleanedUp([creating], { recent })).stops).toEqual(['d-FOUND with rollback'])
  })

  test('waits half a minute for one that CodeDeploy creates late, and reports that none has appeared', async () => {
    const { stops, log, annotations, summaries, outputs } = await cleanedUp([creating])
    expect({ stops, log, annotations, outcome: outputs.outcome }).toEqual({
      stops: [],
      log: [],
      annotations: [
        [
          'error',
          'Lambda CodeDeploy: interrupted, live serves v7 90% and v8 10%',
          'payments-api:live: the step was interrupted; it serves v7 90% and v8 10% for now.\nWhy:  The step ended while it created a deployment in group payments-live, and none appeared within 30 seconds. (JOB_CANCELLED)\nNext: If one appears there later, stop it. Run the step again when you mean to release.'
        ]
      ],
      outcome: 'interrupted'
    })
    expect(summaries).toHaveLength(1)
  })

  test('says so when it is not allowed to find out whether one was created', async () => {
    const { annotations, summaries } = await cleanedUp([creating], { recent: () => Promise.reject(denied) })
    expect(annotations).toEqual([
      [
        'error',
        'Lambda CodeDeploy: interrupted, live serves v7 90% and v8 10%',
        'payments-api:live: the step was interrupted; it serves v7 90% and v8 10% for now.\nWhy:  The step ended while it created a deployment in group payments-live, and it could not be found out whether there is one: The credentials do not allow codedeploy:ListDeployments on arn:group. (JOB_CANCELLED)\nAWS:  no\nNext: See in the group whether one runs, and stop it. Grant the role codedeploy:ListDeployments on arn:group.'
      ]
    ])
    expect(summaries).toHaveLength(1)
  })
})
