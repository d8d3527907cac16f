import { describe, expect, test } from '@jest/globals'
import type { OldVersionsRecord } from '../../src/deployment/record.ts'
import { oldVersionsText, ranges } from '../../src/report/oldversions.ts'

describe('the line about old versions', () => {
  test.each<{ of: Partial<OldVersionsRecord>; says: string }>([
    { of: {}, says: 'none to delete' },
    { of: { deleted: ['1'] }, says: '1 deleted (1)' },
    { of: { deleted: ['1', '2', '4'], isPlan: true }, says: '3 would be deleted (1, 2, 4)' },
    { of: { deleted: ['1'], left: 3 }, says: '1 deleted (1); 3 more left for the next release' },
    { of: { left: 3 }, says: '3 left for the next release' },
    { of: { refused: ['2', '3'] }, says: 'Lambda kept 2 (2, 3)' },
    { of: { durable: ['1'] }, says: '1 (1) stays: durable executions may run on it' },
    {
      of: { deleted: ['1'], durable: ['2', '3', '4'], left: 1 },
      says: '1 deleted (1); 3 (2–4) stay: durable executions may run on them; 1 more left for the next release'
    },
    {
      of: { unsure: ['2'], left: 1 },
      says: '1 (2) may have been deleted: there was no answer; 1 left for the next release'
    }
  ])('says: $says', ({ of, says }) => {
    expect(oldVersionsText({ deleted: [], refused: [], unsure: [], durable: [], left: 0, ...of })).toBe(says)
  })
})

test.each([
  { versions: [], text: '' },
  { versions: ['9', '10'], text: '9, 10' },
  { versions: ['8', '9', '10'], text: '8–10' },
  { versions: ['1', '3', '4', '5', '6', '11', '13', '14'], text: '1, 3–6, 11, 13, 14' }
])('versions $versions are told as $text', ({ versions, text }) => {
  expect(ranges(versions)).toBe(text)
})
