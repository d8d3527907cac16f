import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Under which name this action is published. */
export interface Identity {
  /** `owner/name`, from `repository` of package.json: nothing else decides it. */
  repository: string
  /** From package.json, such as `1.2.3`. */
  version: string
  /** The tag that moves from release to release, such as `v1`. */
  majorTag: string
}

/** What package.json under this folder says. @throws Error when it names no repository */
export function identityOf(root: string): Identity {
  const { repository, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const [, name] = /^github:([\w.-]+\/[\w.-]+)$/.exec(repository) ?? []
  if (name === undefined)
    throw new Error(`package.json: repository is '${repository}', not github:owner/name`)
  return { repository: name, version, majorTag: majorTagOf(version) }
}

/** The tag of one release, which never moves. */
export const tagOf = (version: string): string => `v${version}`

export const majorTagOf = (version: string): string => `v${version.split('.')[0]}`
