import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { version } from '../../src/aws/version.ts'
import { outcomes, passes } from '../../src/deployment/outcome.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { InputError } from '../../src/inputs/reader.ts'
import { inputNames, inputTable } from '../../src/inputs/table.ts'
import { outputNames } from '../../src/report/outputs.ts'
import { release } from '../scenarios/play.ts'
import { calledActions, importedOperations } from './actions.ts'
import { action, blocks, root, tableRows, text } from './files.ts'

const env = { AWS_REGION: 'eu-west-1' }
const codes = (from: string): string[] => [...from.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

describe('action.yml', () => {
  const { inputs, outputs, runs } = action()

  // The runner replaces an expression by its value.
  const defaultOf = (text: string | undefined) => (text?.startsWith('${{') ? undefined : text)

  test('declares exactly the inputs of the table, in its order, with its defaults', () => {
    expect(Object.entries(inputs).map(([name, input]) => [name, defaultOf(input.default)])).toEqual(
      inputNames.map(name => [name, inputTable[name].default])
    )
  })

  test('declares only inputs that the program reads', () => {
    const asked = new Set<string>()
    for (const given of [{}, release, { 'deployment-id': 'd-1A2B3C4D5' }] as Record<string, string>[])
      readInputs(given, name => asked.add(name))
    expect(Object.keys(inputs).sort()).toEqual([...asked].sort())
  })

  test('gives the defaults that the program has', () => {
    const defaults = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, defaultOf(input.default) ?? ''])
    )
    expect(readInputs({ ...defaults, ...release })).toEqual(readInputs(release))
  })

  test('says of each input that does not go with target-version that it does not', () => {
    const said = Object.entries(inputs).filter(([, { description }]) =>
      description.includes('Not with `target-version`')
    )
    expect(said.map(([name]) => name)).toEqual(
      inputNames.filter(name => inputTable[name].notWith?.['target-version'])
    )
  })

  test('requires no input, because a deployment-id replaces all others', () => {
    expect(Object.entries(inputs).filter(([, input]) => input.required)).toEqual([])
  })

  test('declares the outputs that the program sets, in their order', () => {
    expect(Object.keys(outputs)).toEqual([...outputNames])
  })

  test('names every outcome, from best to worst', () => {
    expect(codes(outputs.outcome?.description ?? '')).toEqual([...outcomes])
  })

  test('names files of dist/ that exist', () => {
    expect(runs).toEqual({ using: 'node24', main: 'dist/index.js', post: 'dist/post.js' })
    expect([runs.main, runs.post].filter(path => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('the README', () => {
  test('has every input of the table', () => {
    expect(tableRows('README.md', 'Inputs').map(([input = '']) => codes(input))).toEqual(
      inputNames.map(name => [name])
    )
  })

  test('has every outcome in its table, from best to worst, with the result of the job', () => {
    const jobOf = (kind: (typeof outcomes)[number]): string =>
      passes(kind) ? 'passes' : kind === 'interrupted' ? 'cancelled' : 'fails'
    const rows = tableRows('README.md', 'Outcomes').map(([outcome = '', job]) => [...codes(outcome), job])
    expect(rows).toEqual(outcomes.map(kind => [kind, jobOf(kind)]))
  })
})

describe('the policy in docs/permissions.md', () => {
  test('grants the actions that the program calls, and those that AWS also requires', () => {
    // CodeDeploy requires the first two for CreateDeployment, the second one when alarms are overridden. See "CodeDeploy permissions
    // reference" in its user guide. Whoever creates a group passes its service role.
    const alsoRequired = [
      'codedeploy:RegisterApplicationRevision',
      'codedeploy:UpdateDeploymentGroup',
      'iam:PassRole'
    ]
    expect([...granted()].sort()).toEqual([...calledActions(), ...alsoRequired].sort())
  })
})

describe('the program', () => {
  test('names an action for each operation that it uses, so that a denial can be explained', () => {
    expect(
      calledActions()
        .map(each => each.replace(/^\w+:/, ''))
        // Two actions are not named like their operation: who may get an object may ask for its head.
        .map(each => each.replace('InvokeFunction', 'Invoke').replace('GetObject', 'HeadObject'))
        .sort()
    ).toEqual(importedOperations())
  })

  test('has the version of the package', () => {
    expect(JSON.parse(text('package.json')).version).toBe(version)
    expect(JSON.parse(text('package-lock.json')).packages[''].version).toBe(version)
  })
})

/** What the program makes of inputs: the parsed inputs, or the problems. `asked` receives each name that is read. */
function readInputs(given: Record<string, string>, asked: (name: string) => void = () => {}): unknown {
  const input = (name: string): string => {
    asked(name)
    return given[name] ?? ''
  }
  try {
    return parseInputs({ input, env })
  } catch (error) {
    if (error instanceof InputError) return error.problems
    throw error
  }
}

/** The actions of the policies for the deploying role, all of them in its section. */
function granted(): Set<string> {
  const ofRole = ['"Sid": "Function"', '"Sid": "Weights"']
  const statements = blocks('json')
    .filter(({ page, body }) => page === 'docs/permissions.md' && ofRole.some(each => body.includes(each)))
    .flatMap(({ body }): { Action: string | string[] }[] => JSON.parse(body).Statement)
  return new Set(statements.flatMap(({ Action }) => Action))
}
