import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Event } from '../../src/deployment/event.ts'
import { gantt } from '../../src/report/gantt.ts'
import { record } from './records.ts'

const start = Date.parse('2026-11-20T14:00:00Z')
const at = (seconds: number) => start + seconds * 1_000

/** Pieces of Mermaid, its directives and comments, of HTML and of Markdown. */
const fragments = [
  ...[
    '%%',
    '%%{init: {"theme":"dark"}}%%',
    '%',
    ':',
    ';',
    '#',
    '#35;',
    ',',
    '\n',
    '\r',
    '\u2028',
    '{',
    '}',
    '"',
    '```'
  ],
  ...[
    'section x',
    'title x',
    'click x href "javascript:x"',
    'gantt',
    'done',
    'crit',
    'end',
    '---',
    '<br/>',
    '<script>'
  ],
  ...[
    '$$x$$',
    '`',
    '@',
    '\u202e',
    '\u0000',
    '\ud800',
    '💶',
    ' ',
    'a',
    '7',
    '$LATEST',
    '__proto__',
    'accTitle: x',
    'vert'
  ]
]
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { maxLength: 10 }).map(parts => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 20 })
)

/** What each line may be: no name contains anything that means something to Mermaid. */
const name = '[A-Za-z0-9 _.,+$%()-]*'
const time = String.raw`\d\d:\d\d:\d\d`
const grammar = new RegExp(
  [
    '```(mermaid)?',
    'gantt',
    `title Traffic of ${name}`,
    'dateFormat HH:mm:ss',
    'axisFormat [%HMS:]+',
    String.raw`tickInterval \d+(second|minute|hour)`,
    'todayMarker off',
    `section ${name}`,
    String.raw`(v\d|\$LATEST |version |Hook |Stopped|Failed|Rollback )${name} :((done|crit|milestone), )*${time}, (${time}|1s)`,
    String.raw`%%\{init: \{"gantt":\{"leftPadding":\d+\},"themeVariables":\{("\w+":"#[0-9a-f]+",?)+\}\}\}%%`
  ]
    .map(each => `^${each}$`)
    .join('|')
)

test('whatever things are called, the chart is valid Mermaid, and no name adds anything to it', () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 8, maxLength: 8 }), fc.boolean(), (words, two) => {
      const [
        functionName = '',
        alias = '',
        version = '',
        other = '',
        event = '',
        status = '',
        code = '',
        before = ''
      ] = words
      const events: Event[] = [
        { kind: 'hook-started', at: at(1), hook: event, functionName },
        { kind: 'hook-ended', at: at(2), hook: event, functionName, status },
        { kind: 'traffic', at: at(3), traffic: { version, weights: { [other]: 0.5 } } },
        { kind: 'status', at: at(4), status: 'Failed', code, rollback: false }
      ]
      const names = { functionName, alias, version, previousVersion: before }
      const of = record({ ...names, startedAt: start, endedAt: at(4), events })
      const lines = (gantt(two ? [of, of] : [of]) ?? '').split('\n')
      expect(lines.filter(line => !grammar.test(line))).toEqual([])
      expect(lines.slice(1, -2).filter(line => line.includes('%%'))).toEqual([])
      expect(lines.filter(line => line.startsWith('```'))).toEqual(['```mermaid', '```'])
    }),
    { numRuns: 1_000 }
  )
})
