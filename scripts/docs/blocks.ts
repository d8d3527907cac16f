/** A fenced block of a Markdown page. */
export interface Block {
  /** As it is fenced, such as `yaml`; empty when nothing is said. */
  language: string
  /** What follows the language: `before` marks what a reader is to replace, in other tools' words. */
  mark: string
  /** Of the opening fence, from 1. */
  line: number
  body: string
}

/** All fenced blocks of a page. Throws when a fence is left open. */
export function blocksOf(page: string): Block[] {
  const found: Block[] = []
  let open: (Omit<Block, 'body'> & { lines: string[] }) | undefined
  for (const [index, line] of page.split('\n').entries()) {
    const [, info] = /^```(.*)$/.exec(line) ?? []
    if (info === undefined) open?.lines.push(line)
    else if (open) {
      const { lines, ...block } = open
      found.push({ ...block, body: `${lines.join('\n')}\n` })
      open = undefined
    } else {
      const [language = '', ...mark] = info.trim().split(/\s+/)
      open = { language, mark: mark.join(' '), line: index + 1, lines: [] }
    }
  }
  if (open) throw new Error(`the block that begins in line ${open.line} is not closed`)
  return found
}

/** Whole workflows have jobs; everything else in YAML is a part of one, or another tool's. */
export const isWorkflow = ({ language, body }: Block): boolean => language === 'yaml' && /^jobs:/m.test(body)
