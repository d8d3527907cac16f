import type { RecordedRequest } from '../../simulator/aws.ts'
import type { Deployment } from '../../simulator/codedeploy/deployment.ts'
import { ServiceError } from '../../simulator/error.ts'
import type { Names } from '../../simulator/setting.ts'
import { fromState, type SavedRun } from '../../src/state.ts'
import { groupOf } from '../draw/actors.ts'
import { besideGroup } from '../draw/beside.ts'
import { requestTimeoutMs } from '../draw/faultschedule.ts'
import type { History } from '../play/history.ts'
import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import type { Stage } from '../play/stage.ts'
import type { FunctionStep } from './perfunction.ts'

/** The requests of a step, main and post. For one of several functions: those about it or about no function in particular. */
export function requestsOf(
  played: PlayedStep | FunctionStep,
  world: PlayedScene
): readonly RecordedRequest[] {
  const sent = world.requests.get(played.step.run) ?? []
  return 'names' in played && played.functionCount > 1
    ? sent.filter(({ input }) => concerns(input as Members, played.names, world))
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

/** All deployments of the function's group, the newest first or last; none when there is no group. */
export function deploymentsOf({ names }: FunctionStep, { stage }: PlayedScene): Deployment[] {
  // Of an application that the step was to create, the name may have been left out.
  const groups = [groupOf(names), { ...groupOf(names), applicationName: names.functionName }]
  return groups.flatMap(group => deploymentsIn(group, stage))
}

/** The deployments of alias beta in a group of its own. Those that CodeDeploy refused have no AppSpec. */
export const deploymentsBeside = ({ names }: FunctionStep, { stage }: PlayedScene): Deployment[] =>
  deploymentsIn({ applicationName: 'payments', deploymentGroupName: besideGroup(names) }, stage)

function deploymentsIn(group: ReturnType<typeof groupOf>, { aws }: Stage): Deployment[] {
  try {
    return aws.codedeploy.listDeployments(group).deployments.map(id => aws.codedeploy.deployments.find(id))
  } catch (error) {
    if (error instanceof ServiceError) return []
    throw error
  }
}

/** Finds any deployment, including rollbacks; undefined when there is none with that id. */
export function deploymentOf(id: string, { aws }: Stage): Deployment | undefined {
  try {
    return aws.codedeploy.deployments.find(id)
  } catch {
    return undefined
  }
}

/** Requests whose successful answer reached the program. */
export function answered(played: FunctionStep, world: PlayedScene, operation: string): RecordedRequest[] {
  return requestsOf(played, world).filter(request => {
    if (request.operation !== operation || request.status < 200 || request.status > 299) return false
    const fault = world.stage.faults.get(request)
    if (fault?.kind === 'slow') return (fault.ms ?? 0) < requestTimeoutMs
    // An alias has neither dates nor statuses.
    return !fault || fault.kind === 'stale' || fault.kind === 'isoDates' || fault.kind === 'unknownStatus'
  })
}

/** When the service acted on a request, epoch ms. */
export const actedAt = (request: RecordedRequest, { stage }: PlayedScene): number => {
  const fault = stage.faults.get(request)
  return request.at + (fault?.kind === 'slow' ? (fault.ms ?? 0) : 0)
}

/** When what it answered was true, epoch ms. */
export const trueAt = (request: RecordedRequest, world: PlayedScene): number => {
  const fault = world.stage.faults.get(request)
  // What was there when the world began counts as old.
  return fault?.kind === 'stale'
    ? Math.max(world.stage.begunAt, request.at - (fault.ms ?? 0))
    : actedAt(request, world)
}

/** Deployments that the step created for the function, by the run's mark in their description and by their age, oldest first. */
export const createdBy = ({ step, names, main }: FunctionStep, { stage }: PlayedScene): Deployment[] =>
  [...stage.created]
    .filter(([, at]) => at >= main.begunAt)
    .map(([id]) => stage.aws.codedeploy.deployments.find(id))
    .filter(
      ({ settings: { description, group } }) =>
        description?.includes(`${step.run}.1`) && group.deploymentGroupName === names.group
    )

/** Deployments that revert what the step had released, oldest first. */
export const revertsOf = (part: FunctionStep, world: PlayedScene): Deployment[] => {
  // A deployment that was joined was created by another run.
  const ids = [...createdBy(part, world).map(({ settings }) => settings.id), part.outputs['deployment-id']]
  const descriptions = ids.map(id => `reverts ${id}`)
  return [...world.stage.created.keys()]
    .map(id => world.stage.aws.codedeploy.deployments.find(id))
    .filter(({ settings: { description = '' } }) => descriptions.includes(description))
}

export const leavingOf = ({ inputs }: Pick<PlayedStep, 'inputs'>): string =>
  inputs['if-interrupted'] ?? (inputs['deployment-id'] === 'active' ? 'continue' : 'rollback')

/** The state that main left for post. */
export const savedBy = ({ main }: PlayedStep): SavedRun | undefined => {
  const text = main.job.state.run
  return text === undefined ? undefined : fromState(text)
}

/** Whether post found something to finish. */
export const postActed = ({ post }: PlayedStep): boolean => post.job.log.lines.length > 0

/** The log and the summary of main and post. With very many functions, only the summary has everything. */
export const visibleText = ({ main, post }: PlayedStep): string =>
  [main, post].flatMap(({ job }) => [...job.log.lines.map(({ text }) => text), job.summary]).join('\n')

/** What the alias really served. */
export const historyOf = ({ names }: FunctionStep, { stage }: PlayedScene): History =>
  stage.historyOf(names.functionName)

/** Whether main came to its own end. */
export const endedByItself = ({ main }: PlayedStep): boolean => main.exitCode !== undefined
