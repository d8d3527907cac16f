import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as cloudwatch from '@aws-sdk/client-cloudwatch'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as codedeploy from '@aws-sdk/client-codedeploy'
import * as lambda from '@aws-sdk/client-lambda'
import * as s3 from '@aws-sdk/client-s3'
import { root } from './files.ts'

/**
 * AWS's service models as the SDK contains them. Its schemas say which members there are, which are required and what type each
 * has; the values of enumerations are only in its type declarations.
 */
type Sdk = Record<string, unknown>
const sdks: Record<string, Sdk> = { lambda, codedeploy, cloudwatch, logs, s3 }

const scalars: Record<number, (value: unknown) => boolean> = {
  0: value => typeof value === 'string',
  1: value => typeof value === 'number',
  2: value => typeof value === 'boolean',
  4: value => typeof value === 'number' || value instanceof Date,
  21: value => value instanceof Uint8Array,
  // A stream, or what can be sent as one.
  42: value => value instanceof Uint8Array
}

/** What is wrong with a request by its service's model; empty when nothing is. */
export function problemsOf(service: string, operation: string, input: unknown): string[] {
  const schema = sdks[service]?.[`${operation}$`] as unknown[] | undefined
  if (!schema) return [`${service} has no operation ${operation}`]
  return mismatches(schema[4], input, operation, service)
}

function mismatches(given: unknown, value: unknown, path: string, service: string): string[] {
  const schema = typeof given === 'function' ? given() : given
  if (typeof schema === 'number') {
    if (schema >= 64) return eachOf(value, path, (each, at) => mismatches(schema % 64, each, at, service))
    const fits = scalars[schema]
    if (!fits) return [`${path}: no test knows type ${schema}`]
    return fits(value) ? [] : [`${path}: ${JSON.stringify(value)} has the wrong type`]
  }
  const parts = schema as unknown[]
  // A schema together with the place in the path or query where the member goes.
  if (parts.length === 2) return mismatches(parts[0], value, path, service)
  const [kind, , name, , first, second, required = 0] = parts
  if (kind === 1) return eachOf(value, path, (each, at) => mismatches(first, each, at, service))
  if (kind === 2) return eachOf(value, path, (each, at) => mismatches(second, each, at, service))
  if (kind === 0) return mismatches(first, value, path, service)
  const names = first as string[]
  const schemas = second as unknown[]
  if (typeof value !== 'object' || value === null) return [`${path}: is no structure`]
  const members = Object.entries(value).filter(([, each]) => each !== undefined)
  return [
    ...names
      .slice(0, required as number)
      .filter(each => !members.some(([member]) => member === each))
      .map(each => `${path}.${each}: is required`),
    ...members.flatMap(([member, each]) => {
      const at = `${path}.${member}`
      const index = names.indexOf(member)
      if (index < 0) return [`${at}: is no member of ${name}`]
      return [
        ...mismatches(schemas[index], each, at, service),
        ...notInEnum(service, String(name), member, each, at)
      ]
    })
  ]
}

const eachOf = (value: unknown, path: string, check: (each: unknown, at: string) => string[]): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, each]) => check(each, `${path}.${key}`))
    : [`${path}: is no list or map`]

function notInEnum(service: string, structure: string, member: string, value: unknown, at: string): string[] {
  const type = memberTypes(service)[structure]?.[member] ?? ''
  const values = sdks[service]?.[type]
  if (typeof values !== 'object' || values === null) return []
  const known = Object.values(values)
  return [value]
    .flat()
    .filter(each => !known.includes(each))
    .map(each => `${at}: ${JSON.stringify(each)} is no ${type}`)
}

const packages: Record<string, string> = {
  cloudwatch: 'cloudwatch',
  logs: 'cloudwatch-logs',
  codedeploy: 'codedeploy',
  lambda: 'lambda',
  s3: 's3'
}
const declared = new Map<string, Record<string, Record<string, string>>>()

/** Structure -> member -> name of its declared type, lists as their elements. */
function memberTypes(service: string): Record<string, Record<string, string>> {
  const known = declared.get(service)
  if (known) return known
  const path = `node_modules/@aws-sdk/client-${packages[service]}/dist-types/models/models_0.d.ts`
  const source = readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const types: Record<string, Record<string, string>> = {}
  for (const [, name = '', body = ''] of source.matchAll(/export interface (\w+)[^{]*\{([^}]*)\}/g))
    types[name] = Object.fromEntries(
      [...body.matchAll(/(\w+)\??: \(?(\w+)/g)].map(([, member = '', type = '']) => [member, type])
    )
  declared.set(service, types)
  return types
}
