import { answered, deploymentOf, deploymentsOf, historyOf, requestsOf, visibleText } from './facts.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import { type FunctionStep, perFunction } from './perfunction.ts'
import { tellsAVerdict } from './verdicts.ts'

/** Some attempt of the run says so in the description of what it created. */
const isOfRun = (description: string | undefined, run: string): boolean =>
  description?.includes(`run ${run}.`) === true || description?.includes(`by ${run}.`) === true

export const leavesOthersAlone: Invariant = {
  id: '2f',
  claims:
    'what another run began and this one joined is stopped only when if-interrupted says so, or a gate that this step was given',
  check: (played, story) => {
    const { inputs, step } = played
    if (
      inputs['if-interrupted'] ||
      (inputs['deployment-id'] ?? 'active') !== 'active' ||
      inputs['if-in-progress'] === 'replace'
    )
      return undefined
    if (tellsAVerdict(played)) return undefined
    for (const { operation, input } of requestsOf(played, story)) {
      // AWS refused its signature, and read no more of it.
      if (operation !== 'StopDeployment' || input === undefined) continue
      const { deploymentId = '' } = input as { deploymentId?: string }
      const description = deploymentOf(deploymentId, story.stage)?.settings.description
      if (!isOfRun(description, step.run)) return `stopped ${deploymentId} of '${description}'`
    }
    return undefined
  }
}

/** For how long a fault may hide what a deployment does before it counts as another one, ms. */
const hiddenMs = 290_000

export const replacesNoneLikeIt: Invariant = {
  id: '2g',
  claims:
    'replace stops no deployment that shifts the same alias to the same version, unless that cannot be read',
  check: (played, story) => {
    const { inputs, names, cancelledAt = Number.POSITIVE_INFINITY, main } = played
    const version = inputs['target-version'] ?? ''
    if (inputs['if-in-progress'] !== 'replace' || !/^\d+$/.test(version) || inputs['current-version'])
      return undefined
    const requests = requestsOf(played, story)
    const mayNotRead = requests.some(
      request =>
        isOfTarget.includes(request.operation) && story.stage.faults.get(request)?.kind === 'accessDenied'
    )
    for (const { operation, input, at } of requests) {
      if (operation !== 'StopDeployment' || input === undefined || at >= Math.min(cancelledAt, main.endedAt))
        continue
      const { deploymentId = '' } = input as { deploymentId?: string }
      const { content = '', triggeredBy } = deploymentOf(deploymentId, story.stage)?.settings ?? {}
      const isSame = [names.functionName, inputs.alias, version].every(each => content.includes(`"${each}"`))
      const isTarget = new RegExp(`TargetVersion"?: ?"${version}"`).test(content)
      if (
        !isSame ||
        !isTarget ||
        triggeredBy !== undefined ||
        played.outputs['deployment-id'] === deploymentId
      )
        continue
      const seen = requests.find(
        each => (each.input as { deploymentId?: string } | undefined)?.deploymentId === deploymentId
      )
      if (!mayNotRead && at - (seen?.at ?? at) < hiddenMs)
        return `stopped ${deploymentId}, which shifts to ${version} too`
    }
    return undefined
  }
}

/** What the running deployment does, and what it would leave, is known from these. */
const readsOfOthers: readonly string[] = [
  'GetAlias',
  'GetDeployment',
  'BatchGetDeployments',
  'GetDeploymentGroup',
  'GetFunctionConfiguration',
  'GetFunction',
  'ListDeploymentTargets',
  'BatchGetDeploymentTargets',
  'GetApplicationRevision'
]

/** What was known of the release before anything was stopped for it. */
const knownBefore: readonly string[] = ['GATE_NEEDS_A_SHIFT', 'ROLES_DIFFER', 'CURRENT_VERSION_DIFFERS']

export const replacesNoneInVain: Invariant = {
  id: '2i',
  claims:
    'replace stops no deployment for a release that is refused all the same, unless that could not be read',
  check: (played, story) => {
    const { inputs, outputs, names, step } = played
    const code = outputs['error-code'] ?? ''
    if (inputs['if-in-progress'] !== 'replace' || !knownBefore.includes(code)) return undefined
    // From where to where is known only in the end.
    if (inputs['target-version'] === 'previous') return undefined
    const requests = requestsOf(played, story)
    const mayNotRead = requests.some(
      request => readsOfOthers.includes(request.operation) && story.stage.faults.has(request)
    )
    if (mayNotRead) return undefined
    // Others may bring about what refuses it later.
    const { functionName } = names
    const isQuiet = story.scene.actors.every(
      ({ does }) => !does.includes(functionName) || /^somebody else deploys/.test(does)
    )
    if (!isQuiet || story.scene.steps.length > 1) return undefined
    const mayBegin = (id: string) => {
      const { content = '' } = deploymentOf(id, story.stage)?.settings ?? {}
      const names = (version: string | undefined) => !!version && content.includes(`"${version}"`)
      // From what one of its two ends leaves, the release could begin, or there would be nothing to do.
      return (
        names(outputs.version) || (code === 'CURRENT_VERSION_DIFFERS' && names(inputs['current-version']))
      )
    }
    const stopped = requests
      .filter(({ operation, input }) => operation === 'StopDeployment' && input !== undefined)
      .map(({ input }) => (input as { deploymentId?: string }).deploymentId ?? '')
      .find(id => !isOfRun(deploymentOf(id, story.stage)?.settings.description, step.run) && !mayBegin(id))
    return stopped && `stopped ${stopped}, and was refused with ${code}`
  }
}

export const replacesNoRevert: Invariant = {
  id: '2j',
  claims: 'replace stops nothing by which this action, or CodeDeploy, takes back another deployment',
  check: (played, story) => {
    if (played.inputs['if-in-progress'] !== 'replace') return undefined
    for (const { operation, input } of requestsOf(played, story)) {
      if (operation !== 'StopDeployment' || input === undefined) continue
      const { deploymentId = '' } = input as { deploymentId?: string }
      const { description = '', triggeredBy } = deploymentOf(deploymentId, story.stage)?.settings ?? {}
      if (triggeredBy !== undefined || description.startsWith('reverts '))
        return `stopped ${deploymentId}, which ${description || 'rolls back'}`
    }
    return undefined
  }
}

/** What keeps a release from beginning that has met another deployment. */
const keepsFromBeginning: readonly string[] = [...knownBefore, 'DEPLOYMENT_IN_PROGRESS']

export const replacesNoneTooEarly: StepInvariant = {
  id: '2k',
  claims:
    'replace stops no deployment while another function waits for one that keeps the step from beginning, unless that could not be read',
  check: (played, story) => {
    const parts = perFunction(played, story)
    const requests = requestsOf(played, story)
    const mayNotRead = requests.some(
      request =>
        [...readsOfOthers, 'ListDeployments'].includes(request.operation) && story.stage.faults.has(request)
    )
    if (parts.length === 1 || mayNotRead) return undefined
    const stops = requests.flatMap(({ operation, input, at }) =>
      operation === 'StopDeployment' && input !== undefined
        ? [{ id: (input as { deploymentId?: string }).deploymentId ?? '', at }]
        : []
    )
    const isTheirs = (id: string) =>
      !isOfRun(deploymentOf(id, story.stage)?.settings.description, played.step.run)
    const waitsAt = (part: FunctionStep, at: number) =>
      keepsFromBeginning.includes(part.outputs['error-code'] ?? '') &&
      deploymentsOf(part, story).some(
        ({ settings, createdMs, completedMs = Number.POSITIVE_INFINITY }) =>
          settings.triggeredBy === undefined &&
          createdMs < played.main.begunAt &&
          completedMs > at &&
          isTheirs(settings.id) &&
          !stops.some(({ id }) => id === settings.id)
      )
    // What it had joined, it may take back with the others.
    const isJoined = (id: string) => parts.some(({ outputs }) => outputs['deployment-id'] === id)
    const early = stops.find(
      ({ id, at }) => isTheirs(id) && !isJoined(id) && parts.some(part => waitsAt(part, at))
    )
    return early && `stopped ${early.id} while another function waited, which was refused`
  }
}

const isOfTarget: readonly string[] = ['ListDeploymentTargets', 'BatchGetDeploymentTargets']

/** `0:05  BeforeAllowTraffic  CodeDeployHook_before started`, of one function or of several. */
const hookTold = /^ *\d[\d:]* .*\b(Before|After)AllowTraffic +(CodeDeployHook_\S+)/

export const tellsItsHooks: Invariant = {
  id: '3d',
  claims: 'a hook is told as run only when the deployment has it',
  check: (played, story) => {
    if (played.functionCount > 1) return undefined
    const id = played.outputs['deployment-id'] ?? ''
    const content = deploymentOf(id, story.stage)?.settings.content
    if (content === undefined) return undefined
    const foreign = visibleText(played)
      .split('\n')
      .flatMap(line => hookTold.exec(line)?.[2] ?? [])
      .find(hook => !content.includes(hook))
    return foreign && `tells of ${foreign}, which ${id} does not have`
  }
}

export const tellsEveryHook: Invariant = {
  id: '3g',
  claims:
    'the hook of a deployment that was watched to its success is told, if its AppSpec and its events could be read',
  check: (played, story) => {
    const { functionCount, inputs, names, outputs } = played
    if (functionCount > 1 || !inputs['deployment-id'] || outputs.outcome !== 'succeeded') return undefined
    const deployment = deploymentOf(outputs['deployment-id'] ?? '', story.stage)
    const hasRun = deployment?.events.AfterAllowTraffic?.endTime !== undefined
    if (!hasRun || !deployment.settings.content.includes(names.after)) return undefined
    const isHidden = requestsOf(played, story).some(
      request => isOfTarget.includes(request.operation) && story.stage.faults.has(request)
    )
    if (isHidden || answered(played, story, 'GetApplicationRevision').length === 0) return undefined
    const isTold = visibleText(played)
      .split('\n')
      .some(line => hookTold.exec(line)?.[2] === names.after)
    return isTold ? undefined : `says nothing of ${names.after}`
  }
}

/** A rollback is over so long after it has begun at the latest, ms. */
const soonMs = 12_000
/** How long a step waits for a split alias to settle when nothing announces a rollback, ms. */
const settlingMs = 10_000

export const outlastsRollbacks: Invariant = {
  id: '7d',
  claims: 'a split alias that a rollback is about to set right is not told as one to be set right by hand',
  check: (played, story) => {
    const { main, step } = played
    if (played.outputs['error-code'] !== 'ALIAS_SPLIT' || main.killed) return undefined
    const history = historyOf(played, story)
    const { at, serving, bySomebody } = history.last
    const isBack = at > main.endedAt && at < main.endedAt + soonMs && !serving.includes(',') && !bySomebody
    // Somebody's next deployment settles it as well, and nothing announced that.
    const isNew = deploymentsOf(played, story).some(
      ({ createdMs, settings }) => createdMs > main.endedAt && settings.triggeredBy === undefined
    )
    if (isNew) return undefined
    // It may not read what runs in the group, has waited for the alias as long as it always does, and a rollback may take longer. Then
    // it says that somebody has to look first.
    const isDenied = requestsOf(played, story).some(
      ({ operation, errorName }) => operation === 'ListDeployments' && errorName === 'AccessDeniedException'
    )
    const looksFirst = visibleText(played).includes('Only if none is running')
    if (isDenied && looksFirst && main.endedAt - main.begunAt >= settlingMs) return undefined
    // Another run may have gone on from there.
    return isBack && story.played.every(other => other.step === step)
      ? `told as split for good, and it serves ${serving} ${at - main.endedAt} ms later`
      : undefined
  }
}
