import { type Names, paymentsNames } from '../../simulator/setting.ts'
import type { StepInputs } from '../draw/inputs.ts'
import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'

/** What a step did for one of its functions: most promises are made for each function. */
export interface FunctionStep extends PlayedStep {
  names: Names
  /** The inputs for this function. */
  inputs: StepInputs
  /** How many functions the step released. */
  functionCount: number
  /** Main's outputs for this function. */
  outputs: Outputs
  /** What post says about it. */
  postOutputs: Outputs
}

type Outputs = Readonly<Record<string, string>>

export function perFunction(played: PlayedStep, { scene }: PlayedScene): readonly FunctionStep[] {
  const { functions, ...inputs } = played.inputs
  const { outputs } = played.main.job
  const { outputs: postOutputs } = played.post.job
  const find = (name: string | undefined): Names =>
    scene.functions.find(({ names }) => names.functionName === name)?.names ?? paymentsNames
  if (functions === undefined)
    return [
      { ...played, inputs, functionCount: 1, names: find(inputs['function-name']), outputs, postOutputs }
    ]
  const entries = JSON.parse(functions) as StepInputs[]
  return entries.map(entry => {
    const names = find(entry['function-name'])
    const functionCount = entries.length
    const ownOf = (all: Outputs) => (functionCount === 1 ? all : resultOf(all, names))
    return {
      ...played,
      inputs: { ...inputs, ...entry },
      functionCount,
      names,
      outputs: ownOf(outputs),
      postOutputs: ownOf(postOutputs)
    }
  })
}

const resultOf = ({ results }: Outputs, { functionName }: Names): Outputs =>
  (JSON.parse(results || '[]') as Outputs[]).find(each => each['function-name'] === functionName) ?? {}
