import { giveAllTo, updateAliasCommand } from '../deployment/alias.ts'
import { isWhollyOn, servingVersion, shares } from '../deployment/observation.ts'
import type { Cause } from '../deployment/outcome.ts'
import { goesBack, type ReleaseRequest } from '../inputs/request.ts'
import { servingText } from '../text/traffic.ts'
import type { Alias, Holdings } from './holdings.ts'
import { nearest } from './nearest.ts'

/** Why a release is refused: a code, what is wrong, and what to do. */
export type Refusal = [code: string, what: string, next: string]

export const causeOfRefusal = ([code, what, next]: Refusal): Cause => ({ code, what, next })

/** What is wrong with the release apart from its versions. */
export function brokenParts(request: ReleaseRequest, held: Holdings): Refusal | undefined {
  const { application, group, hooks } = request
  if (held.group === 'no-application') return applicationMissing(application, stepCreates)
  if (held.group === 'no-group') return groupMissing(application, group, held.otherGroups, stepCreates)
  const platform = typeof held.group === 'object' ? held.group.computePlatform : undefined
  if (platform !== undefined && platform !== 'Lambda')
    return [
      'WRONG_COMPUTE_PLATFORM',
      `Deployment group ${group} is for compute platform ${platform}, not Lambda.`,
      'Use a deployment group of an application whose compute platform is Lambda.'
    ]
  if (held.strategy === 'missing' && !held.configuration?.mayCreate)
    return [
      'STRATEGY_MISSING',
      `CodeDeploy has no deployment configuration ${held.configuration?.name ?? ''}.`,
      'Correct codedeploy-deployment-config: one of CodeDeployDefault.Lambda…, a custom configuration of this account, or a strategy such as Canary25Percent7Minutes or Linear5PercentEvery3Minutes, which is created.'
    ]
  for (const [event, hook] of Object.entries(hooks))
    if (held.hooks.get(hook) === 'missing')
      return [
        'HOOK_MISSING',
        `The ${event} hook ${hook} does not exist in this account and region.`,
        'Correct the name, or deploy the hook first. A hook that cannot be invoked would hold up the deployment.'
      ]
  const { code } = held
  if (code && request.code && (request.code.kind === 'image') !== (code.packageType === 'Image'))
    return [
      'WRONG_PACKAGE_TYPE',
      `Function ${request.functionName} runs ${code.packageType === 'Image' ? 'a container image, and code names none' : 'a .zip archive, and code names an image'}.`,
      'A function keeps the type that it was created with: correct code, or create another function.'
    ]
  if (request.account && held.source && !held.source.arn.includes(`:${request.account}:`))
    return [
      'WRONG_ACCOUNT',
      `function-name is in account ${request.account}, but the credentials are for another one.`,
      'CodeDeploy deploys functions of its own account only: use credentials of that account.'
    ]
  return undefined
}

const stepCreates = ' With codedeploy-service-role, the step creates it.'

/** `instead`: what may be done instead, a sentence. */
export const applicationMissing = (application: string, instead = ''): Refusal => [
  'APPLICATION_MISSING',
  `There is no CodeDeploy application ${application} in this account and region.`,
  `Correct codedeploy-application, or create it: aws deploy create-application --application-name ${application} --compute-platform Lambda${instead && `.${instead}`}`
]

/** `others`: the groups that the application has, as far as they are known. */
export const groupMissing = (
  application: string,
  group: string,
  others: readonly string[] = [],
  instead = ''
): Refusal => [
  'DEPLOYMENT_GROUP_MISSING',
  `CodeDeploy application ${application} has no deployment group ${group}.`,
  `Correct codedeploy-deployment-group${others.length > 0 ? ` (the nearest that there are: ${nearest(group, others).join(', ')})` : ''}, or create the group.${instead}`
]

/** Nothing serves that could be gone back from. */
export const nothingServes = (request: ReleaseRequest, held: Holdings): Refusal =>
  held.source
    ? [
        'ALIAS_MISSING',
        `Function ${request.functionName} has no alias ${request.alias}, so nothing has served before.`,
        'Correct alias, or give the number of a version in target-version to create the alias.'
      ]
    : functionMissing(request)

export const functionMissing = ({ functionName }: Pick<ReleaseRequest, 'functionName'>): Refusal => [
  'FUNCTION_MISSING',
  `Function ${functionName} does not exist in this account and region.`,
  'Correct function-name or aws-region, or create the function first.'
]

/** Without a shift there are no minutes in which both versions serve. */
export const nothingToJudge: Refusal = [
  'GATE_NEEDS_A_SHIFT',
  'max-error-rate judges the new version while it has a share of the traffic, and this deployment moves all traffic at once.',
  'Give a codedeploy-deployment-config that shifts, such as Canary10Percent5Minutes, or leave max-error-rate out.'
]

export const missingSource = (request: Pick<ReleaseRequest, 'functionName' | 'targetVersion'>): Refusal =>
  request.targetVersion
    ? [
        'VERSION_MISSING',
        `Function ${request.functionName} does not exist, or has no version ${request.targetVersion}.`,
        `List what there is: aws lambda list-versions-by-function --function-name ${request.functionName}`
      ]
    : functionMissing(request)

/** It was there when it was first read. */
export const deletedSource = ({
  functionName,
  targetVersion
}: Pick<ReleaseRequest, 'functionName' | 'targetVersion'>): Refusal => [
  'VERSION_MISSING',
  `Version ${targetVersion} of ${functionName} has been deleted since this step began, perhaps by keep-versions of another release.`,
  `List what there is: aws lambda list-versions-by-function --function-name ${functionName}`
]

export const aliasOnLatest = (request: ReleaseRequest): Refusal => [
  'ALIAS_ON_LATEST',
  `Alias ${request.alias} points to $LATEST. CodeDeploy can only shift from one published version to another.`,
  `Publish what is live and point the alias at that version, once: ${updateAliasCommand(request, 'VERSION')}`
]

/** CodeDeploy starts only from an alias without weights. Whoever sets them right by hand must know that no deployment moves them. */
export function aliasSplit(
  request: ReleaseRequest,
  alias: Alias,
  { running, notRolledBack }: Pick<Holdings, 'running' | 'notRolledBack'>
): Refusal {
  const { group } = request
  const found = `Alias ${request.alias} ${standing(alias)}`
  const how = wayOutOfSplit(request, alias)
  if (running === 'denied')
    return [
      'ALIAS_SPLIT',
      `${found}, and whether a deployment of group ${group} is running could not be seen: codedeploy:ListDeployments is denied.`,
      `Look in the CodeDeploy console whether one is running, or grant codedeploy:ListDeployments and run the step again. Only if none is running, give all traffic to the version that should serve, ${how}`
    ]
  if (isWhollyOn(alias, alias.version))
    return [
      'ALIAS_SPLIT',
      `${found}: CodeDeploy starts only from an alias without weights.`,
      `Take the weight away, ${how}`
    ]
  const why =
    notRolledBack === undefined
      ? 'an earlier one was stopped without rollback, or somebody set the weights by hand'
      : `${notRolledBack}, which was stopped to replace it, was not rolled back`
  return [
    'ALIAS_SPLIT',
    `${found}, and no deployment of group ${group} is known to shift it: ${why}.`,
    `Choose the version that should serve and give it all traffic, ${how}`
  ]
}

/** Whoever names one of the two versions wants that one. Whoever goes back flees from one of them, and which one is not known here. */
function wayOutOfSplit(request: ReleaseRequest, alias: Alias): string {
  const serving = shares(alias).map(([version]) => version)
  const { targetVersion } = request
  if (targetVersion !== undefined && serving.length > 1 && serving.includes(targetVersion))
    return `by ${giveAllTo(request, targetVersion)}. This step is not needed after that.`
  if (goesBack(request) && serving.length > 1)
    return `by a step with target-version: ${serving.join(' or ')} and weight: 100, or ${updateAliasCommand(request, 'VERSION')}. This step is not needed after that.`
  return `by ${giveAllTo(request, mostServed(alias))}. Then run the step again.`
}

/** What is wrong with an alias that has weights. */
function standing(alias: Alias): string {
  if (shares(alias).length > 1) return `is split between ${servingText(alias)}`
  const points = `points to version ${alias.version}`
  if (!isWhollyOn(alias, alias.version))
    return `${points}, and its weights give everything to version ${servingVersion(alias)}`
  const idle = Object.keys(alias.weights).filter(version => version !== alias.version)
  return `${points} and still has a weight of 0 for version ${idle.join(' and ')}`
}

/** Whoever sets weights by hand would fight the deployment that moves the same alias. */
export const busyWithDeployment = ({ group }: ReleaseRequest, deploymentId: string): Refusal => [
  'DEPLOYMENT_IN_PROGRESS',
  `Deployment ${deploymentId} is running in group ${group}, and whoever sets weights beside it would fight it.`,
  `Wait until it has ended (watch it with deployment-id: ${deploymentId} and if-interrupted: continue), or stop it: aws deploy stop-deployment --deployment-id ${deploymentId} --auto-rollback-enabled`
]

/** What `current-version` says is not what the alias serves. */
export const aliasDiffers = (request: ReleaseRequest, alias: Alias): Refusal => [
  'CURRENT_VERSION_DIFFERS',
  `Alias ${request.alias} serves version ${alias.version}, not ${request.currentVersion} as current-version says.`,
  'Somebody has released in the meantime. See what is live, then give that version, or leave current-version out.'
]

/** Only the target serves. Without target-version, that is what `$LATEST` was published as before. */
export const nothingToShareWith = (
  { alias, targetVersion }: ReleaseRequest,
  target: string,
  percent: number
): Refusal =>
  targetVersion === undefined
    ? [
        'NOTHING_TO_SHARE_WITH',
        `$LATEST has not changed since version ${target} was published, and alias ${alias} serves that version only: there is no other version to share its traffic with.`,
        'Upload new code first, or name another version as target-version.'
      ]
    : [
        'NOTHING_TO_SHARE_WITH',
        `Alias ${alias} serves version ${target} only, so there is no other version that the remaining ${100 - percent}% could go to.`,
        `Give that version as target-version, with its own share: weight: ${100 - percent}. To release a new version, leave target-version out.`
      ]

/** Lambda's limit: an alias points to a version and has one weight beside it. */
export const thirdVersion = ({ alias }: ReleaseRequest, serving: Alias, target: string): Refusal => [
  'THIRD_VERSION',
  `Alias ${alias} is split between ${servingText(serving)}, and Lambda lets an alias serve two versions at a time: version ${target} would be a third.`,
  `Choose first which of the two stays: run the step with target-version: ${mostServed(serving)} and weight: 100. Then run this one again.`
]

/** The version with the greatest share. */
const mostServed = (alias: Alias): string =>
  [...shares(alias)].sort(([, a], [, b]) => b - a)[0]?.[0] ?? alias.version

/** `$LATEST` is not what `revision-id` says, by Lambda's own answer or by what was read. */
export const revisionDiffers = (
  { functionName, revisionId = '' }: Pick<ReleaseRequest, 'functionName' | 'revisionId'>,
  failure?: { message: string }
): Cause => ({
  code: 'REVISION_DIFFERS',
  what: `$LATEST of ${functionName} is not at revision ${revisionId} as revision-id says.`,
  next: 'Read RevisionId again after the last update of the function has completed (it changes then, and each time a version is published), or leave revision-id out: the code is guarded anyway.',
  ...(failure && { message: failure.message })
})
