import { rawNumber } from '../text/exactjson.ts'

/** A number or a boolean of YAML: what it means, and how it was written, which says more (`+2`, `0012`, `1.10`). */
export class Written {
  readonly text: string
  readonly #value: number | boolean

  constructor(text: string, value: number | boolean) {
    this.text = text
    this.#value = value
  }

  get kind(): string {
    return typeof this.#value
  }

  /** Undefined: JSON has no such number, or would need more digits than a number of JavaScript has. */
  get json(): string | undefined {
    if (typeof this.#value === 'boolean') return String(this.#value)
    if (/^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(this.text)) return this.text
    return Math.abs(this.#value) <= Number.MAX_SAFE_INTEGER ? String(this.#value) : undefined
  }
}

/**
 * The value of a YAML document, in which each number and boolean is as written. Keys are texts. The parser is loaded only here.
 * @throws Error when it is not YAML
 */
export async function readYaml(text: string): Promise<unknown> {
  const { parseDocument, visit } = await import('yaml')
  // The parser's warnings would go to stderr raw, with the user's text in them, and the runner reads that for commands.
  const document = parseDocument(text, { schema: 'core', logLevel: 'error' })
  const [error] = document.errors
  if (error) throw error
  visit(document, {
    Collection: at => (at === 'key' ? visit.SKIP : undefined),
    Scalar: (at, node) => {
      const { value, source, tag } = node
      if (typeof value !== 'number' && typeof value !== 'boolean') return
      // Who writes a tag asks for what it makes of the text.
      const written = tag === undefined && source !== undefined ? source : String(value)
      node.value = at === 'key' ? written : new Written(written, value)
    }
  })
  return document.toJS({ maxAliasCount: 100 })
}

/** JSON of such a value, with its numbers as written; or the first number that does not go into JSON. */
export function writeJson(value: unknown): { json: string } | { unfit: string } {
  const unfit: string[] = []
  const json = JSON.stringify(value, (_, each: unknown) => {
    if (!(each instanceof Written)) return each
    if (each.json === undefined) unfit.push(each.text)
    return rawNumber(each.json ?? 'null')
  })
  const [first] = unfit
  return first === undefined ? { json } : { unfit: first }
}
