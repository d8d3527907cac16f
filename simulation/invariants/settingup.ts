import type { DeploymentGroupInfo } from '@aws-sdk/client-codedeploy'
import type { RecordedRequest } from '../../simulator/aws.ts'
import { configurationNamed } from '../../src/deployment/strategy.ts'
import type { PlayedScene } from '../play/play.ts'
import { settingsOf } from '../play/stage.ts'
import { createdBy, requestsOf, visibleText } from './facts.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

const roleOf = ({ inputs }: FunctionStep): string | undefined => inputs['codedeploy-service-role']

const applicationOf = ({ inputs, names }: FunctionStep): string =>
  inputs['codedeploy-application'] ?? names.functionName

interface Members {
  applicationName?: string
  deploymentGroupName?: string
}

/** What this step has asked CodeDeploy to create for the function. */
const asked = (part: FunctionStep, world: PlayedScene) =>
  requestsOf(part, world).filter(({ operation, input }) => {
    const { applicationName, deploymentGroupName = part.names.group } = (input ?? {}) as Members
    const isOurs = applicationName === applicationOf(part) && deploymentGroupName === part.names.group
    return isOurs && (operation === 'CreateApplication' || operation === 'CreateDeploymentGroup')
  })

/** AWS has told the step that the function's group, or one of the others' in the same application, does not exist. */
const wasMissing = (
  part: FunctionStep,
  world: PlayedScene,
  before: Pick<RecordedRequest, 'at' | 'operation'>
) =>
  requestsOf(before.operation === 'CreateApplication' ? { ...part, functionCount: 1 } : part, world).some(
    ({ operation, errorName = '', at }) =>
      operation === 'GetDeploymentGroup' && /DoesNotExistException$/.test(errorName) && at < before.at
  )

export const createsOnlyWhatIsMissing: Invariant = {
  id: '19a',
  claims:
    'an application or a group is created only with the service role, never in a dry run, and only after AWS said that it is missing',
  check: (part, world) => {
    const [first] = asked(part, world)
    if (!first) return undefined
    if (roleOf(part) === undefined) return `sent ${first.operation} without being given a role`
    if (part.inputs['dry-run'] === 'true') return `a dry run sent ${first.operation}`
    return wasMissing(part, world, first) ? undefined : `sent ${first.operation} for what exists`
  }
}

export const changesNoGroup: StepInvariant = {
  id: '19b',
  claims: 'no group that exists is ever changed',
  check: (_, { stage }) => {
    for (const [group, { settings }] of stage.groups)
      if (settingsOf(group) !== settings) return `${group.deploymentGroupName} was changed: ${settings}`
    return undefined
  }
}

const everyEvent = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']

export const createsAsPromised: Invariant = {
  id: '19c',
  claims:
    'a group that is created rolls back in every case, and has the role, the alarms and the strategy that were given, or all at once',
  check: (part, world) => {
    const { alarms = '', 'codedeploy-deployment-config': configuration } = part.inputs
    const names = alarms.split('\n').flatMap(line => line.trim() || [])
    const given = names.join() === 'none' ? [] : names
    for (const { input, errorName } of asked(part, world)) {
      const { deploymentGroupName, ...group } = (input ?? {}) as Partial<DeploymentGroupInfo>
      if (deploymentGroupName === undefined || errorName !== undefined) continue
      const has = [
        group.serviceRoleArn,
        group.deploymentConfigName,
        group.deploymentStyle?.deploymentType,
        group.deploymentStyle?.deploymentOption,
        group.autoRollbackConfiguration?.enabled,
        [...(group.autoRollbackConfiguration?.events ?? [])].sort(),
        group.alarmConfiguration?.alarms?.map(({ name }) => name) ?? []
      ]
      const should = [
        roleOf(part),
        configuration ? configurationNamed(configuration).name : 'CodeDeployDefault.LambdaAllAtOnce',
        'BLUE_GREEN',
        'WITH_TRAFFIC_CONTROL',
        true,
        everyEvent,
        given
      ]
      if (JSON.stringify(has) !== JSON.stringify(should))
        return `asked for ${JSON.stringify(has)}, not ${JSON.stringify(should)}`
    }
    return undefined
  }
}

const earlier = ['UpdateFunctionCode', 'PublishVersion', 'Invoke']

export const setsUpLast: StepInvariant = {
  id: '19d',
  claims: 'nothing is set up before all functions of the step are uploaded, published and tested',
  check: (played, world) => {
    const sent = requestsOf(played, world)
    const first = sent.findIndex(({ operation }) => /^Create(Application|DeploymentGroup)$/.test(operation))
    const late =
      first < 0 ? undefined : sent.slice(first).find(({ operation }) => earlier.includes(operation))
    return late && `sent ${late.operation} after ${sent[first]?.operation}`
  }
}

const end = { at: Number.POSITIVE_INFINITY, operation: '' }

export const mindsNoOneElse: Invariant = {
  id: '19e',
  claims: 'what somebody else has created meanwhile, and what is not found at once, is no reason to refuse',
  check: (part, world) => {
    const code = part.outputs['error-code'] ?? ''
    const isIt = /^(Application|DeploymentGroup)(AlreadyExists|DoesNotExist)Exception$/.test(code)
    return isIt && roleOf(part) !== undefined && wasMissing(part, world, end)
      ? `ended with ${code}`
      : undefined
  }
}

export const tellsOfAnotherRole: Invariant = {
  id: '19f',
  claims: 'a release in a group with another service role says so',
  check: (part, world) => {
    const role = roleOf(part)
    const [ours] = createdBy(part, world)
    const has = ours?.settings.group.serviceRoleArn
    if (role === undefined || has === undefined || has === role) return undefined
    const isKnown = requestsOf(part, world).some(
      request =>
        (request.operation === 'GetDeploymentGroup' && request.status === 200) ||
        request.errorName === 'DeploymentGroupAlreadyExistsException'
    )
    return isKnown && !visibleText(part).includes(has) ? `did not tell of ${has}` : undefined
  }
}
