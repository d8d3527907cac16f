import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Reading } from '../../src/deployment/reading.ts'
import {
  bothHooks,
  canary,
  event,
  minute,
  onlyOn,
  second,
  shareOn8,
  subject,
  view,
  whollyOn
} from '../deployment/observations.ts'
import { denied, throttled, unconnected } from './readings.ts'
import { type Scene, storyOf, watched } from './script.ts'

const hooked = subject({ hooks: bothHooks, schedule: canary })
const created: Scene = { from: 0, deployments: { 'd-NEW': view('Created') }, traffic: whollyOn('7') }
const running = view('InProgress', { createdAt: 0, startedAt: 1_500 })
const passed = event('BeforeAllowTraffic', 'Succeeded', 2_000, 5_000)
const shift = event('AllowTraffic', 'Succeeded', 5_000, 305_000)

const release: Scene[] = [
  created,
  {
    from: 1_500,
    deployments: { 'd-NEW': running },
    lifecycle: [event('BeforeAllowTraffic', 'InProgress', 2_000)]
  },
  { from: 5_000, lifecycle: [passed, event('AllowTraffic', 'InProgress', 5_000)], traffic: shareOn8(0.1) },
  {
    from: 305_000,
    lifecycle: [passed, shift, event('AfterAllowTraffic', 'InProgress', 305_200)],
    traffic: whollyOn('8')
  },
  {
    from: 308_000,
    deployments: { 'd-NEW': { ...running, status: 'Succeeded', completedAt: 308_000 } },
    lifecycle: [passed, shift, event('AfterAllowTraffic', 'Succeeded', 305_200, 307_900)]
  }
]
const alarmed: Scene[] = [
  ...release.slice(0, 3),
  {
    from: 130_000,
    deployments: {
      'd-NEW': view('Stopped', { completedAt: 130_000, error: { code: 'ALARM_ACTIVE', message: '' } })
    },
    lifecycle: [passed, event('AllowTraffic', 'Failed', 5_000, 130_000)]
  },
  {
    from: 133_000,
    deployments: {
      'd-NEW': view('Stopped', {
        completedAt: 130_000,
        error: { code: 'ALARM_ACTIVE', message: '' },
        rollbackId: 'd-BACK'
      }),
      'd-BACK': view('InProgress', { id: 'd-BACK' })
    }
  },
  {
    from: 136_000,
    deployments: { 'd-BACK': view('Succeeded', { id: 'd-BACK', completedAt: 136_000 }) },
    traffic: whollyOn('7')
  }
]
const inHook: Scene[] = release.slice(0, 2)

describe('a watch', () => {
  test('reports each event of a release once, from its start to the confirmed end', async () => {
    const told = await watched(release, [hooked])
    expect(storyOf(told)).toEqual([
      'status at 1500',
      'hook-started at 2000',
      'hook-ended at 5000',
      'traffic at 5000',
      'traffic at 305000',
      'hook-started at 305200',
      'hook-ended at 307900',
      'status at 308000'
    ])
    expect(told.ended['d-NEW']?.outcome).toEqual({
      kind: 'succeeded',
      serving: { ...whollyOn('8'), readAt: told.at }
    })
    expect(told.at - 308_000).toBeLessThan(5_000)
  })

  test('needs few requests while nothing can happen', async () => {
    const { asked } = await watched(release, [hooked])
    expect(asked.deployments).toBeLessThan(40)
    expect(asked.traffic).toBeLessThan(8)
  })

  test('follows an alarm to the end of the rollback that shows up late', async () => {
    const told = await watched(alarmed, [hooked])
    expect(storyOf(told).slice(4)).toEqual([
      'status at 130000',
      'shift-ended at 130000',
      'rollback-found at 130000',
      'traffic at 136000',
      'status at 136000'
    ])
    expect(told.ended['d-NEW']?.outcome).toMatchObject({
      kind: 'rolled-back',
      serving: onlyOn('7'),
      cause: { code: 'ALARM_ACTIVE' }
    })
  })

  test('returns the last observation', async () => {
    const { ended } = await watched(alarmed, [hooked])
    expect(ended['d-NEW']?.last?.deployment.rollbackId).toBe('d-BACK')
    expect(ended['d-NEW']?.unfinished).toBe(false)
  })

  test('has a heartbeat when there is no news, and says what it is waiting for', async () => {
    const { events } = await watched(release, [hooked])
    const signs = events.filter(each => each.kind === 'heartbeat')
    expect(signs.map(({ at }) => Math.floor(at / minute))).toEqual([1, 2, 3, 4])
    expect(signs[0]).toEqual({
      of: 'd-NEW',
      kind: 'heartbeat',
      at: signs[0]?.at,
      phase: 'shifting',
      traffic: expect.objectContaining(shareOn8(0.1)),
      forecast: { next: { share: 1, at: 305_000 }, doneAt: 305_000 }
    })
  })

  test('says for how long a hook has been running', async () => {
    const { events } = await watched(inHook, [hooked], {
      deadline: 2 * minute,
      leaving: () => 'continue' as const
    })
    const sign = events.find(({ kind }) => kind === 'heartbeat')
    expect(sign).toEqual({
      of: 'd-NEW',
      kind: 'heartbeat',
      at: sign?.at,
      phase: 'hook',
      hook: {
        hook: 'BeforeAllowTraffic',
        functionName: 'CodeDeployHook_before',
        forMs: (sign?.at ?? 0) - 2_000
      }
    })
  })

  test('of several deployments lets each reach its own end', async () => {
    const other = { ...hooked, deploymentId: 'd-TWO' }
    const late: Scene = {
      from: 400_000,
      deployments: { 'd-TWO': view('Succeeded', { id: 'd-TWO', completedAt: 400_000 }) }
    }
    const first: Scene = { from: 0, deployments: { 'd-TWO': view('InProgress', { id: 'd-TWO' }) } }
    const { events, ended } = await watched([first, ...release, late], [hooked, other])
    expect(Object.entries(ended).map(([id, { outcome }]) => `${id} ${outcome.kind}`)).toEqual([
      'd-NEW succeeded',
      'd-TWO succeeded'
    ])
    expect(events.filter(({ kind, of }) => kind === 'status' && of === 'd-TWO').map(({ at }) => at)).toEqual([
      expect.any(Number),
      400_000
    ])
  })

  test('of nothing is over at once', async () => {
    expect(await watched([], [])).toMatchObject({ ended: {}, at: 0 })
  })
})

describe('a watch that cannot see', () => {
  const fault = (from: number, reading: Reading<never>): Scene => ({
    from,
    deployments: { 'd-NEW': reading }
  })
  const over: Scene = { from: 600_000, deployments: { 'd-NEW': view('Succeeded', { completedAt: 600_000 }) } }

  test('says so once, keeps looking, and says once that sight is regained', async () => {
    const again: Scene = { from: 120_000, deployments: { 'd-NEW': running } }
    const told = await watched(
      [...release.slice(0, 3), fault(60_000, throttled), again, { ...over, traffic: whollyOn('8') }],
      [hooked]
    )
    const [lost, regained, ...more] = told.events.filter(({ kind }) => kind.startsWith('sight'))
    expect(more).toEqual([])
    expect(lost).toEqual({
      of: 'd-NEW',
      kind: 'sight-lost',
      at: lost?.at,
      reason: 'codedeploy:GetDeployment: ThrottlingException'
    })
    expect(regained).toEqual({
      of: 'd-NEW',
      kind: 'sight-regained',
      at: regained?.at,
      afterMs: (regained?.at ?? 0) - (lost?.at ?? 0)
    })
    expect(told.ended['d-NEW']?.outcome.kind).toBe('succeeded')
  })

  test.each([
    {
      name: 'that throttles',
      reading: throttled,
      fault: 'ThrottlingException',
      next: 'AWS throttles the whole account: release fewer functions at the same time, or find out who else sends so many requests (CloudTrail).'
    },
    {
      name: 'without a connection',
      reading: unconnected,
      fault: 'ECONNRESET',
      next: 'Check the connection to AWS, and the AWS Health Dashboard.'
    }
  ])('gives up on an AWS $name after ten minutes, and says that the deployment goes on', async row => {
    const told = await watched([created, fault(60_000, row.reading)], [hooked])
    expect(told.ended['d-NEW']?.outcome).toEqual({
      kind: 'lost',
      cause: {
        code: 'SIGHT_LOST',
        what: `Nothing could be seen of the deployment for 10 minutes. The last fault: codedeploy:GetDeployment: ${row.fault}.`,
        next: `${row.next} Deployment d-NEW continues in AWS without being watched; to watch it again, run the step with deployment-id: d-NEW and if-interrupted: continue`
      }
    })
    expect(Math.floor(told.at / minute)).toBe(11)
  })

  test('gives up at once on a permanent failure', async () => {
    const told = await watched([...release.slice(0, 3), fault(60_000, denied)], [hooked])
    expect(told.ended['d-NEW']?.outcome).toEqual({
      kind: 'lost',
      cause: {
        code: 'AccessDeniedException',
        what: 'The credentials do not allow it.',
        next: 'Grant it. Deployment d-NEW continues in AWS without being watched; to watch it again, run the step with deployment-id: d-NEW and if-interrupted: continue'
      }
    })
    expect(told.at - 60_000).toBeLessThan(16_500)
  })

  const unknown: Reading<never> = {
    kind: 'permanent',
    cause: { code: 'DeploymentDoesNotExistException', what: 'AWS does not know it.', next: 'See.' }
  }

  test('is patient while CodeDeploy does not yet know a deployment that it has just created', async () => {
    const { ended } = await watched([fault(0, unknown), ...release.slice(1).map(later(20_000))], [hooked])
    expect(ended['d-NEW']?.outcome.kind).toBe('succeeded')
  })

  test('gives up when CodeDeploy does not know the deployment after half a minute', async () => {
    const told = await watched([fault(0, unknown)], [hooked])
    expect(told.ended['d-NEW']?.outcome.kind).toBe('lost')
    expect(Math.floor(told.at / (30 * second))).toBe(1)
  })

  test('is patient when an answer is too old to know a deployment that was seen', async () => {
    const told = await watched(
      [created, fault(5_000, unknown), ...release.slice(1).map(later(9_000))],
      [hooked]
    )
    expect(told.ended['d-NEW']?.outcome.kind).toBe('succeeded')
    expect(told.events.filter(({ kind }) => kind.startsWith('sight'))).toEqual([])
  })

  test('gives up when CodeDeploy no longer knows a deployment that was seen', async () => {
    const told = await watched([created, fault(10_000, unknown)], [hooked])
    expect(told.ended['d-NEW']?.outcome.kind).toBe('lost')
    expect(told.at).toBeLessThan(20_000)
  })

  test('goes on without the alias when only that may not be read, and does not call it a success', async () => {
    const scenes = release.map(({ traffic: _, ...scene }) => scene)
    const told = await watched([{ from: 0, traffic: denied }, ...scenes], [hooked])
    expect(told.events.filter(({ kind }) => kind === 'part-unreadable')).toEqual([
      {
        of: 'd-NEW',
        kind: 'part-unreadable',
        at: expect.any(Number),
        part: 'traffic',
        reason: 'The credentials do not allow it.'
      }
    ])
    expect(told.ended['d-NEW']?.outcome).toMatchObject({ kind: 'lost', cause: { code: 'ALIAS_UNREADABLE' } })
    expect(told.asked.traffic).toBe(1)
  })
})

test('whatever AWS shows, a watch ends with one outcome for each deployment', async () => {
  const anyScene = fc.record({
    from: fc.integer({ min: 0, max: 20 * minute }),
    status: fc.constantFrom('Created', 'InProgress', 'Succeeded', 'Failed', 'Stopped', 'Unheard'),
    back: fc.constantFrom(undefined, 'InProgress', 'Succeeded', 'Failed'),
    lifecycle: fc.constantFrom('Pending', 'InProgress', 'Succeeded', 'Failed'),
    traffic: fc.constantFrom<Scene['traffic'] & object>(
      whollyOn('7'),
      shareOn8(0.1),
      whollyOn('8'),
      throttled,
      denied
    )
  })
  const story = fc.array(anyScene, { maxLength: 6 }).map(scenes =>
    scenes
      .sort((a, b) => a.from - b.from)
      .map(
        ({ from, status, back, lifecycle, traffic }): Scene => ({
          from,
          traffic,
          lifecycle: [event('AllowTraffic', lifecycle, from)],
          deployments: {
            'd-NEW': view(status, back ? { rollbackId: 'd-BACK' } : {}),
            'd-BACK': view(back ?? 'InProgress', { id: 'd-BACK' })
          }
        })
      )
  )
  await fc.assert(
    fc.asyncProperty(story, fc.constantFrom('rollback', 'stop', 'continue'), async (scenes, leaving) => {
      const { ended, at } = await watched(scenes, [hooked], { deadline: 15 * minute, leaving: () => leaving })
      expect(Object.keys(ended)).toEqual(['d-NEW'])
      expect(at).toBeLessThanOrEqual(21 * minute)
      const outcome = ended['d-NEW']?.outcome
      if (outcome?.kind === 'succeeded') expect(outcome.serving).toMatchObject(whollyOn('8'))
    }),
    { numRuns: 30 }
  )
})

function later(ms: number) {
  return (scene: Scene): Scene => ({ ...scene, from: scene.from + ms })
}
