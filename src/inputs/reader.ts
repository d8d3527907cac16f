import type { Entries } from './functions.ts'
import { type InputName, inputNames, inputTable } from './table.ts'

/** Where the inputs come from, and what the job knows of itself. */
export interface Given {
  /** The input as written, trimmed; empty when not given. */
  input(name: InputName): string
  env: Readonly<Record<string, string | undefined>>
  /** The list that the input `functions` holds, if there is one. */
  entries?: Entries
  /** Reads a file of the job's workspace. Left out: there are no files. */
  file?(path: string): FileContent
}

/** Where the step's own inputs may be left to. */
export const elsewhere: readonly InputName[] = ['functions', 'deployment-id']

export const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/

/** What a file holds, or why that could not be read. */
export type FileContent = { text: string } | { problem: string }

/** Reads inputs by name and collects what is wrong with them. */
export class Reader {
  readonly #given: Pick<Given, 'input' | 'file'>
  readonly #problems: string[]
  readonly #where: string

  /** `where` ends each problem: it says which entry of `functions` it is in. Empty: it is in the step's own inputs. */
  constructor(given: Pick<Given, 'input' | 'file'>, problems: string[], where = '') {
    this.#given = given
    this.#problems = problems
    this.#where = where
  }

  text(name: InputName): string {
    return this.#given.input(name).trim()
  }

  file(path: string): FileContent {
    return this.#given.file?.(path) ?? { problem: 'there is no such file' }
  }

  /** `name` may be a word that is no input at all. A problem is one line, whatever was given. */
  problem(name: string, got: string, accepted: string): void {
    this.#problems.push(`${oneLine(name)}: got '${oneLine(got)}'; accepted is ${accepted}${this.#where}`)
  }

  /** `unless`: the inputs with which the step itself need not give it. */
  missing(name: InputName, unless: readonly InputName[] = elsewhere): void {
    const others = `${unless.slice(0, -1).join(', ')} or ${unless.at(-1)}`
    this.#problems.push(`${name}: required, but not given${this.#where || ` (unless ${others} is given)`}`)
  }

  /** Inputs of this scope (default: all) that must not be given beside another one that is given. */
  exclusions(scope?: 'step' | 'function'): void {
    for (const name of inputNames) {
      const { scope: own, default: byDefault, notWith = {} } = inputTable[name]
      if ((scope !== undefined && own !== scope) || !this.#saysMore(name)) continue
      for (const [other, why] of Object.entries(notWith))
        if (this.text(other as InputName))
          this.problem(
            name,
            this.text(name),
            `${byDefault === undefined ? 'nothing' : `'${byDefault}'`} together with ${other}: ${why}`
          )
    }
  }

  /** It is given, and says something else than its default. */
  #saysMore(name: InputName): boolean {
    const text = this.text(name)
    const byDefault = inputTable[name].default
    if (!text || text === byDefault) return false
    const asBoolean = byDefault === undefined ? undefined : booleanOf(byDefault)
    // What is no boolean is a problem of its own.
    return asBoolean === undefined || booleanOf(text) === !asBoolean
  }

  required(name: InputName, form: RegExp, accepted: string, unless = elsewhere): string {
    if (!this.text(name)) this.missing(name, unless)
    return this.matching(name, form, accepted) ?? ''
  }

  matching(name: InputName, form: RegExp, accepted: string): string | undefined {
    const text = this.text(name)
    if (!text) return undefined
    if (!form.test(text)) this.problem(name, text, accepted)
    return text
  }

  /** Not given, or not a boolean: the default. */
  boolean(name: InputName): boolean {
    const text = this.text(name)
    const value = booleanOf(text)
    if (text && value === undefined) this.problem(name, text, "'true' or 'false'")
    return value ?? inputTable[name].default === 'true'
  }

  /** The first of the choices is the default. */
  oneOf<T extends string>(name: InputName, choices: readonly [T, ...T[]]): T {
    return this.choice(name, choices) ?? choices[0]
  }

  /** Undefined when it is not given. */
  choice<T extends string>(name: InputName, choices: readonly [T, ...T[]]): T | undefined {
    const text = this.text(name)
    const choice = choices.find(each => each === text)
    if (text && choice === undefined)
      this.problem(
        name,
        text,
        choices
          .map(each => `'${each}'`)
          .join(', ')
          .replace(/, ([^,]*)$/, ' or $1')
      )
    return choice
  }

  integer(name: InputName, low: number, high: number): number | undefined {
    const text = this.text(name)
    if (!text) return undefined
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= low && value <= high) return value
    this.problem(name, text, `a whole number from ${low} to ${high}`)
    return undefined
  }
}

/** The first line, with a sign when there were more. */
export const oneLine = (text: string): string => text.replace(/[\r\n].*/s, '…')

/** The booleans of YAML's core schema, as the runner's own toolkit reads them; undefined for any other text. */
function booleanOf(text: string): boolean | undefined {
  if (/^(true|True|TRUE)$/.test(text)) return true
  return /^(false|False|FALSE)$/.test(text) ? false : undefined
}

/** Everything that is wrong with the inputs, at once; each line starts with the input's own name. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}
