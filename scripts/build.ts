/** Builds dist/: TypeScript to lib/, one bundle of it, and the licences of everything that is in the bundle. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Module {
  nameForCondition?: string | null
  modules?: Module[]
}

const run = (script: string, ...args: string[]): void => {
  execFileSync(process.execPath, [join('node_modules', script), ...args], {
    stdio: ['ignore', 'ignore', 'inherit']
  })
}

for (const folder of ['lib', 'dist']) rmSync(folder, { recursive: true, force: true })
const stats = join(mkdtempSync(join(tmpdir(), 'build-')), 'stats.json')
run('typescript/bin/tsc', '-p', 'tsconfig.build.json')
run('@vercel/ncc/dist/ncc/cli.js', 'build', 'lib/index.js', '--out', 'dist', '--quiet', '--stats-out', stats)

// ncc's own --license keeps only the licences of the last chunk when there are several.
const packages = new Set<string>()
collect(JSON.parse(readFileSync(stats, 'utf8')).modules, packages)
writeFileSync(join('dist', 'licenses.txt'), [...packages].sort().map(licenceOf).join('\n\n'))

function collect(modules: Module[] | undefined, found: Set<string>): void {
  for (const { nameForCondition, modules: inner } of modules ?? []) {
    const folder = /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(nameForCondition ?? '')?.[0]
    if (folder) found.add(folder)
    collect(inner, found)
  }
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find(each => /^licen[cs]e(\.|$)/i.test(each))
  if (!license && !file) throw new Error(`${name} has no licence: it cannot be shipped`)
  const text = file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim() : ''
  return `${name} ${version}\n${license ?? ''}\n${text}`.trim()
}
