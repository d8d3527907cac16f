import { describe, expect, test } from '@jest/globals'
import type { Event } from '../src/deployment/event.ts'
import { fromState, type SavedRelease, type SavedRun, toState } from '../src/state.ts'
import { record, subject } from './report/records.ts'

/** Text that nothing can pack: as different as names can be. */
const noise = (length: number, seed: number): string => {
  let state = seed
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[state >> 25]
  }).join('')
}

const moved: Event = { kind: 'traffic', at: 5_000, traffic: { version: '7', weights: { 8: 0.1 } } }
const beat: Event = { kind: 'heartbeat', at: 65_000, phase: 'shifting' }

const run = (releases: SavedRelease[]): SavedRun => ({
  phase: 'running',
  region: 'eu-west-1',
  releases
})

/** Names as long as AWS allows. */
const longest = (index: number): SavedRelease => ({
  record: {
    ...record(),
    functionName: noise(64, index),
    alias: noise(128, index),
    application: noise(100, 1),
    group: noise(100, index),
    deploymentId: `d-${noise(9, index)}`,
    events: [moved]
  },
  subject: {
    ...subject,
    functionName: noise(64, index),
    alias: noise(128, index),
    hooks: { BeforeAllowTraffic: noise(140, 1), AfterAllowTraffic: noise(140, 2) },
    alarms: Array.from({ length: 10 }, (_, alarm) => noise(255, 1_000 * index + alarm))
  }
})

describe('the state', () => {
  test('keeps what moved, without the signs of life, so that post tells all of it', () => {
    const saved = fromState(toState(run([{ record: record({ events: [moved, beat] }), subject }])))
    expect(saved?.releases[0]?.record.events).toEqual([moved])
  })

  test('of a hundred functions with ten alarms each fits where Windows allows 32,767 characters', () => {
    const text = toState(run(Array.from({ length: 100 }, (_, index) => longest(index + 1))))
    expect(text.length).toBeLessThan(32_767)
    expect(fromState(text)?.releases.map(({ record: { deploymentId } }) => deploymentId)).toEqual(
      Array.from({ length: 100 }, (_, index) => `d-${noise(9, index + 1)}`)
    )
  })

  test('of a few functions is text that a person can read', () => {
    expect(JSON.parse(toState(run([{ record: record(), subject }]))).phase).toBe('running')
  })

  test.each([
    ['nothing', ''],
    ['no JSON', 'deflated:AAAA'],
    ['a run that is done', toState({ ...run([{ record: record(), subject }]), phase: 'done' })],
    ['an unknown policy', JSON.stringify({ ...run([{ record: record(), subject }]), leaving: 'explode' })]
  ])('that holds %s leaves nothing to do', (_, text) => {
    expect(fromState(text)).toBeUndefined()
  })
})
