import type {
  GetProvisionedConcurrencyConfigCommandInput,
  GetProvisionedConcurrencyConfigCommandOutput,
  ListProvisionedConcurrencyConfigsCommandInput,
  ProvisionedConcurrencyConfigListItem,
  PutProvisionedConcurrencyConfigCommandInput,
  PutProvisionedConcurrencyConfigCommandOutput
} from '@aws-sdk/client-lambda'
import type { Aws } from '../aws.ts'
import { page } from '../page.ts'
import { functionArn, lastModified } from './function.ts'
import { lambdaError } from './functionname.ts'
import type { Functions } from './functions.ts'

const PER_PAGE = 50

/** Which versions and aliases have provisioned concurrency. It is there at once, and serves nothing. */
export class ProvisionedConcurrency {
  readonly #aws: Aws
  readonly #functions: Functions

  constructor(aws: Aws, functions: Functions) {
    this.#aws = aws
    this.#functions = functions
  }

  put(
    input: PutProvisionedConcurrencyConfigCommandInput
  ): Omit<PutProvisionedConcurrencyConfigCommandOutput, '$metadata'> {
    const {
      fn,
      snapshot,
      qualifier = '$LATEST'
    } = this.#functions.resolve(input.FunctionName, input.Qualifier)
    if (snapshot.version === '$LATEST')
      throw lambdaError(
        'InvalidParameterValueException',
        'Provisioned Concurrency Configs cannot be applied to unpublished function versions.'
      )
    if (fn.aliases.get(qualifier)?.weights)
      throw lambdaError(
        'InvalidParameterValueException',
        'Alias with weights can not be used with Provisioned Concurrency'
      )
    const count = input.ProvisionedConcurrentExecutions ?? 0
    fn.provisioned.set(qualifier, { count, sinceMs: this.#aws.clock.now() })
    return {
      RequestedProvisionedConcurrentExecutions: count,
      AllocatedProvisionedConcurrentExecutions: 0,
      Status: 'IN_PROGRESS',
      LastModified: lastModified(this.#aws.clock.now())
    }
  }

  /** Of exactly this version or alias: an alias does not have what its version has. */
  get(
    input: GetProvisionedConcurrencyConfigCommandInput
  ): Omit<GetProvisionedConcurrencyConfigCommandOutput, '$metadata'> {
    const { FunctionName, Qualifier = '' } = input
    if (Qualifier === '$LATEST')
      throw lambdaError(
        'InvalidParameterValueException',
        'The function resource provided must be an alias or a published version.'
      )
    const { fn } = this.#functions.resolve(FunctionName, Qualifier)
    const found = fn.provisioned.get(Qualifier)
    if (!found)
      throw lambdaError(
        'ProvisionedConcurrencyConfigNotFoundException',
        'No Provisioned Concurrency Config found for this function',
        404
      )
    return {
      RequestedProvisionedConcurrentExecutions: found.count,
      AvailableProvisionedConcurrentExecutions: found.count,
      AllocatedProvisionedConcurrentExecutions: found.count,
      Status: 'READY',
      LastModified: lastModified(found.sinceMs)
    }
  }

  list(input: ListProvisionedConcurrencyConfigsCommandInput): {
    ProvisionedConcurrencyConfigs: ProvisionedConcurrencyConfigListItem[]
    NextMarker?: string
  } {
    const fn = this.#functions.find(input.FunctionName)
    const all = [...fn.provisioned].map(([qualifier, { count, sinceMs }]) => ({
      FunctionArn: functionArn(this.#aws, fn.name, qualifier),
      RequestedProvisionedConcurrentExecutions: count,
      AvailableProvisionedConcurrentExecutions: count,
      AllocatedProvisionedConcurrentExecutions: count,
      Status: 'READY' as const,
      LastModified: lastModified(sinceMs)
    }))
    const { items, next } = page(all, input.Marker, Math.min(input.MaxItems ?? PER_PAGE, PER_PAGE))
    return { ProvisionedConcurrencyConfigs: items, ...(next && { NextMarker: next }) }
  }
}
