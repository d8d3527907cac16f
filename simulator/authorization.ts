import type { Aws, ServiceName } from './aws.ts'
import { ServiceError } from './error.ts'
import type { WireRequest } from './wire.ts'

const SIGNING_NAMES: Record<ServiceName, string> = {
  lambda: 'lambda',
  codedeploy: 'codedeploy',
  cloudwatch: 'monitoring',
  logs: 'logs'
}

/**
 * Any credentials will do, but a request has to be signed, for this region and for this service: a client with the wrong
 * one would fail against AWS too. The signature itself is not recomputed.
 */
export function checkAuthorization(aws: Aws, service: ServiceName, request: WireRequest): void {
  const status = service === 'lambda' ? 403 : 400
  const scope = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request,/.exec(
    request.headers.authorization ?? ''
  )
  if (!scope)
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', status)
  const [, region, name] = scope
  if (region !== aws.region)
    throw new ServiceError(
      'InvalidSignatureException',
      `Credential should be scoped to a valid region: this is ${aws.region}, and the request is for ${region}.`,
      status
    )
  if (name !== SIGNING_NAMES[service])
    throw new ServiceError(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${SIGNING_NAMES[service]}'.`,
      status
    )
}
