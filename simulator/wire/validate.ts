import { ServiceError } from '../error.ts'
import type { MapShape, Shape, StructureShape } from './shapes.ts'

/**
 * Decodes a request's members: checks the types, turns timestamps into dates and base64 into bytes, and leaves out nulls
 * as AWS does.
 * @throws SerializationException for a wrong type; ValidationException for a broken limit, a missing member, or a member that
 * does not exist. The last is deliberate: AWS is believed to ignore such members, but they are always mistakes.
 */
export function decode(shape: StructureShape, raw: Record<string, unknown>): Record<string, unknown> {
  const problems: string[] = []
  const decoded = decodeShape(shape, raw, '', problems) as Record<string, unknown>
  if (problems.length > 0) {
    const errors = problems.length === 1 ? 'error' : 'errors'
    const message = `${problems.length} validation ${errors} detected: ${problems.join('; ')}`
    throw new ServiceError('ValidationException', message)
  }
  return decoded
}

function decodeShape(shape: Shape, raw: unknown, path: string, problems: string[]): unknown {
  const broken = (constraint: string) =>
    problems.push(`Value '${javaText(raw)}' at '${path}' failed to satisfy constraint: ${constraint}`)
  switch (shape.is) {
    case 'structure':
      return decodeStructure(shape, raw, path, problems)
    case 'map':
      return decodeMap(shape, raw, path, problems, broken)
    case 'list': {
      if (!Array.isArray(raw)) throw wrongType(path, 'a list')
      if (raw.length < (shape.min ?? 0))
        broken(`Member must have length greater than or equal to ${shape.min}`)
      if (raw.length > (shape.max ?? Number.POSITIVE_INFINITY))
        broken(`Member must have length less than or equal to ${shape.max}`)
      return raw.map((each, index) => decodeShape(shape.of, each, `${path}.${index + 1}.member`, problems))
    }
    case 'text':
      if (typeof raw !== 'string') throw wrongType(path, 'a string')
      for (const constraint of brokenText(shape, raw)) broken(constraint)
      return raw
    case 'number': {
      if (typeof raw !== 'number' || (!shape.fraction && !Number.isInteger(raw)))
        throw wrongType(path, 'a number')
      if (raw < (shape.min ?? Number.NEGATIVE_INFINITY))
        broken(`Member must have value greater than or equal to ${shape.min}`)
      if (raw > (shape.max ?? Number.POSITIVE_INFINITY))
        broken(`Member must have value less than or equal to ${shape.max}`)
      return raw
    }
    case 'flag':
      if (typeof raw !== 'boolean') throw wrongType(path, 'a boolean')
      return raw
    case 'timestamp':
      if (typeof raw !== 'number') throw wrongType(path, 'a timestamp')
      return new Date(raw * 1000)
    case 'blob':
      if (raw instanceof Uint8Array) return raw
      if (typeof raw !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(raw)) throw wrongType(path, 'base64')
      return new Uint8Array(Buffer.from(raw, 'base64'))
    default:
      return shape satisfies never
  }
}

function decodeStructure(shape: StructureShape, raw: unknown, path: string, problems: string[]): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw wrongType(path, 'a structure')
  const given = Object.entries(raw).filter(([, value]) => value !== null && value !== undefined)
  const inside = (name: string) => (path ? `${path}.${lowerFirst(name)}` : lowerFirst(name))
  for (const name of shape.required)
    if (!given.some(([each]) => each === name))
      problems.push(`Value null at '${inside(name)}' failed to satisfy constraint: Member must not be null`)
  const decoded: [string, unknown][] = []
  for (const [name, value] of given) {
    const member = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined
    if (member) decoded.push([name, decodeShape(member, value, inside(name), problems)])
    else problems.push(`${shape.name} has no member '${name}' (refused by the simulator)`)
  }
  return Object.fromEntries(decoded)
}

function decodeMap(
  shape: MapShape,
  raw: unknown,
  path: string,
  problems: string[],
  broken: (constraint: string) => void
): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw wrongType(path, 'a map')
  const given = Object.entries(raw).filter(([, value]) => value !== null)
  const { keys, of } = shape
  if (keys && given.some(([key]) => brokenText(keys, key).length > 0))
    broken(
      `Map keys must satisfy constraint: [Member must satisfy regular expression pattern: ${source(keys.pattern)}]`
    )
  if (of.is === 'number') {
    const outside = given.some(([, value]) => Number(value) > (of.max ?? 1) || Number(value) < (of.min ?? 0))
    if (outside)
      broken(
        `Map value must satisfy constraint: [Member must have value less than or equal to ${of.max}, Member must have value greater than or equal to ${of.min}]`
      )
  }
  const own: string[] = []
  const decoded = given.map(([key, value]) => [key, decodeShape(of, value, `${path}.${key}.member`, own)])
  if (of.is !== 'number') problems.push(...own)
  return Object.fromEntries(decoded)
}

function brokenText(shape: Extract<Shape, { is: 'text' }>, text: string): string[] {
  const broken: string[] = []
  if (text.length < (shape.min ?? 0))
    broken.push(`Member must have length greater than or equal to ${shape.min}`)
  if (text.length > (shape.max ?? Number.POSITIVE_INFINITY))
    broken.push(`Member must have length less than or equal to ${shape.max}`)
  if (shape.pattern && !shape.pattern.test(text))
    broken.push(`Member must satisfy regular expression pattern: ${source(shape.pattern)}`)
  if (shape.oneOf && !shape.oneOf.includes(text))
    broken.push(`Member must satisfy enum value set: [${shape.oneOf.join(', ')}]`)
  return broken
}

/** The model's patterns have no anchors, but the whole value must match. */
function source(pattern: RegExp | undefined): string {
  return (pattern?.source ?? '').replace(/^\^/, '').replace(/\$$/, '').replaceAll('\\/', '/')
}

/** Messages show values as Java prints them: `{2=2.0}`. */
function javaText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`
  const number = (each: unknown) =>
    typeof each === 'number' && Number.isInteger(each) ? `${each}.0` : javaText(each)
  return `{${Object.entries(value)
    .map(([key, each]) => `${key}=${number(each)}`)
    .join(', ')}}`
}

function wrongType(path: string, wanted: string): ServiceError {
  return new ServiceError('SerializationException', `Expected ${wanted} at '${path}'`)
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
