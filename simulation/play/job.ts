import { parseCommand } from '../../simulator/runner/commands.ts'
import { JobLog } from '../../simulator/runner/joblog.ts'
import { Masks } from '../../simulator/runner/masks.ts'
import type { StatePort } from '../../src/journal.ts'
import type { JobPort } from '../../src/report/reporter.ts'
import { inert } from '../../src/text/safe.ts'

/** A line that the runner took for a command though nobody of ours gave it, or a command that was read otherwise than meant. */
export interface Forgery {
  line: string
  why: string
}

/**
 * The job of one process, main or post: prints as src/runner.ts does, and reads every line back as GitHub's runner does.
 * `may` is asked before anything is done; a process that was killed may nothing.
 */
export class RecordingJob implements JobPort, StatePort {
  readonly log: JobLog
  readonly outputs: Record<string, string> = {}
  readonly state: Record<string, string>
  readonly forgeries: Forgery[] = []
  /** Of all states that were saved, characters with the name. */
  longestState = 0
  /** The log shows them to whoever asks for them. */
  readonly debugLines: string[] = []
  /** The plain lines, and when they were printed, epoch ms by AWS's clock. */
  readonly printed: { at: number; line: string }[] = []
  summary = ''
  readonly #may: (what: string) => boolean
  readonly #heard: (line: string) => void
  readonly #now: () => number

  constructor(
    stage: 'main' | 'post',
    state: Record<string, string>,
    may: (what: string) => boolean,
    heard: (line: string) => void,
    now: () => number
  ) {
    this.log = new JobLog({ stage, masks: new Masks() })
    this.state = state
    this.#may = may
    this.#heard = heard
    this.#now = now
  }

  readonly info = (line: string): void => {
    if (this.#may('line')) this.#print(inert(line))
  }

  readonly group = (title: string, lines: readonly string[]): void => {
    if (!this.#may('group')) return
    this.#command('group', '', title)
    for (const line of lines) this.#print(inert(line))
    this.#command('endgroup', '', '')
  }

  readonly annotate = (level: 'notice' | 'warning' | 'error', title: string, message: string): void => {
    if (!this.#may('annotation')) return
    this.#command(level, ` title=${escaped(title, true)}`, message)
    const last = this.log.annotations.at(-1)
    if (this.log.annotations.filter(each => each.level === level).length <= 10)
      if (last?.properties.title !== title || last.message !== message.slice(0, 4096))
        this.forgeries.push({ line: message, why: 'the annotation is not read back as it was meant' })
  }

  readonly setOutput = (name: string, value: string): void => {
    if (this.#may('output')) this.outputs[name] = value
  }

  readonly saveState = (name: string, value: string): boolean => {
    if (!this.#may('state')) return true
    this.state[name] = value
    this.longestState = Math.max(this.longestState, name.length + value.length)
    return true
  }

  /** For jobs with debug logging. */
  readonly debug = (line: string): void => {
    if (!this.#may('debug')) return
    this.debugLines.push(line)
    this.#command('debug', '', inert(line))
  }

  readonly writeSummary = async (markdown: string): Promise<void> => {
    if (this.#may('summary')) this.summary += markdown
  }

  /** Plain text: none of the lines that the runner makes of it may be a command. */
  #print(text: string): void {
    for (const line of text.split(/\r\n|\r|\n/)) {
      const command = parseCommand(line)
      if (command) this.forgeries.push({ line, why: `the runner takes it for the command ${command.name}` })
      else this.log.receive(line)
      this.printed.push({ at: this.#now(), line })
      this.#heard(line)
    }
  }

  /** A command of ours, escaped as GitHub's toolkit does. */
  #command(name: string, properties: string, data: string): void {
    const line = `::${name}${properties}::${escaped(data, false)}`
    const command = parseCommand(line)
    if (command?.name !== name || command.data !== data)
      this.forgeries.push({ line, why: `this ${name} is not read back as it was meant` })
    this.log.receive(line)
    this.#heard(line)
  }
}

function escaped(text: string, property: boolean): string {
  const data = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  return property ? data.replaceAll(':', '%3A').replaceAll(',', '%2C') : data
}
