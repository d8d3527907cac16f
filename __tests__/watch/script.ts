import { VirtualClock } from '../../simulator/clock.ts'
import type { Event } from '../../src/deployment/event.ts'
import type { StopResult } from '../../src/deployment/leaving.ts'
import type { DeploymentView, Subject, Traffic } from '../../src/deployment/observation.ts'
import type { LifecycleView, Reading } from '../../src/deployment/reading.ts'
import { type WatchOptions, type WatchResult, watch } from '../../src/watch/watch.ts'
import { minute } from '../deployment/observations.ts'
import { readingOf, throttled } from './readings.ts'

/** What AWS shows from `from` on (ms after the start); what a scene leaves out stays as it was. */
export interface Scene {
  from: number
  deployments?: Record<string, DeploymentView | Reading<DeploymentView>>
  lifecycle?: LifecycleView['lifecycle'] | Reading<LifecycleView>
  traffic?: Traffic | Reading<Traffic>
}

export interface Watched {
  events: (Event & { of: string })[]
  ended: Record<string, WatchResult>
  /** When the last event of each was told, ms. */
  toldAt: Record<string, number>
  /** When the watch was over, ms. */
  at: number
  /** Requests by kind. */
  asked: Record<string, number>
  stops: { at: number; id: string; rollBack: boolean; isAgain?: true }[]
}

const toReading = <T extends object>(shown: T | Reading<T> | undefined): Reading<T> =>
  shown === undefined ? throttled : 'kind' in shown ? (shown as Reading<T>) : readingOf(shown)

/** Watches deployments while AWS shows these scenes, in virtual time that starts at zero. */
export async function watched(
  scenes: Scene[],
  subjects: readonly Subject[],
  over: Partial<Omit<WatchOptions, 'stop'>> & {
    cancelAt?: number
    /** Requests that are sent between these moments are answered so late, or never, ms. `of`: only about this deployment. */
    stalls?: { from: number; to: number; lateMs?: number; of?: string }
    /** What CodeDeploy answers to a stop; it may add scenes. */
    stop?: (now: number, clock: VirtualClock) => StopResult | Promise<StopResult>
  } = {}
): Promise<Watched> {
  const clock = new VirtualClock(0)
  const { cancelAt, stop, stalls, ...rest } = over
  const cancelling = new AbortController()
  if (cancelAt !== undefined) clock.at(cancelAt, () => cancelling.abort())
  const told: Watched = { events: [], ended: {}, toldAt: {}, at: 0, asked: {}, stops: [] }
  const shown = <K extends keyof Scene>(part: K, has: (scene: Scene) => boolean = scene => part in scene) => {
    told.asked[part] = (told.asked[part] ?? 0) + 1
    return scenes.findLast(scene => scene.from <= clock.now() && has(scene))?.[part]
  }
  const answered = async <T>(answer: () => T, of?: string): Promise<T> => {
    const isMeant = stalls && (stalls.of === undefined || stalls.of === of)
    const isStalled = isMeant && clock.now() >= stalls.from && clock.now() < stalls.to
    if (isStalled) await (stalls.lateMs ? clock.sleep(stalls.lateMs) : new Promise<never>(() => {}))
    return answer()
  }
  const watching = watch(subjects, {
    port: {
      deployment: id =>
        answered(() => toReading(shown('deployments', scene => id in (scene.deployments ?? {}))?.[id]), id),
      lifecycle: () =>
        answered(() => {
          const events = shown('lifecycle') ?? []
          return 'kind' in events ? events : readingOf({ lifecycle: events })
        }),
      traffic: () => answered(() => toReading<Traffic>(shown('traffic')))
    },
    clock,
    random: () => 0.5,
    cancelled: cancelling.signal,
    deadline: 60 * minute,
    leaving: () => 'rollback' as const,
    graceMs: { interrupted: 6_000, 'timed-out': 5 * minute, blocked: 5 * minute },
    stop: async (id, rollBack, isAgain) => {
      told.stops.push({ at: clock.now(), id, rollBack, ...(isAgain && { isAgain }) })
      return stop?.(clock.now(), clock) ?? { kind: 'asked' }
    },
    ...rest
  })
  await clock.run(
    async () => {
      let step = await watching.next()
      for (; !step.done; step = await watching.next())
        for (const { event, subject } of step.value) {
          told.events.push({ ...event, of: subject.deploymentId })
          told.toldAt[subject.deploymentId] = clock.now()
        }
      told.ended = Object.fromEntries(step.value)
    },
    3 * 1440 * minute
  )
  return { ...told, at: clock.now() }
}

/** The kinds and times of events, without heartbeats. */
export const storyOf = ({ events }: Watched): string[] =>
  events.filter(({ kind }) => kind !== 'heartbeat').map(({ kind, at }) => `${kind} at ${at}`)
