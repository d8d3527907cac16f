import { expect, test } from '@jest/globals'
import type { Observation, Sharing, Subject } from '../../src/deployment/observation.ts'
import { sharingOf, unmovedAtOf } from '../../src/watch/sharing.ts'
import {
  canary,
  event,
  second,
  seen,
  shareOn8,
  shiftingSince,
  subject,
  view,
  whollyOn
} from '../deployment/observations.ts'

const begun = view('InProgress', { startedAt: second })
const split = seen({ deployment: begun, traffic: shareOn8(0.1, 20 * second) })
const before = seen({ deployment: begun, traffic: whollyOn('7', 9 * second) })
const known = { from: 9 * second }

test.each<{
  name: string
  before?: Observation
  seen: Observation
  subject?: Partial<Subject>
  events?: 'seen' | 'unasked'
  shows: Sharing | undefined
}>([
  { name: 'began after the look before', before, seen: split, shows: { from: 9 * second } },
  {
    name: 'began with the deployment, when there was no look before and no hook comes first',
    seen: split,
    subject: { hooks: { AfterAllowTraffic: 'CodeDeployHook_after' } },
    shows: { from: second }
  },
  {
    name: 'began at the latest when it was seen, when there was no look before and a hook comes first',
    seen: split,
    subject: { hooks: { BeforeAllowTraffic: 'CodeDeployHook_before' } },
    shows: { from: 20 * second }
  },
  {
    name: 'began at the latest when it was seen, when there was no look before and the hooks are unknown',
    seen: split,
    subject: { hooksUnknown: true },
    shows: { from: 20 * second }
  },
  {
    name: 'began a minute before it was seen at most, or at any time since the last look',
    before: seen({ deployment: begun, traffic: whollyOn('7', 9 * second) }),
    seen: seen({ deployment: begun, traffic: shareOn8(0.1, 200 * second) }),
    shows: { from: 140 * second, since: 9 * second }
  },
  {
    name: 'goes on',
    before: { ...before, sharing: known },
    seen: split,
    shows: known
  },
  {
    name: 'goes on while the events are not asked for',
    before: { ...before, sharing: known },
    seen: split,
    events: 'unasked',
    shows: known
  },
  {
    name: 'is not known by this once CodeDeploy shows that it has not begun',
    before: { ...before, sharing: known },
    seen: { ...split, lifecycle: [event('BeforeAllowTraffic', 'InProgress', second)] },
    events: 'seen',
    shows: undefined
  },
  {
    name: 'is over when all traffic is first seen to have moved',
    before: { ...before, sharing: known },
    seen: { ...split, traffic: whollyOn('8', 300 * second) },
    shows: { from: 9 * second, to: 300 * second }
  },
  {
    name: 'was over when it was planned to be, when the alias gave no answer meanwhile',
    before: { ...before, traffic: shareOn8(0.1, 240 * second), sharing: known },
    seen: { ...split, traffic: whollyOn('8', 420 * second) },
    subject: { schedule: canary },
    shows: { from: 9 * second, to: 309 * second }
  },
  {
    name: 'was not over before it was last seen to go on, whatever was planned',
    before: { ...before, traffic: shareOn8(0.1, 400 * second), sharing: known },
    seen: { ...split, traffic: whollyOn('8', 420 * second) },
    subject: { schedule: canary },
    shows: { from: 9 * second, to: 400 * second }
  },
  {
    name: 'stays over as of then',
    before: { ...before, sharing: { ...known, to: 300 * second } },
    seen: { ...split, traffic: whollyOn('8', 315 * second) },
    shows: { from: 9 * second, to: 300 * second }
  },
  {
    name: 'is unknown except for its end, when all traffic had moved by the first look',
    seen: { ...split, traffic: whollyOn('8', 20 * second) },
    shows: { from: 20 * second, to: 20 * second }
  },
  {
    name: 'is not known by this once CodeDeploy shows when it began',
    before: { ...before, sharing: known },
    seen: { ...split, lifecycle: shiftingSince(3 * second) },
    shows: undefined
  },
  { name: 'has not begun while the alias is as before', before, seen: before, shows: undefined },
  {
    name: 'has not begun when somebody gives the alias weights while a hook is seen to run',
    before,
    seen: { ...split, lifecycle: [event('BeforeAllowTraffic', 'InProgress', second)] },
    events: 'seen',
    shows: undefined
  },
  {
    name: "has not begun by CodeDeploy's claim alone",
    before,
    seen: { ...split, traffic: shareOn8(0.1) },
    shows: undefined
  },
  {
    name: 'is not that of a rollback, which may find the alias split',
    before,
    seen: { ...split, deployment: { ...begun, isRollback: true } },
    shows: undefined
  },
  {
    name: 'is not seen any more after the end',
    before,
    seen: { ...split, deployment: view('Stopped') },
    shows: undefined
  }
])('by the alias alone, the shift $name', ({ before: was, seen: now, subject: of, shows, ...row }) => {
  const events = row.events === 'unasked' ? undefined : (row.events ?? 'hidden')
  expect(sharingOf(was, now, subject(of), events)).toEqual(shows)
})

const shifting = { deployment: begun, lifecycle: shiftingSince(3 * second) }
const waiting = (readAt: number, unmovedAt?: number): Observation =>
  seen({ ...shifting, traffic: whollyOn('7', readAt), ...(unmovedAt !== undefined && { unmovedAt }) })

test.each<{ name: string; before?: Observation; seen: Observation; at: number | undefined }>([
  { name: 'not at all before CodeDeploy says that it shifts', before, seen: before, at: undefined },
  {
    name: 'not by what was read before CodeDeploy said so',
    before,
    seen: seen({ ...shifting, traffic: whollyOn('7', 2 * second) }),
    at: undefined
  },
  { name: 'when the alias was as before', before, seen: waiting(20 * second), at: 20 * second },
  {
    name: 'when it still was',
    before: waiting(20 * second, 20 * second),
    seen: waiting(30 * second),
    at: 30 * second
  },
  {
    name: 'not any more since it has begun',
    before: waiting(30 * second, 30 * second),
    seen: seen({ ...shifting, traffic: shareOn8(0.1, 40 * second) }),
    at: 30 * second
  },
  {
    name: 'not when somebody takes back what has begun',
    before: seen({ ...shifting, traffic: shareOn8(0.1, 40 * second), unmovedAt: 30 * second }),
    seen: waiting(50 * second),
    at: 30 * second
  },
  { name: 'nor after that', before: waiting(50 * second), seen: waiting(60 * second), at: undefined },
  {
    name: 'not by what serves after the end: it may be a rollback',
    seen: seen({
      deployment: view('Stopped', { startedAt: second }),
      lifecycle: shiftingSince(3 * second),
      traffic: whollyOn('7', 240 * second)
    }),
    at: undefined
  },
  {
    name: "not by CodeDeploy's claim",
    before,
    seen: seen({ ...shifting, traffic: whollyOn('7') }),
    at: undefined
  }
])('the alias was last seen to wait for the shift: $name', ({ before: was, seen: now, at }) => {
  expect(unmovedAtOf(was, now, subject())).toBe(at)
})
