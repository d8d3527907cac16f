/**
 * Extracts from the Markdown pages what other tools can check.
 *
 *     node scripts/extract.ts workflows FOLDER    each whole workflow, to a file of its own in this folder
 *     node scripts/extract.ts templates FOLDER    each template of CloudFormation likewise. Resources alone are put into the template
 *                                                 before them on the page, or else into that of examples/sam
 *     node scripts/extract.ts terraform FOLDER    each block of Terraform likewise
 *     node scripts/extract.ts cdk FOLDER          all parts of CDK stacks, to one module there
 *     node scripts/extract.ts aws                 each `aws` command in a shell block, on a line of its own, quoted for a shell
 *     node scripts/extract.ts demo                each rehearsal (`npm run demo`) likewise, once
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Block, blocksOf, isWorkflow } from './docs/blocks.ts'
import { isOfStack, stacksOf } from './docs/cdkfragments.ts'
import { type Command, commandsOf } from './docs/shell.ts'
import { isTemplate, isWholeTemplate, withResources } from './docs/templates.ts'

const root = join(import.meta.dirname, '..')
const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter(Boolean)
const blocks = pages.flatMap(page =>
  blocksOf(readFileSync(join(root, page), 'utf8')).map(block => ({ page, block }))
)

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

const usage = 'usage: node scripts/extract.ts (workflows | templates | terraform | cdk) FOLDER | aws | demo'

const [what, folder] = process.argv.slice(2)
if (what === 'workflows' && folder !== undefined) write(isWorkflow, folder, 'yml')
else if (what === 'terraform' && folder !== undefined)
  write(({ language }) => language === 'hcl', folder, 'tf')
else if (what === 'cdk' && folder !== undefined)
  writeFileSync(join(folder, 'pages.ts'), stacksOf(blocks.filter(({ block }) => isOfStack(block))))
else if (what === 'templates' && folder !== undefined) writeTemplates(folder)
else if (what === 'aws') print(commands().filter(([program]) => program === 'aws'))
else if (what === 'demo') print(commands().filter(words => words.slice(0, 3).join(' ') === 'npm run demo'))
else throw new Error(usage)

function write(isWanted: (block: Block) => boolean, to: string, extension: string): void {
  for (const { page, block } of blocks)
    if (isWanted(block)) writeFileSync(fileOf(page, block, to, extension), block.body)
}

function fileOf(page: string, { line }: Block, folder: string, extension: string): string {
  return join(folder, `${page.replaceAll('/', '_')}-line-${line}.${extension}`)
}

function writeTemplates(to: string): void {
  const example = readFileSync(join(root, 'examples/sam/template.yaml'), 'utf8')
  const templates = blocks.filter(({ block }) => isTemplate(block))
  for (const { page, block } of templates) {
    const before = templates.findLast(
      each => each.page === page && each.block.line < block.line && isWholeTemplate(each.block)
    )
    const whole = isWholeTemplate(block)
      ? block.body
      : withResources(before?.block.body ?? example, block.body)
    writeFileSync(fileOf(page, block, to, 'yml'), whole)
  }
}

/** Commands that a reader should run, without those that are to be replaced. */
function commands(): Command[] {
  const shell = blocks.filter(({ block }) => block.language === 'sh' && block.mark === '')
  return shell.flatMap(({ block }) => commandsOf(block.body))
}

function print(found: readonly Command[]): void {
  for (const line of new Set(found.map(words => words.map(quoted).join(' ')))) console.log(line)
}
