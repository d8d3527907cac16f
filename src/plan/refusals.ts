import { updateAliasCommand } from '../deployment/alias.ts'
import { servingVersion, shares } from '../deployment/observation.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { servingText } from '../text/traffic.ts'
import type { Alias } from './holdings.ts'

/** Why a release is refused: a code, what is wrong, and what to do. */
export type Refusal = [code: string, what: string, next: string]

export const missingSource = (request: ReleaseRequest): Refusal =>
  request.targetVersion
    ? [
        'VERSION_MISSING',
        `Function ${request.functionName} does not exist, or has no version ${request.targetVersion}.`,
        `List what there is: aws lambda list-versions-by-function --function-name ${request.functionName}`
      ]
    : [
        'FUNCTION_MISSING',
        `Function ${request.functionName} does not exist in this account and region.`,
        'Correct function-name or aws-region, or create the function first.'
      ]

export const aliasOnLatest = (request: ReleaseRequest): Refusal => [
  'ALIAS_ON_LATEST',
  `Alias ${request.alias} points to $LATEST. CodeDeploy can only shift from one published version to another.`,
  `Publish what is live and point the alias at that version, once: ${updateAliasCommand(request, 'VERSION')}`
]

export const aliasSplit = (request: ReleaseRequest, alias: Alias): Refusal => [
  'ALIAS_SPLIT',
  `Alias ${request.alias} ${shares(alias).length > 1 ? `is split between ${servingText(alias)}` : `points to version ${alias.version}, and its weights give everything to version ${servingVersion(alias)}`}, and no deployment of group ${request.group} is known to be running: an earlier one was stopped without rollback, or somebody set the weights by hand.`,
  `Choose the version that should serve and give it all traffic, then run the step again: ${updateAliasCommand(request, mostServed(alias))}`
]

/** The version with the greatest share. */
const mostServed = (alias: Alias): string =>
  [...shares(alias)].sort(([, a], [, b]) => b - a)[0]?.[0] ?? alias.version
