import {
  configurationHeld,
  isPredefined,
  type NamedConfiguration,
  type Strategy
} from '../deployment/strategy.ts'
import { Failure } from '../failure.ts'
import { goesBack, type ReleaseRequest } from '../inputs/request.ts'
import type { Alias, FunctionVersion, Group, Holdings } from '../plan/holdings.ts'
import { foundOrNew } from '../plan/setup.ts'
import { settleAll } from '../settleall.ts'
import { type PreviousCodeDeployPort, type PreviousLambdaPort, readPrevious } from './previous.ts'
import type { FunctionCodePort } from './upload.ts'

/** What the survey asks of Lambda. Undefined: does not exist. All throw Failure. */
export interface SurveyLambdaPort extends PreviousLambdaPort {
  alias(functionName: string, alias: string): Promise<Alias | undefined>
  /** `qualifier`: a version or an alias; undefined for `$LATEST`. */
  version(functionName: string, qualifier?: string): Promise<FunctionVersion | undefined>
}

/** What the survey asks of CodeDeploy. All throw Failure. */
export interface SurveyCodeDeployPort extends PreviousCodeDeployPort {
  group(application: string, group: string): Promise<Group | 'no-application' | 'no-group'>
  /** Undefined when there is no configuration of that name. */
  strategy(configuration: string): Promise<Strategy | undefined>
  /** With `isHurried`, nothing that fails is asked again. */
  running(application: string, group: string, isHurried?: boolean): Promise<readonly string[]>
  /** The names of an application's groups; undefined when they cannot be read. */
  groups(application: string): Promise<readonly string[] | undefined>
}

export interface SurveyPorts {
  lambda: SurveyLambdaPort
  codedeploy: SurveyCodeDeployPort
  code: Pick<FunctionCodePort, 'held'>
}

export interface SurveyOptions {
  /** Has just been read. */
  knownGroup?: Group
  /** Called when the alias has been read: the rest may take minutes more. */
  aliasWasRead?(): void
}

/**
 * Reads the current state of one function from AWS, in parallel where no request needs another's answer. Throws a Failure when something
 * required cannot be read. If something optional is denied, that becomes a warning.
 */
export async function survey(
  request: ReleaseRequest,
  aws: SurveyPorts,
  { knownGroup, aliasWasRead }: SurveyOptions = {}
): Promise<Holdings> {
  const { functionName, application } = request
  const warnings: string[] = []
  const unlessDenied = async <T>(reading: Promise<T>, without: string): Promise<T | 'denied'> => {
    try {
      return await reading
    } catch (failure) {
      if (!(failure instanceof Failure) || failure.kind !== 'denied') throw failure
      warnings.push(`${failure.action} on ${failure.resource} is denied: ${without}`)
      return 'denied'
    }
  }
  const strategyOf = async ({ name, strategy }: NamedConfiguration): Promise<Holdings['strategy']> =>
    (isPredefined(name) ? strategy : undefined) ??
    (await unlessDenied(
      aws.codedeploy.strategy(name),
      `the traffic schedule is taken from the name ${name}, as far as possible.`
    )) ??
    'missing'

  const hooks = [...new Set(Object.values(request.hooks))]
  const [code, asked, alias, live, found, running, ownStrategy, ...foundHooks] = await settleAll([
    request.code && aws.code.held(functionName),
    request.code || goesBack(request) ? undefined : aws.lambda.version(functionName, request.targetVersion),
    aws.lambda.alias(functionName, request.alias).then(found => {
      aliasWasRead?.()
      return found
    }),
    unlessDenied(
      aws.lambda.version(functionName, request.alias),
      'only AWS will check whether both versions have the same execution role and dead-letter queue.'
    ),
    knownGroup ??
      (request.weight !== undefined
        ? ('denied' as const)
        : unlessDenied(
            aws.codedeploy.group(application, request.group),
            `the group's alarms, rollback events and configuration are not known to the plan${request.serviceRole ? ', and if there is none, it is not created' : ''}.`
          )),
    runningIn(request, aws.codedeploy, unlessDenied),
    request.configuration && strategyOf(request.configuration),
    ...hooks.map(hook =>
      unlessDenied(
        aws.lambda.version(hook),
        `a missing hook ${hook} will be noticed only when CodeDeploy invokes it.`
      )
    )
  ])

  const { group, missing } = foundOrNew(request, found)
  const { source, previous } = goesBack(request)
    ? await readPrevious(request, { alias, running, group, ...(missing && { missing }) }, aws)
    : { source: code ?? asked, previous: undefined }
  const otherGroups = group === 'no-group' ? await aws.codedeploy.groups(application) : undefined
  const named = typeof group === 'object' ? group.configuration : undefined
  const ofGroup = named ? configurationHeld(named) : undefined
  return {
    source,
    previous,
    ...(code && { code }),
    alias,
    live: live === 'denied' ? undefined : live,
    group,
    ...(missing && { missing }),
    ...(otherGroups && { otherGroups }),
    configuration: request.configuration ?? ofGroup,
    strategy:
      ownStrategy ?? (ofGroup ? await strategyOf(ofGroup) : group === 'denied' ? 'denied' : 'unnamed'),
    hooks: new Map(hooks.map((hook, index) => [hook, foundHooks[index] ?? 'missing'])),
    running,
    warnings
  }
}

/** By hand, a group is named only for this check, which then has to be possible. */
async function runningIn(
  { application, group, weight }: ReleaseRequest,
  codedeploy: SurveyCodeDeployPort,
  unlessDenied: <T>(reading: Promise<T>, without: string) => Promise<T | 'denied'>
): Promise<readonly string[] | 'denied'> {
  if (weight !== undefined) return group ? await codedeploy.running(application, group) : []
  return await unlessDenied(
    codedeploy.running(application, group).catch(groupMissing),
    'a deployment that is already running will be noticed only when CodeDeploy refuses this one.'
  )
}

/** A group that does not exist has nothing running. That it does not exist is noticed when the group itself is read. */
export function groupMissing(failure: unknown): readonly string[] {
  if (failure instanceof Failure && failure.kind === 'missing') return []
  throw failure
}
