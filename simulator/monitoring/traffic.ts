import type { Aws } from '../aws.ts'
import { Steps, total } from './steps.ts'

/** How calls through one alias, or of one version, reach a function. */
interface Route {
  functionName: string
  /** An alias, a version, or `$LATEST` for calls without a qualifier. */
  qualifier: string
  perMinute: Steps
}

/** One call that was really made. */
interface Call {
  functionName: string
  qualifier: string
  version: string
  at: number
  ms: number
  isError: boolean
}

/** Which calls to count: those that no criterion excludes. */
export interface Criteria {
  functionName?: string
  qualifier?: string
  version?: string
}

/** What came between two moments. */
export interface Calls {
  invocations: number
  errors: number
  /** The 95th percentile of the duration, ms. */
  p95: number
}

const USUAL_MS = 210
const LATEST = '$LATEST'

/**
 * The clients of all functions. How many calls each version gets follows from the aliases as they were at each moment; the counts have
 * no noise, so that the same setting gives the same figures. Calls that are really made with Invoke are counted as well.
 */
export class ClientTraffic {
  /** Calls a minute of functions that nothing here is about: some function of an account is always called. */
  othersPerMinute = 60
  readonly #aws: Aws
  readonly #since: number
  readonly #routes: Route[] = []
  readonly #shares = new Map<string, Steps>()
  readonly #errorRates = new Map<string, Steps>()
  readonly #p95 = new Map<string, number>()
  readonly #calls: Call[] = []

  constructor(aws: Aws) {
    this.#aws = aws
    this.#since = aws.clock.now()
  }

  /** From now on clients call the alias, or `$LATEST`, so many times a minute. */
  calls(functionName: string, qualifier: string, perMinute: number): void {
    let route = this.#routes.find(each => each.functionName === functionName && each.qualifier === qualifier)
    if (!route) {
      route = { functionName, qualifier, perMinute: new Steps() }
      this.#routes.push(route)
    }
    route.perMinute.set(this.#aws.clock.now(), perMinute)
  }

  /** From now on this share (0 to 1) of the version's calls fails. */
  fails(functionName: string, version: string, share: number): void {
    stepsOf(this.#errorRates, `${functionName}:${version}`).set(this.#aws.clock.now(), share)
  }

  /** How long the slowest twentieth of the version's calls takes at least, ms. */
  takes(functionName: string, version: string, p95: number): void {
    this.#p95.set(`${functionName}:${version}`, p95)
  }

  /** An alias was created, changed or deleted: it gives each version this share from now on. */
  routed(functionName: string, alias: string, shares: Readonly<Record<string, number>>): void {
    const prefix = `${functionName}:${alias}:`
    const now = this.#aws.clock.now()
    for (const version of Object.keys(shares)) stepsOf(this.#shares, prefix + version)
    for (const [key, steps] of this.#shares)
      if (key.startsWith(prefix)) steps.set(now, shares[key.slice(prefix.length)] ?? 0)
  }

  called(call: Call): void {
    this.#calls.push(call)
  }

  /** What came from the moment `from` until before `to`, epoch ms. */
  between(criteria: Criteria, from: number, to: number): Calls {
    const sum: Calls = { invocations: 0, errors: 0, p95: 0 }
    for (const [route, version] of this.#routesTo(criteria)) {
      const key = `${route.functionName}:${version}`
      const factors = [route.perMinute, this.#shareOf(route, version)]
      const invocations = whole(factors, from, to)
      if (invocations === 0) continue
      sum.invocations += invocations
      const rate = this.#errorRates.get(key)
      if (rate) sum.errors += Math.min(invocations, whole([...factors, rate], from, to))
      sum.p95 = Math.max(sum.p95, this.#p95.get(key) ?? USUAL_MS)
    }
    for (const call of this.#calls) {
      if (call.at < from || call.at >= to || !meets(call, criteria)) continue
      sum.invocations += 1
      sum.errors += call.isError ? 1 : 0
      sum.p95 = Math.max(sum.p95, call.ms)
    }
    if (criteria.functionName === undefined) {
      const minutes = (moment: number) => Math.floor(((moment - this.#since) / 60_000) * this.othersPerMinute)
      sum.invocations += Math.max(0, minutes(to)) - Math.max(0, minutes(from))
    }
    return sum
  }

  *#routesTo({ functionName, qualifier, version }: Criteria): Generator<[Route, string]> {
    for (const route of this.#routes) {
      if (functionName !== undefined && route.functionName !== functionName) continue
      if (qualifier !== undefined && route.qualifier !== qualifier) continue
      for (const each of this.#versionsOf(route))
        if (version === undefined || version === each) yield [route, each]
    }
  }

  #versionsOf({ functionName, qualifier }: Route): string[] {
    const prefix = `${functionName}:${qualifier}:`
    if (isVersion(qualifier)) return [qualifier]
    return [...this.#shares.keys()].filter(key => key.startsWith(prefix)).map(key => key.slice(prefix.length))
  }

  #shareOf({ functionName, qualifier }: Route, version: string): Steps {
    return isVersion(qualifier) ? all : stepsOf(this.#shares, `${functionName}:${qualifier}:${version}`)
  }
}

const all = new Steps()
all.set(0, 1)

const isVersion = (qualifier: string): boolean => qualifier === LATEST || /^\d+$/.test(qualifier)

const meets = (call: Call, { functionName, qualifier, version }: Criteria): boolean =>
  (functionName === undefined || call.functionName === functionName) &&
  (qualifier === undefined || call.qualifier === qualifier) &&
  (version === undefined || call.version === version)

function stepsOf(map: Map<string, Steps>, key: string): Steps {
  const found = map.get(key) ?? new Steps()
  map.set(key, found)
  return found
}

const whole = (factors: readonly Steps[], from: number, to: number): number =>
  Math.max(0, Math.floor(total(factors, to) + 1e-9) - Math.floor(total(factors, from) + 1e-9))
