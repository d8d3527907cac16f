import type { RecordedRequest } from '../../simulator/aws.ts'
import type { Deployment } from '../../simulator/codedeploy/deployment.ts'
import { fromState, type SavedRun } from '../../src/state.ts'
import { runOf } from '../chronicle.ts'
import type { Played } from '../runner.ts'
import type { Story } from '../story.ts'
import { requestTimeoutMs } from '../weather.ts'

/** What a step sent, main and post. */
export const requestsOf = ({ step }: Played, { stage }: Story): RecordedRequest[] =>
  stage.aws.requests.filter(request => runOf(request) === step.run)

/** Requests whose good answer reached the program. */
export function answered(played: Played, story: Story, operation: string): RecordedRequest[] {
  return requestsOf(played, story).filter(request => {
    if (request.operation !== operation || request.status < 200 || request.status > 299) return false
    const fault = story.stage.faults.get(request)
    if (fault?.kind === 'slow') return (fault.ms ?? 0) < requestTimeoutMs
    // Neither dates nor statuses are in an alias.
    return !fault || fault.kind === 'isoDates' || fault.kind === 'unknownStatus'
  })
}

/** When a request was acted on, epoch ms. */
export const actedAt = (request: RecordedRequest, { stage }: Story): number => {
  const fault = stage.faults.get(request)
  return request.at + (fault?.kind === 'slow' ? (fault.ms ?? 0) : 0)
}

/** Deployments that the step created, by the run's mark in their description, oldest first. */
export const createdBy = ({ step }: Played, { stage }: Story): Deployment[] =>
  [...stage.created.keys()]
    .map(id => stage.aws.codedeploy.deployments.find(id))
    .filter(({ settings }) => settings.description?.includes(`${step.run}.1`))

export const leavingOf = ({ inputs }: Played): string => inputs['if-interrupted'] ?? 'rollback'

/** What main had left for post when it ended. */
export const savedBy = ({ main }: Played): SavedRun | undefined => {
  const text = main.job.state.run
  return text === undefined ? undefined : fromState(text)
}

/** All that a reader of the log sees, main and post. */
export const toldBy = ({ main, post }: Played): string =>
  [...main.job.log.lines, ...post.job.log.lines].map(({ text }) => text).join('\n')

/** Everything but the lines: what main alone set. */
export const outputsOf = ({ main }: Played): Readonly<Record<string, string>> => main.job.outputs

/** Main came to its own end. */
export const endedByItself = ({ main }: Played): boolean => main.exitCode !== undefined
