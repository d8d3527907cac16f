import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import { runStep, type ShownLine, type Step, type StepResult } from '../../../simulator/runner/runner.ts'

const made: string[] = []
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true })
})

export const MANIFEST = `
name: Fixture
inputs:
  plain-name: { default: a }
  with space: { default: 'b c' }
  flag: { default: true }
  token: { default: '\${{ github.token }}' }
  repository: { default: 'of \${{github.repository}}' }
  old: { deprecationMessage: Use plain-name. }
  empty: {}
outputs:
  out: { description: Something }
runs: { using: node24, main: main.mjs, post: post.mjs }
`
export const NO_POST = MANIFEST.replace(', post: post.mjs', '')

export interface Fixture {
  main: string
  post?: string
  manifest?: string
}

/** Writes an action and runs it; the waits of 7.5 s, 2.5 s and 5 s become 150, 50 and 100 ms. */
export async function run({ main, post, manifest }: Fixture, step: Partial<Step> = {}): Promise<StepResult> {
  const action = await mkdtemp(join(tmpdir(), 'fixture-'))
  made.push(action)
  await writeFile(join(action, 'action.yml'), manifest ?? (post === undefined ? NO_POST : MANIFEST))
  await writeFile(join(action, 'main.mjs'), `import fs from 'node:fs';${main}`)
  await writeFile(join(action, 'post.mjs'), `import fs from 'node:fs';${post ?? ''}`)
  return await runStep({ action, inputs: {}, graceScale: 50, ...step })
}

export const append = (file: string, text: string) =>
  `fs.appendFileSync(process.env.GITHUB_${file}, ${JSON.stringify(text)});`
export const ready = (line: ShownLine) => line.text === 'ready'
export const STAY = 'setInterval(() => {}, 1000); console.log("ready");'
export const IGNORE = 'for (const s of ["SIGINT", "SIGTERM"]) process.on(s, () => console.log("got " + s));'
