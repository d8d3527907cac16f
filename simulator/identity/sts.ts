import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { count, type Operation, structure, text } from '../wire/shapes.ts'
import type { Caller } from './authorization.ts'

/** Requests of the Security Token Service, with the limits from its API reference. */
export const stsOperations: readonly Operation[] = [
  {
    name: 'AssumeRoleWithWebIdentity',
    input: structure(
      'AssumeRoleWithWebIdentityRequest',
      {
        RoleArn: text({ min: 20, max: 2048 }),
        RoleSessionName: text({ min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ }),
        WebIdentityToken: text({ min: 4, max: 20_000 }),
        DurationSeconds: count({ min: 900, max: 43_200 })
      },
      ['RoleArn', 'RoleSessionName', 'WebIdentityToken']
    )
  },
  { name: 'GetCallerIdentity', input: structure('GetCallerIdentityRequest', {}) }
]

/** Credentials that were issued. */
export interface Session extends Caller {
  sessionToken: string
  secretAccessKey: string
  /** Epoch ms. */
  expiresAt: number
}

export interface AssumeRoleInput {
  RoleArn: string
  RoleSessionName: string
  WebIdentityToken: string
  DurationSeconds?: number
}

const ISSUER = 'token.actions.githubusercontent.com'
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The part of STS that a job with GitHub's OIDC token needs. Each operation throws a ServiceError where STS would. */
export class Sts {
  /** How long a session lasts by default, seconds. */
  sessionSeconds = 3600
  /** The role's maximum session duration, seconds. */
  maxSessionSeconds = 3600
  /** Client id of GitHub's identity provider in the account; what the token's audience must be. */
  audience: string
  /** The trust policies of the roles; `subject` is the token's claim `sub`. */
  trusts: (roleArn: string, subject: string) => boolean = () => true
  readonly #aws: Aws
  readonly #sessions = new Map<string, Session>()

  constructor(aws: Aws) {
    this.#aws = aws
    this.audience = aws.partition === 'aws-cn' ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com'
  }

  assumeRoleWithWebIdentity(input: AssumeRoleInput) {
    const { account, partition, random, clock } = this.#aws
    const { RoleArn, RoleSessionName, DurationSeconds = this.sessionSeconds } = input
    const role = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]{1,64})$/.exec(RoleArn)
    if (!role) throw new ServiceError('ValidationError', `${RoleArn} is invalid`)
    const subject = subjectOf(input.WebIdentityToken, this.audience, clock.now())
    if (role[1] !== partition || role[2] !== account || !this.trusts(RoleArn, subject))
      throw new ServiceError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403)
    if (DurationSeconds > this.maxSessionSeconds)
      throw new ServiceError(
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
      )
    const AccessKeyId = `ASIA${random.text(16, CAPITALS)}`
    const SecretAccessKey = random.text(40, BASE64)
    const SessionToken = random.text(356, BASE64)
    const expiresAt = clock.now() + DurationSeconds * 1000
    const Arn = `arn:${partition}:sts::${account}:assumed-role/${role[3]}/${RoleSessionName}`
    const AssumedRoleId = `AROA${random.text(17, CAPITALS)}:${RoleSessionName}`
    this.#sessions.set(AccessKeyId, {
      arn: Arn,
      userId: AssumedRoleId,
      sessionToken: SessionToken,
      secretAccessKey: SecretAccessKey,
      expiresAt
    })
    return {
      SubjectFromWebIdentityToken: subject,
      Audience: this.audience,
      AssumedRoleUser: { AssumedRoleId, Arn },
      Credentials: {
        AccessKeyId,
        SecretAccessKey,
        SessionToken,
        Expiration: new Date(expiresAt)
      },
      Provider: `arn:${partition}:iam::${account}:oidc-provider/${ISSUER}`
    }
  }

  getCallerIdentity(_input: object, caller: Caller) {
    return { Arn: caller.arn, UserId: caller.userId, Account: this.#aws.account }
  }

  /** Every session that was given out, expired or not, oldest first. */
  get sessions(): readonly Session[] {
    return [...this.#sessions.values()]
  }

  /** What was given out under this access key, expired or not. */
  session(accessKeyId: string): Session | undefined {
    return this.#sessions.get(accessKeyId)
  }
}

/**
 * Reads GitHub's token and refuses what STS would refuse. The signature is not verified.
 * @throws InvalidIdentityToken, ExpiredTokenException
 */
function subjectOf(token: string, audience: string, now: number): string {
  const [header, payload, signature, ...more] = token.split('.')
  const claims = decoded(payload)
  if (!decoded(header)?.alg || !claims || !/^[\w-]+$/.test(signature ?? '') || more.length > 0)
    throw invalid(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
    )
  const { iss, aud, sub, nbf, exp } = claims
  if (iss !== `https://${ISSUER}`) throw invalid(`No OpenIDConnect provider found in your account for ${iss}`)
  if (aud !== audience) throw invalid('Incorrect token audience')
  const seconds = Math.floor(now / 1000)
  if (typeof exp !== 'number' || typeof nbf !== 'number' || typeof sub !== 'string' || nbf > seconds)
    throw invalid('Provided Token is missing a required claim, or is not valid yet')
  if (exp < seconds)
    throw new ServiceError(
      'ExpiredTokenException',
      `Token expired: current date/time ${seconds} must be before the expiration date/time ${exp}`
    )
  return sub
}

function decoded(part: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const invalid = (message: string): ServiceError => new ServiceError('InvalidIdentityToken', message)
