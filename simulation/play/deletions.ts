import type { Aws } from '../../simulator/aws.ts'

/** Something that names a version, and from when until when, epoch ms; it still does without `until`. */
interface Naming {
  what: string
  since: number
  until?: number
}

/** A version that Lambda has deleted, and what there was in that moment. */
export interface Deletion {
  at: number
  functionName: string
  /** Undefined: the whole function. */
  version: string | undefined
  /** When it was published, epoch ms; undefined when there was none of that number. */
  publishedMs: number | undefined
  /** It had a DurableConfig. */
  wasDurable: boolean
  aliases: readonly Naming[]
  /** What alias beta of the function served wholly or mostly; undefined when there was none. */
  beta: { version: string; since: number } | undefined
  provisioned: readonly Naming[]
}

/** Remembers which aliases named which versions since when, and what was deleted, by the input of the request. */
export class Deletions {
  readonly all = new Map<object, Deletion>()
  /** Function and alias -> version. */
  readonly #named = new Map<string, Map<string, Naming>>()
  readonly #provisioned = new Map<string, number>()
  /** By function. */
  readonly #beta = new Map<string, { version: string; since: number }>()

  constructor(aws: Aws, happened: (what: string) => void) {
    const { lambda, clock } = aws
    for (const name of ['createAlias', 'updateAlias'] as const) {
      const change = lambda[name].bind(lambda) as typeof lambda.updateAlias
      lambda[name] = (input: Parameters<typeof change>[0]) => {
        const answer = change(input)
        const { FunctionName = '', Name } = input
        const version = answer.FunctionVersion ?? ''
        if (Name === 'beta' && this.#beta.get(FunctionName)?.version !== version)
          this.#beta.set(FunctionName, { version, since: clock.now() })
        this.#name(`${input.FunctionName}:${input.Name}`, clock.now(), [
          answer.FunctionVersion ?? '',
          ...Object.keys(answer.RoutingConfig?.AdditionalVersionWeights ?? {})
        ])
        return answer
      }
    }
    const deleteAlias = lambda.deleteAlias.bind(lambda)
    lambda.deleteAlias = input => {
      this.#name(`${input.FunctionName}:${input.Name}`, clock.now(), [])
      return deleteAlias(input)
    }
    const provision = lambda.putProvisionedConcurrencyConfig.bind(lambda)
    lambda.putProvisionedConcurrencyConfig = input => {
      const answer = provision(input)
      const key = `${input.FunctionName}:${input.Qualifier}`
      if (!this.#provisioned.has(key)) this.#provisioned.set(key, clock.now())
      return answer
    }
    const remove = lambda.deleteFunction.bind(lambda)
    lambda.deleteFunction = input => {
      const { FunctionName: functionName = '', Qualifier: version } = input
      const publishedMs = version === undefined ? undefined : lambda.publishedMs(functionName, version)
      const wasDurable = version !== undefined && lambda.isDurable(functionName, version)
      const answer = remove(input)
      this.all.set(input, {
        at: clock.now(),
        functionName,
        version,
        publishedMs,
        wasDurable,
        aliases: this.#namingOf(functionName, version),
        beta: this.#beta.get(functionName),
        provisioned: [...this.#provisioned].flatMap(([what, since]) =>
          what === `${functionName}:${version}` ? [{ what, since }] : []
        )
      })
      this.#provisioned.delete(`${functionName}:${version}`)
      happened(`${functionName} ${version === undefined ? 'is deleted' : `loses version ${version}`}`)
      return answer
    }
  }

  #name(alias: string, now: number, versions: readonly string[]): void {
    const before = this.#named.get(alias)
    for (const [version, naming] of before ?? []) if (!versions.includes(version)) naming.until = now
    const named = (version: string) => before?.get(version) ?? { what: alias, since: now }
    this.#named.set(alias, new Map(versions.map(version => [version, named(version)])))
  }

  #namingOf(functionName: string, version: string | undefined): Naming[] {
    return [...this.#named].flatMap(([alias, versions]) => {
      const naming = version === undefined ? undefined : versions.get(version)
      return alias.startsWith(`${functionName}:`) && naming ? [naming] : []
    })
  }
}
