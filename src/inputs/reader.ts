import type { Entries } from './functions.ts'

/** Where the inputs come from, and what the job knows of itself. */
export interface Given {
  /** The input as written, trimmed; empty when not given. */
  input(name: string): string
  env: Readonly<Record<string, string | undefined>>
  /** The list that the input `functions` holds, if there is one. */
  entries?: Entries
}

/** Reads inputs by name and collects what is wrong with them. */
export class Reader {
  readonly #given: Pick<Given, 'input'>
  readonly #problems: string[]
  readonly #where: string

  /** `where` is said behind each problem: which entry it is of, when there are several. */
  constructor(given: Pick<Given, 'input'>, problems: string[], where = '') {
    this.#given = given
    this.#problems = problems
    this.#where = where
  }

  text(name: string): string {
    return this.#given.input(name).trim()
  }

  problem(name: string, got: string, accepted: string): void {
    this.#problems.push(`${name}: got '${got}'; accepted is ${accepted}${this.#where}`)
  }

  missing(name: string): void {
    this.#problems.push(
      `${name}: required, but not given${this.#where || ' (unless functions or deployment-id is given)'}`
    )
  }

  required(name: string, form: RegExp, accepted: string): string {
    if (!this.text(name)) this.missing(name)
    return this.matching(name, form, accepted) ?? ''
  }

  matching(name: string, form: RegExp, accepted: string): string | undefined {
    const text = this.text(name)
    if (!text) return undefined
    if (!form.test(text)) this.problem(name, text, accepted)
    return text
  }

  /** The YAML core schema's booleans, as the runner's own toolkit reads them. */
  boolean(name: string, byDefault: boolean): boolean {
    const text = this.text(name)
    if (!text) return byDefault
    if (/^(true|True|TRUE)$/.test(text)) return true
    if (/^(false|False|FALSE)$/.test(text)) return false
    this.problem(name, text, "'true' or 'false'")
    return byDefault
  }

  /** The first of the choices is the default. */
  oneOf<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
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
    return choice ?? choices[0]
  }

  integer(name: string, low: number, high: number): number | undefined {
    const text = this.text(name)
    if (!text) return undefined
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= low && value <= high) return value
    this.problem(name, text, `a whole number from ${low} to ${high}`)
    return undefined
  }
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
