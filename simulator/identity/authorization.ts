import type { Aws, ServiceName } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { s3WrongSignature } from '../storage/answer.ts'
import { authenticateForS3 } from '../storage/authorization.ts'
import type { Routed } from '../wire/route.ts'
import type { WireRequest } from '../wire/wire.ts'
import { scopeOf, signedAt } from './signature.ts'

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
  s3: 's3',
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
  if (service === 's3') return authenticateForS3(aws, request.headers, anybody)
  const status = service === 'lambda' || service === 'sts' ? 403 : 400
  const scope = scopeOf(request.headers)
  if (!scope)
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', status)
  const { accessKeyId, region, service: name } = scope
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
  if (aws.tellsTime) checkTime(aws.clock.now(), request.headers, service, status)
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
function checkTime(now: number, headers: Record<string, string>, service: ServiceName, status: number): void {
  const name = service === 'sts' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException'
  const signed = signedAt(headers)
  if (signed === undefined)
    throw new ServiceError(
      name,
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
      status
    )
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

/** As AWS answers a secret key that does not fit: it repeats the request as it has understood it, session token included. */
export function wrongSignature({ service }: Routed, request: WireRequest): ServiceError {
  const { method, path, headers } = request
  const signed = Object.entries(headers)
    .filter(([name]) => /^(content-type|host|x-amz-)/.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const canonical = [
    method,
    path,
    '',
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    signed.map(([name]) => name).join(';'),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  ].join('\n')
  if (service === 's3') return s3WrongSignature(canonical, request)
  return new ServiceError(
    service === 'sts' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException',
    `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'${canonical}'`,
    service === 'lambda' || service === 'sts' ? 403 : 400
  )
}
