import { fromWebToken } from '@aws-sdk/credential-provider-web-identity'
import type { Clock } from '../clock.ts'
import { Failure } from '../errors.ts'
import type { ClientOptions } from './clients.ts'

export interface Role {
  arn: string
  /** 2 to 64 characters of `[\w+=,.@-]`; CloudTrail shows it. */
  sessionName: string
  /** GitHub's OIDC token for the audience `sts.amazonaws.com`. It lives five minutes, so each renewal asks for a new one. */
  idToken(): Promise<string>
}

type Identity = Awaited<ReturnType<ReturnType<typeof fromWebToken>>>

/** Renewed this long before they expire, so that a cancel finds valid ones at hand, ms. */
const renewMs = 10 * 60_000

/**
 * Credentials of a role that the step assumes by itself and renews for as long as it runs. All clients share them. When a
 * renewal fails, what is still valid is used, and the next request tries again. Throws Failure.
 */
export function assumed(
  role: Role,
  options: Pick<ClientOptions, 'region' | 'requestHandler'>,
  clock: Clock
): () => Promise<Identity> {
  let held: Identity | undefined
  let renewal: Promise<Identity> | undefined

  const assume = async (): Promise<Identity> => {
    try {
      const provider = fromWebToken({
        roleArn: role.arn,
        roleSessionName: role.sessionName,
        webIdentityToken: await role.idToken(),
        clientConfig: {
          region: options.region,
          ...(options.requestHandler && { requestHandler: options.requestHandler })
        }
      })
      held = await provider()
      return held
    } catch (error) {
      throw notAssumed(error, role.arn)
    } finally {
      renewal = undefined
    }
  }

  return async () => {
    const left = (held?.expiration?.getTime() ?? 0) - clock.now()
    if (held && left > renewMs) return held
    renewal ??= assume()
    if (!held || left <= 0) return await renewal
    const valid = held
    return await renewal.catch(() => valid)
  }
}

function notAssumed(error: unknown, role: string): Failure {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  return new Failure(`${name}: ${message}`, {
    kind: 'credentials',
    code: 'ROLE_NOT_ASSUMED',
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: role,
    mayHaveActed: false,
    cause: error
  })
}
