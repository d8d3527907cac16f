/** The page, with each part written between the marker comments that bear its name. Throws when the page does not have them. */
export function filled(name: string, page: string, parts: Record<string, readonly string[]>): string {
  return Object.entries(parts).reduce((written, [part, lines]) => {
    const between = new RegExp(`(<!-- ${part} -->\n)[\\s\\S]*?(<!-- /${part} -->)`)
    if (!between.test(written)) throw new Error(`${name} has no <!-- ${part} --> … <!-- /${part} -->`)
    return written.replace(between, (_, start, end) => `${start}\n${lines.join('\n')}\n\n${end}`)
  }, page)
}

/** A row of a Markdown table. */
export const row = (...cells: string[]): string =>
  `| ${cells.map(cell => cell.replace(/\|/g, '\\|')).join(' | ')} |`

/** A table with these columns. */
export const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(...columns),
  row(...columns.map(() => '---')),
  ...rows.map(cells => row(...cells))
]

/** A fenced block. */
export const block = (language: string, lines: readonly string[]): string[] => [
  `\`\`\`${language}`,
  ...lines,
  '```'
]

/** Like `filled`, for YAML: each part stands, with their indentation, between the comments `# generated: NAME` and `# end: NAME`. */
export function filledYaml(name: string, yaml: string, parts: Record<string, readonly string[]>): string {
  return Object.entries(parts).reduce((written, [part, lines]) => {
    const between = new RegExp(`^( *)# generated: ${part}\\n[\\s\\S]*?^ *# end: ${part}\\n`, 'gm')
    if (!between.test(written)) throw new Error(`${name} has no # generated: ${part}`)
    return written.replace(between, (_, indent: string) =>
      [`# generated: ${part}`, ...lines, `# end: ${part}`].map(line => `${indent}${line}\n`).join('')
    )
  }, yaml)
}
