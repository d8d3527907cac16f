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
  outputs: Readonly<Record<string, string>>
}

export function perFunction(played: PlayedStep, { scene }: PlayedScene): readonly FunctionStep[] {
  const { functions, ...inputs } = played.inputs
  const { outputs } = played.main.job
  const find = (name: string | undefined): Names =>
    scene.functions.find(({ names }) => names.functionName === name)?.names ?? paymentsNames
  if (functions === undefined)
    return [{ ...played, inputs, functionCount: 1, names: find(inputs['function-name']), outputs }]
  const entries = JSON.parse(functions) as StepInputs[]
  const results = JSON.parse(outputs.results || '[]') as Record<string, string>[]
  return entries.map(entry => {
    const names = find(entry['function-name'])
    const own = results.find(each => each['function-name'] === names.functionName) ?? {}
    const functionCount = entries.length
    return {
      ...played,
      inputs: { ...inputs, ...entry },
      functionCount,
      names,
      outputs: functionCount === 1 ? outputs : own
    }
  })
}
