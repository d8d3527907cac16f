import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { table } from './page.ts'

interface Action {
  inputs: Record<string, { description: string; default?: string }>
  outputs: Record<string, { description: string }>
}

/** Inputs of the action that the reusable workflow does not pass on, each with the reason. */
export const ownInputs: Readonly<Record<string, string>> = {
  'aws-region': 'the workflow requires it, for its concurrency group',
  'role-to-assume': 'the workflow requires it, and the plan may have another role',
  'dry-run': 'the workflow always plans; its own input ends it there',
  wait: 'a release that nobody waits for could not hold back the next one',
  'deployment-id': 'the workflow releases; it does not watch',
  'github-token': "the action's default, the job's own token, is right",
  'github-environment': "the job's environment records the release already"
}

/** Numbers that the action takes as text: 0, which GitHub gives when nothing is given, stands for its default. */
const numbers = ['wait-for-minutes', 'min-invocations', 'keep-versions']

const { inputs, outputs }: Action = parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'action.yml'), 'utf8')
)

/** The inputs of the action that are also inputs of the workflow. */
export const passedOn = Object.entries(inputs).filter(([name]) => !(name in ownInputs))

/** The declarations of these inputs, typed, with the action's own words. */
export const declarations = (): string[] =>
  passedOn.flatMap(([name, { description, default: value }]) => [
    `${name}:`,
    ...folded(description.replace(/(?<=Required, unless )(`deployment-id` or|the id of a deployment,) /, '')),
    ...typed(name, value).map(line => `  ${line}`)
  ])

function typed(name: string, value: string | undefined): string[] {
  if (value === 'true' || value === 'false') return ['type: boolean', `default: ${value}`]
  if (numbers.includes(name)) return ['type: number', ...(value === undefined ? [] : [`default: ${value}`])]
  return ['type: string', ...(value === undefined ? [] : [`default: ${value}`])]
}

interface Input {
  description: string
  required?: boolean
  default?: unknown
}

/** A table of the inputs that the workflow has and the action has not, or has otherwise. */
export function ownInputTable(): string[] {
  const path = join(import.meta.dirname, '..', '..', '.github', 'workflows', 'release-lambda.yml')
  const called: Record<string, Input> = parse(readFileSync(path, 'utf8')).on.workflow_call.inputs
  const own = Object.entries(called).filter(([name]) => !passedOn.some(([passed]) => passed === name))
  return table(
    ['input', 'default', 'meaning'],
    own.map(([name, input]) => [
      `\`${name}\``,
      input.default === undefined ? '' : `\`${input.default}\``,
      `${input.description}${input.required ? ' Required.' : ''}`
    ])
  )
}

/** The step's `with:`, except for the workflow's own inputs. `others`: expressions for inputs that are not passed on as they are. */
export const passing = (others: Readonly<Record<string, string>> = {}): string[] =>
  passedOn.map(([name]) => `${name}: ${others[name] ?? expressionFor(name)}`)

/** What runs during the plan is waited for by the release, in its concurrency group, and does not make the plan refuse it. */
export const waiting = `\${{ !inputs.dry-run && inputs.if-in-progress == 'fail' && 'wait' || inputs.if-in-progress }}`

function expressionFor(name: string): string {
  // What was downloaded is what is meant, unless the caller names a file in it.
  const otherwise =
    name === 'code' ? " || (inputs.artifact && 'artifact') || ''" : numbers.includes(name) ? " || ''" : ''
  return `\${{ inputs.${name}${otherwise} }}`
}

/** The job's outputs: those of the step. */
export const jobOutputs = (): string[] =>
  Object.keys(outputs).map(name => `${name}: \${{ steps.release.outputs.${name} }}`)

const endsInPlan = "(inputs.dry-run || jobs.plan.outputs.outcome == 'refused')"

/** The workflow's outputs: those of the release, or of the plan when it ended there. */
export const workflowOutputs = (): string[] =>
  Object.entries(outputs).flatMap(([name, { description }]) => [
    `${name}:`,
    ...folded(description),
    `  value: \${{ ${endsInPlan} && jobs.plan.outputs.${name} || jobs.release.outputs.${name} }}`
  ])

const width = 110

/** A description that YAML folds into one line. */
function folded(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return ['  description: >-', ...lines.map(line => `    ${line}`)]
}
