import type { Aws, ServiceName } from '../aws.ts'
import { codedeployOperations } from '../codedeploy/requests.ts'
import { ServiceError } from '../error.ts'
import type { Caller } from '../identity/authorization.ts'
import { stsOperations } from '../identity/sts.ts'
import { STS_VERSION } from '../identity/stsanswer.ts'
import { otherLambdaOperations } from '../lambda/readrequests.ts'
import { lambdaOperations as releaseOperations } from '../lambda/requests.ts'
import { cloudwatchOperations, logsOperations } from '../monitoring/requests.ts'
import { isForS3, s3Members, s3Operation, s3Operations } from '../storage/requests.ts'
import { queryMembers } from './query.ts'
import type { Operation } from './shapes.ts'
import type { WireRequest } from './wire.ts'

export type Protocol = 'json' | 'rest' | 'query' | 'xml'

/** A request whose service and operation are known, and whose members are not decoded yet. */
export interface Routed {
  service: ServiceName
  protocol: Protocol
  operation: Operation
  /** @throws SerializationException when the body cannot be read */
  members(): Record<string, unknown>
}

const lambdaOperations = [...releaseOperations, ...otherLambdaOperations]

const TARGETS: Record<string, { service: ServiceName; operations: readonly Operation[] }> = {
  CodeDeploy_20141006: { service: 'codedeploy', operations: codedeployOperations },
  Logs_20140328: { service: 'logs', operations: logsOperations },
  GraniteServiceVersion20100801: { service: 'cloudwatch', operations: cloudwatchOperations }
}

export const allOperations: Record<ServiceName, readonly Operation[]> = {
  lambda: lambdaOperations,
  codedeploy: codedeployOperations,
  logs: logsOperations,
  cloudwatch: cloudwatchOperations,
  s3: s3Operations,
  sts: stsOperations
}

/** Whom a request is for, and in which protocol; of a JSON service that is not simulated, as if it were CodeDeploy. */
export function placeOf(request: WireRequest): Pick<Routed, 'service' | 'protocol'> {
  if (isForS3(request)) return { service: 's3', protocol: 'xml' }
  const target = request.headers['x-amz-target']
  if (target)
    return { service: TARGETS[target.split('.')[0] ?? '']?.service ?? 'codedeploy', protocol: 'json' }
  if (/^application\/x-www-form-urlencoded/.test(request.headers['content-type'] ?? ''))
    return {
      service: formOf(request).get('Version') === STS_VERSION ? 'sts' : 'cloudwatch',
      protocol: 'query'
    }
  return { service: 'lambda', protocol: 'rest' }
}

/** @throws UnknownOperationException, InvalidAction of the query protocol, NotImplemented from S3 */
export function route(request: WireRequest): Routed {
  const { service, protocol } = placeOf(request)
  switch (protocol) {
    case 'xml':
      return { service, protocol, operation: s3Operation(request), members: () => s3Members(request) }
    case 'json': {
      const target = request.headers['x-amz-target'] ?? ''
      const [prefix = '', name = ''] = target.split('.')
      const operation = TARGETS[prefix]?.operations.find(each => each.name === name)
      if (!operation) throw unknown(target)
      return { service, protocol, operation, members: () => parsed(request.body) }
    }
    case 'query': {
      const form = formOf(request)
      const [action, version] = [form.get('Action') ?? '', form.get('Version') ?? '']
      const operation = allOperations[service].find(each => each.name === action)
      if (!operation)
        throw new ServiceError('InvalidAction', `Could not find operation ${action} for version ${version}`)
      return { service, protocol, operation, members: () => queryMembers(operation.input, form) }
    }
    default:
      return routeRest(request)
  }
}

const formOf = ({ body }: WireRequest): URLSearchParams => new URLSearchParams(decoder.decode(body))

/** Calls the method for the operation; `input` is already decoded. */
export function perform(
  aws: Aws,
  { service, operation }: Routed,
  input: Record<string, unknown>,
  caller: Caller
): unknown {
  const { lambda, codedeploy, logs, s3, sts } = aws
  const cloudwatch = operation.name.endsWith('MetricData') ? aws.metrics : aws.alarms
  const target = { lambda, codedeploy, logs, cloudwatch, s3, sts }[service]
  const method = operation.name.charAt(0).toLowerCase() + operation.name.slice(1)
  const methods = target as unknown as Record<
    string,
    (input: Record<string, unknown>, caller: Caller) => unknown
  >
  const call = methods[method]
  if (!call) throw new Error(`No method answers ${operation.name}`)
  return call.call(target, input, caller)
}

const decoder = new TextDecoder()

/** The most bytes of a body, where Lambda is known to have a limit of its own. */
const LARGEST: Record<string, number> = { CreateFunction: 70_167_211, UpdateFunctionCode: 70_167_211 }

const tooLarge = (operation: string) =>
  new ServiceError(
    'RequestEntityTooLargeException',
    `Request must be smaller than ${LARGEST[operation]} bytes for the ${operation} operation`,
    413,
    { Type: 'User' }
  )

function routeRest(request: WireRequest): Routed {
  for (const operation of lambdaOperations) {
    if (operation.http?.method !== request.method) continue
    const labels = match(operation.http.path, request)
    if (!labels) continue
    const members = () => {
      const { input } = operation
      if (request.body.length > (LARGEST[operation.name] ?? Number.POSITIVE_INFINITY))
        throw tooLarge(operation.name)
      const inBody = Object.values(input.members).some(member => !member.place)
      const collected: Record<string, unknown> = inBody ? parsed(request.body) : {}
      for (const [name, { is, place }] of Object.entries(input.members)) {
        const given =
          place?.in === 'path'
            ? labels[name]
            : place?.in === 'query'
              ? request.query[place.as]
              : place?.in === 'header'
                ? request.headers[place.as]
                : undefined
        if (place?.in === 'payload') collected[name] = request.body
        else if (place?.in === 'query' && is === 'list') {
          if (request.repeated?.[place.as]) collected[name] = request.repeated[place.as]
        } else if (given !== undefined) collected[name] = is === 'number' ? Number(given) : given
      }
      return collected
    }
    return { service: 'lambda', protocol: 'rest', operation, members }
  }
  throw unknown(`${request.method} ${request.path}`, 404)
}

/** The labels of a path, which arrive percent-encoded. A template may also say what is in the query. */
function match(
  template: string,
  { path, query }: Pick<WireRequest, 'path' | 'query'>
): Record<string, string> | undefined {
  const [ofPath = '', ofQuery] = template.split('?')
  for (const [name, value] of new URLSearchParams(ofQuery)) if (query[name] !== value) return undefined
  const names = ofPath.split('/')
  const parts = path.split('/')
  if (names.length !== parts.length) return undefined
  const labels: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const part = parts[index] ?? ''
    const label = /^\{(.+)\}$/.exec(name)?.[1]
    if (label) labels[label] = decodeURIComponent(part)
    else if (name !== part) return undefined
  }
  return labels
}

function parsed(body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(decoder.decode(body))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Reported below, like any other body that is not an object.
  }
  throw new ServiceError('SerializationException', 'The request body is not a JSON object')
}

function unknown(what: string, status = 400): ServiceError {
  const why = `The simulator does not know this operation: ${what}`
  return new ServiceError('UnknownOperationException', why, status)
}
