import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../simulator/clock.ts'
import type { StopResult } from '../../src/deployment/leaving.ts'
import { watch } from '../../src/watch/watch.ts'
import {
  canary,
  event,
  minute,
  onlyOn,
  second,
  shareOn8,
  shiftingSince,
  subject,
  view,
  whollyOn
} from '../deployment/observations.ts'
import { readingOf } from './readings.ts'
import { type Scene, storyOf, watched } from './script.ts'

const ofCanary = subject({ schedule: canary })
/** The canary has baked since second 5. */
const baking = (): Scene[] => [
  {
    from: 0,
    deployments: { 'd-NEW': view('InProgress', { createdAt: 0, startedAt: 1_500 }) },
    lifecycle: shiftingSince(5_000),
    traffic: shareOn8(0.1)
  }
]
/** An alarm has stopped it, and its rollback has this status. */
const alarmed = (from: number, rollback: string): Scene => ({
  from,
  deployments: {
    'd-NEW': view('Stopped', { error: { code: 'ALARM_ACTIVE', message: '' }, rollbackId: 'd-BACK' }),
    'd-BACK': view(rollback, { id: 'd-BACK' })
  }
})
/** CodeDeploy stops it one second after it was asked, and has shifted back two seconds later. */
const obeying = (scenes: Scene[]) => (now: number) => {
  const error = { code: 'MANUAL_STOP', message: 'stopped by a user' }
  const lifecycle = [event('AllowTraffic', 'Failed', 5_000, now + 1_000)]
  scenes.push(
    {
      from: now + 1_000,
      deployments: {
        'd-NEW': view('Stopped', { completedAt: now + 1_000, error, rollbackId: 'd-BACK' }),
        'd-BACK': view('InProgress', { id: 'd-BACK' })
      },
      lifecycle
    },
    {
      from: now + 3_000,
      deployments: { 'd-BACK': view('Succeeded', { id: 'd-BACK', completedAt: now + 3_000 }) },
      traffic: whollyOn('7')
    }
  )
  return { kind: 'asked' } as const
}

describe('when the job is cancelled', () => {
  test('CodeDeploy is immediately asked to stop and shift back, and the end is reported', async () => {
    const scenes = baking()
    const told = await watched(scenes, [ofCanary], { cancelAt: 60_500, stop: obeying(scenes) })
    expect(told.stops).toEqual([{ at: 60_500, id: 'd-NEW', rollBack: true }])
    expect(storyOf(told).slice(-6)).toEqual([
      'stop-asked at 60500',
      'status at 61500',
      'shift-ended at 61500',
      'rollback-found at 61500',
      'traffic at 63500',
      'status at 63500'
    ])
    expect(told.ended['d-NEW']).toMatchObject({
      unfinished: false,
      outcome: {
        kind: 'interrupted',
        serving: onlyOn('7'),
        cause: {
          code: 'JOB_CANCELLED',
          what: 'The step was interrupted, so deployment d-NEW was stopped and version 7 has all the traffic.',
          next: 'Run the step again when you mean to release.'
        }
      }
    })
  })

  test('what is not over when the time is up is left to the post step', async () => {
    const told = await watched(baking(), [ofCanary], { cancelAt: 60_500 })
    expect(told.at).toBe(66_500)
    expect(told.ended['d-NEW']).toMatchObject({
      unfinished: true,
      outcome: {
        kind: 'interrupted',
        serving: shareOn8(0.1),
        cause: {
          what: 'The step was interrupted; CodeDeploy was asked to stop deployment d-NEW, which has not ended yet.',
          next: 'To see how it ended, run the step with deployment-id: d-NEW'
        }
      }
    })
  })

  test('while the rollback of an alarm runs, the alarm is the cause, and the rest is left to the post step', async () => {
    const told = await watched([...baking(), alarmed(60_000, 'InProgress')], [ofCanary], { cancelAt: 80_000 })
    expect(told.stops).toEqual([])
    expect(told.ended['d-NEW']).toMatchObject({
      unfinished: true,
      outcome: {
        kind: 'interrupted',
        cause: {
          code: 'ALARM_ACTIVE',
          what: 'An alarm of the deployment group went off, so CodeDeploy stopped the deployment. The step was interrupted after deployment d-NEW had ended Stopped, but before its rollback was seen to end.'
        }
      }
    })
  })

  test('with if-interrupted: stop, the traffic stays where it is', async () => {
    const told = await watched(baking(), [ofCanary], { cancelAt: 60_500, leaving: () => 'stop' as const })
    expect(told.stops).toEqual([{ at: 60_500, id: 'd-NEW', rollBack: false }])
  })

  test('with if-interrupted: continue, nothing is stopped, and the error says how to continue', async () => {
    const told = await watched(baking(), [ofCanary], { cancelAt: 60_500, leaving: () => 'continue' as const })
    expect({ stops: told.stops, at: told.at }).toEqual({ stops: [], at: 60_500 })
    expect(told.ended['d-NEW']).toMatchObject({
      unfinished: false,
      outcome: {
        kind: 'interrupted',
        serving: shareOn8(0.1),
        cause: {
          code: 'JOB_CANCELLED',
          what: 'The step was interrupted while deployment d-NEW is still running: it continues in AWS and may still move traffic.',
          next: 'To watch it again, run the step with deployment-id: d-NEW and if-interrupted: continue. To stop it and shift back: aws deploy stop-deployment --deployment-id d-NEW --auto-rollback-enabled'
        }
      }
    })
  })

  test('a deployment that cannot be stopped is reported as going on', async () => {
    const stop = () => ({ kind: 'failed', reason: 'The AWS credentials expired.', isPassing: false }) as const
    const told = await watched(baking(), [ofCanary], { cancelAt: 60_500, stop })
    expect(storyOf(told).slice(-2)).toEqual(['stop-asked at 60500', 'stop-failed at 60500'])
    expect(told.ended['d-NEW']?.outcome).toMatchObject({
      kind: 'interrupted',
      cause: {
        what: 'The step was interrupted, and deployment d-NEW could not be stopped: The AWS credentials expired. It continues in AWS and may still move traffic.'
      }
    })
  })

  test('a success that was faster than the stop is a success', async () => {
    const scenes = baking()
    const stop = (now: number) => {
      scenes.push({ from: now, deployments: { 'd-NEW': view('Succeeded') }, traffic: whollyOn('8') })
      return { kind: 'over' } as const
    }
    const { ended } = await watched(scenes, [ofCanary], { cancelAt: 60_500, stop })
    expect(ended['d-NEW']?.outcome).toMatchObject({ kind: 'succeeded', serving: onlyOn('8') })
  })

  test('every deployment that runs is stopped', async () => {
    const other = { ...ofCanary, deploymentId: 'd-TWO' }
    const scenes = [{ from: 0, deployments: { 'd-TWO': view('InProgress', { id: 'd-TWO' }) } }, ...baking()]
    const { stops } = await watched(scenes, [ofCanary, other], { cancelAt: 60_500 })
    expect(stops.map(({ id }) => id)).toEqual(['d-NEW', 'd-TWO'])
  })
})

describe('when the wait time is over', () => {
  test('CodeDeploy is asked to stop and shift back, and has minutes for that', async () => {
    const scenes = baking()
    const stop = (now: number) => obeying(scenes)(now + 2 * minute)
    const told = await watched(scenes, [ofCanary], { deadline: 3 * minute, stop })
    expect(told.stops).toEqual([{ at: 3 * minute, id: 'd-NEW', rollBack: true }])
    expect(told.ended['d-NEW']).toMatchObject({
      unfinished: false,
      outcome: {
        kind: 'timed-out',
        serving: onlyOn('7'),
        cause: {
          code: 'WAIT_TIME_OVER',
          what: 'The wait time is over, so deployment d-NEW was stopped and version 7 has all the traffic.',
          next: 'Give the step more time with wait-for-minutes, then run it again.'
        }
      }
    })
  })

  const passing = { kind: 'failed', reason: 'Throttled.', isPassing: true } as const

  test('a stop that a passing fault has hit is asked for again, and told once', async () => {
    const scenes = baking()
    let faults = 3
    const stop = (now: number) => (faults-- > 0 ? passing : obeying(scenes)(now))
    const told = await watched(scenes, [ofCanary], { deadline: 3 * minute, stop })
    expect(told.stops.map(({ rollBack, isAgain }) => [rollBack, isAgain])).toEqual([
      [true, undefined],
      [true, true],
      [true, true],
      [true, true]
    ])
    expect(told.stops[1]?.at).toBeGreaterThan(3 * minute)
    expect(storyOf(told).filter(line => line.startsWith('stop'))).toEqual([
      'stop-asked at 180000',
      'stop-failed at 180000'
    ])
    expect(told.ended['d-NEW']?.outcome).toMatchObject({ kind: 'timed-out', serving: onlyOn('7') })
  })

  test('it is asked for at each look at most, and not once the deployment has ended', async () => {
    const scenes = baking()
    scenes.push({
      from: 5 * minute,
      deployments: { 'd-NEW': view('Succeeded', { completedAt: 5 * minute }) },
      traffic: whollyOn('8')
    })
    const told = await watched(scenes, [ofCanary], { deadline: 3 * minute, stop: () => passing })
    const times = told.stops.map(({ at }) => at - 3 * minute)
    expect(times.slice(0, 2)).toEqual([0, second])
    expect(times.length).toBeLessThan(60)
    expect(Math.max(...times)).toBeLessThan(2 * minute + 6 * second)
    expect(told.ended['d-NEW']?.outcome).toMatchObject({ kind: 'succeeded' })
  })

  test('an answer to that which never comes holds up no look', async () => {
    const scenes = baking()
    scenes.push({
      from: 3 * minute + 5 * second,
      deployments: { 'd-NEW': view('Succeeded', { completedAt: 3 * minute + 5 * second }) },
      traffic: whollyOn('8')
    })
    const stop = (now: number) => (now === 3 * minute ? passing : new Promise<StopResult>(() => {}))
    const told = await watched(scenes, [ofCanary], { deadline: 3 * minute, stop })
    expect(told.stops.map(({ isAgain }) => isAgain)).toEqual([undefined, true])
    const { at } = told.events.find(({ kind }) => kind === 'status') ?? {}
    expect(at).toBeLessThan(3 * minute + 10 * second)
  })

  test('it is told when it is refused for good in the end', async () => {
    const refused = { kind: 'failed', reason: 'Denied.', isPassing: false } as const
    const stop = (now: number) => (now === 3 * minute ? passing : refused)
    const told = await watched(baking(), [ofCanary], { deadline: 3 * minute, stop })
    expect(told.stops).toHaveLength(2)
    expect(storyOf(told).filter(line => line.startsWith('stop'))).toEqual([
      'stop-asked at 180000',
      'stop-failed at 180000',
      'stop-failed at 181000'
    ])
  })

  test('what has stopped, though all answers to the stop were lost, is not said to go on', async () => {
    const scenes = baking()
    const stop = (now: number) => {
      scenes.push({ from: now, deployments: { 'd-NEW': view('Stopped', { completedAt: now }) } })
      return { ...passing, mayHaveActed: true }
    }
    const told = await watched(scenes, [ofCanary], { deadline: 3 * minute, stop })
    expect(told.ended['d-NEW']?.outcome).toMatchObject({
      kind: 'timed-out',
      cause: { what: expect.not.stringContaining('continues in AWS') }
    })
  })

  test('a late answer to that does not hide that the next request has stopped it', async () => {
    const scenes = baking()
    const thirdAt = 3 * minute + 6 * second
    let answerLate: (result: StopResult) => void = () => undefined
    const stop = (now: number) => {
      if (now === 3 * minute) return passing
      if (now < thirdAt)
        return new Promise<StopResult>(resolve => {
          answerLate = resolve
        })
      setImmediate(() => answerLate(passing))
      return obeying(scenes)(now)
    }
    const cancelAt = thirdAt + 0.5 * second
    const told = await watched(scenes, [ofCanary], { deadline: 3 * minute, cancelAt, stop })
    expect(told.stops.map(({ at }) => at)).toEqual([3 * minute, 3 * minute + second, thirdAt])
    expect(told.ended['d-NEW']?.outcome).toMatchObject({ kind: 'interrupted', serving: onlyOn('7') })
  })

  const never = () => new Promise<StopResult>(() => {})

  test('an answer to the stop that never comes holds up no look for long', async () => {
    const scenes = baking()
    scenes.push({
      from: 3 * minute + 6 * second,
      deployments: { 'd-NEW': view('Succeeded', { completedAt: 3 * minute + 6 * second }) },
      traffic: whollyOn('8')
    })
    const told = await watched(scenes, [ofCanary], { deadline: 3 * minute, stop: never })
    expect(told.stops).toEqual([
      { at: 3 * minute, id: 'd-NEW', rollBack: true },
      { at: 3 * minute + 5 * second, id: 'd-NEW', rollBack: true, isAgain: true }
    ])
    expect(told.events.find(({ kind }) => kind === 'status')?.at).toBeLessThan(3 * minute + 10 * second)
  })

  test('that it was refused is not told once the deployment has ended', async () => {
    const scenes = baking()
    const endsAt = 3 * minute + 6 * second
    scenes.push({ from: endsAt, deployments: { 'd-NEW': view('Succeeded', { completedAt: endsAt }) } })
    scenes.push({ from: endsAt + 20 * second, traffic: whollyOn('8') })
    const stop = async (now: number, clock: VirtualClock): Promise<StopResult> => {
      await clock.sleep(now === 3 * minute ? 15 * second : 60 * second)
      return { kind: 'failed', reason: 'Denied.', isPassing: false }
    }
    const told = await watched(scenes, [ofCanary], { deadline: 3 * minute, stop })
    expect(storyOf(told).filter(line => line.startsWith('stop'))).toEqual(['stop-asked at 180000'])
    expect(told.ended['d-NEW']?.outcome.kind).toBe('succeeded')
  })

  test('the result does not wait for it once the deployment has ended', async () => {
    const scenes = baking()
    const endsAt = 3 * minute + 6 * second
    const ended = view('Succeeded', { completedAt: endsAt })
    scenes.push({ from: endsAt, deployments: { 'd-NEW': ended }, traffic: whollyOn('8') })
    const told = await watched(scenes, [ofCanary], { deadline: 3 * minute, stop: never })
    expect(told.at).toBeLessThan(endsAt + 3 * second)
  })

  test('what it was not foreseen to answer ends the watch', async () => {
    const stop = async (now: number, clock: VirtualClock): Promise<StopResult> => {
      await clock.sleep(now === 3 * minute ? 8 * second : 60 * second)
      throw new TypeError('not foreseen')
    }
    await expect(watched(baking(), [ofCanary], { deadline: 3 * minute, stop })).rejects.toThrow(
      'not foreseen'
    )
  })

  test('a cancel does not wait to hear what those serve that go on', async () => {
    const joined = { ...ofCanary, functionName: 'ledger', deploymentId: 'd-JOINED' }
    const scenes = [{ from: 0, deployments: { 'd-JOINED': view('InProgress', { id: 'd-JOINED' }) } }]
    const cancelAt = 3 * minute + 2 * second
    const stalls = { from: 3 * minute, to: 3 * minute + second }
    const told = await watched([...scenes, ...baking()], [ofCanary, joined], {
      deadline: 3 * minute,
      cancelAt,
      stalls,
      leaving: id => (id === 'd-JOINED' ? 'continue' : 'rollback'),
      stop: () => passing
    })
    expect(told.stops.map(({ at, id }) => [at, id])).toContainEqual([cancelAt, 'd-NEW'])
    expect(told.at).toBe(cancelAt + 6 * second)
  })

  test('that it times out again and again is told once', async () => {
    const stop = async (_: number, clock: VirtualClock): Promise<StopResult> => {
      await clock.sleep(20 * second)
      return { ...passing, mayHaveActed: true }
    }
    const told = await watched(baking(), [ofCanary], { deadline: 3 * minute, stop })
    expect(storyOf(told).filter(line => line.startsWith('stop-failed'))).toEqual(['stop-failed at 200000'])
    // Two requests at most are under way.
    expect(told.stops.length).toBeLessThan((2 * 5 * minute) / (20 * second) + 2)
  })

  test.each([
    { name: 'ahead', byMs: -10 * minute },
    { name: 'behind', byMs: 10 * minute }
  ])('its time is the same when AWS shows only then that the clock was $name', async ({ byMs }) => {
    const clock = new VirtualClock(0)
    let offsetMs = 0
    clock.at(4 * minute, () => {
      offsetMs = byMs
    })
    const corrected = {
      now: () => clock.now() + offsetMs,
      sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal)
    }
    const watching = watch([ofCanary], {
      port: {
        deployment: async () => readingOf(view('InProgress')),
        lifecycle: async () => readingOf({ lifecycle: shiftingSince(5_000) }),
        traffic: async () => readingOf(shareOn8(0.1))
      },
      clock: corrected,
      random: () => 0.5,
      cancelled: new AbortController().signal,
      deadline: 3 * minute,
      leaving: () => 'rollback' as const,
      graceMs: { interrupted: 6_000, 'timed-out': 5 * minute, blocked: 5 * minute },
      stop: async () => ({ kind: 'asked' })
    })
    await clock.run(async () => {
      for await (const _ of watching);
    })
    expect(Math.abs(clock.now() - 8 * minute)).toBeLessThanOrEqual(minute)
  })

  test('nothing is said of an end that was not seen', async () => {
    const told = await watched([], [ofCanary], { deadline: 3 * minute, stop: () => ({ kind: 'over' }) })
    expect(told.ended['d-NEW']?.outcome).toMatchObject({
      kind: 'timed-out',
      cause: {
        what: 'The wait time is over; CodeDeploy was asked to stop deployment d-NEW, whose end was not seen.'
      }
    })
  })

  test('the rollback of an alarm that is not over then is not left to the post step, which would act minutes later', async () => {
    const told = await watched([...baking(), alarmed(2 * minute, 'InProgress')], [ofCanary], {
      deadline: 3 * minute
    })
    expect(told.stops).toEqual([])
    expect(told.ended['d-NEW']).toMatchObject({
      unfinished: false,
      outcome: { kind: 'timed-out', cause: { code: 'ALARM_ACTIVE' } }
    })
  })

  test('a cancel cuts short the last look at the alias', async () => {
    const cancelAt = 8 * minute + second
    const stalls = { from: 8 * minute, to: 8 * minute + 500 }
    const told = await watched(baking(), [ofCanary], { deadline: 3 * minute, cancelAt, stalls })
    expect(told.at).toBeLessThan(cancelAt + 7 * second)
    expect(told.ended['d-NEW']?.outcome.kind).toBe('interrupted')
  })

  test('when the rollback of an alarm then fails, the alarm stays the cause', async () => {
    const scenes = baking()
    const stop = (now: number) => {
      scenes.push(alarmed(now, 'Failed'))
      return { kind: 'asked' } as const
    }
    const { ended } = await watched(scenes, [ofCanary], { deadline: 3 * minute, stop })
    expect(ended['d-NEW']?.outcome).toMatchObject({
      kind: 'failed',
      cause: {
        code: 'ROLLBACK_FAILED',
        what: expect.stringMatching(/so CodeDeploy stopped the deployment\. The rollback d-BACK ended Failed/)
      }
    })
  })

  test('a rollback that was asked for is waited for, though no rollback event asks for it and it comes late', async () => {
    const scenes = baking()
    const unguarded = { ...ofCanary, rollbackEvents: [] }
    const stop = (now: number) => {
      const stopped = { completedAt: now + second, error: { code: 'MANUAL_STOP', message: '' } }
      scenes.push(
        { from: now + second, deployments: { 'd-NEW': view('Stopped', stopped) } },
        {
          from: now + 40 * second,
          deployments: {
            'd-NEW': view('Stopped', { ...stopped, rollbackId: 'd-BACK' }),
            'd-BACK': view('Succeeded', { id: 'd-BACK' })
          },
          traffic: whollyOn('7')
        }
      )
      return { kind: 'asked' } as const
    }
    const { ended } = await watched(scenes, [unguarded], { deadline: 3 * minute, stop })
    expect(ended['d-NEW']?.outcome).toMatchObject({ kind: 'timed-out', serving: onlyOn('7') })
  })

  test('what a cancel meets, not answered yet, is asked for again only after five seconds', async () => {
    const cancelAt = 3 * minute + 2 * second
    const told = await watched(baking(), [ofCanary], { deadline: 3 * minute, cancelAt, stop: never })
    expect(told.stops.map(({ at }) => at)).toEqual([3 * minute, 3 * minute + 5 * second])
    expect(told.at).toBe(cancelAt + 6 * second)
    expect(told.ended['d-NEW']).toMatchObject({
      unfinished: true,
      outcome: {
        kind: 'interrupted',
        cause: {
          what: 'The step was interrupted; CodeDeploy was asked to stop deployment d-NEW, which has not ended yet.'
        }
      }
    })
  })

  test('an answer that never comes does not hold it up', async () => {
    const scenes = baking()
    const stalls = { from: 2 * minute, to: 3 * minute }
    const told = await watched(scenes, [ofCanary], { deadline: 3 * minute, stalls, stop: obeying(scenes) })
    expect(told.stops).toEqual([{ at: 3 * minute, id: 'd-NEW', rollBack: true }])
    expect(told.ended['d-NEW']?.outcome.kind).toBe('timed-out')
  })

  test('a cancel then does not ask again, but shortens the remaining time', async () => {
    const told = await watched(baking(), [ofCanary], {
      deadline: 3 * minute,
      cancelAt: 3 * minute + 10 * second
    })
    expect(told.stops).toHaveLength(1)
    expect(told.at).toBe(3 * minute + 16 * second)
    expect(told.ended['d-NEW']?.outcome.kind).toBe('interrupted')
  })

  test.each(['over', 'asked'] as const)(
    'an alarm that was faster than the stop is reported as what it is (%s)',
    async kind => {
      const scenes = baking()
      const stop = (now: number) => {
        scenes.push({ ...alarmed(now, 'Succeeded'), traffic: whollyOn('7') })
        return { kind }
      }
      const { ended } = await watched(scenes, [ofCanary], { deadline: 3 * minute, stop })
      expect(ended['d-NEW']?.outcome).toMatchObject({ kind: 'rolled-back', cause: { code: 'ALARM_ACTIVE' } })
    }
  )
})
