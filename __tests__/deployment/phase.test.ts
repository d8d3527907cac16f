import { describe, expect, test } from '@jest/globals'
import type { Observation } from '../../src/deployment/observation.ts'
import { type Phase, phaseOf } from '../../src/deployment/phase.ts'
import { event, seen, shiftingSince, view } from './observations.ts'

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
