import type { AliasConfiguration } from '@aws-sdk/client-lambda'

/** What the alias held from a moment on, as the output `serving-version` spells it; '' while it did not exist. */
interface Held {
  at: number
  serving: string
  /** Neither CodeDeploy nor a run of ours did it. */
  bySomebody: boolean
}

/** What the alias truly served at each moment, by the simulated Lambda itself. */
export class History {
  readonly #held: Held[] = []

  note(at: number, alias: AliasConfiguration | undefined, bySomebody: boolean): void {
    this.#held.push({ at, serving: alias ? servingOf(alias) : '', bySomebody })
  }

  /** Everything that the alias held at some moment from `from` to `to`. */
  between(from: number, to: number): string[] {
    const first = this.#held.findLastIndex(({ at }) => at < from)
    return this.#held
      .slice(Math.max(0, first))
      .filter(({ at }) => at <= to)
      .map(({ serving }) => serving)
  }

  /** Whether somebody changed the alias then, which does not mean when the world began. */
  wasTouched(from: number, to: number): boolean {
    return this.#held.slice(1).some(({ at, bySomebody }) => bySomebody && at >= from && at <= to)
  }

  get last(): Held {
    return this.#held.at(-1) ?? { at: 0, serving: '', bySomebody: true }
  }
}

/** Written again here, so that no bug of src can hide itself. */
function servingOf({ FunctionVersion = '', RoutingConfig }: AliasConfiguration): string {
  const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {}).filter(
    ([, weight]) => weight > 0
  )
  const left = weights.reduce((sum, [, weight]) => sum - weight, 1)
  const rounded = Math.round(left * 1e6) / 1e6
  const parts: [string, number][] = [
    ...(rounded > 0 ? [[FunctionVersion, rounded] as [string, number]] : []),
    ...weights
  ]
  if (parts.length === 1) return parts[0]?.[0] ?? ''
  return parts.map(([version, weight]) => `${version}:${weight}`).join(',')
}
