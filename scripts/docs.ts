/**
 * Writes the generated parts of the pages, each between the marker comments that bear its name: tables from action.yml, the
 * inputs and outputs of the reusable workflow, and logs and pictures of releases in virtual time. With `--check` it writes nothing, and exits with 1 when a part is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inputTable, outputTable } from './docs/interface.ts'
import { log } from './docs/logs.ts'
import { figures } from './docs/looks.ts'
import { filled, filledYaml } from './docs/page.ts'
import { appSpec, canaryDrawing, linearDrawing, spacing } from './docs/pictures.ts'
import {
  declarations,
  jobOutputs,
  ownInputTable,
  passing,
  waiting,
  workflowOutputs
} from './docs/releaseworkflow.ts'

const pages: Record<string, Record<string, string[]>> = {
  'README.md': {
    inputs: inputTable(),
    outputs: outputTable(),
    'log: succeeded': await log()
  },
  'docs/how-it-works.md': {
    appspec: await appSpec(),
    'looks: canary': await canaryDrawing(),
    'looks: linear': await linearDrawing(),
    'looks: spacing': await spacing(),
    'looks: figures': await figures()
  },
  'docs/reusable-workflow.md': { 'own inputs': ownInputTable() },
  '.github/workflows/release-lambda.yml': {
    inputs: declarations(),
    outputs: workflowOutputs(),
    'job outputs': jobOutputs(),
    'with, for the plan': passing({ 'if-in-progress': waiting }),
    with: passing()
  }
}

const isCheck = process.argv.includes('--check')
for (const [name, parts] of Object.entries(pages)) {
  const path = join(import.meta.dirname, '..', name)
  const page = readFileSync(path, 'utf8')
  const written = (name.endsWith('.yml') ? filledYaml : filled)(name, page, parts)
  if (!isCheck) writeFileSync(path, written)
  else if (written !== page) {
    console.error(`${name} is out of date. Run: npm run docs`)
    process.exitCode = 1
  }
}
