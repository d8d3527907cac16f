import { columns, wrap } from './wrap.ts'

type Paint = (style: 'bold' | 'cyan' | 'dim', text: string) => string

/**
 * A job summary for a terminal, roughly as GitHub renders it: tables aligned, headings bold, tags and character
 * references resolved. It understands what our summaries contain, and leaves everything else as it is.
 */
export function renderMarkdown(text: string, width: number, paint: Paint): string[] {
  const shown: string[] = []
  let table: string[][] = []
  let fence: string | undefined
  let folded = false
  const endTable = () => {
    shown.push(...rows(table))
    table = []
  }
  for (const line of text.split('\n')) {
    const summary = /<summary>(.*?)<\/summary>/.exec(line)?.[1]
    if (summary !== undefined) shown.push(`▸ ${inline(summary, paint)}`)
    // Details are folded on the page, so they are not shown here.
    if (line.includes('<details>')) folded = true
    if (line.includes('</details>')) folded = false
    else if (folded) continue
    else if (fence !== undefined) {
      if (line.trim() === fence) fence = undefined
      else shown.push(paint('dim', `  ${line}`))
    } else if (line.startsWith('|')) {
      table.push(cells(line).map(cell => inline(cell, paint)))
    } else {
      endTable()
      fence = /^\s*(`{3,})/.exec(line)?.[1]
      const heading = /^#+\s+(.*)/.exec(line)?.[1]
      if (heading !== undefined) shown.push(paint('bold', inline(heading, paint)))
      else if (fence === undefined) shown.push(...wrap(inline(line, paint), width))
    }
  }
  endTable()
  // Blank lines only separate blocks; removed tags leave more of them than the page would show.
  const separated = shown.filter((line, i) => line.trim() !== '' || (shown[i - 1] ?? '').trim() !== '')
  if (separated.at(-1)?.trim() === '') separated.pop()
  return separated
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

function inline(text: string, paint: Paint): string {
  return text
    .replace(/<code>(.*?)<\/code>|`([^`]+)`/g, (_, html = '', plain = '') => paint('cyan', html || plain))
    .replace(/\*\*(.+?)\*\*/g, (_, strong: string) => paint('bold', strong))
    .replace(/<br\s*\/?>/g, ' ')
    .replace(/<\/?[a-z][^>]*>/gi, '')
    .replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole
      return String.fromCodePoint(Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10))
    })
}

const cells = (line: string) =>
  line
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim().replaceAll('\\|', '|'))

/** The table's second row says how columns are aligned; a header row without text is left out. */
function rows(table: string[][]): string[] {
  const [header, alignment, ...body] = table
  if (header === undefined || alignment === undefined) return table.map(row => row.join('  '))
  const all = header.every(cell => cell === '') ? body : [header, ...body]
  const widths = header.map((_, column) => Math.max(0, ...all.map(row => columns(row[column] ?? ''))))
  return all.map(row =>
    row
      .map((cell, column) => {
        const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - columns(cell)))
        return /^-+:$/.test(alignment[column] ?? '') ? space + cell : cell + space
      })
      .join('  ')
      .trimEnd()
  )
}
