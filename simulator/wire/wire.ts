import type {
  BatchGetDeploymentsCommandInput,
  BatchGetDeploymentTargetsCommandInput,
  GetDeploymentCommandInput,
  ListDeploymentsCommandInput,
  ListDeploymentTargetsCommandInput
} from '@aws-sdk/client-codedeploy'
import type {
  GetAliasCommandInput,
  GetFunctionCommandInput,
  GetFunctionConfigurationCommandInput,
  ListAliasesCommandInput,
  ListVersionsByFunctionCommandInput
} from '@aws-sdk/client-lambda'
import type { Aws, RecordedRequest } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Fault } from '../faults.ts'
import { authenticate, wrongSignature } from '../identity/authorization.ts'
import { stsFailure, stsSuccess } from '../identity/stsanswer.ts'
import { breakSeries, type MetricData } from '../monitoring/metrics.ts'
import { s3Failure, s3RequestId } from '../storage/answer.ts'
import { commonError, failure, page, success } from './answer.ts'
import { perform, placeOf, type Routed, route } from './route.ts'
import { decode } from './validate.ts'

export interface WireRequest {
  method: string
  host?: string
  /** Still percent-encoded. */
  path: string
  /** The last value of each name. */
  query: Record<string, string>
  /** All values of names that come several times. */
  repeated?: Record<string, string[]>
  /** Names in lower case. */
  headers: Record<string, string>
  body: Uint8Array
}

export interface WireResponse {
  status: number
  headers: Record<string, string>
  body: Uint8Array
  /** The body never comes to its end. */
  stalls?: true
  /** A body that clients read as a stream. */
  streams?: true
}

/** The connection broke, or nothing ever came back. */
export class BrokenConnection extends Error {
  readonly code: 'ECONNRESET' | 'ETIMEDOUT'

  constructor(code: 'ECONNRESET' | 'ETIMEDOUT') {
    super(code === 'ECONNRESET' ? 'socket hang up' : 'Connection timed out')
    this.name = code === 'ECONNRESET' ? 'Error' : 'TimeoutError'
    this.code = code
  }
}

const TIMEOUT_MS = 120_000

/**
 * Answers one request as the services do. This takes the latency, half on the way in and half on the way out.
 * @throws BrokenConnection
 */
export async function respond(aws: Aws, request: WireRequest): Promise<WireResponse> {
  const place = placeOf(request)
  const s3 = place.service === 's3'
  const uuid = aws.random.uuid()
  const requestId = s3 ? s3RequestId(uuid) : uuid
  await aws.clock.sleep(aws.latencyMs / 2)
  const userAgent = request.headers['user-agent']
  const record: RecordedRequest = {
    at: aws.clock.now(),
    service: place.service,
    operation: `${request.method} ${request.path}`,
    input: undefined,
    status: 0,
    ...(userAgent && { userAgent }),
    requestId
  }
  aws.requests.push(record)
  let routed: Routed | undefined
  let response: WireResponse
  try {
    routed = route(request)
    record.service = routed.service
    record.operation = routed.operation.name
    response = dated(aws, await answer(aws, routed, request, record))
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    record.errorName = error.name
    const fail = record.service === 's3' ? s3Failure : record.service === 'sts' ? stsFailure : undefined
    response = dated(aws, fail ? fail(error, requestId) : failure(routed ?? place, error, requestId))
  }
  if (request.method === 'HEAD') response.body = new Uint8Array()
  record.status = response.stalls ? 0 : response.status
  await aws.clock.sleep(aws.latencyMs / 2)
  return response
}

function dated(aws: Aws, response: WireResponse): WireResponse {
  if (aws.tellsTime) response.headers.date ??= new Date(aws.clock.now()).toUTCString()
  return response
}

async function answer(
  aws: Aws,
  routed: Routed,
  request: WireRequest,
  record: RecordedRequest
): Promise<WireResponse> {
  const caller = authenticate(aws, routed, request)
  const input = decode(routed.operation.input, routed.members())
  record.input = input
  const fault = aws.faults.take(routed.operation.name, aws.clock.now(), () => functionsIn(input, aws))
  if (fault) await before(aws, routed, fault, request)
  if (fault?.kind === 'html')
    return page(
      fault.status ?? 200,
      PROXY_PAGE,
      aws.tellsTime ? new Date(aws.clock.now() - PROXY_LATE_MS) : undefined
    )
  if (fault?.kind === 'emptyJson') return emptied(success(routed, {}, record.requestId))
  const work = async () => {
    aws.permissions.check(caller, routed, input)
    const output =
      fault?.kind === 'stale'
        ? asOf(aws, routed.operation.name, input, aws.clock.now() - (fault.ms ?? 0))
        : await perform(aws, routed, input, caller)
    if (fault?.kind === 'brokenSeries') breakSeries(output as MetricData, fault.metric)
    return routed.service === 'sts'
      ? stsSuccess(routed.operation.name, output as object, record.requestId)
      : success(routed, output, record.requestId, spelling(fault))
  }
  if (fault?.kind === 'stall') return stalled(await work())
  if (fault?.kind !== 'serverErrorAfter' && fault?.kind !== 'dropAfter') return work()
  await work().catch(ignoreRefusal)
  if (fault.kind === 'dropAfter') throw new BrokenConnection('ECONNRESET')
  throw commonError('serverError', routed, aws.uncertain.expiredStatus)
}

/** What the service would have answered then, epoch ms. */
function asOf(aws: Aws, operation: string, input: object, at: number): unknown {
  const { deployments } = aws.codedeploy
  switch (operation) {
    case 'GetAlias':
      return aws.lambda.aliasAsOf(input as GetAliasCommandInput, at)
    case 'GetFunction':
      return aws.lambda.functionAsOf(input as GetFunctionCommandInput, at)
    case 'GetFunctionConfiguration':
      return aws.lambda.configurationAsOf(input as GetFunctionConfigurationCommandInput, at)
    case 'ListAliases':
      return aws.lambda.aliasesAsOf(input as ListAliasesCommandInput, at)
    case 'ListVersionsByFunction':
      return aws.lambda.versionsAsOf(input as ListVersionsByFunctionCommandInput, at)
    case 'GetDeployment':
      return { deploymentInfo: deployments.get((input as GetDeploymentCommandInput).deploymentId, at) }
    case 'BatchGetDeployments':
      return deployments.batchGet(input as BatchGetDeploymentsCommandInput, at)
    case 'ListDeployments':
      return deployments.list(input as ListDeploymentsCommandInput, at)
    case 'ListDeploymentTargets':
      return deployments.listTargets(input as ListDeploymentTargetsCommandInput, at)
    case 'BatchGetDeploymentTargets':
      return deployments.batchGetTargets(input as BatchGetDeploymentTargetsCommandInput, at)
    default:
      throw new Error(`no answer of ${operation} is stale`)
  }
}

/** It says nothing, not even that there is nothing to say. */
const emptied = (response: WireResponse): WireResponse =>
  response.status === 204 ? { ...response, status: 200, body: new TextEncoder().encode('{}') } : response

/** Without its length, a client cannot know that an empty body has come whole. */
function stalled({ headers, ...response }: WireResponse): WireResponse {
  const { 'content-length': _, ...others } = headers
  return { ...response, headers: others, stalls: true }
}

/** The part of a body that is sent before it stalls. */
export const begunOf = (body: Uint8Array): Uint8Array => body.subarray(0, body.length / 2)

/** Faults that occur before the service has seen the request. */
async function before(aws: Aws, routed: Routed, fault: Fault, request: WireRequest): Promise<void> {
  switch (fault.kind) {
    case 'dropBefore':
      throw new BrokenConnection('ECONNRESET')
    case 'timeout':
      await aws.clock.sleep(fault.ms ?? TIMEOUT_MS)
      throw new BrokenConnection('ETIMEDOUT')
    case 'slow':
      return aws.clock.sleep(fault.ms ?? 0)
    case 'custom': {
      const { name, message, status, extras } = fault.error ?? {
        name: 'InternalFailure',
        message: '',
        status: 500
      }
      throw new ServiceError(name, message, status, extras)
    }
    case 'wrongSignature':
      throw wrongSignature(routed, request)
    case 'serverErrorBefore':
      throw commonError('serverError', routed, aws.uncertain.expiredStatus)
    case 'throttle':
    case 'expiredToken':
    case 'accessDenied':
    case 'invalidToken':
      throw commonError(fault.kind, routed, aws.uncertain.expiredStatus)
    default:
      return
  }
}

function spelling(fault: Fault | undefined) {
  return { isoDates: fault?.kind === 'isoDates', unknownStatus: fault?.kind === 'unknownStatus' }
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof ServiceError)) throw error
}

/** How far a proxy's clock is behind. */
const PROXY_LATE_MS = 3_600_000
const PROXY_PAGE = '<html><head><title>Proxy</title></head><body>Please log in to the network.</body></html>'

/** The functions that a request is about, by their names or by those of their deployments. */
function functionsIn(input: unknown, { codedeploy }: Aws): readonly string[] {
  const { FunctionName, deploymentId, deploymentIds } = (input ?? {}) as {
    FunctionName?: string
    deploymentId?: string
    deploymentIds?: readonly string[]
  }
  if (FunctionName !== undefined) return [FunctionName]
  const ids = deploymentId === undefined ? (deploymentIds ?? []) : [deploymentId]
  return ids.flatMap(id => codedeploy.deployments.functionOf(id) ?? [])
}
