import type { Clock } from '../clock.ts'
import { type Failure, noIdToken } from '../failure.ts'
import { shortened } from '../text/safe.ts'

/** How long one try waits for a token, ms. By itself, @actions/core waits for three minutes. */
const withinMs = 20_000
/** How long a token that came too late is kept for the next try, ms. It is valid for five minutes. */
const keptMs = 60_000
/** Without a limit, a proxy's error page would fill the log. */
const longest = 300

/** GitHub's OIDC tokens for a role. */
export class IdTokens {
  readonly #role: string
  readonly #give: () => Promise<string>
  readonly #timer: Clock
  readonly #over: AbortSignal | undefined
  /** Takes the token of whichever request is answered first, while somebody waits. */
  #take: ((token: string) => void) | undefined
  /** Came when nobody waited, at a time of the timer. */
  #late: { token: string; at: number } | undefined

  /** `role` is its ARN, `give` asks GitHub once. Nobody waits any more when `over` aborts. */
  constructor(role: string, give: () => Promise<string>, timer: Clock, over?: AbortSignal) {
    this.#role = role
    this.#give = give
    this.#timer = timer
    this.#over = over
  }

  /**
   * Asks for a token. A request cannot be aborted, and one that was given up as too slow still counts when its answer comes: otherwise
   * an endpoint that is always as slow would never be heard. One caller at a time. Throws Failure: of kind `credentials` when the job
   * may have no token, otherwise `transient`.
   */
  async ask(): Promise<string> {
    const late = this.#late
    this.#late = undefined
    if (late && this.#timer.now() - late.at < keptMs) return late.token
    const answered = new AbortController()
    const until = AbortSignal.any([answered.signal, ...(this.#over ? [this.#over] : [])])
    const given = new Promise<string>((resolve, reject) => {
      this.#take = resolve
      this.#give().then(
        token => this.#answered(token),
        (error: unknown) => reject(this.#failure(error))
      )
    })
    const silence = this.#timer
      .sleep(withinMs, until)
      .then(() => Promise.reject(noIdToken(this.#role, `no answer within ${withinMs / 1_000} s`, false)))
    try {
      return await Promise.race([given, silence])
    } finally {
      this.#take = undefined
      answered.abort()
      for (const each of [given, silence]) each.catch(() => undefined)
    }
  }

  #answered(token: string): void {
    if (this.#take) this.#take(token)
    else this.#late = { token, at: this.#timer.now() }
  }

  #failure(error: unknown): Failure {
    const message = error instanceof Error ? error.message : String(error)
    return noIdToken(this.#role, reasonIn(message), isRefusal(message))
  }
}

/**
 * The job has no `permissions: id-token: write`, or GitHub does not accept the request. @actions/core throws plain errors, so that their
 * texts must be read: see its lib/oidc-utils.js. A 404 has the same text as any answer without a token, such as a proxy's page. With
 * another status, a page begins with a tag.
 */
const isRefusal = (message: string): boolean =>
  /Unable to get ACTIONS_ID_TOKEN_REQUEST_\w+ env variable/.test(message) ||
  /Error Code : 40[013]\s+Error Message: (?!\s*<)/.test(message)

function reasonIn(message: string): string {
  const [, status = 'undefined', said] = /Error Code : (\S+)\s+Error Message: ([\s\S]*)/.exec(message) ?? []
  const reason = said === undefined ? message.replace(/^Error message: /, '') : said
  const words = shortened(reason.replace(/\s+/g, ' ').trim(), longest).replace(/\.$/, '')
  return status === 'undefined' ? words : `${status}, ${words}`
}
