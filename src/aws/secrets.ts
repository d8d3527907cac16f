/** What stands in place of a secret, as in the log of a job. */
const hidden = '***'

/** Hiding shorter ones would hide ordinary text as well. */
const shortest = 8

/**
 * Hides the step's own credentials in every answer of AWS before anything reads it. When AWS refuses a signature, it repeats the
 * request's headers, including the session token. The runner masks only the values that it knows, and only if they appear whole.
 */
export class Secrets {
  readonly #known = new Set<string>()

  add(secret: string | undefined): void {
    if (secret !== undefined && secret.length >= shortest) this.#known.add(secret)
  }

  /** Takes the secrets of a signed request: the access key id and the token. The names of headers are in lower case. */
  learn(headers: Readonly<Record<string, string>>): void {
    this.add(headers['x-amz-security-token'])
    this.add(/ Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1])
  }

  /** The body with its secrets hidden; the same bytes if there are none. */
  hiddenIn(body: Uint8Array): Uint8Array {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    const found = [...this.#known].filter(secret => bytes.includes(secret))
    if (found.length === 0) return body
    return Buffer.from(found.reduce((text, secret) => text.replaceAll(secret, hidden), bytes.toString()))
  }
}
