import type { Clock } from '../clock.ts'
import { RateLimit, type RateLimitOptions } from './ratelimit.ts'

/**
 * One budget for each of AWS's rate limits per account. Lambda's control plane takes 15 requests a second, apart from GetFunction, which
 * has 100 of its own (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). CodeDeploy's limits are not published.
 */
export class Budgets {
  readonly #lambda: RateLimit
  readonly #getFunction: RateLimit
  readonly #codedeploy: RateLimit

  constructor(clock: Clock, signals: Pick<RateLimitOptions, 'cancelled' | 'over'> = {}) {
    const limit = (most: number, windowMs: number) => new RateLimit(clock, { most, windowMs, ...signals })
    this.#lambda = limit(12, 1_000)
    this.#getFunction = limit(12, 200)
    this.#codedeploy = limit(12, 500)
  }

  /** The budget of an SDK command; undefined for a stop, which must not wait, and for an invocation: see Invocations. */
  of(service: 'lambda' | 'codedeploy', commandName: string | undefined): RateLimit | undefined {
    if (commandName === 'StopDeploymentCommand' || commandName === 'InvokeCommand') return undefined
    if (commandName === 'GetFunctionCommand') return this.#getFunction
    return service === 'lambda' ? this.#lambda : this.#codedeploy
  }
}
