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
}

export function perFunction(played: PlayedStep, { scene }: PlayedScene): readonly FunctionStep[] {
  const { functions, ...inputs } = played.inputs
  const find = (name: string | undefined): Names =>
    scene.functions.find(({ names }) => names.functionName === name)?.names ?? paymentsNames
  if (functions === undefined)
    return [{ ...played, inputs, functionCount: 1, names: find(inputs['function-name']) }]
  const entries = JSON.parse(functions) as StepInputs[]
  return entries.map(entry => ({
    ...played,
    inputs: { ...inputs, ...entry },
    functionCount: entries.length,
    names: find(entry['function-name'])
  }))
}
