import type { Step } from '../draw/scene.ts'
import { isIncomplete } from '../draw/setup.ts'
import { assuming } from './credentials.ts'
import { actedAt, answered, createdBy, historyOf, requestsOf, trueAt, visibleText } from './facts.ts'
import type { Invariant } from './invariant.ts'

export const createsOneAtMost: Invariant = {
  id: '2a',
  claims: 'a run creates at most one deployment for a function',
  check: (played, world) => {
    const ids = createdBy(played, world).map(({ settings }) => settings.id)
    return ids.length > 1 ? `created ${ids.length} deployments: ${ids.join(', ')}` : undefined
  }
}

/**
 * What AWS may refuse although the request is well formed: because of what it names, or of what others have done. Any other
 * refusal that is not an injected fault means that the program sent nonsense.
 */
const refusals: Record<string, readonly string[]> = {
  CreateAlias: ['ResourceConflictException'],
  CreateDeployment: [
    'DeploymentLimitExceededException',
    'InvalidDeploymentConfigNameException',
    'DeploymentConfigDoesNotExistException'
  ],
  CreateDeploymentConfig: ['DeploymentConfigAlreadyExistsException'],
  BatchGetDeploymentTargets: ['DeploymentNotStartedException', 'DeploymentTargetDoesNotExistException'],
  // An alias names it by now, or it has provisioned concurrency.
  DeleteFunction: ['ResourceConflictException'],
  FilterLogEvents: ['ResourceNotFoundException'],
  GetAlias: ['ResourceNotFoundException'],
  GetApplicationRevision: ['RevisionDoesNotExistException'],
  GetDeployment: ['DeploymentDoesNotExistException'],
  GetDeploymentConfig: ['DeploymentConfigDoesNotExistException'],
  GetFunction: ['ResourceNotFoundException'],
  GetFunctionConfiguration: ['ResourceNotFoundException'],
  Invoke: ['ResourceConflictException'],
  ListDeploymentTargets: ['DeploymentNotStartedException', 'DeploymentDoesNotExistException'],
  // The next page of a list that has changed since, for another run deletes versions as well.
  ListVersionsByFunction: ['InvalidParameterValueException'],
  // Lambda says InvalidParameterValue when the code differs from what the guard in the request says.
  PublishVersion: [
    'ResourceConflictException',
    'InvalidParameterValueException',
    'PreconditionFailedException'
  ],
  StopDeployment: ['DeploymentAlreadyCompletedException'],
  UpdateAlias: ['PreconditionFailedException', 'ResourceNotFoundException'],
  UpdateFunctionCode: ['ResourceConflictException', 'PreconditionFailedException']
}

/** The same where an application or a group is missing, or is only being created. */
const missingRefusals: Record<string, readonly string[]> = {
  CreateApplication: ['ApplicationAlreadyExistsException'],
  CreateDeploymentGroup: [
    'DeploymentGroupAlreadyExistsException',
    'ApplicationDoesNotExistException',
    'DeploymentConfigDoesNotExistException',
    'InvalidRoleException'
  ],
  ...Object.fromEntries(
    ['GetDeploymentGroup', 'ListDeployments', 'ListDeploymentGroups', 'CreateDeployment'].map(operation => [
      operation,
      ['ApplicationDoesNotExistException', 'DeploymentGroupDoesNotExistException']
    ])
  )
}

export const sendsNothingMalformed: Invariant = {
  id: '2b',
  claims: 'no request is one that AWS rejects as malformed',
  check: (played, world) => {
    for (const request of requestsOf(played, world)) {
      const { operation, errorName } = request
      if (errorName === undefined || world.stage.faults.has(request)) continue
      // Sent before AWS had told its time; 8c checks what comes of it.
      if (errorName === 'InvalidSignatureException' && isOff(played.step)) continue
      // Those of a role may end when it cannot be assumed again: see renewsInTime.
      if (world.scene.role && errorName.startsWith('ExpiredToken') && operation !== assuming) continue
      if (isIncomplete(world.scene) && missingRefusals[operation]?.includes(errorName)) continue
      if (!refusals[operation]?.includes(errorName)) return `${operation} was answered ${errorName}`
    }
    return undefined
  }
}

/**
 * AWS takes signatures that are five minutes off; between two clocks that are read in turn there is some latency. Post begins with how far
 * main's clock was off, which may have been set since.
 */
const isOff = ({ skewMs, clockIsSet: { byMs } = { afterMs: 0, byMs: 0 } }: Step): boolean =>
  Math.max(...[skewMs, skewMs + byMs, byMs].map(Math.abs)) > 290_000

const writes = /^(Create|Update|Delete|Publish|Stop|Put|Batch(?!Get))/

export const changesNothingNeedlessly: Invariant = {
  id: '2c',
  claims: 'a dry run changes nothing, and a release that is unchanged deploys nothing',
  check: (played, world) => {
    const sent = requestsOf(played, world).filter(
      ({ operation, input }) => writes.test(operation) && !(input as { DryRun?: boolean } | undefined)?.DryRun
    )
    if (played.inputs['dry-run'] === 'true' && sent[0]) return `a dry run sent ${sent[0].operation}`
    const isUnchanged = played.outputs.outcome === 'unchanged' && played.main.exitCode !== undefined
    if (isUnchanged && createdBy(played, world).length > 0) return 'unchanged, but a deployment was created'
    return undefined
  }
}

export const stopsOnlyItsOwn: Invariant = {
  id: '2d',
  claims: 'a run stops only what it created, joined or was told to watch, and what it was told to replace',
  check: (played, world) => {
    const ours = createdBy(played, world).map(({ settings }) => settings.id)
    if (played.inputs['if-in-progress'] === 'replace' || played.inputs['deployment-id']) return undefined
    const told = visibleText(played)
    for (const { operation, input } of requestsOf(played, world)) {
      const { deploymentId = '' } = (input ?? {}) as { deploymentId?: string }
      const isOurs = ours.includes(deploymentId) || told.includes(`Joining deployment ${deploymentId}`)
      // Without an input, it was refused before anybody read it.
      if (operation === 'StopDeployment' && input !== undefined && !isOurs)
        return `stopped ${deploymentId}, which is somebody else's`
    }
    return undefined
  }
}

export const startsFromWhatServes: Invariant = {
  id: '2e',
  claims: "an AppSpec's CurrentVersion is what the alias served by Lambda's last answer before it",
  check: (played, world) => {
    for (const { operation, input, at } of requestsOf(played, world)) {
      if (operation !== 'CreateDeployment') continue
      const { revision } = (input ?? {}) as { revision?: { appSpecContent?: { content?: string } } }
      const [, given = ''] = /"CurrentVersion": "(\d+)"/.exec(revision?.appSpecContent?.content ?? '') ?? []
      const answers = answered(played, world, 'GetAlias').filter(each => actedAt(each, world) < at)
      const last = Math.max(...answers.map(each => actedAt(each, world)))
      const told = answers.filter(each => actedAt(each, world) === last).map(each => trueAt(each, world))
      const served = told.flatMap(moment => historyOf(played, world).between(moment, moment))
      if (!served.includes(given))
        return `asked to shift from ${given} while Lambda's last answer was ${served.join(' or ')}`
    }
    return undefined
  }
}

/** How main and post say that they have found what a lost answer, or a killed process, has created. */
const found = /found our deployment (\S+)|Deployment (\S+) was created by this step/g

export const findsOnlyItsOwn: Invariant = {
  id: '2h',
  claims: 'what a step takes for the deployment that it asked for was created after it had begun',
  check: (played, { stage }) => {
    for (const [, byMain, byPost] of visibleText(played).matchAll(found)) {
      const id = byMain ?? byPost ?? ''
      if ((stage.created.get(id) ?? 0) < played.main.begunAt) return `${id} was there before the step began`
    }
    return undefined
  }
}
