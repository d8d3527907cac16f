import { describe, expect, test } from '@jest/globals'
import { jobEnv } from '../../simulation/draw/job.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { problems, release } from '../scenarios/play.ts'

const parsed = (inputs: Record<string, string>) =>
  parseInputs({ input: name => inputs[name] ?? '', env: jobEnv })

describe('the gate', () => {
  test.each([
    { name: 'is open when nothing is given', given: {}, is: { minInvocations: 20, ifNoTraffic: 'warn' } },
    {
      name: 'has a limit in percent',
      given: { 'max-error-rate': '0.5', 'min-invocations': '100' },
      is: { maxErrorRate: { percent: 0.5, isRelative: false }, minInvocations: 100, ifNoTraffic: 'warn' }
    },
    {
      name: 'has a limit in points above the version before',
      given: { 'max-error-rate': '+2', 'if-no-traffic': 'fail' },
      is: { maxErrorRate: { percent: 2, isRelative: true }, minInvocations: 20, ifNoTraffic: 'fail' }
    }
  ])('$name', ({ given, is }) => {
    const inputs = parsed({ ...release, ...given })
    expect(inputs.kind === 'release' && inputs.requests[0].gate).toEqual(is)
    const watching = parsed({ 'deployment-id': 'd-1A2B3C4D5', ...given })
    expect(watching.kind === 'watch' && watching.gate).toEqual(is)
  })

  test.each([
    ...['five', '-1', '101', '5%', '+', '1.234'].map(text => ({
      given: { 'max-error-rate': text },
      problem: `max-error-rate: got '${text}'; accepted is a percentage from 0 to 100 such as '5', or points above the version before such as '+2'`
    })),
    {
      given: { 'max-error-rate': '5', 'min-invocations': '0' },
      problem: "min-invocations: got '0'; accepted is a whole number from 1 to 1000000"
    },
    {
      given: { 'min-invocations': '50' },
      problem: "min-invocations: got '50'; accepted is nothing without max-error-rate, which it is part of"
    },
    {
      given: { 'if-no-traffic': 'stop' },
      problem: "if-no-traffic: got 'stop'; accepted is 'warn', 'fail' or 'ignore'"
    },
    ...[{ 'max-error-rate': '5' }, { 'if-no-traffic': 'fail' }].map(gate => ({
      given: { ...gate, wait: 'false' } as Record<string, string>,
      problem:
        "wait: got 'false'; accepted is 'true' together with max-error-rate or if-no-traffic: fail: the step judges only while it watches"
    }))
  ])('refuses $given', ({ given, problem }) => {
    expect(problems({ ...release, ...(given as Record<string, string>) })).toEqual([problem])
  })

  test('may be given with wait: false when it only warns', () => {
    expect(problems({ ...release, wait: 'false' })).toEqual([])
  })
})
