import { describe, expect, it } from '@jest/globals'
import { closing, LogPrinter, opening, results, workflowStep } from '../../../simulator/demo/screen.ts'
import type { ShownLine, StepResult } from '../../../simulator/runner/runner.ts'

const screen = { color: false, width: 40 }
const log = (lines: [ShownLine['kind'], string][], color = false) => {
  const printer = new LogPrinter({ ...screen, color })
  return lines.flatMap(([kind, text]) => printer.print({ kind, text, stage: 'main' }))
}

describe('the log on a screen', () => {
  it('opens groups, except the one that repeats the step', () => {
    expect(
      log([
        ['group', 'Run acme/act@v1'],
        ['output', 'with:'],
        ['endgroup', ''],
        ['group', 'Plan'],
        ['output', 'a'],
        ['endgroup', ''],
        ['output', 'b']
      ])
    ).toEqual(['  ▸ Run acme/act@v1', '  ▾ Plan', '  │ a', '  b'])
  })

  it('labels annotations', () => {
    expect(
      log([
        ['error', 'a\nb'],
        ['warning', 'c'],
        ['notice', 'd'],
        ['debug', 'e']
      ])
    ).toEqual(['  Error: a', '  b', '  Warning: c', '  Notice: d', '  Debug: e'])
  })

  it('has colours only if they are switched on', () => {
    expect(
      log(
        [
          ['error', 'a'],
          ['output', '\x1b[32mb\x1b[39m']
        ],
        true
      )
    ).toEqual(['  \x1b[31mError: a\x1b[39m', '  \x1b[32mb\x1b[39m'])
    expect(log([['output', '\x1b[32mb\x1b[39m']])).toEqual(['  b'])
  })
})

describe('a rehearsal on a screen', () => {
  it('starts with what is rehearsed', () => {
    expect(opening(screen, 'Rehearsal: x', 'About it.', '20 times')).toEqual([
      '',
      '▌ Rehearsal: x                  20 times',
      '▌ About it.',
      ''
    ])
  })

  it('shows the step as written in a workflow', () => {
    expect(workflowStep(screen, 'acme/act@v1', { alias: 'live', 'dry-run': 'true', alarms: 'a\nb' })).toEqual(
      [
        '  - id: release',
        '    uses: acme/act@v1',
        '    with:',
        '      alias: live',
        '      dry-run: "true"',
        '      alarms: |-',
        '        a',
        '        b'
      ]
    )
  })

  it('shows annotations, outputs and the summary of main and post', () => {
    const stage = {
      outcome: 'success',
      conclusion: 'success',
      exitCode: 0,
      log: [],
      commands: [],
      signals: []
    } as const
    const result: StepResult = {
      ...stage,
      log: [],
      commands: [],
      signals: [],
      annotations: [{ level: 'error', message: 'What.\nWhy.', properties: { title: 'T' } }],
      summary: '# Done\n',
      outputs: { a: '', long: `1\n${'x'.repeat(60)}` },
      jobOutputs: {},
      state: {},
      env: {},
      path: [],
      job: 'success',
      post: {
        ...stage,
        log: [],
        commands: [],
        signals: [],
        annotations: [{ level: 'warning', message: 'W', properties: {} }],
        summary: 'after\n'
      }
    }
    expect(results(screen, result)).toEqual([
      '',
      'Annotations',
      '',
      '  ✖ T: What.',
      '  ⚠ W',
      '',
      'Outputs',
      '',
      '  a     –',
      `  long  1⏎${'x'.repeat(29)}…`,
      '',
      'Job summary',
      '',
      '  │ Done',
      '  │ after'
    ])
  })

  it('ends with a verdict', () => {
    expect(closing(screen, true, 'As rehearsed.')).toEqual(['', '✔ As rehearsed.'])
    expect(closing({ ...screen, color: true }, false, 'No.')).toEqual([
      '',
      '\x1b[31m\x1b[1m✖ No.\x1b[22m\x1b[39m'
    ])
  })
})
