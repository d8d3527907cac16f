/** A Markdown table: the first row is its header. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map(each => String(each).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

/** The value that a given share (0 to 1) of the values does not exceed. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? Number.NaN

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const seconds = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(1)} s` : 'never')

export const times = (value: number): string => `${value.toFixed(1)} ×`

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`
