import type { Command } from '../../scripts/docs/shell.ts'

/** Commands of GitHub's CLI with their options, from its manual (cli.github.com/manual), as far as the pages and workflows use them. */
const known: Record<string, readonly string[]> = {
  'attestation verify': ['--repo', '--signer-workflow'],
  'pr comment': ['--body', '--edit-last', '--create-if-none'],
  'pr create': ['--base', '--head', '--title', '--body'],
  'release create': ['--draft', '--verify-tag', '--title', '--notes-file'],
  'release download': ['--repo', '--dir'],
  'release edit': ['--draft'],
  'release verify': ['--repo'],
  'release verify-asset': ['--repo']
}

/** What is wrong with a command of `gh`. */
export function ghProblems([, area = '', verb = '', ...rest]: Command): string[] {
  const options = known[`${area} ${verb}`]
  if (!options) return [`gh ${area} ${verb} is not known here`]
  return rest
    .filter(word => word.startsWith('--'))
    .map(word => word.replace(/=.*/, ''))
    .filter(option => !options.includes(option))
    .map(option => `gh ${area} ${verb} has no ${option}`)
}
