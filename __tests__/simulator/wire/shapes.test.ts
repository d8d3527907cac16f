import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as codedeploy from '@aws-sdk/client-codedeploy'
import * as lambda from '@aws-sdk/client-lambda'
import { describe, expect, test } from '@jest/globals'
import { createAws, type ServiceName } from '../../../simulator/aws.ts'
import { VirtualClock } from '../../../simulator/clock.ts'
import { allOperations } from '../../../simulator/wire/route.ts'
import type { Operation, Shape } from '../../../simulator/wire/shapes.ts'

/** The SDK's own schemas: a structure is [3, namespace, name, traits, member names, member schemas, count of required]. */
type Schema = number | string | [number, string, string, unknown, ...unknown[]] | (() => Schema)
const sdks: Partial<Record<ServiceName, Record<string, unknown>>> = { lambda, codedeploy, logs }

const operations = Object.entries(sdks).flatMap(([service, sdk]) =>
  allOperations[service as ServiceName].map(operation => ({ service, operation, sdk, name: operation.name }))
)

/** What our shape and the SDK's schema have in common, for comparison. */
function ours(shape: Shape): unknown {
  if (shape.is === 'structure')
    return Object.fromEntries(Object.entries(shape.members).map(([name, each]) => [name, ours(each)]))
  if (shape.is === 'list' || shape.is === 'map') return { [shape.is]: ours(shape.of) }
  return shape.is
}

function theirs(given: unknown): unknown {
  const schema = (typeof given === 'function' ? given() : given) as unknown
  if (typeof schema === 'number') {
    if (schema >= 128) return { map: theirs(schema - 128) }
    if (schema >= 64) return { list: theirs(schema - 64) }
    return { 0: 'text', 1: 'number', 2: 'flag', 4: 'timestamp', 21: 'blob', 42: 'blob' }[schema] ?? schema
  }
  const [kind, , , , first, second] = schema as [number, ...unknown[]]
  if (typeof kind !== 'number' || (schema as unknown[]).length === 2) return theirs(kind)
  if (kind === 1) return { list: theirs(first) }
  if (kind === 2) return { map: theirs(second) }
  if (kind === 0) return theirs(first)
  const names = first as string[]
  return Object.fromEntries(names.map((name, index) => [name, theirs((second as unknown[])[index])]))
}

function schemaOf(sdk: Record<string, unknown>, operation: Operation): unknown[] {
  return sdk[`${operation.name}$`] as unknown[]
}

describe('request shapes', () => {
  test.each(operations)('$service $name has exactly the members that the SDK sends', ({ operation, sdk }) => {
    const input = schemaOf(sdk, operation)[4]
    expect(ours(operation.input)).toEqual(theirs(input))
  })

  test.each(operations.filter(({ service }) => service === 'lambda'))(
    '$service $name has the route and the required members of the API model',
    ({ operation, sdk }) => {
      const [, , , traits, input] = schemaOf(sdk, operation) as [
        number,
        string,
        string,
        { http: unknown[] },
        Schema
      ]
      const schema = (typeof input === 'function' ? input() : input) as unknown[]
      const required = (schema[4] as string[]).slice(0, (schema[6] as number | undefined) ?? 0)
      const { method, path, status } = operation.http as NonNullable<Operation['http']>
      expect([method, path, status]).toEqual(traits.http)
      expect([...operation.input.required].sort()).toEqual(required.sort())
    }
  )

  test.each(
    Object.entries(allOperations).flatMap(([service, all]) => all.map(({ name }) => ({ service, name })))
  )('$service $name is answered by a method', ({ service, name }) => {
    const aws = createAws({ clock: new VirtualClock() })
    const cloudwatch = name.endsWith('MetricData') ? aws.metrics : aws.alarms
    const target = service === 'cloudwatch' ? cloudwatch : aws[service as 'lambda']
    const method = name.charAt(0).toLowerCase() + name.slice(1)
    expect(typeof (target as unknown as Record<string, unknown>)[method]).toBe('function')
  })
})
