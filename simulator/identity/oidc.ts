import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { SimulatedClock } from '../clock.ts'
import { listen } from '../wire/listen.ts'

/** A local stand-in for the endpoint where a job with `permissions: id-token: write` gets its OIDC tokens. */

export interface TokenClaims {
  audience: string
  /** Default: a job of environment production. */
  subject?: string
}

const SUBJECT = 'repo:acme/payments:environment:production'
/** How long GitHub's tokens are valid, and how long before they are issued their validity begins. */
const LIFE_SECONDS = 300
const EARLY_SECONDS = 600
const PATH = '/idtoken/9000000001/release'
const REQUEST_TOKEN = 'simulated-request-token-of-the-job'

/** A token as GitHub issues it, except for the signature. */
export function idToken(now: number, { audience, subject = SUBJECT }: TokenClaims): string {
  const seconds = Math.floor(now / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = { typ: 'JWT', alg: 'RS256', kid: 'simulated' }
  const claims = {
    iss: 'https://token.actions.githubusercontent.com',
    aud: audience,
    sub: subject,
    repository: 'acme/payments',
    environment: 'production',
    jti: `simulated-${now}`,
    nbf: seconds - EARLY_SECONDS,
    iat: seconds,
    exp: seconds + LIFE_SECONDS
  }
  return `${part(header)}.${part(claims)}.c2ltdWxhdGVk`
}

export interface IdTokens {
  /** For the environment of the step. */
  env: { ACTIONS_ID_TOKEN_REQUEST_URL: string; ACTIONS_ID_TOKEN_REQUEST_TOKEN: string }
  /** Every token that was issued. */
  readonly given: readonly string[]
  close(): Promise<void>
}

/** Serves tokens over HTTP on this machine. As at GitHub, the default audience is the repository's owner. */
export async function serveIdTokens(clock: SimulatedClock, subject?: string): Promise<IdTokens> {
  const given: string[] = []
  const server = createServer((request, response) => {
    const refusal = refusalOf(request)
    if (refusal) return end(response, refusal.status, { message: refusal.message })
    const audience = urlOf(request).searchParams.get('audience') ?? 'https://github.com/acme'
    const value = idToken(clock.now(), { audience, ...(subject !== undefined && { subject }) })
    given.push(value)
    end(response, 200, { count: value.length, value })
  })
  const { url, close } = await listen(server)
  return {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}${PATH}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN
    },
    given,
    close
  }
}

const urlOf = (request: IncomingMessage): URL => new URL(request.url ?? '/', 'http://simulator')

function refusalOf(request: IncomingMessage): { status: number; message: string } | undefined {
  const { pathname, searchParams } = urlOf(request)
  if (request.method !== 'GET') return { status: 405, message: `The method is ${request.method}` }
  if (pathname !== PATH || searchParams.get('api-version') !== '2.0')
    return { status: 404, message: 'This is not the URL that the job was given' }
  if (request.headers.authorization !== `Bearer ${REQUEST_TOKEN}`)
    return { status: 401, message: 'The bearer token is not that of the job' }
  if (searchParams.getAll('audience').length > 1 || searchParams.get('audience') === '')
    return { status: 400, message: 'One audience can be asked for' }
  return undefined
}

function end(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
