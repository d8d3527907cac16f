import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isOver, isWhollyOn, type Observation } from '../../src/deployment/observation.ts'
import { settle } from '../../src/watch/settle.ts'
import { event, seen, subject, view } from '../deployment/observations.ts'

const time = fc.integer({ min: 0, max: 1_000_000 })
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const status = fc.constantFrom('Created', 'InProgress', 'Succeeded', 'Failed', 'Stopped', 'Unheard')
const traffic = fc.record(
  {
    version: fc.constantFrom('7', '8', '9'),
    weights: fc.oneof(
      fc.constant({}),
      fc.record({ '8': fc.constantFrom(0, 0.1, 1) }),
      fc.record({ '7': fc.constantFrom(0, 0.9, 1) })
    ),
    readAt: time
  },
  { requiredKeys: ['version', 'weights'] }
)

/** Anything that a look could return, and more. */
const anything: fc.Arbitrary<Observation> = fc
  .record({
    at: time,
    status,
    code: maybe(fc.constantFrom('ALARM_ACTIVE', 'HOOK_EXECUTION_FAILURE', 'REVISION_MISSING', 'NEWS')),
    rollback: maybe(status),
    endedAt: maybe(time),
    rollbackEndedAt: maybe(time),
    traffic: maybe(traffic),
    shift: maybe(fc.constantFrom('Pending', 'InProgress', 'Succeeded', 'Failed', 'Skipped')),
    aliasBarred: maybe(fc.constant('denied'))
  })
  .map(({ at, status: is, code, rollback, endedAt, rollbackEndedAt, traffic: read, shift, aliasBarred }) =>
    seen({
      at,
      deployment: view(is, {
        ...(code && { error: { code, message: '' } }),
        ...(rollback && { rollbackId: 'd-BACK' })
      }),
      lifecycle: shift ? [event('AllowTraffic', shift, 1)] : [],
      ...(rollback && { rollback: view(rollback, { id: 'd-BACK' }) }),
      ...(endedAt !== undefined && { endedAt }),
      ...(rollbackEndedAt !== undefined && { rollbackEndedAt }),
      ...(read && { traffic: read }),
      ...(aliasBarred && { aliasUnreadable: aliasBarred })
    })
  )

const whatever = (claim: (observation: Observation, outcome: ReturnType<typeof settle>) => void) =>
  fc.assert(
    fc.property(anything, observation => claim(observation, settle(observation, subject()))),
    { numRuns: 1_000 }
  )

describe('whatever is observed', () => {
  test('succeeded is only said of traffic that Lambda showed wholly on the target after the end', () => {
    whatever(({ deployment, traffic: read, endedAt = 0 }, outcome) => {
      if (outcome?.kind !== 'succeeded') return
      expect(deployment.status).toBe('Succeeded')
      expect(read?.readAt).toBeGreaterThanOrEqual(endedAt)
      expect(read && isWhollyOn(read, '8')).toBe(true)
    })
  })

  test('rolled-back is only said of traffic that Lambda showed wholly on the old version after the end', () => {
    whatever(({ deployment, traffic: read, endedAt = 0 }, outcome) => {
      if (outcome?.kind !== 'rolled-back') return
      expect(['Failed', 'Stopped']).toContain(deployment.status)
      if (deployment.rollbackId === undefined) expect(read?.readAt).toBeGreaterThanOrEqual(endedAt)
      expect(read && isWhollyOn(read, '7')).toBe(true)
    })
  })

  test('nothing is concluded while the deployment, or its rollback, runs', () => {
    whatever(({ deployment, rollback }, outcome) => {
      const fellShort = deployment.status !== 'Succeeded'
      if (!isOver(deployment.status) || (fellShort && rollback && !isOver(rollback.status)))
        expect(outcome).toBeUndefined()
    })
  })

  test('what is said to serve is what Lambda said, and never what CodeDeploy claims', () => {
    whatever(({ traffic: read }, outcome) => {
      if (!outcome?.serving) return
      expect(outcome.serving).toEqual(read)
      expect(read?.readAt).toBeDefined()
    })
  })
})
