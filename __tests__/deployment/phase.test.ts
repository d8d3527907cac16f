import { describe, expect, test } from '@jest/globals'
import type { Observation } from '../../src/deployment/observation.ts'
import { isInLastHook, isSamePhase, type Phase, phaseOf } from '../../src/deployment/phase.ts'
import { event, seen, shareOn8, shiftingSince, subject, view } from './observations.ts'

describe('a deployment is', () => {
  test.each<{ name: string; observation: Observation; phase: Phase }>([
    { name: 'starting while nothing is known about its events', observation: seen(), phase: 'starting' },
    {
      name: 'starting while all its events are pending',
      observation: seen({
        lifecycle: [event('BeforeAllowTraffic', 'Pending'), event('AllowTraffic', 'Pending')]
      }),
      phase: 'starting'
    },
    {
      name: 'in a hook while the event before the shift runs',
      observation: seen({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)] }),
      phase: 'hook'
    },
    {
      name: 'in a hook between two events, where something is about to begin',
      observation: seen({
        lifecycle: [event('BeforeAllowTraffic', 'Succeeded', 0, 1), event('AllowTraffic', 'Pending')]
      }),
      phase: 'hook'
    },
    {
      name: 'shifting while traffic moves',
      observation: seen({ lifecycle: shiftingSince(0) }),
      phase: 'shifting'
    },
    {
      name: 'shifting while only the alias shows that',
      observation: seen({ sharing: { from: 0 } }),
      phase: 'shifting'
    },
    {
      name: 'shifting while only the alias shows that, and the hook before was the last that CodeDeploy showed',
      observation: seen({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)], sharing: { from: 0 } }),
      phase: 'shifting'
    },
    {
      name: 'in a hook while the event after the shift runs',
      observation: seen({
        lifecycle: [event('AllowTraffic', 'Succeeded', 0, 1), event('AfterAllowTraffic', 'InProgress', 1)]
      }),
      phase: 'hook'
    },
    {
      name: 'ending once its status is final, whatever its events say',
      observation: seen({ deployment: view('Stopped'), lifecycle: shiftingSince(0) }),
      phase: 'ending'
    },
    {
      name: 'still starting under an unknown status',
      observation: seen({ deployment: view('Provisioning') }),
      phase: 'starting'
    }
  ])('$name', ({ observation, phase }) => {
    expect(phaseOf(observation)).toBe(phase)
  })
})

describe('nothing has begun or ended', () => {
  const before = seen({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)] })
  const after = seen({
    lifecycle: [event('AllowTraffic', 'Succeeded', 0, 1), event('AfterAllowTraffic', 'InProgress', 1)]
  })
  const between = seen({ lifecycle: [event('BeforeAllowTraffic', 'Succeeded', 0, 1)] })
  const shifting = seen({ lifecycle: shiftingSince(0) })
  const failed = seen({ deployment: view('Failed'), lifecycle: after.lifecycle })

  test.each<{ name: string; was: Observation; is: Observation; same: boolean }>([
    { name: 'while the same hook runs', was: before, is: { ...before, at: 1 }, same: true },
    {
      name: 'while traffic shifts, step by step',
      was: shifting,
      is: { ...shifting, traffic: { version: '7', weights: { '8': 0.5 } } },
      same: true
    },
    {
      name: 'while it ends, though its events are told later',
      was: failed,
      is: seen({ deployment: view('Failed') }),
      same: true
    },
    {
      name: 'unless one hook follows the other, as when all traffic moves at once',
      was: before,
      is: after,
      same: false
    },
    { name: 'unless a hook is over and nothing follows yet', was: before, is: between, same: false },
    { name: 'unless the shift begins', was: before, is: shifting, same: false },
    {
      name: 'unless all traffic has moved, after which the end is near',
      was: { ...shifting, traffic: shareOn8(0.1, 1) },
      is: { ...shifting, traffic: shareOn8(1, 2) },
      same: false
    },
    {
      name: 'while traffic moves back after the end',
      was: { ...failed, traffic: shareOn8(1, 1) },
      is: { ...failed, traffic: shareOn8(0, 2) },
      same: true
    }
  ])('$name', ({ was, is, same }) => {
    expect(isSamePhase(was, is, subject())).toBe(same)
  })

  test.each<{ name: string; observation: Observation; last: boolean }>([
    { name: 'the hook after the shift is the last', observation: after, last: true },
    { name: 'the hook before the shift is not', observation: before, last: false },
    { name: 'once the deployment has ended there is none', observation: failed, last: false }
  ])('$name', ({ observation, last }) => {
    expect(isInLastHook(observation)).toBe(last)
  })
})
