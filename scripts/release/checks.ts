import { entryOf } from './changelog.ts'
import { tagOf } from './identity.ts'

/** What is looked at before a release. */
export interface Candidate {
  version: string
  /** Of the repository. */
  tags: readonly string[]
  changelog: string
  /** File -> the version that it names. */
  versions: Readonly<Record<string, string>>
}

type Numbers = readonly [major: number, minor: number, patch: number]

function numbersOf(version: string): Numbers | undefined {
  const [, major, minor, patch] = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(version) ?? []
  return major && minor && patch ? [Number(major), Number(minor), Number(patch)] : undefined
}

const compare = (a: Numbers, b: Numbers): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]

/** Every reason not to release, as a sentence; empty when there is none. */
export function problemsOf({ version, tags, changelog, versions }: Candidate): string[] {
  const asked = numbersOf(version)
  if (!asked) return [`${version} is not a version like 1.2.3`]
  const released = tags.map(tag => numbersOf(tag.replace(/^v/, ''))).filter(each => each !== undefined)
  const latest = released.sort(compare).at(-1)
  return [
    ...(latest ? orderProblems(asked, latest) : []),
    ...entryProblems(changelog, version),
    ...Object.entries(versions)
      .filter(([, named]) => named !== version)
      .map(([file, named]) => `${file} has version ${named}`)
  ]
}

/** A release follows the latest one: no number is left out, and the lower ones begin again at 0. */
function orderProblems(asked: Numbers, [major, minor, patch]: Numbers): string[] {
  const next: Numbers[] = [
    [major, minor, patch + 1],
    [major, minor + 1, 0],
    [major + 1, 0, 0]
  ]
  if (next.some(each => compare(each, asked) === 0)) return []
  const choice = next.map(each => each.join('.')).join(', ')
  return [
    `${asked.join('.')} does not follow ${tagOf([major, minor, patch].join('.'))}: that would be ${choice}`
  ]
}

function entryProblems(changelog: string, version: string): string[] {
  try {
    const entry = entryOf(changelog, version)
    return entry ? [] : [`CHANGELOG.md has no entry for ${version}`]
  } catch (error) {
    return [(error as Error).message]
  }
}
