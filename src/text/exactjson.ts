/** JSON whose numbers keep their digits: a long id has more of them than JavaScript's numbers. */

interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { source: string }) => unknown): unknown
  rawJSON(text: string): RawJson
  isRawJSON(value: unknown): value is RawJson
}

/** JSON.stringify writes it as it is. */
interface RawJson {
  rawJSON: string
}

// TypeScript does not know these yet.
const exact = JSON as unknown as ExactJson

/** A number that JavaScript would write in another way stays as it is written. Throws SyntaxError. */
export const parsedExactly = (json: string): unknown =>
  exact.parse(json, (_, value, { source }) =>
    typeof value === 'number' && String(value) !== source ? exact.rawJSON(source) : value
  )

/** JSON.stringify writes this number with these digits. Throws SyntaxError. */
export const rawNumber = (digits: string): unknown => exact.rawJSON(digits)

/** The same text for the same number, however it is written and however long it is: `12e2` for 1200.0. Undefined: it is no number. */
export function decimalOf(value: unknown): string | undefined {
  const written =
    typeof value === 'number' ? String(value) : exact.isRawJSON(value) ? value.rawJSON : undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(written ?? '') ?? []
  if (whole === '') return undefined
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}
