import { describe, expect, test } from '@jest/globals'
import { jobEnv } from '../../simulation/draw/job.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { InputError } from '../../src/inputs/reader.ts'
import { problems, release } from '../scenarios/play.ts'

const parsed = (inputs: Record<string, string>) =>
  parseInputs({ input: name => inputs[name] ?? '', env: jobEnv })

type Inputs = Record<string, string>

/** What each of orders and ledger is judged by, or what is wrong with the inputs. */
function gatesOf(step: Inputs | undefined, [orders, ledger]: readonly [Inputs, Inputs]): readonly string[] {
  const given: Inputs = { ...release, ...step, functions: 'given' }
  const group = 'codedeploy-deployment-group'
  try {
    const inputs = parseInputs({
      input: name => given[name] ?? '',
      env: jobEnv,
      entries: {
        kind: 'list',
        entries: [
          { 'function-name': 'orders', [group]: 'orders', ...orders },
          { 'function-name': 'ledger', [group]: 'ledger', ...ledger }
        ]
      }
    })
    return inputs.kind === 'release'
      ? inputs.requests.map(({ gate: { maxErrorRate, minInvocations } }) =>
          maxErrorRate ? `${maxErrorRate.percent}% from ${minInvocations}` : 'none'
        )
      : []
  } catch (error) {
    if (error instanceof InputError) return error.problems
    throw error
  }
}

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

  const alone = 'accepted is nothing without max-error-rate, which it is part of'

  test.each<{ name: string; step?: Inputs; entries: [Inputs, Inputs]; is: string[] }>([
    {
      name: 'of the step is for the entry that has a limit',
      step: { 'min-invocations': '50' },
      entries: [{ 'max-error-rate': '5' }, {}],
      is: ['5% from 50', 'none']
    },
    {
      name: 'of the step is for the entries that do not leave the limit out',
      step: { 'min-invocations': '50', 'max-error-rate': '5' },
      entries: [{}, { 'max-error-rate': '' }],
      is: ['5% from 50', 'none']
    },
    {
      name: 'of an entry is part of the limit of the step',
      step: { 'max-error-rate': '5' },
      entries: [{}, { 'min-invocations': '50' }],
      is: ['5% from 20', '5% from 50']
    },
    {
      name: 'of an entry is refused without a limit of its own',
      entries: [{ 'max-error-rate': '5' }, { 'min-invocations': '50' }],
      is: [`min-invocations: got '50'; ${alone} (functions, entry 2, ledger)`]
    },
    {
      name: 'of the step is refused when no entry has a limit, and it is said of the step',
      step: { 'min-invocations': '50' },
      entries: [{ 'min-invocations': '' }, {}],
      is: [`min-invocations: got '50'; ${alone}`]
    }
  ])('a minimum $name', ({ step, entries, is }) => {
    expect(gatesOf(step, entries)).toEqual(is)
  })

  test('may be given with wait: false when it only warns', () => {
    expect(problems({ ...release, wait: 'false' })).toEqual([])
  })
})
