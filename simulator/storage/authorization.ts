import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Caller } from '../identity/authorization.ts'
import { scopeOf, signedAt } from '../identity/signature.ts'

const LIFE_MS = 15 * 60_000

/** The same checks as for every service, with the names, texts and limits of S3. `anybody` is who comes without a session of STS. */
export function authenticateForS3(aws: Aws, headers: Record<string, string>, anybody: Caller): Caller {
  const scope = scopeOf(headers)
  if (!scope) throw new ServiceError('AccessDenied', 'Access Denied', 403)
  if (scope.region !== aws.region)
    throw new ServiceError(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; the region '${scope.region}' is wrong; expecting '${aws.region}'`,
      400,
      { Region: aws.region }
    )
  if (scope.service !== 's3')
    throw new ServiceError(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; incorrect service "${scope.service}". This endpoint belongs to "s3".`
    )
  if (!headers['x-amz-content-sha256'])
    throw new ServiceError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  if (aws.tellsTime) checkTime(aws.clock.now(), headers)
  const session = aws.sts.session(scope.accessKeyId)
  if (!session) return anybody
  if (headers['x-amz-security-token'] !== session.sessionToken)
    throw new ServiceError('InvalidToken', 'The provided token is malformed or otherwise invalid.')
  if (aws.clock.now() >= session.expiresAt)
    throw new ServiceError('ExpiredToken', 'The provided token has expired.')
  return session
}

/** @throws RequestTimeTooSkewed for a signature that is more than 15 minutes old or too new */
function checkTime(now: number, headers: Record<string, string>): void {
  const signed = signedAt(headers)
  if (signed === undefined)
    throw new ServiceError(
      'AccessDenied',
      'AWS authentication requires a valid Date or x-amz-date header',
      403
    )
  if (Math.abs(now - signed) > LIFE_MS)
    throw new ServiceError(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      403,
      {
        RequestTime: headers['x-amz-date'],
        ServerTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
        MaxAllowedSkewMilliseconds: LIFE_MS
      }
    )
}
