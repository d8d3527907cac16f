import type { Shape, StructureShape } from './shapes.ts'

/** The AWS query protocol, which older clients use for CloudWatch: a form goes in, XML comes out. */

/** Reads members from the form: `AlarmNames.member.1=a&AlarmNames.member.2=b`. */
export function queryMembers(
  shape: StructureShape,
  form: URLSearchParams,
  prefix = ''
): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(shape.members)) {
    const value = read(member, form, `${prefix}${name}`)
    if (value !== undefined) members[name] = value
  }
  return members
}

/** `fields` are the result's own members, undefined for an operation without a result; `requestId` goes into the metadata. */
export function queryAnswer(operation: string, fields: unknown, requestId: string): string {
  const result = fields === undefined ? '' : `<${operation}Result>${xml(fields)}</${operation}Result>`
  return `<${operation}Response xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`
}

export function queryError(name: string, message: string, requestId: string): string {
  return `<ErrorResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><Error><Type>Sender</Type><Code>${escaped(name)}</Code><Message>${escaped(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`
}

function read(shape: Shape, form: URLSearchParams, name: string): unknown {
  if (shape.is === 'list') {
    const items: unknown[] = []
    for (let index = 1; ; index++) {
      const item = read(shape.of, form, `${name}.member.${index}`)
      if (item === undefined) return items.length > 0 ? items : undefined
      items.push(item)
    }
  }
  if (shape.is === 'structure') {
    const members = queryMembers(shape, form, `${name}.`)
    return Object.keys(members).length > 0 ? members : undefined
  }
  const given = form.get(name)
  if (given === null) return undefined
  if (shape.is === 'number') return Number(given)
  // Like the numbers of the other protocols.
  if (shape.is === 'timestamp') return Date.parse(given) / 1_000
  return shape.is === 'flag' ? given === 'true' : given
}

function xml(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(each => `<member>${xml(each)}</member>`).join('')
  if (typeof value !== 'object' || value === null) return escaped(String(value))
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([name, each]) => `<${name}>${xml(each)}</${name}>`)
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
