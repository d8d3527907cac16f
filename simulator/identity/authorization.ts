import type { Aws, ServiceName } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Routed } from '../wire/route.ts'
import type { WireRequest } from '../wire/wire.ts'

/** Who a request is from. */
export interface Caller {
  arn: string
  userId: string
}

const SIGNING_NAMES: Record<ServiceName, string> = {
  lambda: 'lambda',
  codedeploy: 'codedeploy',
  cloudwatch: 'monitoring',
  logs: 'logs',
  sts: 'sts'
}

/** It carries a token instead of a signature. */
const UNSIGNED = 'AssumeRoleWithWebIdentity'

/**
 * Any credentials will do, but a request has to be signed for this region and this service: a client that signs for another
 * one would fail against AWS too. The signature itself is not verified. Credentials from STS need their session token and are
 * valid until they expire.
 */
export function authenticate(aws: Aws, { service, operation }: Routed, request: WireRequest): Caller {
  const anybody: Caller = {
    arn: `arn:${aws.partition}:sts::${aws.account}:assumed-role/deployer/session`,
    userId: 'AROA3XFRBF23EXAMPLE:session'
  }
  if (operation.name === UNSIGNED) return anybody
  const status = service === 'lambda' || service === 'sts' ? 403 : 400
  const scope = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request,/.exec(
    request.headers.authorization ?? ''
  )
  if (!scope)
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', status)
  const [, accessKeyId = '', region, name] = scope
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
  if (aws.tellsTime) checkTime(aws.clock.now(), request.headers['x-amz-date'], service, status)
  const session = aws.sts.session(accessKeyId)
  if (!session) return anybody
  if (request.headers['x-amz-security-token'] !== session.sessionToken)
    throw new ServiceError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      status
    )
  if (aws.clock.now() >= session.expiresAt)
    throw new ServiceError(
      service === 'sts' ? 'ExpiredToken' : 'ExpiredTokenException',
      'The security token included in the request is expired',
      service === 'codedeploy' || service === 'logs' ? aws.uncertain.expiredStatus : status
    )
  return session
}

const LIFE_MS = 5 * 60_000

/** @throws InvalidSignatureException (STS: SignatureDoesNotMatch) for a signature that is more than five minutes old or too new */
function checkTime(now: number, date: string | undefined, service: ServiceName, status: number): void {
  const name = service === 'sts' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException'
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date ?? '')
  if (!parts)
    throw new ServiceError(
      name,
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
      status
    )
  const [, year, month, day, hour, minute, second] = parts.map(Number) as [number, ...number[]]
  const signed = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
  const spelt = (at: number) => new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '')
  if (signed < now - LIFE_MS)
    throw new ServiceError(
      name,
      `Signature expired: ${spelt(signed)} is now earlier than ${spelt(now - LIFE_MS)} (${spelt(now)} - 5 min.)`,
      status
    )
  if (signed > now + LIFE_MS)
    throw new ServiceError(
      name,
      `Signature not yet current: ${spelt(signed)} is still later than ${spelt(now + LIFE_MS)} (${spelt(now)} + 5 min.)`,
      status
    )
}
