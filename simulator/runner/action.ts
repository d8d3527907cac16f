import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'

/** What the runner reads from the action.yml of a JavaScript action. */
export interface Action {
  name: string
  /** Absolute paths of the scripts. */
  main: string
  post: string | undefined
  inputs: Map<string, { default: string; deprecationMessage: string | undefined }>
}

type Manifest = Record<string, unknown>

const RUNS_KEYS = ['using', 'main', 'pre', 'pre-if', 'post', 'post-if']
const OUTPUT_KEYS = ['description', 'value']

/**
 * Reads `folder`/action.yml as strictly as the runner's schema does (src/Runner.Worker/action_yaml.json, 2.336.0).
 * @throws Error when a runner would refuse the action, or when it needs something that this model does not have.
 */
export async function readAction(folder: string): Promise<Action> {
  // The failsafe schema keeps each scalar as written: `default: true` is the string true.
  const root = mapping(
    parse(await readFile(join(folder, 'action.yml'), 'utf8'), { schema: 'failsafe' }),
    'the file'
  )
  const runs = mapping(root.runs, 'runs')
  refuseOthers(runs, RUNS_KEYS, 'runs')
  const using = text(runs.using).toLowerCase()
  if (using !== 'node20' && using !== 'node24') throw new Error(`action.yml: runs.using is '${using}'`)
  if (text(runs.main) === '') throw new Error('action.yml: runs.main is missing')
  if (runs.pre !== undefined) throw new Error('action.yml: runs.pre is not part of this model')
  if (runs['post-if'] !== undefined && text(runs['post-if']) !== 'always()')
    throw new Error(`action.yml: runs.post-if is '${text(runs['post-if'])}', this model knows always() only`)
  for (const [name, output] of entries(root.outputs))
    refuseOthers(mapping(output, `outputs.${name}`), OUTPUT_KEYS, `outputs.${name}`)
  const inputs: Action['inputs'] = new Map()
  for (const [name, input] of entries(root.inputs)) {
    const { default: value, deprecationMessage } = input === '' ? {} : mapping(input, `inputs.${name}`)
    inputs.set(name, {
      default: text(value),
      deprecationMessage: deprecationMessage === undefined ? undefined : text(deprecationMessage)
    })
  }
  return {
    name: text(root.name),
    main: resolve(folder, text(runs.main)),
    post: runs.post === undefined ? undefined : resolve(folder, text(runs.post)),
    inputs
  }
}

/**
 * `default` with its `${{ github.* }}` expressions replaced.
 * @throws Error on any other expression.
 */
export function evaluate(value: string, github: Record<string, string>): string {
  return value.replace(/\$\{\{(.*?)\}\}/gs, (whole, expression: string) => {
    const name = /^\s*github\.(\w+)\s*$/.exec(expression)?.[1]
    const found = name === undefined ? undefined : github[name]
    if (found === undefined) throw new Error(`action.yml: this model cannot evaluate ${whole}`)
    return found
  })
}

function mapping(value: unknown, where: string): Manifest {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Manifest
  throw new Error(`action.yml: ${where} is not a mapping`)
}

const entries = (value: unknown) =>
  value === undefined ? [] : Object.entries(mapping(value, 'inputs or outputs'))

const text = (value: unknown) => (typeof value === 'string' ? value : '')

function refuseOthers(value: Manifest, keys: string[], where: string) {
  const unexpected = Object.keys(value).filter(key => !keys.includes(key))
  if (unexpected.length > 0) throw new Error(`action.yml: ${where} has unexpected ${unexpected.join(', ')}`)
}
