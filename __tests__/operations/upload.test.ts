import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../simulator/clock.ts'
import { Failure } from '../../src/failure.ts'
import { type CodeLocation, type UploadOptions, upload } from '../../src/operations/upload.ts'
import type { HeldCode } from '../../src/plan/holdings.ts'
import { request } from '../inputs/asked.ts'
import { version } from '../plan/holdings.ts'

const held = (revisionId: string, codeSha256: string, over: Partial<HeldCode> = {}): HeldCode => ({
  ...version('$LATEST', { revisionId, codeSha256, lastUpdateStatus: 'Successful' }),
  packageType: 'Zip',
  size: 123,
  architectures: ['x86_64'],
  ...over
})

const before = held('r1', 'before')
const updating = held('r2', 'ours', { lastUpdateStatus: 'InProgress' })
const ours = held('r3', 'ours')
const theirs = held('r9', 'theirs')
const zipped: CodeLocation = { kind: 'bytes', bytes: new Uint8Array(1), sha256: 'ours' }
/** By its tag: which digest it has is not known. */
const image: CodeLocation = { kind: 'image', uri: 'registry/orders:9' }

/** Uploads at 0 ms, where Lambda shows this at that time, ms. Gives how it ended, and when, in seconds. */
async function uploaded(
  code: CodeLocation,
  shows: (now: number) => HeldCode,
  {
    latest = before,
    answer = updating,
    answers = [answer],
    codeSha256,
    cancelAt = Number.POSITIVE_INFINITY
  }: {
    latest?: HeldCode
    answer?: HeldCode
    /** One after the other, and the last one for ever. */
    answers?: (HeldCode | Failure)[]
    codeSha256?: string
    cancelAt?: number
  } = {}
) {
  const clock = new VirtualClock(0)
  const cancelling = new AbortController()
  let reads = 0
  let updates = 0
  const options: UploadOptions = {
    clock,
    cancelled: cancelling.signal,
    tell: () => undefined,
    isCalledOff: () => false,
    taken: () => undefined,
    code: {
      held: async () => {
        reads += 1
        await clock.sleep(50)
        return shows(clock.now())
      },
      update: async () => {
        const given = answers[Math.min(updates++, answers.length - 1)]
        if (!given || given instanceof Failure) throw given
        return given
      }
    }
  }
  const result = await clock.run(async () => {
    if (cancelAt < Number.POSITIVE_INFINITY) clock.at(cancelAt, () => cancelling.abort())
    return await upload(request({ ...(codeSha256 && { codeSha256 }) }), code, latest, options)
  })
  const how = result.kind === 'refused' ? result.cause.code : result.kind
  return { how, seconds: Math.round(clock.now() / 1_000), reads }
}

describe('after an upload, an answer of Lambda from before it is not believed', () => {
  test.each<{ name: string; shows: (now: number) => HeldCode; latest?: HeldCode }>([
    { name: 'while it shows what was replaced', shows: now => (now < 5_000 ? before : ours) },
    {
      name: 'while it shows what was there even before that, though the update of it was still seen to run',
      latest: held('r0', 'before', { lastUpdateStatus: 'InProgress' }),
      shows: now => (now < 1_500 ? before : now < 5_000 ? held('r-1', 'long before') : ours)
    }
  ])('$name', async ({ shows, latest }) => {
    expect(await uploaded(zipped, shows, latest && { latest })).toMatchObject({ how: 'ready' })
  })

  test('but what somebody else has uploaded is, after ten seconds', async () => {
    expect(await uploaded(zipped, now => (now < 1_000 ? updating : theirs))).toMatchObject({
      how: 'CODE_CHANGED',
      seconds: 11
    })
  })

  test('and a cancel meanwhile is the reason why nothing is released, not somebody else', async () => {
    expect(await uploaded(zipped, () => before, { cancelAt: 4_000 })).toMatchObject({
      how: 'cancelled',
      seconds: 4
    })
  })
})

describe('an image of which only the tag is known', () => {
  test('is not taken for ours when somebody else uploads while Lambda still shows what was there before', async () => {
    expect(await uploaded(image, now => (now < 4_000 ? before : theirs))).toMatchObject({
      how: 'CODE_CHANGED'
    })
  })

  test('is ours when Lambda has shown it during the update', async () => {
    const answer = held('r2', 'before', { lastUpdateStatus: 'InProgress' })
    const shows = (now: number) => (now < 3_000 ? updating : ours)
    expect(await uploaded(image, shows, { answer })).toMatchObject({ how: 'ready' })
  })

  test('is waited for ten seconds in all when its revision stays the same', async () => {
    const answer = held('r1', 'ours', { lastUpdateStatus: 'InProgress' })
    const same = (now: number) =>
      held('r1', 'ours', { lastUpdateStatus: now < 3_000 ? 'InProgress' : 'Successful' })
    const { how, seconds } = await uploaded(image, same, { answer })
    expect([how, seconds <= 15]).toEqual(['ready', true])
  })
})

/** Of no digest that is known before. */
const stored: CodeLocation = { kind: 'object', bucket: 'acme-builds', key: '9.zip' }

test('what somebody uploads after an object that was there already is not taken for it', async () => {
  const answer = held('r2', 'before', { lastUpdateStatus: 'InProgress' })
  const shows = (now: number) => (now < 1_000 ? answer : theirs)
  expect(await uploaded(stored, shows, { answer })).toMatchObject({ how: 'CODE_CHANGED' })
})

describe('an object in S3, of which no digest is known, when the answer to the update is lost', () => {
  const failure = (code: string, mayHaveActed: boolean) =>
    new Failure(code, {
      kind: mayHaveActed ? 'transient' : 'rejected',
      code,
      action: 'lambda:UpdateFunctionCode',
      resource: 'orders',
      mayHaveActed
    })
  /** The conflict that the repeated request meets. */
  const repeated = failure('ResourceConflictException', true)
  const overtaken = failure('PreconditionFailedException', false)

  test('is sent again, and not blamed on anybody, though a stale answer comes between', async () => {
    const answers = [repeated, overtaken, updating]
    const { how } = await uploaded(stored, now => (now < 2_000 ? before : ours), { answers })
    expect(how).toBe('ready')
  })

  test('is told as code that differs from code-sha256, if it does', async () => {
    const answers = [repeated, updating]
    const { how } = await uploaded(stored, () => ours, { answers, codeSha256: 'expected' })
    expect(how).toBe('CODE_DIFFERS')
  })
})

test('what Lambda shows of an earlier update is not taken for somebody who replaces the code', async () => {
  const latest = held('r0', 'before', { lastUpdateStatus: 'InProgress' })
  const shows = (now: number) => (now < 4_000 ? held('r-1', 'long before') : now < 6_000 ? before : ours)
  expect(await uploaded(zipped, shows, { latest })).toMatchObject({ how: 'ready' })
})
