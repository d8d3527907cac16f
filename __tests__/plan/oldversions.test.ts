import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { newestUpTo, oldVersions, type PublishedVersion } from '../../src/plan/oldversions.ts'

const now = Date.parse('2026-11-26T12:00:00Z')
const hour = 3_600_000

/** Version 1 is the first; each was modified so many hours ago. */
const published = (...hoursAgo: (number | undefined)[]): PublishedVersion[] =>
  hoursAgo.map((hours, index) => ({
    version: String(index + 1),
    ...(hours !== undefined && { modifiedAt: now - hours * hour })
  }))

const old = (versions: readonly PublishedVersion[], keep: number, ...inUse: string[]): string[] =>
  oldVersions(versions, keep, new Set(inUse), now).old

describe('old are', () => {
  test.each<{ name: string; versions: PublishedVersion[]; keep: number; inUse?: string[]; are: string[] }>([
    { name: 'all but the newest', versions: published(90, 80, 70, 60, 50), keep: 2, are: ['1', '2', '3'] },
    { name: 'none when there are few', versions: published(90, 80), keep: 2, are: [] },
    { name: 'none of nothing', versions: [], keep: 2, are: [] },
    { name: 'not those in use', versions: published(90, 80, 70, 60), keep: 2, inUse: ['1'], are: ['2'] },
    {
      name: 'those that are at least a day old, to the moment',
      versions: published(25, 24, 24, 24, 23.9),
      keep: 2,
      are: ['1', '2', '3']
    },
    {
      name: 'not the last one before those of today: it may have been published just before the next update',
      versions: published(90, 80, 70, 23, 22, 21),
      keep: 2,
      are: ['1', '2']
    },
    { name: 'none without a date', versions: published(90, undefined, 70, 60, 50), keep: 2, are: ['3'] },
    {
      name: 'not one whose next one has no date',
      versions: published(90, 80, undefined, 60, 50, 40),
      keep: 2,
      are: ['1', '4']
    },
    {
      name: 'by their numbers, in whatever order they are listed',
      versions: [...published(90, 80, 70, 60, 50, 49, 48, 47, 46, 45, 44)].reverse(),
      keep: 2,
      are: ['1', '2', '3', '4', '5', '6', '7', '8', '9']
    }
  ])('$name', ({ versions, keep, inUse = [], are }) => {
    expect(old(versions, keep, ...inUse)).toEqual(are)
  })
})

test('of what is old, what durable executions may run on stays, and is told apart', () => {
  const versions = published(90, 80, 70, 60, 50, 40).map(
    (each, index): PublishedVersion => (index % 2 === 0 ? { ...each, isDurable: true } : each)
  )
  expect(oldVersions(versions, 2, new Set(['1']), now)).toEqual({ old: ['2', '4'], durable: ['3'] })
})

test('whatever there is: never one in use, never one of the newest, never a young one, and more only with more time', () => {
  const ages = fc.array(fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }), { maxLength: 30 })
  fc.assert(
    fc.property(
      ages,
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.integer({ min: 1, max: 30 })),
      (hours, keep, used) => {
        const versions = published(...hours)
        const inUse = used.map(String)
        const found = old(versions, keep, ...inUse)
        for (const version of found) {
          expect(inUse).not.toContain(version)
          expect(Number(version)).toBeLessThanOrEqual(versions.length - keep)
          expect(hours[Number(version) - 1]).toBeGreaterThanOrEqual(24)
        }
        const later = oldVersions(versions, keep, new Set(inUse), now + 1_000 * hour).old
        expect(found.filter(version => !later.includes(version))).toEqual([])
      }
    )
  )
})

test.each([
  { version: '4', keep: 2, are: ['3', '4'] },
  { version: '2', keep: 10, are: ['1', '2'] },
  { version: '11', keep: 3, are: ['9', '10', '11'] },
  { version: '$LATEST', keep: 2, are: [] }
])('the newest $keep up to $version are $are', ({ version, keep, are }) => {
  expect(newestUpTo(published(...Array(12).fill(90)).toReversed(), version, keep)).toEqual(are)
})
