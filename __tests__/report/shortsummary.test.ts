import { describe, expect, test } from '@jest/globals'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { shortSummary, summary } from '../../src/report/summary.ts'
import { alarm, record, rolledBack, succeeded } from './records.ts'

const leftOut = '\n\n_Shortened: the job summary has all of it._\n'
const failedWith = (log: string[]): ReleaseRecord =>
  record({ outcome: { ...rolledBack, cause: { ...alarm, log } }, appSpec: '{\n}' })
const many = (count: number): ReleaseRecord[] =>
  Array.from({ length: count }, (_, index) =>
    record({ functionName: `payments-${index}`, outcome: index === 40 ? rolledBack : succeeded })
  )

describe('the output summary', () => {
  test.each<{ name: string; records: ReleaseRecord[] }>([
    { name: 'a success', records: [record({ outcome: succeeded })] },
    { name: 'a failure', records: [failedWith(['Two were charged twice'])] },
    { name: 'two functions', records: many(2) }
  ])('is the job summary of $name', ({ records }) => {
    expect(shortSummary(records)).toBe(summary(records))
  })

  test('leaves a log out whole that is too long, and says so', () => {
    const short = shortSummary(
      [failedWith(Array.from({ length: 50 }, () => 'x'.repeat(190)))],
      undefined,
      2000
    )
    const without = summary([failedWith([])])
    expect(short).toBe(`${without.trimEnd()}${leftOut}`)
  })

  test('of a hundred functions has those first that failed, and fits', () => {
    const short = shortSummary(many(100))
    expect(short.length).toBeLessThanOrEqual(20_000)
    expect(short.split('\n').slice(0, 1)).toEqual([
      '### ❌ 100 functions: rolled-back, because of <code>payments-40:live</code>'
    ])
    const [first, ...others] = short.split('\n').filter(line => /^\| [❌✅…]/.test(line))
    expect(first).toContain('| ❌ | <code>payments-40:live</code> |')
    expect(others.at(-1)).toMatch(/^\| … \| \d+ more \|/)
    expect(short.endsWith(leftOut)).toBe(true)
  })
})
