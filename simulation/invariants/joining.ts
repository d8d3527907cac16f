import { deploymentOf, historyOf, requestsOf, visibleText } from './facts.ts'
import type { Invariant } from './invariant.ts'
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

/** A rollback is over so long after it has begun at the latest, ms. */
const soonMs = 12_000

export const outlastsRollbacks: Invariant = {
  id: '7d',
  claims: 'a split alias that a rollback is about to set right is not told as one to be set right by hand',
  check: (played, story) => {
    const { main, step } = played
    if (played.outputs['error-code'] !== 'ALIAS_SPLIT' || main.killed) return undefined
    const history = historyOf(played, story)
    const { at, serving, bySomebody } = history.last
    const isBack = at > main.endedAt && at < main.endedAt + soonMs && !serving.includes(',') && !bySomebody
    // Another run may have gone on from there.
    return isBack && story.played.every(other => other.step === step)
      ? `told as split for good, and it serves ${serving} ${at - main.endedAt} ms later`
      : undefined
  }
}
