import {
  DeleteFunctionCommand,
  type LambdaClient,
  ListAliasesCommand,
  ListProvisionedConcurrencyConfigsCommand,
  ListVersionsByFunctionCommand
} from '@aws-sdk/client-lambda'
import type { NamedTraffic } from '../deployment/observation.ts'
import { Failure, unsent } from '../failure.ts'
import type { DeleteVersionsPort } from '../operations/deleteversions.ts'
import type { PublishedVersion } from '../plan/oldversions.ts'
import type { Arns } from './arns.ts'
import { type Asking, once } from './ask.ts'
import { malformed, mustBe } from './failure.ts'
import { type Page, pagesOf } from './pages.ts'
import { isPublished, timeOf } from './versions.ts'

/** What is asked of Lambda about old versions. A list is whole, or its reading fails. All methods throw Failure. */
export class OldVersions {
  readonly #client: LambdaClient
  readonly #asking: Asking
  readonly #arns: Arns

  constructor(client: LambdaClient, asking: Asking, arns: Arns) {
    this.#client = client
    this.#asking = asking
    this.#arns = arns
  }

  readonly published: DeleteVersionsPort['lambda']['published'] = functionName =>
    this.#all('lambda:ListVersionsByFunction', functionName, async (Marker, resource) => {
      const action = 'lambda:ListVersionsByFunction'
      const command = new ListVersionsByFunctionCommand({ FunctionName: functionName, ...Marker })
      const { Versions, NextMarker } = await this.#client.send(command)
      if (!Versions) throw malformed(action, resource, 'Versions')
      const items = Versions.flatMap((each): PublishedVersion[] => {
        const { DurableConfig, FunctionName, Version, LastModified } = each
        mustBe(action, resource, 'function', FunctionName, functionName)
        if (!Version) throw malformed(action, resource, 'Version')
        const modifiedAt = timeOf(LastModified)
        if (!isPublished(Version)) return []
        return [
          {
            version: Version,
            ...(modifiedAt !== undefined && { modifiedAt }),
            ...(DurableConfig && { isDurable: true })
          }
        ]
      })
      return { items, next: NextMarker }
    })

  readonly aliases: DeleteVersionsPort['lambda']['aliases'] = functionName =>
    this.#all('lambda:ListAliases', functionName, async (Marker, resource) => {
      const action = 'lambda:ListAliases'
      const command = new ListAliasesCommand({ FunctionName: functionName, ...Marker })
      const { Aliases, NextMarker } = await this.#client.send(command)
      if (!Aliases) throw malformed(action, resource, 'Aliases')
      const items = Aliases.map(({ AliasArn, FunctionVersion, RoutingConfig }): NamedTraffic => {
        const [name, alias] = AliasArn?.split(':').slice(6) ?? []
        mustBe(action, resource, 'function', name, functionName)
        if (!alias) throw malformed(action, resource, 'AliasArn')
        if (!FunctionVersion) throw malformed(action, resource, 'FunctionVersion')
        return { alias, version: FunctionVersion, weights: RoutingConfig?.AdditionalVersionWeights ?? {} }
      })
      return { items, next: NextMarker }
    })

  readonly provisioned: DeleteVersionsPort['lambda']['provisioned'] = functionName =>
    this.#all('lambda:ListProvisionedConcurrencyConfigs', functionName, async (Marker, resource) => {
      const action = 'lambda:ListProvisionedConcurrencyConfigs'
      const command = new ListProvisionedConcurrencyConfigsCommand({ FunctionName: functionName, ...Marker })
      const { ProvisionedConcurrencyConfigs, NextMarker } = await this.#client.send(command)
      if (!ProvisionedConcurrencyConfigs) throw malformed(action, resource, 'ProvisionedConcurrencyConfigs')
      const items = ProvisionedConcurrencyConfigs.map(({ FunctionArn }) => {
        const [name, qualifier] = FunctionArn?.split(':').slice(6) ?? []
        mustBe(action, resource, 'function', name, functionName)
        if (!qualifier) throw malformed(action, resource, 'FunctionArn')
        return qualifier
      })
      return { items, next: NextMarker }
    })

  /** Deleting a version that is gone already succeeds, so this may be sent again. */
  readonly deleteVersion: DeleteVersionsPort['lambda']['deleteVersion'] = async (functionName, version) => {
    const action = 'lambda:DeleteFunction'
    const resource = this.#arns.lambda(functionName, version)
    if (this.#asking.over?.aborted) throw unsent(action, resource)
    try {
      await once(action, resource, async () => {
        const command = new DeleteFunctionCommand({ FunctionName: functionName, Qualifier: version })
        const { $metadata } = await this.#client.send(command)
        // Anything else is a proxy's page.
        if ($metadata.httpStatusCode !== 204 && $metadata.httpStatusCode !== 202)
          throw malformed(action, resource, 'the status of a deletion')
      })
    } catch (failure) {
      // The next release deletes other versions: a permission for this one would be of no use.
      if (!(failure instanceof Failure) || failure.kind !== 'denied') throw failure
      const versions = failure.resource.replace(new RegExp(`:${version}$`), ':*')
      throw new Failure(failure.message, { ...failure, resource: versions })
    }
  }

  /** All pages. */
  async #all<T>(
    action: string,
    functionName: string,
    ask: (marker: { Marker?: string }, resource: string) => Promise<Page<T>>
  ): Promise<T[]> {
    const resource = this.#arns.lambda(functionName)
    const all: T[] = []
    const pages = pagesOf(this.#asking, action, resource, Marker => ask(Marker ? { Marker } : {}, resource))
    for await (const { items } of pages) all.push(...items)
    return all
  }
}
