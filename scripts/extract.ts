/**
 * Extracts from the Markdown pages what other tools can check.
 *
 *     node scripts/extract.ts workflows FOLDER    each whole workflow, to a file of its own in this folder
 *     node scripts/extract.ts aws                 each `aws` command in a shell block, on a line of its own, quoted for a shell
 *     node scripts/extract.ts demo                each rehearsal (`npm run demo`) likewise, once
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blocksOf, isWorkflow } from './docs/blocks.ts'
import { type Command, commandsOf } from './docs/shell.ts'

const root = join(import.meta.dirname, '..')
const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter(Boolean)
const blocks = pages.flatMap(page =>
  blocksOf(readFileSync(join(root, page), 'utf8')).map(block => ({ page, block }))
)

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

const usage = 'usage: node scripts/extract.ts workflows FOLDER | aws | demo'

const [what, folder] = process.argv.slice(2)
if (what === 'workflows' && folder !== undefined) writeWorkflows(folder)
else if (what === 'aws') print(commands().filter(([program]) => program === 'aws'))
else if (what === 'demo') print(commands().filter(words => words.slice(0, 3).join(' ') === 'npm run demo'))
else throw new Error(usage)

function writeWorkflows(to: string): void {
  for (const { page, block } of blocks)
    if (isWorkflow(block))
      writeFileSync(join(to, `${page.replaceAll('/', '_')}-line-${block.line}.yml`), block.body)
}

/** Commands that a reader should run, without those that are to be replaced. */
function commands(): Command[] {
  const shell = blocks.filter(({ block }) => block.language === 'sh' && block.mark === '')
  return shell.flatMap(({ block }) => commandsOf(block.body))
}

function print(found: readonly Command[]): void {
  for (const line of new Set(found.map(words => words.map(quoted).join(' ')))) console.log(line)
}
