import { CodeDeployClient, ListApplicationsCommand } from '@aws-sdk/client-codedeploy'
import { LambdaClient, ListAliasesCommand } from '@aws-sdk/client-lambda'
import { fromWebToken } from '@aws-sdk/credential-provider-web-identity'
import { describe, expect, test } from '@jest/globals'
import { idToken, serveIdTokens } from '../../../simulator/identity/oidc.ts'
import { Policy } from '../../../simulator/identity/policy.ts'
import { requestHandler } from '../../../simulator/wire/handler.ts'
import { respond } from '../../../simulator/wire/wire.ts'
import { type Stage, stage } from '../stage.ts'

const role = 'arn:aws:iam::123456789012:role/deployers/release'
const audience = 'sts.amazonaws.com'

interface Asked {
  role?: string
  session?: string
  token?: string
  seconds?: number
}

/** The SDK's own provider with the simulated STS. */
const assume = (on: Stage, asked: Asked = {}) =>
  on.clock.run(
    fromWebToken({
      roleArn: asked.role ?? role,
      roleSessionName: asked.session ?? 'run-4711',
      webIdentityToken: asked.token ?? idToken(on.clock.now(), { audience }),
      ...(asked.seconds !== undefined && { durationSeconds: asked.seconds }),
      clientConfig: { region: 'eu-west-1', requestHandler: requestHandler(on.aws), maxAttempts: 1 }
    })
  )

type Credentials = Awaited<ReturnType<typeof assume>>

const client = <C>(
  Client: new (config: { region: string; credentials: Credentials; requestHandler: object }) => C,
  on: Stage,
  credentials: Credentials
): C => new Client({ region: 'eu-west-1', credentials, requestHandler: requestHandler(on.aws) })

describe('AssumeRoleWithWebIdentity', () => {
  test('gives credentials of the role for an hour', async () => {
    const on = stage()
    const begun = on.clock.now()
    expect(await assume(on)).toMatchObject({
      accessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^[\w+/]{40}$/),
      sessionToken: expect.stringMatching(/^[\w+/]{356}$/),
      expiration: new Date(begun + 3_600_000),
      accountId: '123456789012'
    })
  })

  test('gives them for as long as the request says', async () => {
    const on = stage()
    const begun = on.clock.now()
    expect((await assume(on, { seconds: 900 })).expiration).toEqual(new Date(begun + 900_000))
  })

  const refusals: { name: string; asked: Asked; error: string; says: string | RegExp; untrusted?: true }[] = [
    {
      name: 'a role that is not an ARN',
      asked: { role: 'arn:aws:iam::123456789012:user/release' },
      error: 'ValidationError',
      says: 'arn:aws:iam::123456789012:user/release is invalid'
    },
    {
      name: 'a role of another account',
      asked: { role: 'arn:aws:iam::999999999999:role/release' },
      error: 'AccessDenied',
      says: 'Not authorized to perform sts:AssumeRoleWithWebIdentity'
    },
    {
      name: 'a role that does not trust the job',
      asked: {},
      error: 'AccessDenied',
      says: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      untrusted: true
    },
    {
      name: 'a session name with a slash',
      asked: { session: 'run/4711' },
      error: 'ValidationError',
      says: "1 validation error detected: Value 'run/4711' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    },
    {
      name: 'more than twelve hours',
      asked: { seconds: 43_201 },
      error: 'ValidationError',
      says: /less than or equal to 43200$/
    },
    {
      name: 'more than the role allows',
      asked: { seconds: 3601 },
      error: 'ValidationError',
      says: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
    },
    {
      name: 'a token that is not a JWT',
      asked: { token: 'ghs_notAnIdToken' },
      error: 'InvalidIdentityTokenException',
      says: 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
    },
    {
      name: 'a token for somebody else',
      asked: { token: idToken(Date.parse('2026-11-20T14:00:00Z'), { audience: 'https://github.com/acme' }) },
      error: 'InvalidIdentityTokenException',
      says: 'Incorrect token audience'
    },
    {
      name: 'a token that is older than five minutes',
      asked: { token: idToken(Date.parse('2026-11-20T13:54:00Z'), { audience }) },
      error: 'ExpiredTokenException',
      says: 'Token expired: current date/time 1795183200 must be before the expiration date/time 1795183140'
    }
  ]

  test.each(refusals)('refuses $name', async ({ asked, error, says, untrusted }) => {
    const on = stage()
    if (untrusted) on.aws.sts.trusts = () => false
    const failed = await assume(on, asked).then(
      () => undefined,
      (thrown: Error) => thrown
    )
    expect(failed?.name).toBe(error)
    if (typeof says === 'string') expect(failed?.message).toBe(says)
    else expect(failed?.message).toMatch(says)
  })

  test('passes the role and the subject of the token to the trust policy', async () => {
    const on = stage()
    const seen: string[][] = []
    on.aws.sts.trusts = (...given) => seen.push(given) > 0
    const subject = 'repo:acme/payments:ref:refs/heads/main'
    await assume(on, { token: idToken(on.clock.now(), { audience, subject }) })
    expect(seen).toEqual([[role, subject]])
  })

  test('answers in XML, with the time to the second', async () => {
    const on = stage()
    const { status, headers, text } = await post(on, {
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: role,
      RoleSessionName: 'run-4711',
      WebIdentityToken: idToken(on.clock.now(), { audience, subject: 'repo:a&b/c:ref:refs/heads/main' })
    })
    expect([status, headers['content-type']]).toEqual([200, 'text/xml'])
    expect(text).toContain(
      '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><SubjectFromWebIdentityToken>repo:a&amp;b/c:ref:refs/heads/main</SubjectFromWebIdentityToken>'
    )
    expect(text).toContain('<Expiration>2026-11-20T15:00:00Z</Expiration>')
    expect(text).toContain('<Arn>arn:aws:sts::123456789012:assumed-role/release/run-4711</Arn>')
  })
})

describe('credentials that were issued', () => {
  test('are accepted by every service until they expire', async () => {
    const on = stage({ latencyMs: 0 })
    const credentials = await assume(on, { seconds: 900 })
    const ask = () =>
      on.clock.run(() =>
        Promise.all([
          client(LambdaClient, on, credentials).send(
            new ListAliasesCommand({ FunctionName: 'payments-api' })
          ),
          client(CodeDeployClient, on, credentials).send(new ListApplicationsCommand({}))
        ])
      )
    await on.clock.advance(899_000)
    expect((await ask()).map(({ $metadata }) => $metadata.httpStatusCode)).toEqual([200, 200])
    await on.clock.advance(1_000)
    await expect(ask()).rejects.toMatchObject({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired'
    })
    expect(on.aws.requests.slice(-2).map(({ service, status }) => [service, status])).toEqual([
      ['lambda', 403],
      ['codedeploy', 400]
    ])
  })

  test('are useless without their session token', async () => {
    const on = stage()
    const { sessionToken: _, ...half } = await assume(on)
    const asking = on.clock.run(() =>
      client(CodeDeployClient, on, half as Credentials).send(new ListApplicationsCommand({}))
    )
    await expect(asking).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
  })

  test('name their role and session when something is denied', async () => {
    const on = stage()
    on.aws.permissions.policy = new Policy({ Version: '2012-10-17', Statement: [] })
    const credentials = await assume(on)
    const asking = on.clock.run(() =>
      client(CodeDeployClient, on, credentials).send(new ListApplicationsCommand({}))
    )
    await expect(asking).rejects.toThrow(
      'User: arn:aws:sts::123456789012:assumed-role/release/run-4711 is not authorized to perform: codedeploy:ListApplications'
    )
  })
})

describe('GetCallerIdentity', () => {
  const signature = (accessKeyId: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261120/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0`
  })

  test('says who is asking, whatever the policy says', async () => {
    const on = stage()
    const { accessKeyId, sessionToken = '' } = await assume(on)
    const { status, text } = await post(
      on,
      { Action: 'GetCallerIdentity' },
      { ...signature(accessKeyId), 'x-amz-security-token': sessionToken }
    )
    expect(status).toBe(200)
    expect(text).toMatch(
      /^<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role\/release\/run-4711<\/Arn><UserId>AROA[A-Z2-7]{17}:run-4711<\/UserId><Account>123456789012<\/Account><\/GetCallerIdentityResult>/
    )
  })

  test('treats any other credentials as those of a deploying role', async () => {
    const { text } = await post(stage(), { Action: 'GetCallerIdentity' }, signature('AKIDEXAMPLE'))
    expect(text).toContain('<Arn>arn:aws:sts::123456789012:assumed-role/deployer/session</Arn>')
  })

  test('has to be signed', async () => {
    const { status, text } = await post(stage(), { Action: 'GetCallerIdentity' })
    expect([status, text]).toEqual([
      403,
      expect.stringMatching(
        /^<ErrorResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><Error><Type>Sender<\/Type><Code>MissingAuthenticationToken<\/Code><Message>Missing Authentication Token<\/Message><\/Error><RequestId>/
      )
    ])
  })
})

describe("GitHub's endpoint for OIDC tokens", () => {
  const rows: { name: string; more: string; init: RequestInit; status: number }[] = [
    { name: 'another method', more: '&audience=a', init: { method: 'POST' }, status: 405 },
    { name: 'no bearer token', more: '&audience=a', init: { headers: {} }, status: 401 },
    {
      name: 'a wrong bearer token',
      more: '&audience=a',
      init: { headers: { authorization: 'Bearer wrong' } },
      status: 401
    },
    { name: 'two audiences', more: '&audience=a&audience=b', init: {}, status: 400 },
    { name: 'an empty audience', more: '&audience=', init: {}, status: 400 }
  ]

  test.each(rows)('refuses $name', async ({ more, init, status }) => {
    const on = stage()
    const tokens = await serveIdTokens(on.clock)
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = tokens.env
    const answer = await fetch(`${url}${more}`, { headers: { authorization: `Bearer ${token}` }, ...init })
    await tokens.close()
    expect([answer.status, tokens.given]).toEqual([status, []])
  })

  test.each([
    { name: 'for the audience that was asked for', more: '&audience=sts.amazonaws.com', aud: audience },
    { name: "for the repository's owner by default", more: '', aud: 'https://github.com/acme' }
  ])('gives a token that lives five minutes, $name', async ({ more, aud }) => {
    const on = stage()
    const tokens = await serveIdTokens(on.clock, 'repo:acme@42/payments@417:environment:production')
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = tokens.env
    const answer = await fetch(`${url}${more}`, { headers: { authorization: `Bearer ${token}` } })
    const { value } = (await answer.json()) as { value: string }
    await tokens.close()
    expect(tokens.given).toEqual([value])
    const { iat, exp, ...claims } = JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString())
    expect(exp - iat).toBe(300)
    expect(claims).toMatchObject({
      iss: 'https://token.actions.githubusercontent.com',
      aud,
      sub: 'repo:acme@42/payments@417:environment:production'
    })
  })
})

async function post(on: Stage, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const answer = await on.clock.run(() =>
    respond(on.aws, {
      method: 'POST',
      path: '/',
      query: {},
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new TextEncoder().encode(new URLSearchParams({ Version: '2011-06-15', ...fields }).toString())
    })
  )
  return { ...answer, text: new TextDecoder().decode(answer.body) }
}
