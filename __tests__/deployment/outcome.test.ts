import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { causeOf, type OutcomeKind, outcomes, passes, worst } from '../../src/deployment/outcome.ts'

/** Every outcome, from best to worst, with the result of the job. */
const verdicts: { kind: OutcomeKind; job: 'passes' | 'fails' }[] = [
  { kind: 'succeeded', job: 'passes' },
  { kind: 'unchanged', job: 'passes' },
  { kind: 'created', job: 'passes' },
  { kind: 'weighted', job: 'passes' },
  { kind: 'planned', job: 'passes' },
  { kind: 'started', job: 'passes' },
  { kind: 'rolled-back', job: 'fails' },
  { kind: 'failed', job: 'fails' },
  { kind: 'stopped', job: 'fails' },
  { kind: 'timed-out', job: 'fails' },
  { kind: 'interrupted', job: 'fails' },
  { kind: 'lost', job: 'fails' },
  { kind: 'refused', job: 'fails' }
]

describe('an outcome', () => {
  test.each(verdicts)('$kind: the step $job', ({ kind, job }) => {
    expect(passes(kind)).toBe(job === 'passes')
  })

  test('is one of a closed set, listed from best to worst', () => {
    expect(outcomes).toEqual(verdicts.map(({ kind }) => kind))
  })

  test('has a cause exactly when it did not succeed', () => {
    const cause = { code: 'MANUAL_STOP', what: 'Somebody stopped it.', next: 'Ask who.' }
    expect(causeOf({ kind: 'succeeded' })).toBeUndefined()
    expect(causeOf({ kind: 'stopped', cause })).toEqual(cause)
  })
})

describe('the worst of several outcomes', () => {
  test.each<{ name: string; kinds: OutcomeKind[]; is: OutcomeKind }>([
    { name: 'is the only one', kinds: ['rolled-back'], is: 'rolled-back' },
    { name: 'is the failed one beside a success', kinds: ['succeeded', 'failed', 'unchanged'], is: 'failed' },
    { name: 'is refused beside anything else', kinds: ['refused', 'lost', 'failed'], is: 'refused' },
    { name: 'is the one whose end is less certain', kinds: ['lost', 'interrupted'], is: 'lost' }
  ])('$name', ({ kinds, is }) => {
    expect(worst(kinds)).toBe(is)
  })

  const kind = fc.constantFrom(...outcomes)

  test('is one of them, whatever their order', () => {
    fc.assert(
      fc.property(kind, kind, (a, b) => {
        expect(worst([a, b])).toBe(worst([b, a]))
        expect([a, b]).toContain(worst([a, b]))
      })
    )
  })

  test('passes only if every one of them passes', () => {
    fc.assert(
      fc.property(fc.array(kind, { minLength: 1 }), kinds => {
        expect(passes(worst(kinds))).toBe(kinds.every(passes))
      })
    )
  })
})
