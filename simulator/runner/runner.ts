import { readAction } from './action.ts'
import { Masks } from './masks.ts'
import { runStage } from './stage.ts'
import type { Step, StepResult } from './step.ts'
import { Workplace } from './workplace.ts'

export type {
  Annotation,
  Command,
  Moment,
  SentSignal,
  ShownLine,
  StageResult,
  Step,
  StepResult
} from './step.ts'

/**
 * Runs an action as the GitHub runner runs one on Linux: main, then post whatever became of main.
 * Stricter than a runner in one thing: nothing of this process's environment is passed on.
 * @throws Error when a runner would refuse the action.yml.
 */
export async function runStep(step: Step): Promise<StepResult> {
  const action = await readAction(step.action)
  const place = await Workplace.open()
  const masks = new Masks()
  for (const secret of [...(step.secrets ?? []), step.token ?? '']) masks.add(secret)
  try {
    const main = await runStage({ step, action, place, masks })
    const { outputs, state, env, path } = main.jobLog
    const result: StepResult = {
      ...main.result,
      outputs: Object.fromEntries(outputs),
      jobOutputs: Object.fromEntries([...outputs].filter(([, value]) => masks.apply(value) === value)),
      state: Object.fromEntries(state),
      env: Object.fromEntries(env),
      path: [...path],
      job: main.result.outcome
    }
    if (action.post === undefined) return result
    const post = await runStage({ step, action, place, masks, before: main.jobLog })
    result.post = post.result
    if (result.job === 'success') result.job = post.result.outcome
    return result
  } finally {
    await place.close()
  }
}
