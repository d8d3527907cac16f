export type FaultKind =
  | 'throttle'
  | 'serverErrorBefore'
  | 'serverErrorAfter'
  | 'dropBefore'
  | 'dropAfter'
  | 'timeout'
  | 'stall'
  | 'expiredToken'
  | 'accessDenied'
  | 'invalidToken'
  | 'wrongSignature'
  | 'html'
  | 'emptyJson'
  | 'isoDates'
  | 'unknownStatus'
  /** Of GitHub only: members are there, of types that are not documented. */
  | 'wrongShape'
  | 'slow'
  /**
   * What was true a moment ago. Only of GetAlias, ListAliases, GetFunction, GetFunctionConfiguration and ListVersionsByFunction, and of
   * what is read about deployments: GetDeployment, BatchGetDeployments, ListDeployments, ListDeploymentTargets and
   * BatchGetDeploymentTargets.
   */
  | 'stale'
  /** The request succeeds, but not for all series: `InternalError`. Only of GetMetricData. */
  | 'brokenSeries'
  | 'custom'

/**
 * Something that goes wrong with requests. "After" means that the service acted, and its answer is lost; `stall`, that it acted and
 * sent the headers of its answer, but never all of the body.
 */
export interface Fault {
  /** Such as CreateDeployment; `*` is any. */
  operation: string
  /** Only requests about this function, or about its deployments alone; a denial hits also those that are about others too. */
  about?: string
  /** Only between these moments, epoch ms. */
  when?: { from?: number; to?: number }
  /** How many matching requests go through first. */
  skip?: number
  /** How many requests it hits; default 1, Infinity for all. */
  times?: number
  kind: FaultKind
  /** How long `slow` and `timeout` take, and how old a `stale` answer is, milliseconds. */
  ms?: number
  /** Of which metric the series are broken, such as Errors; of all when left out. */
  metric?: string
  /** HTTP status of `html`; default 200. */
  status?: number
  /** The answer of `custom`; `extras` are further members of its body. */
  error?: { name: string; message: string; status: number; extras?: Record<string, unknown> }
}

/** Faults that wait for requests. */
export class Faults {
  #waiting: { fault: Fault; skip: number; times: number }[] = []

  add(fault: Fault): void {
    this.#waiting.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 })
  }

  clear(): void {
    this.#waiting = []
  }

  /**
   * The fault that hits this request: the first one added that matches. Counts as one of its `times`. `about` gives the functions that the
   * request is about.
   */
  take(operation: string, now: number, about: () => readonly string[] = () => []): Fault | undefined {
    for (const each of this.#waiting) {
      const { fault } = each
      if (fault.operation !== '*' && fault.operation !== operation) continue
      if (fault.about !== undefined && !isAbout(fault.about, fault.kind, about())) continue
      if (now < (fault.when?.from ?? 0) || now > (fault.when?.to ?? Number.POSITIVE_INFINITY)) continue
      if (each.skip-- > 0) continue
      if (--each.times <= 0) this.#waiting = this.#waiting.filter(other => other !== each)
      return fault
    }
    return undefined
  }
}

/** Whoever may not read one of several things gets none of them. */
const isAbout = (name: string, kind: FaultKind, about: readonly string[]): boolean =>
  kind === 'accessDenied' ? about.includes(name) : about.length > 0 && about.every(each => each === name)
