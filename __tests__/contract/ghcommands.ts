import type { Command } from '../../scripts/docs/shell.ts'

/** Commands of GitHub's CLI with their options, from its manual (cli.github.com/manual), as far as the pages and workflows use them. */
const known: Record<string, readonly string[]> = {
  api: ['--method', '--paginate', '--jq', '--silent', '--raw-field'],
  'attestation verify': ['--repo', '--signer-workflow'],
  'pr create': ['--base', '--head', '--title', '--body'],
  'release create': ['--draft', '--verify-tag', '--title', '--notes-file'],
  'release download': ['--repo', '--dir'],
  'release edit': ['--draft'],
  'release verify': ['--repo'],
  'release verify-asset': ['--repo']
}

/** What is wrong with a command of `gh`. */
export function ghProblems([, ...words]: Command): string[] {
  // The rest of `gh api` is a path, and options.
  const command = words.slice(0, words[0] === 'api' ? 1 : 2).join(' ')
  const options = known[command]
  if (!options) return [`gh ${command} is not known here`]
  return words
    .filter(word => word.startsWith('--'))
    .map(word => word.replace(/=.*/, ''))
    .filter(option => !options.includes(option))
    .map(option => `gh ${command} has no ${option}`)
}
