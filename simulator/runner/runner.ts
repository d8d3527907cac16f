import { readAction } from './action.ts'
import { runtimeToken } from './environment.ts'
import { JobFolders } from './jobfolders.ts'
import { Masks } from './masks.ts'
import { runStage, type Staged } from './stage.ts'
import type { Step, StepResult } from './step.ts'

export type {
  Annotation,
  Command,
  Moment,
  Os,
  SentSignal,
  ShownLine,
  StageResult,
  Step,
  StepResult
} from './step.ts'

/**
 * Runs an action as the GitHub runner does: main, then post, however main ended.
 * Stricter than a runner in one way: none of this process's environment is passed on.
 * @throws Error when a runner would refuse the action.yml.
 */
export async function runStep(step: Step): Promise<StepResult> {
  const action = await readAction(step.action)
  const folders = await JobFolders.open(step.files)
  const masks = new Masks()
  for (const secret of [...(step.secrets ?? []), step.token ?? '', runtimeToken]) masks.add(secret.trim())
  let main: Staged | undefined
  try {
    main = await runStage({ step, action, folders, masks })
    const { outputs, state, env, path } = main.jobLog
    const result: StepResult = {
      ...main.result,
      outputs: Object.fromEntries(outputs),
      jobOutputs: Object.fromEntries([...outputs].filter(([, value]) => masks.apply(value) === value)),
      state: Object.fromEntries(state),
      env: Object.fromEntries(env),
      path: [...path],
      job: main.job ?? main.result.conclusion
    }
    // A runner that shuts down starts nothing more, and without a worker nothing can be started.
    if (action.post === undefined || main.job === 'failure' || main.workerKilled) return result
    const { deadline } = main
    const post = await runStage({ step, action, folders, masks, before: main.jobLog, deadline })
    result.post = post.result
    if (result.job === 'success') result.job = post.result.conclusion
    return result
  } finally {
    main?.remove()
    await folders.close()
  }
}
