import { describe, expect, test } from '@jest/globals'
import { readEntries } from '../../src/inputs/functions.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { called } from './called.ts'
import { action } from './files.ts'
import {
  formerWorkflows,
  fragments,
  type Job,
  ourCalls,
  ourSteps,
  readYaml,
  type Step,
  stepsOf,
  workflows
} from './steps.ts'

/** Inputs as the runner passes them: as strings. Values that are known only in a run are left out. */
function inputsOf({ with: given = {} }: Step): Record<string, string> {
  const known = Object.entries(given).map(([name, value]) => [name, String(value)] as const)
  const sample: Record<string, string> = {
    'deployment-id': 'd-1A2B3C4D5',
    'target-version': '7',
    'function-name': 'payments-api',
    alias: 'live',
    'codedeploy-application': 'payments',
    'codedeploy-deployment-group': 'payments-api-live'
  }
  return Object.fromEntries(
    known.map(([name, value]) => [name, value.includes('${{') ? (sample[name] ?? '') : value])
  )
}

const unknownInputs = (steps: readonly Step[]): string[] =>
  steps.flatMap(step => Object.keys(step.with ?? {})).filter(name => !(name in action().inputs))

/** Checks out the repository, or compares the live commit with this one, which a chosen version or deployment does not need. */
const readsContents = (step: Step): boolean =>
  step.uses?.startsWith('actions/checkout@') ||
  ourSteps(step).some(({ with: given = {} }) => !('target-version' in given) && !('deployment-id' in given))

/** What a job needs: a called workflow's jobs get no more than the calling one has. */
const needs = ({ steps = [], uses }: Job): Record<string, string> => ({
  ...((uses !== undefined || steps.some(readsContents)) && { contents: 'read' }),
  ...((uses !== undefined || steps.some(signsIn)) && { 'id-token': 'write' }),
  ...(steps.some(({ run }) => run?.includes('/comments')) && { 'pull-requests': 'write' })
})

const signsIn = ({ uses = '', ...step }: Step): boolean =>
  uses.startsWith('aws-actions/configure-aws-credentials@') || ourSteps({ uses, ...step }).length > 0

describe.each(workflows())('$name', ({ yaml }) => {
  const ours = ourSteps(yaml)
  const calls = ourCalls(yaml)

  test('uses this action, or its reusable workflow, with inputs that exist', () => {
    expect(ours.length + calls.length).toBeGreaterThan(0)
    expect(unknownInputs(ours)).toEqual([])
    const names = calls.flatMap(({ with: given = {} }) => Object.keys(given))
    expect(names.filter(name => !(name in called().inputs))).toEqual([])
  })

  test('gives the reusable workflow what it requires', () => {
    const required = Object.entries(called().inputs).filter(([, input]) => input.required)
    for (const { with: given = {} } of calls)
      expect(Object.keys(given)).toEqual(expect.arrayContaining(required.map(([name]) => name)))
  })

  test('gives inputs that the program accepts', async () => {
    for (const step of ours) {
      const inputs = inputsOf(step)
      const entries = await readEntries(inputs.functions ?? '')
      const given = { input: (name: string) => inputs[name] ?? '', env: { AWS_REGION: 'eu-west-1' } }
      expect(() => parseInputs({ ...given, ...(entries && { entries }) })).not.toThrow()
    }
  })

  test('grants no permissions to the whole workflow, and to each job exactly what it needs', () => {
    expect(yaml.permissions).toEqual({})
    const jobs = Object.values(yaml.jobs)
    expect(jobs.map(({ permissions }) => permissions)).toEqual(jobs.map(needs))
  })

  test('lets a job that publishes read the contents, which if-outdated asks GitHub about', () => {
    const publishes = ({ with: given = {} }: Step) =>
      !given['target-version'] && !given['deployment-id'] && given['dry-run'] !== true
    for (const { permissions, ...job } of Object.values(yaml.jobs))
      if (ourSteps(job).some(publishes)) expect(permissions).toMatchObject({ contents: 'read' })
  })
})

describe.each(formerWorkflows())('$name, which is to be replaced,', ({ yaml }) => {
  test('uses another action instead of this one', () => {
    expect(ourSteps(yaml)).toEqual([])
    expect(stepsOf(yaml).filter(({ with: given }) => given && 'codedeploy-application' in given).length).toBe(
      1
    )
  })
})

describe.each(fragments())('$name, a fragment,', ({ body, mark }) => {
  test('can be parsed, and is not just text', () => {
    expect(typeof readYaml(body)).toBe('object')
  })

  test('uses this action with inputs that exist, or not at all', () => {
    const ours = ourSteps(readYaml(body))
    expect(unknownInputs(ours)).toEqual([])
    expect(mark === 'before' ? ours : []).toEqual([])
  })
})
