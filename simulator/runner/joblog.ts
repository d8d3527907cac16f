import { type Command, fold, parseCommand, registered } from './commands.ts'
import type { Masks } from './masks.ts'

/** One entry of the job log as the page of the run shows it. An error may span several lines. */
export interface ShownLine {
  kind: 'output' | 'group' | 'endgroup' | 'debug' | 'notice' | 'warning' | 'error'
  /** Without the runner's `##[kind]` marker; secrets are already `***`. */
  text: string
  stage: 'main' | 'post'
}

export interface Annotation {
  level: 'notice' | 'warning' | 'error'
  /** At most 4096 UTF-16 code units. */
  message: string
  /** The command's own properties: title, file, line, endLine, col, endColumn; keys in lower case. */
  properties: Record<string, string>
}

export interface JobLogOptions {
  stage: ShownLine['stage']
  masks: Masks
  /** ACTIONS_STEP_DEBUG: debug lines are shown and commands are echoed. */
  debug?: boolean
  /** ACTIONS_ALLOW_UNSECURE_COMMANDS: set-env and add-path work, as they did before 2020. */
  unsecure?: boolean
  onLine?: ((line: ShownLine) => void) | undefined
}

// Texts of actions/runner, src/Runner.Common/Constants.cs.
const DISABLED =
  'The `{0}` command is disabled. Please upgrade to using Environment Files or opt into unsecure command execution by setting the `ACTIONS_ALLOW_UNSECURE_COMMANDS` environment variable to `true`. For more information see: https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/'
const DEPRECATED =
  'The `{0}` command is deprecated and will be disabled soon. Please upgrade to using Environment Files. For more information see: https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/'
const BAD_TOKEN =
  "You cannot use a endToken that is an empty string, the string 'pause-logging', or another workflow command."
const ANNOTATIONS_OF_EACH_LEVEL = 10
const MESSAGE_LENGTH = 4096
const SILENT_WHEN_ECHOED = ['add-mask', 'debug', 'notice', 'warning', 'error']

/**
 * The log of one stage (main or post) of a step: finds the commands in what the process prints, acts on them, and keeps
 * what is shown. Follows ActionCommandManager.cs and ExecutionContext.AddIssue in actions/runner (2.336.0).
 */
export class JobLog {
  readonly lines: ShownLine[] = []
  readonly annotations: Annotation[] = []
  /** Every command that was processed, so that a test can see what an injected line achieved. */
  readonly commands: Command[] = []
  readonly outputs = new Map<string, string>()
  readonly state = new Map<string, string>()
  readonly env = new Map<string, string>()
  readonly path = new Set<string>()
  /** A command or a file could not be processed: the step fails whatever its exit code. */
  failed = false
  readonly #options: JobLogOptions
  #echo: boolean
  #stopToken: string | undefined

  constructor(options: JobLogOptions) {
    this.#options = options
    this.#echo = options.debug ?? false
  }

  /**
   * Takes one line of stdout or stderr.
   * @throws Error on stop-commands with a forbidden token: the runner then gives up on the step and its process.
   */
  receive(line: string): void {
    const command = parseCommand(line, this.#stopToken)
    if (command && this.#act(command, line)) return
    this.show('output', line.replace(/##\[(?=start-action|end-action)/g, '##[\\'))
  }

  /** Adds a line in the runner's own name. */
  show(kind: ShownLine['kind'], text: string): void {
    if (kind === 'debug' && !this.#options.debug) return
    const line: ShownLine = { kind, text: this.#options.masks.apply(text), stage: this.#options.stage }
    this.lines.push(line)
    this.#options.onLine?.(line)
  }

  /** Adds an annotation (the first ten of each level count) and its line. */
  annotate(level: Annotation['level'], text: string, properties: Record<string, string> = {}): void {
    const message = this.#options.masks.apply(text).slice(0, MESSAGE_LENGTH)
    if (this.annotations.filter(other => other.level === level).length < ANNOTATIONS_OF_EACH_LEVEL)
      this.annotations.push({ level, message, properties })
    if (message !== '') this.show(level, message)
  }

  /** Records that something could not be processed, which fails the step. */
  fail(what: string, why: string): void {
    this.annotate('error', `Unable to process ${what} successfully.`)
    this.annotate('error', why)
    this.failed = true
  }

  /** Returns whether the line was consumed. */
  #act(command: Command, line: string): boolean {
    const name = fold(command.name)
    if (this.#stopToken !== undefined) {
      if (name !== fold(this.#stopToken)) return false
      this.show('output', line)
      this.#stopToken = undefined
      return true
    }
    if (name === 'stop-commands') {
      this.#stop(command.data)
      this.commands.push(command)
      this.show('output', line)
      return true
    }
    const silent = SILENT_WHEN_ECHOED.includes(name)
    if (this.#echo && !silent) this.show('output', line)
    try {
      this.#perform(name, command)
      this.commands.push(command)
    } catch (error) {
      this.fail(`command '${silent ? name : line}'`, (error as Error).message)
    }
    return true
  }

  #stop(token: string) {
    if (token === '' || registered.includes(fold(token)) || fold(token) === 'pause-logging')
      throw new Error(BAD_TOKEN)
    this.#stopToken = token
    if (token.length > 6) this.#options.masks.add(token)
  }

  #perform(name: string, { data, properties }: Command): void {
    switch (name) {
      case 'notice':
      case 'warning':
      case 'error':
        this.annotate(name, data, Object.fromEntries(properties))
        break
      case 'group':
      case 'endgroup':
        this.show(name, name === 'group' ? data : '')
        break
      case 'debug':
        this.show(name, data)
        break
      case 'add-mask':
        this.#mask(data)
        break
      case 'set-output':
        this.annotate('warning', DEPRECATED.replace('{0}', name))
        setIgnoringCase(this.outputs, required(properties, name), data)
        break
      case 'save-state':
        this.annotate('warning', DEPRECATED.replace('{0}', name))
        setIgnoringCase(this.state, required(properties, name), data)
        break
      case 'set-env':
      case 'add-path':
        if (!this.#options.unsecure) throw new Error(DISABLED.replace('{0}', name))
        if (name === 'add-path') this.path.add(data)
        else this.env.set(required(properties, name), data)
        break
      case 'echo':
        this.#echo = onOrOff(data)
        break
      // Matchers are only recorded (see `commands`): the file that would be read, not what it would match.
      case 'add-matcher':
      case 'remove-matcher':
        if (data === '' && !properties.get('owner')) this.annotate('warning', 'File path must be specified.')
    }
  }

  #mask(secret: string) {
    if (secret.trim() === '') {
      this.annotate('warning', "Can't add secret mask for empty string in ##[add-mask] command.")
      return
    }
    if (this.#echo) this.show('output', '::add-mask::***')
    this.#options.masks.add(secret)
  }
}

/** Names of outputs and state ignore case, and keep the case in which they were first saved. */
export function setIgnoringCase(map: Map<string, string>, key: string, value: string): void {
  const known = [...map.keys()].find(other => other.toUpperCase() === key.toUpperCase())
  map.set(known ?? key, value)
}

function required(properties: Map<string, string>, command: string): string {
  const name = properties.get('name')
  if (!name) throw new Error(`Required field 'name' is missing in ##[${command}] command.`)
  return name
}

function onOrOff(data: string): boolean {
  const value = data.trim().toUpperCase()
  if (value === 'ON' || value === 'OFF') return value === 'ON'
  throw new Error(
    `Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '${data}'.`
  )
}
