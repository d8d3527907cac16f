import type { VirtualClock } from '../../simulator/clock.ts'
import { idToken } from '../../simulator/identity/oidc.ts'
import type { RoleScene } from '../draw/role.ts'
import type { TokenTrouble } from '../draw/tokentrouble.ts'

/** How long @actions/core waits for an answer, ms. */
const silentMs = 180_000

/** How long the program waits for one, ms. */
const patienceMs = 20_000

/** GitHub's endpoint for the OIDC tokens of the job. */
export class IdTokens {
  readonly given: string[] = []
  /** When it was asked and gave none, or none in time, epoch ms. */
  readonly failedAt: number[] = []
  /** Among these, when that was for good: the job may have none. */
  readonly refusedAt: number[] = []
  readonly #clock: VirtualClock
  readonly #scene: RoleScene | undefined
  #asked = 0

  constructor(clock: VirtualClock, scene: RoleScene | undefined) {
    this.#clock = clock
    this.#scene = scene
  }

  /** Throws as @actions/core does when there is no token. */
  async give(audience: string): Promise<string> {
    const { ms, given, failing } = this.#scene?.idTokens ?? noTokens
    const { kind, skip, times } = this.#scene?.tokenTrouble ?? noTrouble
    const count = this.#asked++
    const isTroubled = count >= skip && count < skip + times
    const isRefused = count >= given && count < given + failing
    const takesMs = isTroubled && kind === 'silence' ? silentMs : ms
    if (isTroubled || isRefused || takesMs > patienceMs) this.failedAt.push(this.#clock.now())
    await this.#clock.sleep(takesMs)
    if (isTroubled) throw new Error(`Error message: ${messages[kind]}`)
    if (isRefused) {
      this.refusedAt.push(this.#clock.now())
      throw new Error('Error message: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable')
    }
    const token = idToken(this.#clock.now(), { audience })
    this.given.push(token)
    return token
  }
}

const noTokens: RoleScene['idTokens'] = { ms: 0, given: 0, failing: Number.POSITIVE_INFINITY }
const noTrouble: TokenTrouble = { kind: 'reset', skip: 0, times: 0 }

const notGot = (status: number | undefined, words: string): string =>
  `Failed to get ID Token. \n \n        Error Code : ${status}\n \n        Error Message: ${words}`

const messages: Readonly<Record<TokenTrouble['kind'], string>> = {
  reset: notGot(undefined, 'read ECONNRESET'),
  silence: notGot(undefined, 'Request timeout: /idtoken/9000000001/release'),
  page: notGot(403, '<html><title>Blocked</title></html>'),
  429: notGot(429, 'Failed request: (429)'),
  500: notGot(500, 'Failed request: (500)'),
  503: notGot(503, 'Failed request: (503)')
}
