import type {
  AliasConfiguration,
  CreateAliasCommandInput,
  CreateFunctionCommandInput,
  DeleteAliasCommandInput,
  DeleteFunctionCommandInput,
  FunctionCodeLocation,
  FunctionConfiguration,
  GetAliasCommandInput,
  GetFunctionCodeSigningConfigCommandInput,
  GetFunctionCommandInput,
  GetFunctionConcurrencyCommandInput,
  GetFunctionConfigurationCommandInput,
  GetPolicyCommandInput,
  GetProvisionedConcurrencyConfigCommandInput,
  InvokeCommandInput,
  ListAliasesCommandInput,
  ListFunctionsCommandInput,
  ListProvisionedConcurrencyConfigsCommandInput,
  ListTagsCommandInput,
  ListVersionsByFunctionCommandInput,
  PublishVersionCommandInput,
  PutProvisionedConcurrencyConfigCommandInput,
  State,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateAliasCommandInput,
  UpdateFunctionCodeCommandInput,
  UpdateFunctionConfigurationCommandInput
} from '@aws-sdk/client-lambda'
import type { Aws } from '../aws.ts'
import type { Caller } from '../identity/authorization.ts'
import { Account } from './account.ts'
import { Aliases } from './aliases.ts'
import { configuration } from './function.ts'
import { Functions } from './functions.ts'
import { type Invocation, invoke } from './invocation.ts'
import { ProvisionedConcurrency } from './provisioned.ts'

interface ToldFunction {
  Configuration: FunctionConfiguration
  Code: FunctionCodeLocation
  Tags?: Record<string, string>
}

/** Lambda's operations, with AWS's own shapes for input and output. Each throws a ServiceError where Lambda would. */
export class Lambda {
  readonly #aws: Aws
  readonly #functions: Functions
  readonly #aliases: Aliases
  readonly #account: Account
  readonly #provisioned: ProvisionedConcurrency

  constructor(aws: Aws) {
    this.#aws = aws
    this.#functions = new Functions(aws)
    this.#aliases = new Aliases(aws, this.#functions)
    this.#account = new Account(aws, this.#functions)
    this.#provisioned = new ProvisionedConcurrency(aws, this.#functions)
  }

  createFunction(input: CreateFunctionCommandInput, caller?: Caller): FunctionConfiguration {
    return this.#functions.create(input, caller)
  }

  getFunction(input: GetFunctionCommandInput): ToldFunction {
    return this.functionAsOf(input, this.#aws.clock.now())
  }

  /** Not an operation: what GetFunction would have answered then, epoch ms. */
  functionAsOf(input: GetFunctionCommandInput, at: number): ToldFunction {
    const { fn, snapshot, qualifier } = this.#functions.resolve(input.FunctionName, input.Qualifier, at)
    return {
      Configuration: configuration(this.#aws, fn, snapshot, qualifier),
      Code: {
        ...snapshot.codeLocation,
        ...(snapshot.codeLocation.RepositoryType === 'S3' && {
          Location: `https://example.invalid/${fn.name}/${snapshot.version}`
        })
      },
      ...(Object.keys(fn.tags).length > 0 && { Tags: fn.tags })
    }
  }

  getFunctionConfiguration(input: GetFunctionConfigurationCommandInput): FunctionConfiguration {
    return this.configurationAsOf(input, this.#aws.clock.now())
  }

  /** Not an operation: what GetFunctionConfiguration would have answered then, epoch ms. */
  configurationAsOf(input: GetFunctionConfigurationCommandInput, at: number): FunctionConfiguration {
    const { fn, snapshot, qualifier } = this.#functions.resolve(input.FunctionName, input.Qualifier, at)
    return configuration(this.#aws, fn, snapshot, qualifier)
  }

  updateFunctionCode(input: UpdateFunctionCodeCommandInput, caller?: Caller): FunctionConfiguration {
    return this.#functions.updateCode(input, caller)
  }

  updateFunctionConfiguration(input: UpdateFunctionConfigurationCommandInput): FunctionConfiguration {
    return this.#functions.updateConfiguration(input)
  }

  publishVersion(input: PublishVersionCommandInput): FunctionConfiguration {
    return this.#functions.publish(input)
  }

  listVersionsByFunction(input: ListVersionsByFunctionCommandInput): {
    Versions: FunctionConfiguration[]
    NextMarker?: string
  } {
    return this.versionsAsOf(input, this.#aws.clock.now())
  }

  /** Not an operation: what ListVersionsByFunction would have answered then, epoch ms. */
  versionsAsOf(input: ListVersionsByFunctionCommandInput, at: number) {
    return this.#functions.versions(input, at)
  }

  listFunctions(input: ListFunctionsCommandInput) {
    return this.#account.list(input)
  }

  listTags(input: ListTagsCommandInput): { Tags: Record<string, string> } {
    return { Tags: { ...this.#account.tags(input.Resource) } }
  }

  tagResource(input: TagResourceCommandInput): void {
    this.#account.tag(input.Resource, input.Tags)
  }

  untagResource(input: UntagResourceCommandInput): void {
    this.#account.untag(input.Resource, input.TagKeys)
  }

  getPolicy(input: GetPolicyCommandInput): never {
    return this.#account.policy(input.FunctionName, input.Qualifier)
  }

  getFunctionConcurrency(input: GetFunctionConcurrencyCommandInput): Record<string, never> {
    this.#functions.find(input.FunctionName)
    return {}
  }

  getProvisionedConcurrencyConfig(input: GetProvisionedConcurrencyConfigCommandInput) {
    return this.#provisioned.get(input)
  }

  getFunctionCodeSigningConfig(input: GetFunctionCodeSigningConfigCommandInput): Record<string, never> {
    this.#functions.find(input.FunctionName)
    return {}
  }

  getAccountSettings() {
    return this.#account.settings()
  }

  /** Without a qualifier, the whole function. */
  deleteFunction(input: DeleteFunctionCommandInput): Record<string, never> {
    return this.#functions.delete(input)
  }

  putProvisionedConcurrencyConfig(input: PutProvisionedConcurrencyConfigCommandInput) {
    return this.#provisioned.put(input)
  }

  listProvisionedConcurrencyConfigs(input: ListProvisionedConcurrencyConfigsCommandInput) {
    return this.#provisioned.list(input)
  }

  createAlias(input: CreateAliasCommandInput): AliasConfiguration {
    return this.#aliases.create(input)
  }

  getAlias(input: GetAliasCommandInput): AliasConfiguration {
    return this.#aliases.get(input)
  }

  /** What GetAlias answered at that moment, epoch ms. */
  aliasAsOf(input: GetAliasCommandInput, at: number): AliasConfiguration {
    return this.#aliases.get(input, at)
  }

  /** What was set up is as if it had been so for long: no answer can be older. */
  settle(): void {
    this.#functions.settle()
  }

  updateAlias(input: UpdateAliasCommandInput): AliasConfiguration {
    return this.#aliases.update(input)
  }

  listAliases(input: ListAliasesCommandInput): { Aliases: AliasConfiguration[]; NextMarker?: string } {
    return this.aliasesAsOf(input, this.#aws.clock.now())
  }

  /** Not an operation: what ListAliases would have answered then, epoch ms. */
  aliasesAsOf(input: ListAliasesCommandInput, at: number) {
    return this.#aliases.list(input, at)
  }

  deleteAlias(input: DeleteAliasCommandInput): Record<string, never> {
    return this.#aliases.delete(input)
  }

  /** Waits as long as the function runs, unless the invocation type is Event. */
  async invoke(input: InvokeCommandInput): Promise<Invocation> {
    const { fn, snapshot, qualifier } = this.#functions.resolve(input.FunctionName, input.Qualifier)
    const weights = Object.entries(fn.aliases.get(qualifier ?? '')?.weights ?? {})[0]
    const chosen =
      weights && this.#aws.random.next() < weights[1] ? this.#functions.version(fn, weights[0]) : snapshot
    const call = (ms: number, isError: boolean, at: number) =>
      this.#aws.metrics.traffic.called({
        functionName: fn.name,
        qualifier: qualifier ?? '$LATEST',
        version: chosen.version,
        at,
        ms,
        isError
      })
    if (chosen.state !== 'Inactive') return invoke(this.#aws, fn, chosen, input, call)
    // It fails, and wakes the version.
    const failing = invoke(this.#aws, fn, chosen, input)
    this.#functions.wake(fn, chosen)
    return failing
  }

  /** Not an operation: puts a version into a state that only time or an administrator brings about. */
  setVersionState(functionName: string, version: string, state: State): void {
    this.#functions.setState(functionName, version, state)
  }

  /** Not an operation: lets time have passed since `$LATEST` was updated and the versions up to this one were published. */
  backdate(functionName: string, byMs: number, upTo?: number): void {
    this.#functions.backdate(functionName, byMs, upTo)
  }

  /** Not an operation here: what CloudFront does with a version of a Lambda@Edge function. */
  replicate(functionName: string, version: string): void {
    this.#functions.replicate(functionName, version)
  }

  /** Not an operation: whether a version has a DurableConfig. */
  isDurable(functionName: string, version: string): boolean {
    const fn = this.#functions.find(functionName)
    return fn.versions.some(each => each.version === version && each.settings.DurableConfig !== undefined)
  }

  /** Not an operation: when a version was published, epoch ms; undefined when there is none. */
  publishedMs(functionName: string, version: string): number | undefined {
    return this.#functions.find(functionName).versions.find(each => each.version === version)?.publishedMs
  }
}
