import { createHash } from 'node:crypto'

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

/** Parses an AppSpec that was sent earlier as JSON; undefined for anything else. */
export function parseAppSpec(content: string): AppSpecContent | undefined {
  try {
    const spec = JSON.parse(content)
    const resource = Object.values(spec.Resources[0])[0] as { Properties: Record<string, unknown> }
    const { Name, Alias, CurrentVersion, TargetVersion } = resource.Properties
    const hooks = Object.assign({}, ...(Array.isArray(spec.Hooks) ? spec.Hooks : []))
    if (typeof Name !== 'string' || typeof Alias !== 'string') return undefined
    if (![CurrentVersion, TargetVersion].every(version => /^\d+$/.test(String(version)))) return undefined
    return {
      functionName: Name,
      alias: Alias,
      currentVersion: String(CurrentVersion),
      targetVersion: String(TargetVersion),
      hooks
    }
  } catch {
    return undefined
  }
}
