import { stripVTControlCharacters, styleText } from 'node:util'
import { stringify } from 'yaml'
import type { ShownLine, StepResult } from '../runner/runner.ts'
import { renderMarkdown } from './markdown.ts'
import { columns, wrap } from './wrap.ts'

/** Where a rehearsal is shown: colours or none, and how wide. */
export interface Paper {
  color: boolean
  /** Columns. */
  width: number
}

type Format = Parameters<typeof styleText>[0]
type Ink = (format: Format, text: string) => string

const INDENT = '  '
const inkOf =
  ({ color }: Paper): Ink =>
  (format, text) =>
    color ? styleText(format, text, { validateStream: false }) : text

/** Big letters for the start of a rehearsal: what is rehearsed, and under which conditions. */
export function opening(paper: Paper, title: string, about: string, conditions: string): string[] {
  const ink = inkOf(paper)
  const space = ' '.repeat(Math.max(2, paper.width - 2 - title.length - conditions.length))
  return [
    '',
    `${ink('cyan', '▌')} ${ink('bold', title)}${space}${ink('dim', conditions)}`,
    ...wrap(about, paper.width - 2).map(line => `${ink('cyan', '▌')} ${line}`),
    ''
  ]
}

export const heading = (paper: Paper, text: string): string[] => [
  '',
  inkOf(paper)(['bold', 'underline'], text),
  ''
]

/** The step as it stands in a workflow. */
export function workflowStep(paper: Paper, uses: string, inputs: Record<string, string>): string[] {
  const ink = inkOf(paper)
  const yaml = stringify([{ id: 'release', uses, with: inputs }], { lineWidth: 0 })
  return yaml
    .trimEnd()
    .split('\n')
    .map(line => {
      const [, lead = '', key = '', rest = ''] = /^([\s-]*)([\w-]+:)?(.*)$/.exec(line) ?? []
      return INDENT + lead + ink('cyan', key) + rest
    })
}

/** As the page of a run marks lines. */
const STYLES: Partial<Record<ShownLine['kind'], { label: string; format: Format }>> = {
  error: { label: 'Error: ', format: 'red' },
  warning: { label: 'Warning: ', format: 'yellow' },
  notice: { label: 'Notice: ', format: 'blue' },
  debug: { label: 'Debug: ', format: 'dim' }
}

/** Renders the job log line by line, as the page of a run does, but with groups opened: a terminal has nothing to click. */
export class LogPrinter {
  readonly #paper: Paper
  #inGroup = false
  #collapsed = false

  constructor(paper: Paper) {
    this.#paper = paper
  }

  print(line: ShownLine): string[] {
    const ink = inkOf(this.#paper)
    if (line.kind === 'endgroup') {
      this.#inGroup = false
      this.#collapsed = false
      return []
    }
    if (line.kind === 'group') {
      this.#inGroup = true
      // The runner's own first group repeats the step; the page shows it closed, too.
      this.#collapsed = line.text.startsWith('Run ')
      const title = `${this.#collapsed ? '▸' : '▾'} ${line.text}`
      return this.#rows('', title, this.#collapsed ? undefined : 'bold')
    }
    if (this.#collapsed) return []
    const lead = this.#inGroup ? `${ink('dim', '│')} ` : ''
    const { label, format } = STYLES[line.kind] ?? {}
    return this.#rows(lead, (label ?? '') + line.text, format)
  }

  #rows(lead: string, text: string, format?: Format): string[] {
    const ink = inkOf(this.#paper)
    const room = this.#paper.width - INDENT.length - columns(lead)
    return (this.#paper.color ? text : stripVTControlCharacters(text))
      .split('\n')
      .flatMap(part => wrap(part, room))
      .map(row => `${INDENT}${lead}${format === undefined ? row : ink(format, row)}`.trimEnd())
  }
}

/** What the page of the run shows beside the log: annotations, outputs, job summary. */
export function results(paper: Paper, result: StepResult): string[] {
  const ink = inkOf(paper)
  const annotations = [...result.annotations, ...(result.post?.annotations ?? [])]
  const marks = { error: ink('red', '✖'), warning: ink('yellow', '⚠'), notice: ink('blue', 'ℹ') }
  const outputs = Object.entries(result.outputs)
  const longest = Math.max(0, ...outputs.map(([name]) => name.length))
  const room = paper.width - INDENT.length - longest - 2
  const summary = result.summary + (result.post?.summary ?? '')
  return [
    ...(annotations.length > 0 ? heading(paper, 'Annotations') : []),
    ...annotations.map(({ level, message, properties: { title } }) => {
      const [first = ''] = message.split('\n')
      const text = title === undefined ? first : `${title}: ${first}`
      return `${INDENT}${marks[level]} ${cut(text, paper.width - 4)}`
    }),
    ...(outputs.length > 0 ? heading(paper, 'Outputs') : []),
    ...outputs.map(([name, value]) => {
      const text = value === '' ? ink('dim', '–') : cut(value.replaceAll('\n', '⏎'), room)
      return `${INDENT}${ink('cyan', name.padEnd(longest))}  ${text}`
    }),
    ...(summary === '' ? [] : heading(paper, 'Job summary')),
    ...(summary === '' ? [] : renderMarkdown(summary, paper.width - 4, ink)).map(line =>
      `${INDENT}${ink('dim', '│')} ${line}`.trimEnd()
    )
  ]
}

/** The last line, coloured by whether all went as rehearsed. */
export function closing(paper: Paper, asRehearsed: boolean, text: string): string[] {
  const ink = inkOf(paper)
  return ['', asRehearsed ? ink(['green', 'bold'], `✔ ${text}`) : ink(['red', 'bold'], `✖ ${text}`)]
}

const cut = (text: string, width: number) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`)
