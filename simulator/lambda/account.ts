import type {
  FunctionConfiguration,
  GetAccountSettingsCommandOutput,
  ListFunctionsCommandInput
} from '@aws-sdk/client-lambda'
import type { Aws } from '../aws.ts'
import { page } from '../page.ts'
import { listed } from './function.ts'
import { lambdaError, readFunctionName } from './functionname.ts'
import type { Functions } from './functions.ts'

const FUNCTIONS_PER_PAGE = 50
const MOST_TAGS = 50
/** Lambda's default quotas. */
const LIMITS = {
  TotalCodeSize: 300 * 1024 ** 3,
  CodeSizeUnzipped: 262_144_000,
  CodeSizeZipped: 52_428_800,
  ConcurrentExecutions: 1000
}

/** What clients ask of an account's functions besides what a release needs. Nothing here can reserve concurrency or add a policy. */
export class Account {
  readonly #aws: Aws
  readonly #functions: Functions

  constructor(aws: Aws, functions: Functions) {
    this.#aws = aws
    this.#functions = functions
  }

  /** Only $LATEST of each, unless all versions are asked for; without their states. */
  list(input: ListFunctionsCommandInput): { Functions: FunctionConfiguration[]; NextMarker?: string } {
    const all = this.#functions.all.flatMap(fn =>
      input.FunctionVersion === 'ALL'
        ? [fn.latest, ...fn.versions].map(each => listed(this.#aws, fn, each, each.version))
        : [listed(this.#aws, fn, fn.latest)]
    )
    const size = Math.min(input.MaxItems ?? FUNCTIONS_PER_PAGE, FUNCTIONS_PER_PAGE)
    const { items, next } = page(all, input.Marker, size)
    return { Functions: items, ...(next && { NextMarker: next }) }
  }

  settings(): Omit<GetAccountSettingsCommandOutput, '$metadata'> {
    const { all } = this.#functions
    const sizes = all.flatMap(fn => [fn.latest, ...fn.versions]).map(({ settings }) => settings.CodeSize ?? 0)
    return {
      AccountLimit: { ...LIMITS, UnreservedConcurrentExecutions: LIMITS.ConcurrentExecutions },
      AccountUsage: {
        TotalCodeSize: sizes.reduce((sum, each) => sum + each, 0),
        FunctionCount: all.length
      }
    }
  }

  tags(arn: string | undefined): Record<string, string> {
    return this.#functions.find(arn).tags
  }

  /** @throws InvalidParameterValueException for a version or an alias, for no tag, or for more than 50 */
  tag(arn: string | undefined, tags: Record<string, string> | undefined): void {
    const fn = this.#taggable(arn)
    if (!tags || Object.keys(tags).length === 0)
      throw lambdaError(
        'InvalidParameterValueException',
        'An error occurred and the request cannot be processed.'
      )
    const together = { ...fn.tags, ...tags }
    if (Object.keys(together).length > MOST_TAGS)
      throw lambdaError('InvalidParameterValueException', 'Number of tags exceeds function tag limit.')
    fn.tags = together
  }

  untag(arn: string | undefined, keys: readonly string[] | undefined): void {
    const fn = this.#taggable(arn)
    fn.tags = Object.fromEntries(Object.entries(fn.tags).filter(([key]) => !keys?.includes(key)))
  }

  /** @throws ResourceNotFoundException, always */
  policy(functionName: string | undefined, qualifier: string | undefined): never {
    this.#functions.resolve(functionName, qualifier)
    throw lambdaError('ResourceNotFoundException', 'The resource you requested does not exist.', 404)
  }

  #taggable(arn: string | undefined) {
    if (readFunctionName(arn ?? '', this.#aws).qualifier !== undefined)
      throw lambdaError(
        'InvalidParameterValueException',
        'Tagging operations are permitted on Lambda functions only. Tags on aliases and versions are not supported. Please specify either a function name or a function ARN.'
      )
    return this.#functions.find(arn)
  }
}
