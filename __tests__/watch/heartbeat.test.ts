import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../simulator/clock.ts'
import { durationMs, type Schedule } from '../../src/deployment/schedule.ts'
import { watch } from '../../src/watch/watch.ts'
import { event, minute, shareOn8, subject, view, whollyOn } from '../deployment/observations.ts'
import { readingOf } from './readings.ts'
import { type Scene, watched } from './script.ts'

/** The scenes of a release whose traffic moves as scheduled, and which ends with the last step. */
function shift(schedule: Schedule, lateMs = 0): { schedule: Schedule; scenes: Scene[] } {
  const started = event('AllowTraffic', 'InProgress', 0)
  const endMs = durationMs(schedule) + lateMs
  const scenes: Scene[] = [
    ...schedule.slice(0, -1).map(({ afterMs, share }) => ({
      from: afterMs,
      deployments: { 'd-NEW': view('InProgress', { startedAt: 0 }) },
      lifecycle: [started],
      traffic: shareOn8(share)
    })),
    {
      from: endMs,
      deployments: { 'd-NEW': view('Succeeded', { startedAt: 0, completedAt: endMs }) },
      lifecycle: [event('AllowTraffic', 'Succeeded', 0, endMs)],
      traffic: whollyOn('8')
    }
  ]
  return { schedule, scenes }
}

const canary = (minutes: number): Schedule => [
  { afterMs: 0, share: 0.1 },
  { afterMs: minutes * minute, share: 1 }
]

const linear = (steps: number, everyMinutes: number): Schedule => [
  { afterMs: 0, share: 1 / steps },
  ...Array.from({ length: steps - 1 }, (_, index) => ({
    afterMs: (index + 1) * everyMinutes * minute,
    share: index + 2 === steps ? 1 : (index + 2) / steps
  }))
]

const hookFor = (minutes: number): Scene[] => [
  {
    from: 0,
    deployments: { 'd-NEW': view('InProgress', { startedAt: 0 }) },
    lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)],
    traffic: whollyOn('7')
  },
  {
    from: minutes * minute,
    deployments: { 'd-NEW': view('Failed', { startedAt: 0, completedAt: minutes * minute }) },
    lifecycle: [event('BeforeAllowTraffic', 'Failed', 0, minutes * minute)]
  }
]

const hooks = { BeforeAllowTraffic: 'CodeDeployHook_before' }

/** Minutes from `from` to `to`, `every` minutes apart. */
const range = (from: number, every: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index * every)

const firstHour = [...range(1, 1, 9), ...range(14, 5, 10)]

test('a runner that was suspended for two hours has one heartbeat for them, not one for each minute', async () => {
  const { scenes, schedule } = shift(canary(300))
  let asleepMs = 0
  const clock = new VirtualClock(0)
  const suspended = {
    now: () => clock.now() + asleepMs,
    sleep: async (ms: number, signal?: AbortSignal) => {
      await clock.sleep(ms, signal)
      if (clock.now() > 5 * minute) asleepMs = 120 * minute
    }
  }
  const watching = watch([subject({ schedule })], {
    port: {
      deployment: async () => readingOf(view('InProgress', { startedAt: 0 })),
      lifecycle: async () => readingOf({ lifecycle: [event('AllowTraffic', 'InProgress', 0)] }),
      traffic: async () => readingOf(shareOn8(scenes.length / 20))
    },
    clock: suspended,
    random: () => 0.5,
    cancelled: new AbortController().signal,
    deadline: 128 * minute,
    leaving: () => 'continue' as const,
    graceMs: { interrupted: 0, 'timed-out': 0, blocked: 0 },
    stop: async () => ({ kind: 'asked' })
  })
  const beats: number[] = []
  await clock.run(async () => {
    for (let step = await watching.next(); !step.done; step = await watching.next())
      beats.push(
        ...step.value.filter(({ event }) => event.kind === 'heartbeat').map(({ event }) => event.at / minute)
      )
  }, 30 * minute)
  expect(beats.map(Math.floor)).toEqual([1, 2, 3, 4, 125])
})

describe('heartbeats become less frequent over time, and there is none right before a step that is due', () => {
  test.each<{ name: string; scenes: Scene[]; schedule?: Schedule; beats: number[] }>([
    { name: 'a canary of 5 minutes', ...shift(canary(5)), beats: [1, 2, 3, 4] },
    { name: 'a canary of 10 minutes', ...shift(canary(10)), beats: range(1, 1, 9) },
    { name: 'a canary of 15 minutes', ...shift(canary(15)), beats: range(1, 1, 9) },
    { name: 'a canary of 30 minutes', ...shift(canary(30)), beats: [...range(1, 1, 9), 14, 19, 24] },
    { name: 'a tenth every minute', ...shift(linear(10, 1)), beats: [] },
    { name: 'a tenth every 3 minutes', ...shift(linear(10, 3)), beats: [1, 2, 4, 5, 7, 8] },
    {
      name: 'a tenth every 10 minutes',
      ...shift(linear(10, 10)),
      beats: [...range(1, 1, 9), 15, 25, 35, 45, 55]
    },
    {
      name: 'a tenth every 144 minutes: a day',
      ...shift(linear(10, 144)),
      beats: [
        ...firstHour,
        ...range(74, 15, 5),
        ...range(144, 144, 8).flatMap(step => range(step + 15, 15, 9))
      ]
    },
    {
      name: 'a hundredth every 14 minutes: a day',
      ...shift(linear(100, 14)),
      beats: [...range(1, 1, 9), 19, 24, 33, 38, 47, 52]
    },
    {
      name: 'steps of 23 minutes: a day, with as many lines as there can be',
      ...shift(linear(63, 23)),
      beats: [...range(1, 1, 9), 14, 19, 28, 33, 38, 43, 51, 56, ...range(84, 23, 59)]
    },
    { name: 'a hook of one hour', scenes: hookFor(60), beats: firstHour },
    {
      name: 'a canary of 5 minutes whose second step is an hour late',
      ...shift(canary(5), 60 * minute),
      beats: [1, 2, 3, 4, ...range(6, 1, 9), ...range(19, 5, 10)]
    }
  ])('$name', async ({ scenes, schedule, beats }) => {
    const made = subject({ hooks: schedule ? {} : hooks, ...(schedule && { schedule }) })
    const { events } = await watched(scenes, [made], { deadline: 2880 * minute })
    const signs = events.filter(({ kind }) => kind === 'heartbeat')
    expect(signs.map(({ at }) => Math.floor(at / minute))).toEqual(beats)
    expect(events.length).toBeLessThan(150)
  })
})
