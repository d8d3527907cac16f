import { type Block, isWorkflow } from './blocks.ts'

/** Resources of CloudFormation or SAM: a whole template, or what a reader puts into one. */
export const isTemplate = (block: Block): boolean =>
  block.language === 'yaml' && !isWorkflow(block) && /^ *Type: AWS::/m.test(block.body)

export const isWholeTemplate = ({ body }: Block): boolean => /^AWSTemplateFormatVersion:/m.test(body)

/** The template that a reader has who puts these resources into it: they replace those of the same names. */
export function withResources(template: string, fragment: string): string {
  const [heading, ...below] = fragment.trimEnd().split('\n')
  const added = heading === 'Resources:' ? below : [heading, ...below].map(line => `  ${line}`)
  const names = added.flatMap(line => /^ {2}(\w+):$/.exec(line)?.[1] ?? [])
  const kept: string[] = []
  let section = ''
  let isReplaced = false
  for (const line of template.trimEnd().split('\n')) {
    const [, key] = /^(\w+):/.exec(line) ?? []
    const [, name] = /^ {2}(\w+):$/.exec(line) ?? []
    if (key !== undefined) section = key
    if (key !== undefined || name !== undefined)
      isReplaced = section === 'Resources' && name !== undefined && names.includes(name)
    if (!isReplaced) kept.push(line)
    if (line === 'Resources:') kept.push(...added)
  }
  return `${kept.join('\n')}\n`
}
