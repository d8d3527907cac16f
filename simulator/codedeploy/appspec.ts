import { parse } from 'yaml'
import type { Uncertain } from '../uncertain.ts'

export interface AppSpec {
  functionName: string
  alias: string
  currentVersion: string
  targetVersion: string
  hooks: { BeforeAllowTraffic?: string; AfterAllowTraffic?: string }
}

/** Why an AppSpec is not accepted; `detail` follows the fixed start of the error message, where AWS gives one. */
export class InvalidAppSpec extends Error {}

const NAME_EMPTY = 'The Lambda function name cannot be null or empty'

type Tree = Record<string, unknown>

/**
 * Reads a Lambda AppSpec in YAML or JSON. Case does not matter in keys: the documentation itself writes them both ways.
 * @throws InvalidAppSpec
 */
export function readAppSpec(content: string, uncertain: Uncertain): AppSpec {
  const strict = uncertain.unknownAppSpecKeys === 'fails'
  const map = (value: unknown, known: string[], what: string): Tree => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new InvalidAppSpec(`${what} is not a map`)
    const tree: Tree = {}
    for (const [key, each] of Object.entries(value)) {
      const name = known.find(candidate => candidate.toLowerCase() === key.toLowerCase())
      if (name) tree[name] = each
      else if (strict) throw new InvalidAppSpec(`${what} has an unknown key: ${key}`)
    }
    return tree
  }
  const root = map(parsed(content), ['version', 'Resources', 'Hooks'], 'The AppSpec')
  checkVersion(root.version, content, uncertain)
  const resource = map(onlyResource(root.Resources), ['Type', 'Properties'], 'The resource')
  if (resource.Type !== 'AWS::Lambda::Function')
    throw new InvalidAppSpec('The resource is not of type AWS::Lambda::Function')
  const given = map(resource.Properties, ['Name', 'Alias', 'CurrentVersion', 'TargetVersion'], 'Properties')
  return {
    functionName: functionName(given.Name, uncertain),
    alias: text(given.Alias, 'Alias'),
    currentVersion: version(given.CurrentVersion, 'CurrentVersion'),
    targetVersion: version(given.TargetVersion, 'TargetVersion'),
    hooks: readHooks(root.Hooks, uncertain)
  }
}

function parsed(content: string): unknown {
  try {
    return parse(content, { version: '1.1', uniqueKeys: true })
  } catch (error) {
    throw new InvalidAppSpec(`It is neither YAML nor JSON: ${(error as Error).message.split('\n')[0]}`)
  }
}

function checkVersion(given: unknown, content: string, uncertain: Uncertain): void {
  const bareZero = /["']?\bversion["']?\s*:\s*0\s*([,}\r\n]|$)/i.test(content)
  if (given === '0.0' || (given === 0 && (!bareZero || uncertain.versionZero === 'accepted'))) return
  throw new InvalidAppSpec('The version must be 0.0')
}

function onlyResource(resources: unknown): unknown {
  if (!Array.isArray(resources) || resources.length !== 1)
    throw new InvalidAppSpec('Resources must be a list of exactly one function')
  const named = Object.values((resources[0] ?? {}) as Tree)
  if (named.length !== 1) throw new InvalidAppSpec('A resource must be a map with a single key')
  return named[0]
}

function functionName(given: unknown, uncertain: Uncertain): string {
  if (given === null || given === undefined || given === '') throw new InvalidAppSpec(NAME_EMPTY)
  const name = text(given, 'Name')
  if (/^[a-zA-Z0-9-_]{1,64}$/.test(name)) return name
  const bare = /^(?:arn:[^:]+:lambda:[^:]+:)?\d{12}:function:([a-zA-Z0-9-_]{1,64})$/.exec(name)?.[1]
  if (bare && uncertain.arnInName === 'accepted') return bare
  throw new InvalidAppSpec('Name must be the bare name of a function')
}

function readHooks(given: unknown, uncertain: Uncertain): AppSpec['hooks'] {
  const hooks: AppSpec['hooks'] = {}
  if (given === undefined) return hooks
  if (!Array.isArray(given)) throw new InvalidAppSpec('Hooks must be a list')
  for (const [event, name] of given.flatMap(entry => Object.entries((entry ?? {}) as Tree))) {
    const key = (['BeforeAllowTraffic', 'AfterAllowTraffic'] as const).find(
      known => known.toLowerCase() === event.toLowerCase()
    )
    if (!key || hooks[key]) throw new InvalidAppSpec(`Hooks has an unknown or repeated event: ${event}`)
    if (name === null || name === '') throw new InvalidAppSpec(NAME_EMPTY)
    const hook = text(name, event)
    const qualified = /^[^:]+:[^:]+$/.test(hook) || /:function:[^:]+:[^:]+$/.test(hook)
    if (qualified && uncertain.qualifiedHook === 'fails')
      throw new InvalidAppSpec('A hook must not have a qualifier')
    hooks[key] = hook
  }
  return hooks
}

function text(given: unknown, what: string): string {
  if (typeof given === 'string' && given !== '') return given
  throw new InvalidAppSpec(`${what} must be text`)
}

/** Documented as a string with a positive integer; unquoted YAML numbers have been seen to work. */
function version(given: unknown, what: string): string {
  const digits = typeof given === 'number' ? String(given) : given
  if (typeof digits === 'string' && /^[1-9]\d*$/.test(digits)) return digits
  throw new InvalidAppSpec(`${what} must be a positive integer`)
}
