import type { RecordedRequest } from '../../simulator/aws.ts'
import type { Deployment } from '../../simulator/codedeploy/deployment.ts'
import type { Names } from '../../simulator/setting.ts'
import { fromState, type SavedRun } from '../../src/state.ts'
import { requestTimeoutMs } from '../draw/faultschedule.ts'
import { runOf } from '../play/chronicle.ts'
import type { History } from '../play/history.ts'
import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import type { Stage } from '../play/stage.ts'
import type { FunctionStep } from './perfunction.ts'

/** What a step sent, main and post; for one of several functions, what was about that one, or about none in particular. */
export function requestsOf(played: PlayedStep | FunctionStep, story: PlayedScene): RecordedRequest[] {
  const sent = story.stage.aws.requests.filter(request => runOf(request) === played.step.run)
  return 'names' in played && played.among > 1
    ? sent.filter(({ input }) => concerns(input as Members, played.names, story))
    : sent
}

type Members = Partial<
  Record<'FunctionName' | 'deploymentGroupName' | 'deploymentId' | 'logGroupName', string>
> & {
  deploymentIds?: readonly string[]
}

function concerns(input: Members | undefined, names: Names, { stage }: PlayedScene): boolean {
  const { FunctionName, deploymentGroupName, deploymentId, deploymentIds = [], logGroupName } = input ?? {}
  const ours = [names.functionName, names.before, names.after]
  if (FunctionName !== undefined) return ours.includes(FunctionName)
  if (logGroupName !== undefined) return ours.some(name => logGroupName.endsWith(`/${name}`))
  if (deploymentGroupName !== undefined) return deploymentGroupName === names.group
  const ids = deploymentId === undefined ? deploymentIds : [deploymentId]
  return ids.length === 0 || ids.some(id => groupNameOf(id, stage) === names.group)
}

const groupNameOf = (id: string, stage: Stage): string | undefined =>
  deploymentOf(id, stage)?.settings.group.deploymentGroupName

/** Rollbacks too; undefined when there is none of that id. */
export function deploymentOf(id: string, { aws }: Stage): Deployment | undefined {
  try {
    return aws.codedeploy.deployments.find(id)
  } catch {
    return undefined
  }
}

/** Requests whose good answer reached the program. */
export function answered(played: FunctionStep, story: PlayedScene, operation: string): RecordedRequest[] {
  return requestsOf(played, story).filter(request => {
    if (request.operation !== operation || request.status < 200 || request.status > 299) return false
    const fault = story.stage.faults.get(request)
    if (fault?.kind === 'slow') return (fault.ms ?? 0) < requestTimeoutMs
    // Neither dates nor statuses are in an alias.
    return !fault || fault.kind === 'isoDates' || fault.kind === 'unknownStatus'
  })
}

/** When a request was acted on, epoch ms. */
export const actedAt = (request: RecordedRequest, { stage }: PlayedScene): number => {
  const fault = stage.faults.get(request)
  return request.at + (fault?.kind === 'slow' ? (fault.ms ?? 0) : 0)
}

/** Deployments that the step created for the function, by the run's mark in their description, oldest first. */
export const createdBy = ({ step, names }: FunctionStep, { stage }: PlayedScene): Deployment[] =>
  [...stage.created.keys()]
    .map(id => stage.aws.codedeploy.deployments.find(id))
    .filter(
      ({ settings: { description, group } }) =>
        description?.includes(`${step.run}.1`) && group.deploymentGroupName === names.group
    )

/** Deployments that take back what the step had released, oldest first. */
export const takingBack = (part: FunctionStep, story: PlayedScene): Deployment[] => {
  // One that was joined is another run's creation.
  const ids = [...createdBy(part, story).map(({ settings }) => settings.id), outputsOf(part)['deployment-id']]
  const descriptions = ids.map(id => `takes back ${id}`)
  return [...story.stage.created.keys()]
    .map(id => story.stage.aws.codedeploy.deployments.find(id))
    .filter(({ settings: { description = '' } }) => descriptions.includes(description))
}

export const leavingOf = ({ inputs }: Pick<PlayedStep, 'inputs'>): string =>
  inputs['if-interrupted'] ?? 'rollback'

/** What main had left for post when it ended. */
export const savedBy = ({ main }: PlayedStep): SavedRun | undefined => {
  const text = main.job.state.run
  return text === undefined ? undefined : fromState(text)
}

/** Post found something to finish. */
export const wentOn = ({ post }: PlayedStep): boolean => post.job.log.lines.length > 0

/** All that a reader of the log and of the summary sees, main and post. Of very many functions, only the summary holds all. */
export const toldBy = ({ main, post }: PlayedStep): string =>
  [main, post].flatMap(({ job }) => [...job.log.lines.map(({ text }) => text), job.summary]).join('\n')

/** What main set, for this function. */
export function outputsOf(part: FunctionStep): Readonly<Record<string, string>> {
  const { outputs } = part.main.job
  if (part.among === 1) return outputs
  const results = JSON.parse(outputs.results || '[]') as Record<string, string>[]
  return results.find(each => each['function-name'] === part.names.functionName) ?? {}
}

/** What the alias truly served. */
export const historyOf = ({ names }: FunctionStep, { stage }: PlayedScene): History =>
  stage.historyOf(names.functionName)

/** Main came to its own end. */
export const endedByItself = ({ main }: PlayedStep): boolean => main.exitCode !== undefined
