import { stripVTControlCharacters } from 'node:util'

/**
 * Breaks a line at spaces into rows of at most `width` columns, not counting colour codes; a long word stays whole.
 * The following rows are indented to the text: bars are repeated, and a label such as `Why:` becomes spaces.
 */
export function wrap(line: string, width: number): string[] {
  if (columns(line) <= width) return [line]
  const [lead = '', bars = '', label = ''] = /^([\s│]*)([A-Z]\w{1,6}:\s+)?/.exec(line) ?? []
  const hang = bars + ' '.repeat(label.length)
  const rows: string[] = []
  let row = lead
  let empty = true
  for (const word of line.slice(lead.length).split(' ')) {
    const longer = empty ? row + word : `${row} ${word}`
    if (!empty && columns(longer) > width) {
      rows.push(row)
      row = hang + word
    } else row = longer
    empty = false
  }
  return [...rows, row]
}

/** How many columns a text takes, not counting colour codes. */
export const columns = (text: string): number => stripVTControlCharacters(text).length
