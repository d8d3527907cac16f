import { newerArrives, newerIsLive, repository } from '../draw/github.ts'
import type { GitHubCall } from '../play/githubapi.ts'
import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import { createdBy, deploymentOf, deploymentsOf, endedByItself, postActed, requestsOf } from './facts.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import { type FunctionStep, perFunction } from './perfunction.ts'

export const releasesWithoutGitHub: StepInvariant = {
  id: '11a',
  claims:
    'while if-outdated is warn, a GitHub that fails, lies or is slow changes neither the outcome nor when a deployment is created',
  check: (played, story) => {
    const { withoutGitHub } = story
    const twin = withoutGitHub?.played.find(({ step }) => step.run === played.step.run)
    if (!withoutGitHub || !twin || played.main.killed || twin.main.killed) return undefined
    const ends = endOf(played, story)
    const would = endOf(twin, story)
    if (ends !== would) return `ended ${ends}, and without GitHub ${would}`
    // Where several runs share what chance says of each answer's time, GitHub's answers change the order of the draws.
    const { latency, steps } = story.scene
    if (steps.length > 1 && latency.lowMs !== latency.highMs) return undefined
    const created = creationsOf(played, story)
    const wouldBe = creationsOf(twin, withoutGitHub)
    return created === wouldBe ? undefined : `created deployments at ${created}, without GitHub at ${wouldBe}`
  }
}

const endOf = ({ main }: PlayedStep, { scene }: PlayedScene): string => {
  const { outcome, 'error-code': code, 'serving-version': serves } = main.job.outputs
  // Without a wait, traffic is moving when the step ends, and a warning about GitHub may take it seconds.
  // So does what others do to it while a release is refused or planned, or until the wait for a rollback is over.
  const isLeftToOthers = ['refused', 'planned', 'timed-out'].includes(outcome ?? '')
  const isOfItsMoment = outcome === 'started' || (isLeftToOthers && scene.actors.length > 0)
  const serving = isOfItsMoment ? '' : serves
  return [outcome, code, serving, `exit code ${main.exitCode}`].filter(Boolean).join(', ')
}

const creationsOf = (played: PlayedStep, story: PlayedScene): string =>
  requestsOf(played, story)
    .filter(({ operation, at }) => operation === 'CreateDeployment' && at <= played.main.endedAt)
    .map(({ at }) => `${at - story.stage.begunAt} ms`)
    .join(', ')

/** The step was not to release over a newer commit, and one was live, or another run released it. */
export const mayBeCalledOff = ({ inputs }: Pick<PlayedStep, 'inputs'>, { scene }: PlayedScene): boolean =>
  ['fail', 'skip'].includes(inputs['if-outdated'] ?? '') &&
  !!scene.github &&
  (newerIsLive(scene.github) || newerArrives(scene.github))

/** A function of the step was left on its newer commit, and so were the others. */
export const isSkipped = ({ main }: Pick<PlayedStep, 'main'>): boolean =>
  main.job.log.lines.some(({ text }) => text.includes('as if-outdated says.'))

export const callsOffWhatIsOutdated: Invariant = {
  id: '11b',
  claims: 'a release is called off as outdated when GitHub says so, and only when a newer commit is live',
  check: (part, story) => {
    const { 'error-code': code } = part.outputs
    const isOff = code === 'OUTDATED' || isSkipped(part)
    if (isOff && !mayBeCalledOff(part, story)) return 'called off, though no newer commit was live'
    if (!mayBeCalledOff(part, story) || part.inputs['target-version'] || !isWell(story)) return undefined
    const compares = callsOf(part, story).filter(({ operation }) => operation.includes('/compare/'))
    const told = compares.find(({ operation }) => operation.includes(newerCommit))
    const [own] = createdBy(part, story)
    // It may have been under way when the newer commit arrived beside another function.
    const isSentBefore = requestsOf(part, story).some(
      ({ operation, at }) => operation === 'CreateDeployment' && at <= (told?.heardAt ?? 0)
    )
    const isTold = compares.length > 0 && compares.every(({ status, heard }) => status === 200 && heard)
    // GitHub was asked what would be live if it had not come to that.
    const isGoneBackFrom = deploymentsOf(part, story).some(
      ({ settings, status, completedMs = Number.POSITIVE_INFINITY }) =>
        own !== undefined &&
        settings.content.includes(`"CurrentVersion": "${newerVersion}"`) &&
        status === 'Succeeded' &&
        completedMs <= own.createdMs
    )
    return own && isTold && told && !isSentBefore && !isGoneBackFrom
      ? `${own.settings.id} was created, though GitHub had said that a newer commit is live`
      : undefined
  }
}

const newerCommit = repository.head

/** Of the newer commit, where one arrives. */
const newerVersion = '8'

export const letsTheNewerPass: Invariant = {
  id: '11d',
  claims:
    'with if-outdated: fail or skip, a newer commit that arrives is neither stopped nor released over, and one that somebody goes back from is not brought back',
  check: (part, story) => {
    const { github } = story.scene
    const { 'target-version': target, 'deployment-id': watched } = part.inputs
    if (!github || !newerArrives(github) || !mayBeCalledOff(part, story) || !isWell(story, promptMs))
      return undefined
    // Where AWS does not answer, what arrives may not be known.
    const isHidden = [...story.stage.faults.keys()].some(({ operation }) => telling.includes(operation))
    if (target || watched || isHidden) return undefined
    for (const { operation, input } of requestsOf(part, story)) {
      const { deploymentId = '' } = (input ?? {}) as { deploymentId?: string }
      if (operation !== 'StopDeployment') continue
      const content = deploymentOf(deploymentId, story.stage)?.settings.content ?? ''
      if (content.includes(`"TargetVersion": "${newerVersion}"`))
        return `stopped ${deploymentId}, which releases a newer commit`
      if (content.includes(`"CurrentVersion": "${newerVersion}"`))
        return `stopped ${deploymentId}, whose rollback brings a newer commit back`
    }
    const over = createdBy(part, story).find(({ settings }) =>
      settings.content.includes(`"CurrentVersion": "${newerVersion}"`)
    )
    return over && `${over.settings.id} was created over version ${newerVersion}, which is of a newer commit`
  }
}

export const recordsTruly: StepInvariant = {
  id: '11c',
  claims: 'a run is one deployment at GitHub at most, which ends as the release did while GitHub is well',
  check: (played, story) => {
    const calls = callsOf(played, story)
    // After an answer that main never heard, because it had hung up or was killed before it could save it, post may create another.
    const { killed, endedAt } = played.main
    const isLost = ({ sentAt, heardAt = 0 }: GitHubCall) => killed && sentAt <= endedAt && heardAt >= endedAt
    const created = calls.filter(
      call => isCreate(call.operation) && call.status === 201 && call.heard && !isLost(call)
    )
    if (created.length > 1) return `${created.length} deployments at GitHub`
    if (!isWell(story, slowMs) || !played.inputs['github-environment']) return undefined
    if (!endedByItself(played) || postActed(played)) return undefined
    const { outcome = '' } = played.main.job.outputs
    // Of others, it never learned whether there is a deployment.
    const ours = perFunction(played, story)
      .filter(({ outputs }) => !isUnknown(outputs))
      .flatMap(part => createdBy(part, story))
    // A release may be over before a slow GitHub has created the deployment.
    const isDue = isWell(story)
    if (outcome === 'weighted' && created.length === 0 && isDue) return 'weighted, and nothing at GitHub'
    if (ours.length > 0 && created.length === 0 && isDue)
      return `${ours.length} deployments, and none at GitHub`
    if (created.length === 0) return undefined
    const last = calls.findLast(({ operation }) => operation.endsWith('/statuses'))?.body.state
    const expected = states[outcome] ?? 'failure'
    return last === expected ? undefined : `${outcome}, and GitHub was told ${last ?? 'nothing'}`
  }
}

const isUnknown = ({ outcome, 'error-message': message = '' }: FunctionStep['outputs']): boolean =>
  outcome === 'lost' && message.includes('may have created the deployment anyway')

/** What GitHub is to be told of an outcome; `failure` of all others. */
const states: Readonly<Record<string, string>> = {
  succeeded: 'success',
  unchanged: 'success',
  created: 'success',
  weighted: 'success',
  started: 'in_progress',
  lost: 'error'
}

const isCreate = (operation: string): boolean => operation.endsWith('/deployments')

const callsOf = ({ step }: Pick<PlayedStep, 'step'>, { stage }: PlayedScene): GitHubCall[] =>
  stage.github.calls.filter(({ run }) => run === step.run)

/** Two round trips fit into the second that a cancelled step has for GitHub, ms. */
const swiftMs = 100

/** What says which version another deployment releases, and of which commit it is. */
const telling: readonly string[] = [
  'BatchGetDeploymentTargets',
  'BatchGetDeployments',
  'GetApplicationRevision',
  'GetFunction',
  'GetFunctionConfiguration',
  'ListDeploymentTargets',
  'ListDeployments'
]

/** Post has eight seconds for the last status, ms. */
const slowMs = 3_300

/** A comparison has five seconds, ms. */
const promptMs = 1_500

/** GitHub answers, and at once. */
const isWell = ({ scene: { github } }: PlayedScene, mostMs = swiftMs): boolean =>
  github !== undefined &&
  github.faults.length === 0 &&
  github.latency.highMs <= mostMs &&
  github.inputs['github-token'] === repository.token
