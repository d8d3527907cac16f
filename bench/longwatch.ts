/**
 * Watches a hundred deployments for 48 hours of virtual time, and prints what it holds in memory after the first hour and after the
 * last, as JSON. Run with --expose-gc. What is asked answers at once, with values of its own each time: a watch that keeps its looks grows.
 */
import { VirtualClock } from '../simulator/clock.ts'
import type { Subject } from '../src/deployment/observation.ts'
import type { Reading, WatchPort } from '../src/deployment/reading.ts'
import { watch } from '../src/watch/watch.ts'
import type { Growth } from './growth.ts'
import { namesOf } from './many.ts'

const hour = 3_600_000
const hours = 48

const clock = new VirtualClock()
const begun = clock.now()
const end = begun + hours * hour
const sizes: number[] = []
const measure = () => {
  if (!gc) throw new Error('run with --expose-gc')
  gc()
  sizes.push(process.memoryUsage().heapUsed)
}

const value = <T>(value: T): Promise<Reading<T>> => Promise.resolve({ kind: 'value', value })
const isOver = () => clock.now() > end
const port: WatchPort = {
  deployment: id =>
    value({ id, status: isOver() ? 'Succeeded' : 'InProgress', createdAt: begun, startedAt: begun }),
  lifecycle: () =>
    value({
      lifecycle: [
        { name: 'BeforeAllowTraffic', status: 'Succeeded', startedAt: begun, endedAt: begun },
        { name: 'AllowTraffic', status: isOver() ? 'Succeeded' : 'InProgress', startedAt: begun },
        { name: 'AfterAllowTraffic', status: isOver() ? 'Succeeded' : 'Pending' }
      ]
    }),
  traffic: () => value(isOver() ? { version: '8', weights: {} } : { version: '7', weights: { '8': 0.1 } })
}
const subjects = namesOf(100).map(
  (functionName): Subject => ({
    functionName,
    alias: 'live',
    deploymentId: `d-${functionName}`,
    currentVersion: '7',
    targetVersion: '8',
    hooks: {},
    alarms: [],
    schedule: [
      { afterMs: 0, share: 0.1 },
      { afterMs: hours * hour, share: 1 }
    ]
  })
)

clock.at(begun + hour, measure)
clock.at(end, measure)
await clock.run(async () => {
  const watching = watch(subjects, {
    port,
    clock,
    random: () => 0.5,
    cancelled: new AbortController().signal,
    deadline: end + hour,
    leaving: () => 'continue',
    graceMs: { interrupted: 0, 'timed-out': 0, blocked: 0 },
    stop: async () => ({ kind: 'over' })
  })
  let step = await watching.next()
  while (!step.done) step = await watching.next()
  const failed = [...step.value.values()].filter(({ outcome }) => outcome.kind !== 'succeeded')
  if (failed.length > 0) throw new Error(`${failed.length} deployments were not seen to succeed`)
})
const [early = Number.NaN, late = Number.NaN] = sizes
console.log(JSON.stringify({ early, late } satisfies Growth))
