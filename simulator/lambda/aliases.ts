import type {
  AliasConfiguration,
  CreateAliasCommandInput,
  GetAliasCommandInput,
  ListAliasesCommandInput,
  UpdateAliasCommandInput
} from '@aws-sdk/client-lambda'
import type { Aws } from '../aws.ts'
import { page } from '../page.ts'
import { type Alias, functionArn, type LambdaFunction } from './function.ts'
import { lambdaError } from './functionname.ts'
import type { Functions } from './functions.ts'

/** Aliases; the rules are the same for people and for CodeDeploy. */
export class Aliases {
  readonly #aws: Aws
  readonly #functions: Functions

  constructor(aws: Aws, functions: Functions) {
    this.#aws = aws
    this.#functions = functions
  }

  create(input: CreateAliasCommandInput): AliasConfiguration {
    const fn = this.#functions.find(input.FunctionName)
    const name = input.Name ?? ''
    if (fn.aliases.has(name))
      throw lambdaError('ResourceConflictException', `Alias already exists: ${this.#arn(fn, name)}`, 409)
    const weights = input.RoutingConfig?.AdditionalVersionWeights
    const alias = this.#checked(fn, {
      name,
      version: input.FunctionVersion ?? '',
      ...(weights && { weights }),
      description: input.Description ?? '',
      revisionId: this.#aws.random.uuid()
    })
    return this.#keep(fn, alias)
  }

  /** @param at Epoch ms; default: now. */
  get(input: GetAliasCommandInput, at = this.#aws.clock.now()): AliasConfiguration {
    const fn = this.#functions.find(input.FunctionName)
    const alias = this.#functions.aliasAsOf(fn, input.Name ?? '', at)
    if (!alias)
      throw lambdaError(
        'ResourceNotFoundException',
        `Cannot find alias arn: ${this.#arn(fn, input.Name ?? '')}`,
        404
      )
    return this.#told(fn, alias)
  }

  /** Without routing in the request it stays as it was; an empty map clears it. The revision changes in any case. */
  update(input: UpdateAliasCommandInput): AliasConfiguration {
    const fn = this.#functions.find(input.FunctionName)
    const before = fn.aliases.get(input.Name ?? '')
    if (!before)
      throw lambdaError(
        'ResourceNotFoundException',
        `Alias not found: ${this.#arn(fn, input.Name ?? '')}`,
        404
      )
    if (input.RevisionId !== undefined && input.RevisionId !== before.revisionId)
      throw lambdaError(
        'PreconditionFailedException',
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
        412
      )
    const weights = input.RoutingConfig ? input.RoutingConfig.AdditionalVersionWeights : before.weights
    const alias = this.#checked(fn, {
      name: before.name,
      version: input.FunctionVersion ?? before.version,
      ...(weights && { weights }),
      description: input.Description ?? before.description,
      revisionId: this.#aws.random.uuid()
    })
    return this.#keep(fn, alias)
  }

  /** @param at Epoch ms; default: now. */
  list(
    input: ListAliasesCommandInput,
    at = this.#aws.clock.now()
  ): { Aliases: AliasConfiguration[]; NextMarker?: string } {
    const fn = this.#functions.find(input.FunctionName)
    const prefix = this.#arn(fn, '')
    const past = this.#functions.pastAliases.keys
      .filter(key => key.startsWith(prefix))
      .map(key => key.slice(prefix.length))
    const aliases = [...new Set([...fn.aliases.keys(), ...past])]
      .flatMap(name => this.#functions.aliasAsOf(fn, name, at) ?? [])
      .filter(alias => !input.FunctionVersion || alias.version === input.FunctionVersion)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(alias => this.#told(fn, alias))
    const { items, next } = page(aliases, input.Marker, Math.min(input.MaxItems ?? 50, 50))
    return { Aliases: items, ...(next && { NextMarker: next }) }
  }

  /** Deleting an alias that does not exist succeeds. */
  delete(input: GetAliasCommandInput): Record<string, never> {
    const fn = this.#functions.find(input.FunctionName)
    this.#set(fn, input.Name ?? '', undefined)
    this.#aws.metrics.traffic.routed(fn.name, input.Name ?? '', {})
    return {}
  }

  #keep(fn: LambdaFunction, alias: Alias): AliasConfiguration {
    this.#set(fn, alias.name, alias)
    const weights = alias.weights ?? {}
    const rest = 1 - Object.values(weights).reduce((sum, weight) => sum + weight, 0)
    this.#aws.metrics.traffic.routed(fn.name, alias.name, { ...weights, [alias.version]: rest })
    return this.#told(fn, alias)
  }

  #set(fn: LambdaFunction, name: string, alias: Alias | undefined): void {
    this.#functions.pastAliases.keep(this.#arn(fn, name), fn.aliases.get(name))
    if (alias) fn.aliases.set(name, alias)
    else fn.aliases.delete(name)
  }

  #checked(fn: LambdaFunction, alias: Alias): Alias {
    const weighted = Object.keys(alias.weights ?? {})
    if (weighted.length > 1)
      throw lambdaError(
        'InvalidParameterValueException',
        'Number of items in AdditionalVersionWeights cannot be greater than 1'
      )
    const primary = this.#functions.version(fn, alias.version)
    const other = weighted[0]
    if (other === undefined) {
      const { weights: _none, ...plain } = alias
      return plain
    }
    if (alias.version === '$LATEST')
      throw lambdaError(
        'InvalidParameterValueException',
        '$LATEST is not supported for an alias pointing to more than 1 version'
      ).untyped()
    if (other === alias.version)
      throw lambdaError(
        'InvalidParameterValueException',
        `Invalid function version ${other}. Function version ${other} is already included in routing configuration.`
      )
    const second = this.#functions.version(fn, other)
    if (primary.settings.Role !== second.settings.Role)
      throw lambdaError(
        'InvalidParameterValueException',
        'Specified versions must be associated with the same execution role'
      )
    if (primary.settings.DeadLetterConfig?.TargetArn !== second.settings.DeadLetterConfig?.TargetArn)
      throw lambdaError(
        'InvalidParameterValueException',
        'Specified versions must be associated with the same dead-letter queue configuration'
      )
    return alias
  }

  #arn(fn: LambdaFunction, name: string): string {
    return functionArn(this.#aws, fn.name, name)
  }

  #told(fn: LambdaFunction, alias: Alias): AliasConfiguration {
    return {
      AliasArn: this.#arn(fn, alias.name),
      Name: alias.name,
      FunctionVersion: alias.version,
      Description: alias.description,
      ...(alias.weights && { RoutingConfig: { AdditionalVersionWeights: { ...alias.weights } } }),
      RevisionId: alias.revisionId
    }
  }
}
