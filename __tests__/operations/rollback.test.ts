import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../simulator/clock.ts'
import type { Traffic } from '../../src/deployment/observation.ts'
import type { Reading } from '../../src/deployment/reading.ts'
import type { DeploymentDescription } from '../../src/operations/existing.ts'
import { rollbackOf } from '../../src/operations/rollback.ts'

const ended = (over: Partial<DeploymentDescription> = {}): DeploymentDescription => ({
  id: 'd-1',
  status: 'Stopped',
  description: '',
  hasOwnAlarms: false,
  alarms: [],
  rollbackEvents: ['DEPLOYMENT_STOP_ON_REQUEST'],
  target: {
    lifecycle: [],
    functionName: 'payments-api',
    alias: 'live',
    currentVersion: '7',
    targetVersion: '8'
  },
  ...over
})

const reading = (version: string, weights: Record<string, number> = {}): Reading<Traffic> => ({
  kind: 'value',
  value: { version, weights }
})
const split = reading('7', { 8: 0.1 })
const whole = reading('7')

interface Row {
  name: string
  seen?: Partial<DeploymentDescription>
  isAsked?: boolean
  /** When CodeDeploy names the rollback, ms; never when absent. */
  namedAfter?: number
  traffic?: Reading<Traffic>
  /** When the alias is whole again, ms. */
  wholeAfter?: number
  cancelledAfter?: number
  rollback?: string
  /** How long it was waited for, s. */
  seconds: number
}

const noEvents = { rollbackEvents: [] }

const rows: Row[] = [
  { name: 'it has succeeded', seen: { status: 'Succeeded' }, seconds: 0 },
  { name: 'it is a rollback itself', seen: { rollsBack: 'd-0' }, seconds: 0 },
  { name: 'it is named already', namedAfter: 0, rollback: 'd-2', seconds: 0 },
  { name: 'it is named after five seconds', namedAfter: 5_000, rollback: 'd-2', seconds: 5 },
  { name: 'it is never named, and the alias stays split', seconds: 60 },
  { name: 'it had ended twenty seconds before it was seen', seen: { completedAt: -20_000 }, seconds: 40 },
  { name: 'it had ended a minute before it was seen', seen: { completedAt: -60_000 }, seconds: 0 },
  { name: 'nothing asks for one, and the alias stays split', seen: noEvents, seconds: 10 },
  { name: 'nothing asks for one, and the alias is whole', seen: noEvents, traffic: whole, seconds: 0 },
  {
    name: 'nothing but our own stop asks for one, which begins late',
    seen: noEvents,
    isAsked: true,
    namedAfter: 20_000,
    rollback: 'd-2',
    seconds: 20
  },
  {
    name: 'no traffic had moved: it may yet begin for some seconds',
    traffic: whole,
    namedAfter: 4_000,
    rollback: 'd-2',
    seconds: 4
  },
  { name: 'no traffic had moved, and it never begins', traffic: whole, seconds: 6 },
  { name: 'the alias is whole again, though the id never came', wholeAfter: 12_000, seconds: 12 },
  {
    name: 'somebody has moved the alias elsewhere: that is not where it was',
    seen: noEvents,
    traffic: reading('5'),
    seconds: 10
  },
  {
    name: 'it was about another alias, and nothing asks for a rollback',
    seen: {
      ...noEvents,
      target: { lifecycle: [], functionName: 'payments-api', alias: 'canary', currentVersion: '1' }
    },
    traffic: split,
    seconds: 0
  },
  {
    name: 'the alias may not be read',
    traffic: { kind: 'permanent', cause: { code: 'AccessDeniedException', what: '', next: '' } },
    seconds: 0
  },
  {
    name: 'the alias cannot be read for a while',
    traffic: { kind: 'transient', reason: 'throttled' },
    namedAfter: 8_000,
    rollback: 'd-2',
    seconds: 8
  },
  { name: 'the job is cancelled', cancelledAfter: 3_000, seconds: 3 }
]

describe('the rollback of a deployment that has ended', () => {
  test.each(rows)(
    '$name: $rollback after $seconds s',
    async ({
      seen,
      isAsked = false,
      namedAfter,
      traffic = split,
      wholeAfter,
      cancelledAfter,
      rollback,
      seconds
    }) => {
      const clock = new VirtualClock(0)
      const cancelling = new AbortController()
      if (cancelledAfter !== undefined) clock.at(cancelledAfter, () => cancelling.abort())
      const look = (): DeploymentDescription =>
        ended({
          ...seen,
          ...(namedAfter !== undefined && clock.now() >= namedAfter && { rollbackId: 'd-2' })
        })
      const found = await clock.run(() =>
        rollbackOf(look(), { functionName: 'payments-api', alias: 'live' }, isAsked, {
          codedeploy: { describe: async () => look() },
          lambda: {
            traffic: async () => (wholeAfter !== undefined && clock.now() >= wholeAfter ? whole : traffic)
          },
          clock,
          cancelled: cancelling.signal
        })
      )
      expect([found, clock.now() / 1_000]).toEqual([rollback, seconds])
    }
  )
})
