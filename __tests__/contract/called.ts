import { text } from './files.ts'
import { readYaml, type Workflow } from './steps.ts'

export const calledPath = '.github/workflows/release-lambda.yml'

interface Called {
  inputs: Record<string, { description?: string; type?: string; required?: boolean; default?: unknown }>
  outputs: Record<string, { description?: string; value?: string }>
}

/** What the reusable workflow takes and gives. */
export const called = (): Called =>
  (readYaml(text(calledPath)) as { on: { workflow_call: Called } }).on.workflow_call

export const calledWorkflow = (): Workflow => readYaml(text(calledPath)) as Workflow
