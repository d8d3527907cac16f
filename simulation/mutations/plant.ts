import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Mutation } from './mutation.ts'
import { mutations } from './mutations.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** How the simulation did with a planted bug. */
interface Verdict {
  mutation: Mutation
  /** Undefined when no seed showed it. */
  caught?: { invariant: string; seeds: number }
}

/**
 * Plants each bug whose name holds `only` in a copy of the repository, plays seeds until something breaks, and prints who caught it.
 * Gives the exit code.
 */
export async function mutationTable(
  [first, last]: [number, number],
  jobs: number,
  only = ''
): Promise<number> {
  const chosen = mutations.filter(({ name }) => name.includes(only))
  const waiting = [...chosen]
  const verdicts: Verdict[] = []
  const work = async () => {
    for (let mutation = waiting.shift(); mutation; mutation = waiting.shift()) {
      const caught = await plant(mutation, first, last)
      verdicts.push({ mutation, ...(caught && { caught }) })
      console.log(caught ? `caught: ${mutation.name}` : `NOT CAUGHT: ${mutation.name}`)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  console.log('\n| planted bug: the program … | caught by invariant | seeds it took |\n| --- | --- | ---: |')
  for (const mutation of chosen) {
    const caught = verdicts.find(each => each.mutation === mutation)?.caught
    console.log(
      `| ${mutation.name} | ${caught?.invariant ?? '**none**'} | ${caught?.seeds ?? `> ${last - first + 1}`} |`
    )
  }
  return verdicts.every(({ caught }) => caught) ? 0 : 1
}

async function plant(mutation: Mutation, first: number, last: number): Promise<Verdict['caught']> {
  const copy = await mkdtemp(join(tmpdir(), 'lambda-codedeploy-mutation-'))
  try {
    for (const folder of ['src', 'simulator', 'simulation', 'scripts', 'package.json'])
      await cp(join(root, folder), join(copy, folder), { recursive: true })
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
    const file = join(copy, mutation.path)
    await writeFile(file, mutated(await readFile(file, 'utf8'), mutation))
    for (let from = first; from <= last; ) {
      const found = await firstViolation(copy, from, last)
      if (!found) return undefined
      // A promise that is also broken without the bug does not show the bug.
      const before = await firstViolation(root, found.seed, found.seed)
      if (before?.invariant !== found.invariant)
        return { invariant: found.invariant, seeds: found.seed - first + 1 }
      from = found.seed + 1
    }
    return undefined
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

/** Throws when `from` does not occur exactly once. */
export function mutated(source: string, { path, from, to }: Mutation): string {
  const parts = source.split(from)
  if (parts.length !== 2) throw new Error(`${path} holds '${from}' ${parts.length - 1} times, not once`)
  return parts.join(to)
}

async function firstViolation(
  at: string,
  first: number,
  last: number
): Promise<{ seed: number; invariant: string } | undefined> {
  const script = join(at, 'scripts', 'simulate.ts')
  const given = [script, '--seeds', `${first}..${last}`, '--stop-at-first']
  const { stdout } = await run(process.execPath, given, { cwd: at, maxBuffer: 1 << 26 }).catch(
    (failure: { stdout: string; stderr: string }) => {
      if (!failure.stdout) throw new Error(`The mutated program does not even start:\n${failure.stderr}`)
      return failure
    }
  )
  const [, seed, invariant] = /seed (\d+), run \S+: broke (\w+) \(/.exec(stdout) ?? []
  return invariant ? { seed: Number(seed), invariant } : undefined
}
