import {
  type FunctionConfiguration,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ListVersionsByFunctionCommand
} from '@aws-sdk/client-lambda'
import { bareName } from '../deployment/names.ts'
import { Failure } from '../failure.ts'
import type { FunctionVersion } from '../plan/holdings.ts'
import type { Arns } from './arns.ts'
import { type Asking, patiently } from './ask.ts'
import { malformed, mustBe } from './failure.ts'

/** How many versions a release of one function with both hooks reads at once. */
const few = 4
/** How long to keep asking for what is only nice to know, ms. */
const shortMs = 15_000
/** Fifty versions each, at most. A longer list helps nobody. */
const mostPages = 20

/**
 * Reads versions by GetFunctionConfiguration, which shares fifteen requests a second with everything else. GetFunction says the same
 * and has a larger budget of its own, so many versions at once are read by that, if the role allows it. The first of these reads
 * finds out whether it does.
 */
export class Versions {
  readonly #client: LambdaClient
  readonly #asking: Asking
  readonly #arns: Arns
  #together: { count: number; areMany: Promise<boolean> } | undefined
  #allowed: Promise<boolean> | undefined

  constructor(client: LambdaClient, asking: Asking, arns: Arns) {
    this.#client = client
    this.#asking = asking
    this.#arns = arns
  }

  /** `qualifier`: a version or an alias; undefined for `$LATEST`. Throws Failure, also when there is no such version. */
  async read(functionName: string, qualifier: string | undefined): Promise<FunctionVersion> {
    const input = { FunctionName: functionName, ...(qualifier && { Qualifier: qualifier }) }
    const byFunction = async (): Promise<FunctionVersion | 'denied'> => {
      try {
        return await this.#ask('lambda:GetFunction', input, async () => {
          const { Configuration } = await this.#client.send(new GetFunctionCommand(input))
          return Configuration ?? {}
        })
      } catch (failure) {
        if (failure instanceof Failure && failure.kind === 'denied') return 'denied'
        throw failure
      }
    }
    const read = (await this.#areMany()) ? await this.#ifAllowed(byFunction) : 'denied'
    if (read !== 'denied') return read
    return await this.#ask('lambda:GetFunctionConfiguration', input, () =>
      this.#client.send(new GetFunctionConfigurationCommand(input))
    )
  }

  /** The numbers of the published versions, ascending. They are nice to know: undefined when they cannot be read, or are too many. */
  async list(functionName: string): Promise<readonly string[] | undefined> {
    const action = 'lambda:ListVersionsByFunction'
    const resource = this.#arns.lambda(functionName)
    const asking = { ...this.#asking, patienceMs: shortMs }
    const versions: string[] = []
    let marker: string | undefined
    try {
      for (let page = 0; page < mostPages; page++) {
        const command = new ListVersionsByFunctionCommand({
          FunctionName: functionName,
          ...(marker && { Marker: marker })
        })
        const { Versions, NextMarker } = await patiently(asking, action, resource, async () => {
          const { Versions, NextMarker } = await this.#client.send(command)
          if (!Versions) throw malformed(action, resource, 'Versions')
          for (const { FunctionName } of Versions)
            mustBe(action, resource, 'function', FunctionName, bareName(functionName))
          return { Versions, NextMarker }
        })
        versions.push(...Versions.flatMap(({ Version = '' }) => (isPublished(Version) ? [Version] : [])))
        if (!NextMarker) return versions.sort((a, b) => Number(a) - Number(b))
        marker = NextMarker
      }
    } catch (failure) {
      const isOptional = failure instanceof Failure && !['credentials', 'unsent'].includes(failure.kind)
      if (!isOptional) throw failure
    }
    return undefined
  }

  /** Whether many versions are being read at this moment. */
  #areMany(): Promise<boolean> {
    if (!this.#together) {
      const together = { count: 0, areMany: Promise.resolve(false) }
      together.areMany = Promise.resolve().then(() => {
        this.#together = undefined
        return together.count > few
      })
      this.#together = together
    }
    this.#together.count++
    return this.#together.areMany
  }

  async #ifAllowed<T>(read: () => Promise<T | 'denied'>): Promise<T | 'denied'> {
    if (this.#allowed !== undefined) return (await this.#allowed) ? await read() : 'denied'
    const first = read()
    this.#allowed = first.then(
      answer => answer !== 'denied',
      () => true
    )
    return await first
  }

  #ask(
    action: string,
    { FunctionName, Qualifier }: { FunctionName: string; Qualifier?: string },
    send: () => Promise<FunctionConfiguration>
  ): Promise<FunctionVersion> {
    const resource = this.#arns.lambda(FunctionName, Qualifier)
    return patiently(this.#asking, action, resource, async () => {
      const version = versionFrom(await send(), FunctionName, action, resource)
      // If the qualifier is an alias, any version may be the answer.
      if (Qualifier === undefined || isPublished(Qualifier))
        mustBe(action, resource, 'version', version.version, Qualifier ?? '$LATEST')
      this.#arns.learn(version.arn)
      return version
    })
  }
}

export const isPublished = (version: string): boolean => /^\d+$/.test(version)

/** `2026-08-08T19:47:26.000+0000`, as epoch ms. */
export function timeOf(text: string | undefined): number | undefined {
  const at = Date.parse(text?.replace(/([+-]\d{2})(\d{2})$/, '$1:$2') ?? '')
  return Number.isNaN(at) ? undefined : at
}

/** Checks each field: an incomplete answer must not pass for a version. */
export function versionFrom(
  answer: FunctionConfiguration,
  functionName: string,
  action: string,
  resource: string
): FunctionVersion {
  const { Version, FunctionArn, CodeSha256 } = answer
  mustBe(action, resource, 'function', answer.FunctionName, bareName(functionName))
  if (!Version || !FunctionArn || !CodeSha256)
    throw malformed(action, resource, 'Version, FunctionArn or CodeSha256')
  const modifiedAt = timeOf(answer.LastModified)
  return {
    version: Version,
    arn: FunctionArn,
    codeSha256: CodeSha256,
    ...(answer.RevisionId && { revisionId: answer.RevisionId }),
    ...(answer.Role && { role: answer.Role }),
    ...(answer.DeadLetterConfig?.TargetArn && { deadLetterQueue: answer.DeadLetterConfig.TargetArn }),
    ...(answer.Description && { description: answer.Description }),
    ...(answer.State && { state: answer.State }),
    ...(answer.StateReason && { stateReason: answer.StateReason }),
    ...(answer.LastUpdateStatus && { lastUpdateStatus: answer.LastUpdateStatus }),
    ...(answer.LastUpdateStatusReason && { lastUpdateReason: answer.LastUpdateStatusReason }),
    ...(modifiedAt !== undefined && { modifiedAt }),
    ...(answer.Timeout && { timeoutSeconds: answer.Timeout }),
    ...(answer.LoggingConfig?.LogGroup && { logGroup: answer.LoggingConfig.LogGroup })
  }
}
