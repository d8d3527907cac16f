import { describe, expect, test } from '@jest/globals'
import { Failure } from '../../src/failure.ts'
import { type PublishOptions, publish } from '../../src/operations/publish.ts'
import { type ReadinessResult, whenActive } from '../../src/operations/readiness.ts'
import type { FunctionVersion } from '../../src/plan/holdings.ts'
import { request } from '../inputs/asked.ts'
import { version } from '../plan/holdings.ts'

const latest = version('$LATEST')

/** A Lambda that reads as these, one after the other and the last one for ever, and whose time passes only in sleep. */
function lambda(
  readings: readonly (FunctionVersion | undefined)[],
  answers: readonly (FunctionVersion | Failure)[] = []
) {
  const said: string[] = []
  let now = 0
  let read = 0
  let published = 0
  return {
    said,
    passed: () => now,
    options: {
      lambda: {
        version: async () => readings[Math.min(read++, readings.length - 1)],
        publish: async () => {
          const answer = answers[Math.min(published++, answers.length - 1)]
          if (!answer || answer instanceof Failure) throw answer
          return answer
        }
      },
      clock: {
        now: () => now,
        sleep: async (ms: number) => {
          now += ms
        }
      },
      cancelled: new AbortController().signal,
      tell: (line: string) => void said.push(line)
    }
  }
}

const refusal = (result: ReadinessResult) => (result.kind === 'refused' ? result.cause.code : result.kind)

const conflict = new Failure('The operation cannot be performed at this time.', {
  kind: 'rejected',
  code: 'ResourceConflictException',
  action: 'lambda:PublishVersion',
  resource: 'payments-api',
  mayHaveActed: false
})

const isOther = new Failure('CodeSHA256 does not match.', {
  kind: 'rejected',
  code: 'InvalidParameterValueException',
  action: 'lambda:PublishVersion',
  resource: 'payments-api',
  mayHaveActed: false
})

describe('a version is ready', () => {
  test('at once when it is Active', async () => {
    const { options, said } = lambda([])
    const active = version('8', { state: 'Active' })
    expect(await whenActive(request(), active, options)).toEqual({ kind: 'ready', version: active })
    expect(said).toEqual([])
  })

  test('once it is not Pending any more, as it is then, and the wait is told', async () => {
    const active = version('8', { state: 'Active' })
    const { options, said } = lambda([version('8', { state: 'Pending' }), active])
    const result = await whenActive(request(), version('8', { state: 'Pending' }), options)
    expect(result).toEqual({ kind: 'ready', version: active })
    expect(said).toEqual(['Version 8 of payments-api is being made ready by Lambda (Pending); waiting'])
  })

  test('once Lambda shows it, which may be some seconds after it was published', async () => {
    const active = version('8', { state: 'Active' })
    const { options } = lambda([undefined, undefined, active])
    const result = await whenActive(request(), version('8', { state: 'Pending' }), options)
    expect(result).toEqual({ kind: 'ready', version: active })
  })

  test('when it was published after an update that was under way', async () => {
    const { options } = lambda([latest], [version('8')])
    const result = await publish(request(), version('$LATEST', { lastUpdateStatus: 'InProgress' }), options)
    expect(result).toEqual({ kind: 'ready', version: version('8') })
  })

  test('when it was published after an update that came in between', async () => {
    const { options } = lambda([latest], [conflict, version('8')])
    expect(await publish(request(), latest, options)).toEqual({ kind: 'ready', version: version('8') })
  })

  test.each([
    { name: 'that it has uploaded', given: {}, uploaded: { uploaded: 'sha' } },
    { name: 'that code-sha256 names', given: { codeSha256: 'sha' }, uploaded: {} }
  ])('when a stale answer does not have the code yet $name', async ({ given, uploaded }) => {
    const before = version('$LATEST', { codeSha256: 'before' })
    const { options } = lambda([before, version('$LATEST', { codeSha256: 'sha' })], [version('8')])
    const result = await publish(request(given), before, { ...options, ...uploaded })
    expect(result).toEqual({ kind: 'ready', version: version('8') })
  })

  test('with the code that was there before the first answer, which was old, and the log says so', async () => {
    const { options, said } = lambda(
      [version('$LATEST', { codeSha256: 'newer', modifiedAt: 96_000 })],
      [isOther, version('8', { codeSha256: 'newer' })]
    )
    const result = await publish(request(), latest, { ...options, surveyedAt: 100_000 })
    expect(result).toEqual({ kind: 'ready', version: version('8', { codeSha256: 'newer' }) })
    expect(said).toEqual([
      "Lambda's first answer about $LATEST of payments-api was old: the code newer was there before, and is what is published"
    ])
  })

  test('when Lambda showed other code for a moment after it had refused because of another update', async () => {
    const { options } = lambda(
      [version('$LATEST', { codeSha256: 'before' }), latest],
      [conflict, version('8')]
    )
    expect(await publish(request(), latest, options)).toEqual({ kind: 'ready', version: version('8') })
  })
})

describe('no version is ready', () => {
  test.each<{ name: string; found: FunctionVersion; code: string; afterMinutes: number }>([
    {
      name: 'that failed',
      found: version('8', { state: 'Failed' }),
      code: 'VERSION_FAILED',
      afterMinutes: 0
    },
    {
      name: 'that is Inactive',
      found: version('8', { state: 'Inactive' }),
      code: 'VERSION_INACTIVE',
      afterMinutes: 0
    },
    {
      name: 'that is Deactivated',
      found: version('8', { state: 'Deactivated' }),
      code: 'VERSION_NOT_INVOCABLE',
      afterMinutes: 0
    },
    {
      name: 'that is Pending for half an hour',
      found: version('8', { state: 'Pending' }),
      code: 'VERSION_PENDING',
      afterMinutes: 30
    }
  ])('$name', async ({ found, code, afterMinutes }) => {
    const { options, passed } = lambda([found])
    expect(refusal(await whenActive(request(), found, options))).toBe(code)
    expect(Math.round(passed() / 60_000)).toBe(afterMinutes)
  })

  test.each<{ name: string; source: FunctionVersion; code: string; afterMinutes: number }>([
    {
      name: 'of a function whose update failed',
      source: version('$LATEST', { lastUpdateStatus: 'Failed' }),
      code: 'UPDATE_FAILED',
      afterMinutes: 0
    },
    {
      name: 'of a function that is being updated for a quarter of an hour',
      source: version('$LATEST', { lastUpdateStatus: 'InProgress' }),
      code: 'UPDATE_IN_PROGRESS',
      afterMinutes: 15
    }
  ])('$name', async ({ source, code, afterMinutes }) => {
    const { options, passed } = lambda([source])
    expect(refusal(await publish(request(), source, options))).toBe(code)
    expect(Math.round(passed() / 60_000)).toBe(afterMinutes)
  })

  test('that is deleted while it is made ready', async () => {
    const { options, passed } = lambda([undefined])
    const result = await whenActive(request(), version('8', { state: 'Pending' }), options)
    expect(refusal(result)).toBe('VERSION_MISSING')
    expect(passed()).toBeLessThan(15_000)
  })

  test('of code that is not the expected one', async () => {
    const { options } = lambda([latest])
    expect(refusal(await publish(request({ codeSha256: 'other' }), latest, options))).toBe('CODE_DIFFERS')
  })

  test.each([
    { name: 'was read', given: {}, who: 'Somebody else, or an earlier step just before this one,' },
    { name: 'the step has uploaded', given: { uploaded: latest.codeSha256 }, who: 'Somebody else' }
  ])('of other code than what $name, and says who may have changed it', async ({ given, who }) => {
    const { options } = lambda([version('$LATEST', { codeSha256: 'changed' })], [isOther])
    expect(await publish(request(), latest, { ...options, ...given })).toEqual({
      kind: 'refused',
      cause: {
        code: 'CODE_CHANGED',
        what: 'The code of payments-api changed between reading and publishing $LATEST, so nothing was released.',
        next: `${who} updated the function. Make sure that it holds what you mean to release, then run the step again.`,
        message: 'CodeSHA256 does not match.'
      }
    })
  })

  test('of code that changed between reading and publishing', async () => {
    const { options } = lambda([version('$LATEST', { codeSha256: 'changed' })], [conflict])
    expect(refusal(await publish(request(), latest, options))).toBe('CODE_CHANGED')
  })

  describe('of code that was other than what was read,', () => {
    const before = { modifiedAt: 96_000 }
    const at = { surveyedAt: 100_000 }
    test.each<{
      name: string
      given?: Parameters<typeof request>[0]
      shows: Partial<FunctionVersion>
      over: Partial<PublishOptions>
    }>([
      { name: 'and may have come after that', shows: { modifiedAt: 96_001 }, over: at },
      { name: 'and Lambda does not say since when', shows: {}, over: at },
      { name: 'and it is not known when it was read', shows: before, over: {} },
      {
        name: 'when it is not what code-sha256 names',
        given: { codeSha256: latest.codeSha256 },
        shows: before,
        over: at
      },
      { name: 'when revision-id names what was read', given: { revisionId: 'r-1' }, shows: before, over: at },
      {
        name: 'when the step has uploaded what was read',
        shows: before,
        over: { ...at, uploaded: latest.codeSha256 }
      }
    ])('$name', async ({ given, shows, over }) => {
      const { options, said } = lambda(
        [version('$LATEST', { codeSha256: 'newer', ...shows })],
        [isOther, version('8')]
      )
      expect(refusal(await publish(request(given), latest, { ...options, ...over }))).toBe('CODE_CHANGED')
      expect(said).toEqual([])
    })

    test('each time that it is read, though it was never updated meanwhile: six times at most', async () => {
      const shown = Array.from({ length: 10 }, (_, index) =>
        version('$LATEST', { codeSha256: `newer ${index}`, modifiedAt: 0 })
      )
      const { options, said } = lambda(shown, [isOther])
      expect(refusal(await publish(request(), latest, { ...options, surveyedAt: 100_000 }))).toBe(
        'CODE_CHANGED'
      )
      expect(said).toHaveLength(5)
    })
  })

  test('when the job was cancelled', async () => {
    const { options } = lambda([latest], [version('8')])
    expect(await publish(request(), latest, { ...options, cancelled: AbortSignal.abort() })).toEqual({
      kind: 'cancelled'
    })
  })
})
