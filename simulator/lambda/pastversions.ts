import type { Aws } from '../aws.ts'
import { Past } from '../past.ts'
import { functionArn, type LambdaFunction, type Snapshot } from './function.ts'

/** `$LATEST` and the versions of all functions as they were, for answers that are some seconds old. */
export class PastVersions {
  readonly #aws: Aws
  /** By ARN with the version. */
  readonly #past: Past<Snapshot>

  constructor(aws: Aws) {
    this.#aws = aws
    this.#past = new Past(aws.clock)
  }

  /** To be called before it changes. */
  keep(fn: LambdaFunction, snapshot: Snapshot): void {
    this.#past.keep(this.#arn(fn, snapshot.version), { ...snapshot })
  }

  /** To be called when a version is published. */
  keepNone(fn: LambdaFunction, version: string): void {
    this.#past.keep(this.#arn(fn, version), undefined)
  }

  /** What was set up is as if it had been so for long. */
  settle(): void {
    this.#past.clear()
  }

  /** Undefined: there was none, epoch ms. */
  asOf(fn: LambdaFunction, version: string, at: number): Snapshot | undefined {
    const past = this.#past.asOf(this.#arn(fn, version), at)
    if (past) return past.thing
    return version === '$LATEST' ? fn.latest : fn.versions.find(each => each.version === version)
  }

  /** `$LATEST` first, then the versions in the order of publication. */
  all(fn: LambdaFunction, at: number): Snapshot[] {
    const numbers = Array.from({ length: fn.published }, (_, index) => String(index + 1))
    return ['$LATEST', ...numbers].flatMap(version => this.asOf(fn, version, at) ?? [])
  }

  #arn(fn: LambdaFunction, version: string): string {
    return functionArn(this.#aws, fn.name, version)
  }
}
