import { ofGroup } from './active.ts'
import { release, type StepInputs } from './inputs.ts'

/** A canary of so many minutes in the group that these inputs name, with a gate that lets this rate of errors pass. */
export function gatedCanary(
  given: StepInputs,
  minutes: number,
  maxErrorRate: string
): { gate: StepInputs; inputs: StepInputs } {
  const gate = { 'max-error-rate': maxErrorRate, 'min-invocations': '5' }
  const { 'wait-for-minutes': _, ...place } = ofGroup(given)
  const configuration = { 'codedeploy-deployment-config': `Canary10Percent${minutes}Minutes` }
  return { gate, inputs: { ...release, ...place, ...gate, ...configuration } }
}
