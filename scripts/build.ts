/**
 * Builds dist/: TypeScript to lib/, from there one bundle in chunks that are loaded when they are needed, the entry of post, and the
 * licences of everything in the bundle. The same sources give the same files; a chunk's name is a digest of its modules.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { minifySync } from '@swc/core'

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

// With several chunks, ncc's own --license keeps only the licences of the last one.
const packages = new Set<string>()
collect(JSON.parse(readFileSync(stats, 'utf8')).modules, packages)
writeFileSync(join('dist', 'licenses.txt'), [...packages].sort().map(licenceOf).join('\n\n'))

// ncc itself minifies only the first chunk. Functions and classes keep their names, so that the stack trace in a user's
// report says where an error came from.
for (const file of readdirSync('dist').filter(each => each.endsWith('.js'))) {
  const path = join('dist', file)
  const { code } = minifySync(readFileSync(path, 'utf8'), {
    module: true,
    compress: { keep_classnames: true, keep_fnames: true },
    mangle: { keep_classnames: true, keep_fnames: true },
    format: { comments: false }
  })
  writeFileSync(path, code)
}

// One bundle, so that post cannot differ from main; only how it is entered differs.
writeFileSync(join('dist', 'post.js'), "process.argv.push('post')\nawait import('./index.js')\n")

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
