/** What stands in place of a secret, as in the log of a job. */
const hidden = '***'

/** Shorter ones would hide what is none. */
const shortest = 8

/**
 * The step's own credentials, hidden in whatever AWS says before anybody reads it. AWS repeats a request's headers, the session token
 * among them, when it refuses the signature; and the runner masks only what it was told of, and only where it stands whole.
 */
export class Secrets {
  readonly #known = new Set<string>()

  add(secret: string | undefined): void {
    if (secret !== undefined && secret.length >= shortest) this.#known.add(secret)
  }

  /** Takes what a signed request itself holds: the id of the key, and the token. Names of headers are in lower case. */
  learn(headers: Readonly<Record<string, string>>): void {
    this.add(headers['x-amz-security-token'])
    this.add(/ Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1])
  }

  /** The same bytes, unless they hold a secret. */
  hiddenIn(body: Uint8Array): Uint8Array {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    const found = [...this.#known].filter(secret => bytes.includes(secret))
    if (found.length === 0) return body
    return Buffer.from(found.reduce((text, secret) => text.replaceAll(secret, hidden), bytes.toString()))
  }
}
