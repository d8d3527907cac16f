import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** What runs, and what its reader needs. */
const shipped = ['action.yml', 'dist', 'package.json', 'LICENSE', 'README.md', 'SECURITY.md']

/** Writes what belongs to a release beside the tag: what runs as an archive, and a list of the packages in it (SPDX). Gives the paths. */
export function writeAssets(root: string, commit: string, folder: string): string[] {
  mkdirSync(folder, { recursive: true })
  const run = (program: string, args: string[]) =>
    execFileSync(program, args, { cwd: root, maxBuffer: 2 ** 26 })
  // git's archive of a commit is always the same, and so is what Node compresses of it, because gzip's header has no time.
  const tar = run('git', ['archive', '--format=tar', '--prefix=lambda-codedeploy/', commit, ...shipped])
  const sbom = run('npm', ['sbom', '--sbom-format', 'spdx', '--omit', 'dev', '--package-lock-only'])
  const assets = { 'dist.tar.gz': gzipSync(tar, { level: 9 }), 'sbom.spdx.json': sbom }
  return Object.entries(assets).map(([name, content]) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  })
}
