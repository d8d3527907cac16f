import { describe, expect, test } from '@jest/globals'
import type { Minute } from '../../src/deployment/figures.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { figuresSection, meanwhile, metricsOutput } from '../../src/report/figures.ts'
import { canary, minute } from '../deployment/observations.ts'

const start = Date.parse('2026-11-20T14:00:00Z')
const minutes = (count: number, invocations: number, errors = 0): Minute[] =>
  Array.from({ length: count }, (_, index) => ({ at: start + index * minute, invocations, errors, p95: 210 }))

const record = (over: Partial<ReleaseRecord> = {}): ReleaseRecord => ({
  functionName: 'payments-api',
  alias: 'live',
  previousVersion: '7',
  version: '8',
  events: [],
  warnings: [],
  outcome: { kind: 'succeeded' },
  measured: {
    figures: {
      target: minutes(4, 20, 1),
      current: minutes(4, 180),
      whole: minutes(4, 200),
      reached: start + 3 * minute
    },
    shift: { from: start + 3_000, to: start + 5 * minute + 3_000, schedule: canary },
    readAt: start + 5 * minute + 5_000
  },
  ...over
})

const none = { figures: { target: [], current: [], whole: [] }, shift: { from: 0, to: 1 }, readAt: 1 }

describe('the output metrics', () => {
  test('has both versions', () => {
    expect(JSON.parse(metricsOutput(record()))).toEqual({
      target: { version: '8', invocations: 80, errors: 4, 'error-rate': 5, p95: 210 },
      previous: { version: '7', invocations: 720, errors: 0, 'error-rate': 0, p95: 210 }
    })
  })

  test('is empty when nothing is known, and never a false zero', () => {
    const { measured: _, ...unmeasured } = record()
    expect(metricsOutput(unmeasured)).toBe('')
    expect(metricsOutput(record({ measured: none }))).toBe('')
    const { measured } = record()
    const onlyBefore = measured && { ...measured, figures: { ...measured.figures, target: [] } }
    expect(JSON.parse(metricsOutput(record({ ...(onlyBefore && { measured: onlyBefore }) }))).target).toEqual(
      {
        version: '8',
        invocations: null,
        errors: null,
        'error-rate': null,
        p95: null
      }
    )
  })
})

test('an annotation says what both did meanwhile', () => {
  expect(meanwhile(record())).toBe(
    'Meanwhile v8 failed 4 of 80 invocations; v7 failed 0 of 720 invocations (as CloudWatch had it at the end).'
  )
})

describe('the summary', () => {
  test('draws only minutes that CloudWatch has got past', () => {
    const [table, note, ...charts] = figuresSection(record())
    expect(table).toContain('| v8 | 80 | 4 | 5 % | 210 ms |\n| v7 | 720 | 0 | 0 % | 210 ms |')
    expect(note).toBe('As CloudWatch had it at 14:05 UTC; its figures come a minute or more late.')
    expect(charts).toHaveLength(2)
    expect(charts[0]).toContain('x-axis "UTC" ["14:00", "14:01", "14:02"]')
    expect(charts[0]).toContain('line [20, 20, 20]\nline [180, 180, 180]')
    expect(charts[1]).toContain('title "Errors a minute of payments-api live, v8 blue, v7 grey"')
  })

  test('draws no errors when there were none, and at most 60 points', () => {
    const { measured } = record()
    const long = measured && {
      figures: {
        target: minutes(300, 20),
        current: minutes(300, 180),
        whole: [],
        reached: start + 300 * minute
      },
      shift: { from: start, to: start + 300 * minute },
      readAt: start + 301 * minute
    }
    const charts = figuresSection(record({ ...(long && { measured: long }) })).slice(2)
    expect(charts).toHaveLength(1)
    expect(charts[0]?.match(/"\d\d:\d\d"/g)).toHaveLength(60)
  })

  test.each([
    { name: 'a few errors, of which there are no halves', most: 1, top: 10 },
    { name: 'numbers up to the end of the axis', most: 15, top: 15 },
    { name: 'numbers a little above a round one', most: 543, top: 750 },
    { name: 'large numbers', most: 98_000, top: 100_000 }
  ])('has an axis of whole numbers that do not touch for $name', ({ most, top }) => {
    const { measured } = record()
    const grown = measured && {
      ...measured,
      figures: { ...measured.figures, target: minutes(4, 0), current: minutes(4, most) }
    }
    const [, , chart] = figuresSection(record({ ...(grown && { measured: grown }) }))
    expect(chart).toContain(`y-axis 0 --> ${top}\n`)
  })

  test('is silent when nothing is known', () => {
    expect(figuresSection(record({ measured: none }))).toEqual([])
  })

  test('lets no name break the chart', () => {
    const [chart] = figuresSection(record({ functionName: 'a"]\n```\n# b', version: '8"]' })).slice(2)
    expect(chart?.split('\n').filter(line => line.startsWith('```'))).toHaveLength(2)
    expect(chart).not.toContain('# b')
  })
})
