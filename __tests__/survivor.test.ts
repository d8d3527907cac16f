import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../simulator/clock.ts'
import { listenForPost, meetingPlace, tellSurvivor } from '../src/survivor.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meeting-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const placeIn = (path: string): string => meetingPlace({ RUNNER_TEMP: path })

/** What becomes of main, which needs so long to end after a cancel; what post finds out, and when; and which files are left. */
async function meet({ endsAfterMs, isOver = false }: { endsAfterMs: number; isOver?: boolean }) {
  const clock = new VirtualClock()
  const place = placeIn(folder)
  return await clock.run(async () => {
    let cancelledAt: number | undefined
    const over = listenForPost(
      place,
      () => {
        cancelledAt = clock.now()
        clock.at(clock.now() + endsAfterMs, over)
      },
      clock
    )
    if (isOver) over()
    const begun = clock.now()
    const found = await tellSurvivor(place, clock)
    return {
      found,
      tookMs: clock.now() - begun,
      cancelledAfterMs: cancelledAt === undefined ? undefined : cancelledAt - begun,
      left: readdirSync(folder).length
    }
  })
}

describe('post', () => {
  test('cancels a main that has survived, and waits for its end', async () => {
    expect(await meet({ endsAfterMs: 6_000 })).toEqual({
      found: 'over',
      tookMs: 6_250,
      cancelledAfterMs: 250,
      left: 0
    })
  })

  test('waits fifteen seconds at most', async () => {
    expect(await meet({ endsAfterMs: 60_000 })).toEqual({
      found: 'goes on',
      tookMs: 15_250,
      cancelledAfterMs: 250,
      left: 1
    })
  })

  test('gives up after two seconds when main does not hear it, and leaves no file', async () => {
    expect(await meet({ endsAfterMs: 0, isOver: true })).toEqual({
      found: 'none',
      tookMs: 2_000,
      cancelledAfterMs: undefined,
      left: 0
    })
  })

  test('looks for nobody when the disk cannot be written', async () => {
    const place = placeIn(join(folder, 'missing'))
    expect(existsSync(dirname(place))).toBe(false)
    expect(await tellSurvivor(place, new VirtualClock())).toBe('none')
  })
})

test('each step has a place of its own', () => {
  expect(placeIn(folder)).not.toBe(placeIn(folder))
})
