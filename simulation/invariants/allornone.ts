import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import { isTold } from './cancellation.ts'
import { createdBy, endedByItself, historyOf, leavingOf, outputsOf, requestsOf, takingBack } from './facts.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import { type FunctionStep, perFunction } from './perfunction.ts'

export const startsTogether: StepInvariant = {
  id: '9a',
  claims: 'all versions of a release are published before its first deployment is created',
  check: (played, story) => {
    const sent = requestsOf(played, story)
    const created = sent.find(({ operation }) => operation === 'CreateDeployment')
    const late =
      created && sent.find(({ operation, at }) => operation === 'PublishVersion' && at > created.at)
    return (
      late && `published at ${late.at}, ${late.at - created.at} ms after the first deployment was created`
    )
  }
}

export const staysTogether: StepInvariant = {
  id: '9b',
  claims:
    'after a release of several functions that did not pass, every alias is on its target, or every alias on its version before, or it is told exactly what is left',
  check: (played, story) => {
    const parts = perFunction(played, story)
    if (parts.length === 1 || played.main.exitCode === 0 || played.post.killed) return undefined
    if (leavingOf(played) !== 'rollback' && mayBeLeftByChoice(played, parts)) return undefined
    const targets = parts.map(part => [historyOf(part, story).last.serving, outputsOf(part).version])
    if (targets.every(([serving, target]) => serving === target)) return undefined
    for (const part of parts) {
      const what = exception(part, story)
      if (what !== undefined) return `${part.names.functionName}: ${what}`
    }
    return undefined
  }
}

/** A failure is seen at the next look, ms. */
const soonMs = 60_000

export const stopsTheOthers: StepInvariant = {
  id: '9d',
  claims: 'when one function of a release fails, the others are not left running',
  check: (played, story) => {
    const { main, inputs } = played
    // In foul weather it may not be seen for long.
    if (story.scene.faults.length > 0 || inputs.wait === 'false') return undefined
    const all = perFunction(played, story).flatMap(part => createdBy(part, story))
    const failedAt = Math.min(
      ...all
        .filter(({ status }) => status === 'Failed' || status === 'Stopped')
        .map(({ completedMs }) => completedMs ?? Number.POSITIVE_INFINITY)
    )
    const by = failedAt + soonMs
    if (main.killed || main.endedAt < by) return undefined
    const stopped = requestsOf(played, story)
      .filter(({ operation, at }) => operation === 'StopDeployment' && at < by)
      .map(({ input }) => (input as { deploymentId?: string }).deploymentId)
    const left = all.find(
      ({ settings, completedMs = Number.POSITIVE_INFINITY }) =>
        completedMs > by && !stopped.includes(settings.id)
    )
    return left && `${left.settings.id} runs on a minute after another deployment had failed`
  }
}

/** The user chose what becomes of a release that is cut short. */
const mayBeLeftByChoice = (played: PlayedStep, parts: readonly FunctionStep[]): boolean =>
  played.cancelledAt !== undefined ||
  played.main.killed ||
  parts.some(part => outputsOf(part).outcome === 'timed-out')

/** What is wrong with how a function was left, or nothing. */
function exception(part: FunctionStep, story: PlayedScene): string | undefined {
  const [own] = createdBy(part, story)
  const { last } = historyOf(part, story)
  if (!own) return undefined
  const [, before] = /"CurrentVersion": "(\d+)"/.exec(own.settings.content) ?? []
  // What others did to it afterwards is theirs to tell.
  if (last.serving === before || last.bySomebody || isOthers(part, story)) return undefined
  if (isTold(part, own)) return undefined
  const { outcome = '', 'error-message': message = '', 'serving-version': serving } = outputsOf(part)
  // An exception that is named truly.
  if (endedByItself(part) && !['succeeded', 'rolled-back'].includes(outcome) && serving === last.serving)
    return undefined
  if (/may have created the deployment all the same/.test(message)) return undefined
  return `version ${before} served before, ${last.serving} is left (${endedByItself(part) ? outcome : 'killed'}), and nobody says so`
}

/** The newest deployment of the group is somebody else's. */
function isOthers(part: FunctionStep, story: PlayedScene): boolean {
  const ours = [...createdBy(part, story), ...takingBack(part, story)].map(({ settings }) => settings.id)
  const newest = [...story.stage.created.keys()].findLast(
    id =>
      story.stage.aws.codedeploy.deployments.find(id).settings.group.deploymentGroupName === part.names.group
  )
  return newest !== undefined && !ours.includes(newest)
}

export const takesBackOnce: Invariant = {
  id: '9c',
  claims: 'a deployment is taken back at most once, and only after it had succeeded',
  check: (part, story) => {
    const [back, ...more] = takingBack(part, story)
    if (!back) return undefined
    // Runs that had joined the same deployment do it each for themselves.
    if (more.length >= story.played.length) return `taken back ${more.length + 1} times`
    const id = outputsOf(part)['deployment-id']
    const [own = id && story.stage.aws.codedeploy.deployments.find(id)] = createdBy(part, story)
    if (!own) return 'took back what it had not released'
    return own.status === 'Succeeded' ? undefined : `taken back, though it is ${own.status}`
  }
}
