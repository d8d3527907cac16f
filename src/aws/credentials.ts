import { fromWebToken } from '@aws-sdk/credential-provider-web-identity'
import { Failure, type FailureKind } from '../failure.ts'
import { type AwsOptions, clientConfiguration } from './clients.ts'
import { failureOf } from './failure.ts'
import { IdTokens } from './idtokens.ts'
import type { Network } from './network.ts'

export interface Role {
  arn: string
  /** 2 to 64 characters of `[\w+=,.@-]`; CloudTrail shows it. */
  sessionName: string
  /** GitHub's OIDC token for the role's audience. It lives five minutes, so each renewal asks for a new one. */
  idToken(): Promise<string>
  /** Hides a value in the job's log from now on. */
  mask(secret: string): void
}

type Identity = Awaited<ReturnType<ReturnType<typeof fromWebToken>>>

/** How long before they expire to renew credentials, so that they are valid when a cancel needs them, ms. */
const renewMs = 10 * 60_000
/** After a renewal that failed, how long requests go on with credentials that are still valid before one tries again, ms. */
const pauseMs = 30_000

/** Without valid credentials, requests that come together share one renewal that failed, ms. */
const togetherMs = 1_000

/** The IAM action of a failure to get a role's credentials. */
export const assuming = 'sts:AssumeRoleWithWebIdentity'

/**
 * Credentials of a role that the step assumes itself and renews for as long as it runs. All clients share them. When a renewal
 * fails, the old credentials are used while they are valid, and the first request after a pause tries again. Throws Failure.
 */
export function assumedRole(
  role: Role,
  options: Pick<AwsOptions, 'region' | 'requestHandler'>,
  network: Network
): () => Promise<Identity> {
  const tokens = new IdTokens(role.arn, () => role.idToken(), network.timer, network.over)
  let held: Identity | undefined
  let renewal: Promise<Identity> | undefined
  let failedAt = Number.NEGATIVE_INFINITY
  let failure: Failure | undefined

  const assume = async (): Promise<Identity> => {
    try {
      const webIdentityToken = await tokens.ask()
      const provider = fromWebToken({
        roleArn: role.arn,
        roleSessionName: role.sessionName,
        webIdentityToken,
        clientPlugins: [network.plugin],
        // While GitHub or STS is silent, whoever needs credentials asks again by itself.
        clientConfig: { ...clientConfiguration(options), maxAttempts: failure ? 1 : 3 }
      })
      const identity = await provider().catch(error => {
        throw unlessPage(error, role.arn)
      })
      for (const secret of [identity.accessKeyId, identity.secretAccessKey, identity.sessionToken])
        if (secret !== undefined) {
          role.mask(secret)
          network.secrets.add(secret)
        }
      held = identity
      failure = undefined
      return held
    } catch (error) {
      failedAt = network.time.now()
      failure = notAssumed(error, role.arn)
      throw failure
    } finally {
      renewal = undefined
    }
  }

  const provide = async (): Promise<Identity> => {
    const now = network.time.now()
    const left = (held?.expiration?.getTime() ?? 0) - now
    // Otherwise each look would send one. A clock that was set back must not prolong the pause.
    const isPausing = left > 0 && Math.abs(now - failedAt) < pauseMs
    if (held && (left > renewMs || isPausing)) return held
    if (left <= 0 && !renewal && failure && Math.abs(now - failedAt) < togetherMs) throw failure
    renewal ??= assume()
    if (!held || left <= 0) return await renewal
    // No request waits for the renewal, because a cancel must not.
    renewal.catch(() => undefined)
    return held
  }
  // Otherwise the SDK would cache them until five minutes before they expire, by the machine's clock.
  return Object.assign(provide, { memoized: true })
}

/**
 * A proxy's page, whatever its status, is no refusal: only what STS itself has answered has a request id. It is worth asking again.
 */
function unlessPage(error: { $metadata?: { requestId?: string } }, role: string): unknown {
  const { kind, message, code } = failureOf(error, assuming, role)
  const isPage = error.$metadata?.requestId === undefined && pageKinds.includes(kind)
  return isPage
    ? new Failure(message, {
        kind: 'transient',
        code,
        action: assuming,
        resource: role,
        mayHaveActed: false,
        cause: error
      })
    : error
}

/** What a page may pass for. */
const pageKinds: readonly FailureKind[] = ['malformed', 'missing', 'rejected']

/** A transient failure stays transient, so that the watch continues and looks again. GitHub's are told as they are. */
function notAssumed(error: unknown, role: string): Failure {
  if (error instanceof Failure) return error
  const failure = failureOf(error, assuming, role)
  const isTransient = failure.kind === 'transient'
  const name = error instanceof Error ? error.name : 'Error'
  return new Failure(isTransient ? failure.message : `${name}: ${failure.message}`, {
    kind: isTransient ? 'transient' : 'credentials',
    code: isTransient ? failure.code : 'ROLE_NOT_ASSUMED',
    action: assuming,
    resource: role,
    mayHaveActed: false,
    cause: error
  })
}
