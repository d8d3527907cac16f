import type { VirtualClock } from '../../simulator/clock.ts'
import { idToken } from '../../simulator/identity/oidc.ts'
import type { RoleScene } from '../draw/role.ts'

/** GitHub's endpoint for the OIDC tokens of the job. */
export class IdTokens {
  readonly given: string[] = []
  /** When it was asked and gave none, epoch ms. */
  readonly refusedAt: number[] = []
  readonly #clock: VirtualClock
  readonly #scene: RoleScene['idTokens'] | undefined
  #asked = 0

  constructor(clock: VirtualClock, scene: RoleScene['idTokens'] | undefined) {
    this.#clock = clock
    this.#scene = scene
  }

  /** Throws as @actions/core does when there is no token. */
  async give(audience: string): Promise<string> {
    const { ms, given, failing } = this.#scene ?? { ms: 0, given: 0, failing: Number.POSITIVE_INFINITY }
    const count = this.#asked++
    await this.#clock.sleep(ms)
    if (count >= given && count < given + failing) {
      this.refusedAt.push(this.#clock.now())
      throw new Error('Error message: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable')
    }
    const token = idToken(this.#clock.now(), { audience })
    this.given.push(token)
    return token
  }
}
