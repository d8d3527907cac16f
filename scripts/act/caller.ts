import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** What a user has, and what act needs: a repository that calls the action, and copies of the actions that it uses. */
export interface Caller {
  /** The repository. */
  folder: string
  /** Paths of its workflows. */
  workflows: string[]
  /** What takes the place of each remote action, as act's `--local-repository` wants it. */
  replaced: string[]
  /** A folder for what the runs need and leave. */
  scratch: string
  remove(): void
}

const workflowFolder = join('.github', 'workflows')

const files = {
  'src/index.mjs': 'export const handler = async () => ({ statusCode: 200 })\n',
  'package.json': `${JSON.stringify({ name: 'payments', version: '1.0.0', scripts: { build: 'cp -r src dist' } })}\n`,
  'package-lock.json': `${JSON.stringify({
    name: 'payments',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name: 'payments', version: '1.0.0' } }
  })}\n`
}

/** Makes the repository of a user, with all workflows of the examples and of the pages, as they stand. */
export function makeCaller(): Caller {
  const scratch = mkdtempSync(join(tmpdir(), 'act-'))
  const folder = join(scratch, 'payments')
  mkdirSync(join(folder, workflowFolder), { recursive: true })
  mkdirSync(join(folder, 'src'))
  mkdirSync(join(scratch, 'artifacts'))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  for (const name of readdirSync(join(root, 'examples')).filter(each => each.endsWith('.yml')))
    cpSync(join(root, 'examples', name), join(folder, workflowFolder, name))
  const extract = [
    '--no-warnings',
    join(root, 'scripts', 'extract.ts'),
    'workflows',
    join(folder, workflowFolder)
  ]
  execFileSync(process.execPath, extract, { stdio: 'inherit' })
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' })
  git('init', '--quiet', '--initial-branch', 'main')
  git('remote', 'add', 'origin', 'https://github.com/acme/payments')
  git('add', '--all')
  git(
    '-c',
    'user.name=A. Caller',
    '-c',
    'user.email=caller@example.com',
    'commit',
    '--quiet',
    '--message',
    'Begin'
  )
  const workflows = readdirSync(join(folder, workflowFolder)).map(name => join(workflowFolder, name))
  return {
    folder,
    workflows,
    replaced: replacements(
      workflows.map(path => readFileSync(join(folder, path), 'utf8')),
      copyAction(scratch)
    ),
    scratch,
    remove: () => rmSync(scratch, { recursive: true, force: true })
  }
}

/** What GitHub would download of this repository: without it, act would copy all of node_modules for each step. */
function copyAction(scratch: string): string {
  const to = join(scratch, 'lambda-codedeploy')
  for (const path of ['action.yml', 'package.json', 'dist', workflowFolder])
    cpSync(join(root, path), join(to, path), { recursive: true })
  return to
}

/** Actions that are not ours, and not in act like actions/checkout. */
const standIns: Readonly<Record<string, string>> = {
  'aws-actions/configure-aws-credentials': 'configure-aws-credentials',
  'actions/upload-artifact': 'upload-artifact',
  'actions/download-artifact': 'download-artifact'
}

/** One replacement for each repository and ref that these workflows, or the reusable one, name. */
function replacements(workflows: readonly string[], action: string): string[] {
  const called = readFileSync(join(action, workflowFolder, 'release-lambda.yml'), 'utf8')
  const uses = [...workflows, called].flatMap(text => [
    ...text.matchAll(/uses: ([\w.-]+\/[\w.-]+)[^@\s]*@(\S+)/g)
  ])
  const found = new Map<string, string>()
  for (const [, repository = '', ref = ''] of uses) {
    const standIn = standIns[repository]
    const path = repository.endsWith('/lambda-codedeploy')
      ? action
      : standIn && join(import.meta.dirname, 'actions', standIn)
    if (path) found.set(`${repository}@${ref}`, path)
  }
  return [...found].map(([name, path]) => `${name}=${path}`)
}
