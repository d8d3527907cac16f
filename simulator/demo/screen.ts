import { stripVTControlCharacters, styleText } from 'node:util'
import { stringify } from 'yaml'
import type { ShownLine, StepResult } from '../runner/runner.ts'
import { renderMarkdown } from './markdown.ts'
import { columns, wrap } from './wrap.ts'

/** How a rehearsal is shown: with or without colours, and how wide. */
export interface Screen {
  color: boolean
  /** Columns. */
  width: number
}

type Format = Parameters<typeof styleText>[0]
type Paint = (format: Format, text: string) => string

const INDENT = '  '
const paintOf =
  ({ color }: Screen): Paint =>
  (format, text) =>
    color ? styleText(format, text, { validateStream: false }) : text

/** The title of a rehearsal: what is rehearsed, and under which conditions. */
export function opening(screen: Screen, title: string, about: string, conditions: string): string[] {
  const paint = paintOf(screen)
  const space = ' '.repeat(Math.max(2, screen.width - 2 - title.length - conditions.length))
  return [
    '',
    `${paint('cyan', '▌')} ${paint('bold', title)}${space}${paint('dim', conditions)}`,
    ...wrap(about, screen.width - 2).map(line => `${paint('cyan', '▌')} ${line}`),
    ''
  ]
}

export const heading = (screen: Screen, text: string): string[] => [
  '',
  paintOf(screen)(['bold', 'underline'], text),
  ''
]

/** The step as written in a workflow. */
export function workflowStep(screen: Screen, uses: string, inputs: Record<string, string>): string[] {
  const paint = paintOf(screen)
  const yaml = stringify([{ id: 'release', uses, with: inputs }], { lineWidth: 0 })
  return yaml
    .trimEnd()
    .split('\n')
    .map(line => {
      const [, lead = '', key = '', rest = ''] = /^([\s-]*)([\w-]+:)?(.*)$/.exec(line) ?? []
      return INDENT + lead + paint('cyan', key) + rest
    })
}

/** How the page of a run marks lines. */
const STYLES: Partial<Record<ShownLine['kind'], { label: string; format: Format }>> = {
  error: { label: 'Error: ', format: 'red' },
  warning: { label: 'Warning: ', format: 'yellow' },
  notice: { label: 'Notice: ', format: 'blue' },
  debug: { label: 'Debug: ', format: 'dim' }
}

/** Renders the job log line by line, as the page of a run does, but with groups open: there is nothing to click in a terminal. */
export class LogPrinter {
  readonly #screen: Screen
  #inGroup = false
  #collapsed = false

  constructor(screen: Screen) {
    this.#screen = screen
  }

  print(line: ShownLine): string[] {
    const paint = paintOf(this.#screen)
    if (line.kind === 'endgroup') {
      this.#inGroup = false
      this.#collapsed = false
      return []
    }
    if (line.kind === 'group') {
      this.#inGroup = true
      // The runner's own first group repeats the step; the page shows it closed as well.
      this.#collapsed = line.text.startsWith('Run ')
      const title = `${this.#collapsed ? '▸' : '▾'} ${line.text}`
      return this.#rows('', title, this.#collapsed ? undefined : 'bold')
    }
    if (this.#collapsed) return []
    const lead = this.#inGroup ? `${paint('dim', '│')} ` : ''
    const { label, format } = STYLES[line.kind] ?? {}
    return this.#rows(lead, (label ?? '') + line.text, format)
  }

  #rows(lead: string, text: string, format?: Format): string[] {
    const paint = paintOf(this.#screen)
    const room = this.#screen.width - INDENT.length - columns(lead)
    return (this.#screen.color ? text : stripVTControlCharacters(text))
      .split('\n')
      .flatMap(part => wrap(part, room))
      .map(row => `${INDENT}${lead}${format === undefined ? row : paint(format, row)}`.trimEnd())
  }
}

/** What the page of the run shows in addition to the log: annotations, outputs, job summary. */
export function results(screen: Screen, result: StepResult): string[] {
  const paint = paintOf(screen)
  const annotations = [...result.annotations, ...(result.post?.annotations ?? [])]
  const marks = { error: paint('red', '✖'), warning: paint('yellow', '⚠'), notice: paint('blue', 'ℹ') }
  const outputs = Object.entries(result.outputs)
  const longest = Math.max(0, ...outputs.map(([name]) => name.length))
  const room = screen.width - INDENT.length - longest - 2
  const summary = result.summary + (result.post?.summary ?? '')
  return [
    ...(annotations.length > 0 ? heading(screen, 'Annotations') : []),
    ...annotations.map(({ level, message, properties: { title } }) => {
      const [first = ''] = message.split('\n')
      const text = title === undefined ? first : `${title}: ${first}`
      return `${INDENT}${marks[level]} ${cut(text, screen.width - 4)}`
    }),
    ...(outputs.length > 0 ? heading(screen, 'Outputs') : []),
    ...outputs.map(([name, value]) => {
      const text = value === '' ? paint('dim', '–') : cut(value.replaceAll('\n', '⏎'), room)
      return `${INDENT}${paint('cyan', name.padEnd(longest))}  ${text}`
    }),
    ...(summary === '' ? [] : heading(screen, 'Job summary')),
    ...(summary === '' ? [] : renderMarkdown(summary, screen.width - 4, paint)).map(line =>
      `${INDENT}${paint('dim', '│')} ${line}`.trimEnd()
    )
  ]
}

/** The last line, green if all went as rehearsed, otherwise red. */
export function closing(screen: Screen, asRehearsed: boolean, text: string): string[] {
  const paint = paintOf(screen)
  return ['', asRehearsed ? paint(['green', 'bold'], `✔ ${text}`) : paint(['red', 'bold'], `✖ ${text}`)]
}

const cut = (text: string, width: number) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`)
