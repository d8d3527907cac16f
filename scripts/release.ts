/**
 * The steps of a release that need no GitHub. .github/workflows/release.yml runs them in this order; CONTRIBUTING.md says how to begin.
 *
 *     npm run release -- prepare 1.2.0    writes the version and the date everywhere, for a pull request; then npm run build
 *     npm run release -- check 1.2.0      whether this commit can be released as 1.2.0
 *     npm run release -- notes 1.2.0      its entry in CHANGELOG.md
 *     npm run release -- commit 1.2.0     commits that the reusable workflow uses the action of this commit; the tag belongs there
 *     npm run release -- assets FOLDER    what runs as an archive, and the packages in it
 *     npm run release -- show 1.2.0       commits that pages and examples use this commit, the one with the tag
 *     npm run release -- owner OWNER      changes who publishes the action, everywhere
 */
import { join } from 'node:path'
import { writeAssets } from './release/assets.ts'
import { entryOf } from './release/changelog.ts'
import { problemsOf } from './release/checks.ts'
import { identityOf, tagOf } from './release/identity.ts'
import { Repository, reusable } from './release/repository.ts'

const root = join(import.meta.dirname, '..')
const repository = new Repository(root)
const [command, argument = ''] = process.argv.slice(2)
const head = (): string => repository.git('rev-parse', 'HEAD')

switch (command) {
  case 'prepare':
    repository.prepare(argument, new Date().toISOString().slice(0, 10))
    break
  case 'check':
    check(argument)
    console.log(`${identityOf(root).repository} can be released as ${tagOf(argument)}.`)
    break
  case 'notes':
    console.log(entryOf(repository.read('CHANGELOG.md'), argument))
    break
  case 'commit':
    check(argument)
    repository.pin([reusable], head(), `the commit before ${tagOf(argument)}`)
    commit(`Release ${argument}: let the reusable workflow use the action of the commit before`)
    break
  case 'assets':
    for (const path of writeAssets(root, head(), argument)) console.log(path)
    break
  case 'show':
    repository.pin(repository.shown(), head(), tagOf(argument))
    commit(`Show ${argument} in the pages and examples`)
    break
  case 'owner':
    repository.changeOwner(argument)
    break
  default:
    throw new Error('usage: npm run release -- prepare | check | notes | commit | assets | show | owner')
}

function check(version: string): void {
  const problems = problemsOf(repository.candidate(version))
  if (problems.length === 0) return
  for (const problem of problems) console.error(problem)
  process.exit(1)
}

function commit(message: string): void {
  repository.git('commit', '--all', '--quiet', '--message', message)
  console.log(head())
}
