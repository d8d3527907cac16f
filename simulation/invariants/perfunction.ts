import { type Names, paymentsNames } from '../../simulator/setting.ts'
import type { Inputs } from '../draw/inputs.ts'
import type { Story } from '../play/play.ts'
import type { Played } from '../play/runner.ts'

/** What a step did for one of its functions: most promises are made for each of them. */
export interface Part extends Played {
  names: Names
  /** As they are for this function. */
  inputs: Inputs
  /** How many functions the step released. */
  among: number
}

export function partsOf(played: Played, { scene }: Story): readonly Part[] {
  const { functions, ...inputs } = played.inputs
  const find = (name: string | undefined): Names =>
    scene.functions.find(({ names }) => names.functionName === name)?.names ?? paymentsNames
  if (functions === undefined) return [{ ...played, inputs, among: 1, names: find(inputs['function-name']) }]
  const entries = JSON.parse(functions) as Inputs[]
  return entries.map(entry => ({
    ...played,
    inputs: { ...inputs, ...entry },
    among: entries.length,
    names: find(entry['function-name'])
  }))
}
