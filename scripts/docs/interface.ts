import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { table } from './page.ts'

interface Action {
  inputs: Record<string, { description: string; default?: string }>
  outputs: Record<string, { description: string }>
}

const { inputs, outputs }: Action = parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'action.yml'), 'utf8')
)

export const inputTable = (): string[] =>
  table(
    ['input', 'default', 'meaning'],
    Object.entries(inputs).map(([name, input]) => [
      `\`${name}\``,
      input.default === undefined ? '' : `\`${input.default}\``,
      input.description
    ])
  )

export const outputTable = (): string[] =>
  table(
    ['output', 'meaning'],
    Object.entries(outputs).map(([name, { description }]) => [`\`${name}\``, description])
  )
