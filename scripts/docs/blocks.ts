/** A fenced block of a Markdown page. */
export interface Block {
  /** The word after the fence, such as `yaml`; empty when there is none. */
  language: string
  /** What follows the language: `before` marks what the reader replaces, as other tools write it. */
  mark: string
  /** Of the opening fence, counted from 1. */
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

/** A whole workflow has jobs; other YAML is part of one, or belongs to another tool. */
export const isWorkflow = ({ language, body }: Block): boolean => language === 'yaml' && /^jobs:/m.test(body)
