import { type Inputs, parseInputs } from '../../src/inputs/inputs.ts'
import { InputError } from '../../src/inputs/reader.ts'
import type { ReleaseRequest } from '../../src/inputs/request.ts'

/** The four inputs that every release needs. */
export const required = {
  'function-name': 'payments-api',
  alias: 'live',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-group': 'payments-live'
}

export const job = {
  AWS_REGION: 'eu-west-1',
  GITHUB_REPOSITORY: 'acme/payments',
  GITHUB_SHA: '1a2b3c4',
  GITHUB_RUN_ID: '4711',
  GITHUB_RUN_ATTEMPT: '1'
}

type Values = Readonly<Record<string, string>>

export const inputsOf = (inputs: Values, env: Values = job): Inputs =>
  parseInputs({ input: name => inputs[name] ?? '', env })

/** The request of a release with these inputs and the required ones. */
export function requestOf(inputs: Values, env?: Values): ReleaseRequest {
  const parsed = inputsOf({ ...required, ...inputs }, env)
  if (parsed.kind !== 'release') throw new Error('not a release')
  return parsed.requests[0]
}

/** What is wrong with these inputs; empty when nothing is. */
export function problemsOf(inputs: Values, env?: Values): readonly string[] {
  try {
    inputsOf(inputs, env)
    return []
  } catch (error) {
    if (error instanceof InputError) return error.problems
    throw error
  }
}
