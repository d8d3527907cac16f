import { createHash } from 'node:crypto'
import { bareName } from '../deployment/names.ts'

/** The content of an AppSpec for Lambda. */
export interface AppSpecContent {
  /** The bare name: it is not documented whether CodeDeploy accepts an ARN here. */
  functionName: string
  alias: string
  currentVersion: string
  targetVersion: string
  /** Lifecycle event -> function. */
  hooks: Readonly<Record<string, string>>
}

export interface AppSpec {
  /** JSON, exactly as sent. */
  content: string
  /** SHA-256 of `content`'s bytes in lower-case hex, as CodeDeploy compares it. */
  sha256: string
}

/**
 * Writes the AppSpec. `version` must be the string "0.0" (JSON would write the number as 0), versions are strings, and hooks
 * appear only if given: CodeDeploy fails a deployment whose hook is null.
 * See https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
export function appSpec(spec: AppSpecContent): AppSpec {
  const hooks = Object.entries(spec.hooks).map(([event, functionName]) => ({ [event]: functionName }))
  const content = JSON.stringify(
    {
      version: '0.0',
      Resources: [
        {
          [spec.functionName]: {
            Type: 'AWS::Lambda::Function',
            Properties: {
              Name: spec.functionName,
              Alias: spec.alias,
              CurrentVersion: spec.currentVersion,
              TargetVersion: spec.targetVersion
            }
          }
        }
      ],
      ...(hooks.length > 0 && { Hooks: hooks })
    },
    undefined,
    2
  )
  return { content, sha256: createHash('sha256').update(content).digest('hex') }
}

/** Reads an AppSpec that was sent earlier, in JSON or YAML; undefined unless it gives all but hooks. */
export async function readAppSpec(content: string): Promise<AppSpecContent | undefined> {
  const root = await parsed(content)
  const resource = member(root, 'Resources')
  const [first] = Object.values(Array.isArray(resource) ? (resource[0] ?? {}) : {})
  const text = (name: string) => textOf(member(member(first, 'Properties'), name))
  const [functionName, alias] = [text('Name'), text('Alias')]
  const [currentVersion, targetVersion] = [text('CurrentVersion'), text('TargetVersion')]
  if (!functionName || !alias || !isVersion(currentVersion) || !isVersion(targetVersion)) return undefined
  const hooks = member(root, 'Hooks')
  return {
    functionName: bareName(functionName),
    alias,
    currentVersion,
    targetVersion,
    hooks: Object.fromEntries(Array.isArray(hooks) ? hooks.flatMap(hooksOf) : [])
  }
}

/** An AppSpec of Lambda is far shorter, characters. The parser takes seconds for much more, and nothing else happens meanwhile. */
const longestYaml = 16_384

/** Throws nothing: what is neither JSON nor YAML is undefined. The parser of YAML is loaded only when there is some. */
async function parsed(content: string): Promise<unknown> {
  try {
    return JSON.parse(content)
  } catch {
    if (content.length > longestYaml) return undefined
    const { parse } = await import('yaml')
    try {
      // The parser's warnings would go to stderr raw, with foreign text in them, and the runner reads that for commands.
      return parse(content, { maxAliasCount: 100, schema: 'failsafe', uniqueKeys: false, logLevel: 'error' })
    } catch {
      return undefined
    }
  }
}

/** Case makes no difference in keys: the documentation of AWS writes them both ways. */
function member(of: unknown, name: string): unknown {
  if (typeof of !== 'object' || of === null) return undefined
  return Object.entries(of).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
}

/** Versions may be written as numbers. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

const isVersion = (text: string | undefined): text is string => text !== undefined && /^\d+$/.test(text)

const lifecycleEvents = ['BeforeAllowTraffic', 'AfterAllowTraffic']

/** How an empty hook is written in YAML. */
const empty = ['', '~', 'null']

const hooksOf = (entry: unknown): [event: string, functionName: string][] =>
  lifecycleEvents.flatMap(event => {
    const functionName = textOf(member(entry, event))
    return functionName === undefined || empty.includes(functionName) ? [] : [[event, functionName]]
  })
