import { expect, test } from '@jest/globals'
import { openGate } from '../../src/deployment/gate.ts'
import { type Strategy, scheduleOf } from '../../src/deployment/strategy.ts'
import { gateWarnings } from '../../src/plan/gatewarnings.ts'

const canary = (minutes: number): Strategy => ({ type: 'TimeBasedCanary', percentage: 10, minutes })
const errorsIn = (shift: string) =>
  `A shift of ${shift} is too short for max-error-rate: all traffic may have moved before anything is judged. Choose one of 4 minutes or more.`
const absenceIn = (shift: string) =>
  `A shift of ${shift} is too short for if-no-traffic: fail, which stops nothing then. Choose one of 5 minutes or more.`

test('a gate cannot act on the absence of calls right before a step of which it does not know when it comes', () => {
  const unknown =
    'It is not known when the last step is due, so if-no-traffic: fail stops nothing: it is decided right before that step.'
  const limited = { ...openGate, maxErrorRate: { percent: 5, isRelative: false } }
  expect(gateWarnings({ ...limited, ifNoTraffic: 'fail' }, undefined)).toEqual([unknown])
  expect(gateWarnings(limited, undefined)).toEqual([])
})

test.each<{ name: string; strategy: Strategy; errors: string[]; absence: string[] }>([
  { name: 'a minute', strategy: canary(1), errors: [errorsIn('1m 00s')], absence: [absenceIn('1m 00s')] },
  {
    name: 'three minutes',
    strategy: canary(3),
    errors: [errorsIn('3m 00s')],
    absence: [absenceIn('3m 00s')]
  },
  { name: 'four minutes', strategy: canary(4), errors: [], absence: [absenceIn('4m 00s')] },
  { name: 'five minutes', strategy: canary(5), errors: [], absence: [] },
  {
    name: 'three steps, one a minute',
    strategy: { type: 'TimeBasedLinear', percentage: 25, minutes: 1 },
    errors: [errorsIn('3m 00s')],
    absence: [absenceIn('3m 00s')]
  },
  {
    name: 'one moment',
    strategy: { type: 'AllAtOnce' },
    errors: ['All traffic moves at once, so max-error-rate has nothing to judge.'],
    absence: ['All traffic moves at once, so if-no-traffic: fail stops nothing.']
  }
])('what a gate cannot do in a shift of $name', ({ strategy, errors, absence }) => {
  const schedule = scheduleOf(strategy)
  const limited = { ...openGate, maxErrorRate: { percent: 5, isRelative: false } }
  expect(gateWarnings(openGate, schedule)).toEqual([])
  expect(gateWarnings(limited, schedule)).toEqual(errors)
  expect(gateWarnings({ ...openGate, ifNoTraffic: 'fail' }, schedule)).toEqual(absence)
  expect(gateWarnings({ ...limited, ifNoTraffic: 'fail' }, schedule)).toEqual([...errors, ...absence])
})
