import { createServer, type RequestListener } from 'node:http'
import * as core from '@actions/core'
import { afterEach, describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../simulator/clock.ts'
import { listen } from '../../simulator/wire/listen.ts'
import { IdTokens } from '../../src/aws/idtokens.ts'
import { realClock } from '../../src/clock.ts'
import { Failure } from '../../src/failure.ts'

const role = 'arn:aws:iam::123456789012:role/release'
const page = '<html><title>Blocked</title></html>'

/** What came of asking: the token, or the failure. */
const told = (asking: Promise<string>): Promise<object> =>
  asking.then(
    token => ({ token }),
    (failure: unknown) => {
      if (!(failure instanceof Failure)) throw failure
      const { kind, code, message } = failure
      return { kind, code, message }
    }
  )

const refused = (reason: string) => ({
  kind: 'credentials',
  code: 'ROLE_NOT_ASSUMED',
  message: `The role ${role} was not assumed: GitHub gave no OIDC token (${reason})`
})
const passing = (reason: string) => ({
  kind: 'transient',
  code: 'NO_ID_TOKEN',
  message: `GitHub gave no OIDC token (${reason})`
})

describe("GitHub's endpoint, asked by @actions/core:", () => {
  const names = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN']
  const forget = () => {
    for (const name of names) delete process.env[name]
  }
  afterEach(forget)

  const answers =
    (status: number, body: string): RequestListener =>
    (_, response) => {
      response.writeHead(status)
      response.end(body)
    }

  /** Undefined: the job has no permission, and no endpoint. */
  async function asked(answer: RequestListener | undefined): Promise<object> {
    const tokens = new IdTokens(role, () => core.getIDToken('sts.amazonaws.com'), realClock())
    if (!answer) return await told(tokens.ask())
    const server = await listen(createServer(answer))
    process.env.ACTIONS_ID_TOKEN_REQUEST_URL = `${server.url}/idtoken?api-version=2.0`
    process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN = 'request-token'
    try {
      return await told(tokens.ask())
    } finally {
      await server.close()
    }
  }

  test.each<{ name: string; answer: RequestListener | undefined; is: object }>([
    { name: 'a token', answer: answers(200, '{"value":"e30.e30.c2ln"}'), is: { token: 'e30.e30.c2ln' } },
    {
      name: 'no permission',
      answer: undefined,
      is: refused('Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable')
    },
    { name: '400', answer: answers(400, '{"message":"Bad audience."}'), is: refused('400, Bad audience') },
    { name: '401', answer: answers(401, ''), is: refused('401, Failed request: (401)') },
    {
      name: '403',
      answer: answers(403, '{"message":"No token\\nfor you"}'),
      is: refused('403, No token for you')
    },
    { name: "403, a proxy's page", answer: answers(403, page), is: passing(`403, ${page}`) },
    { name: '404', answer: answers(404, page), is: passing('Response json body do not have ID Token field') },
    {
      name: "200, a proxy's page",
      answer: answers(200, page),
      is: passing('Response json body do not have ID Token field')
    },
    { name: '429', answer: answers(429, '{"message":"Slow down"}'), is: passing('429, Slow down') },
    { name: '500', answer: answers(500, ''), is: passing('500, Failed request: (500)') },
    { name: 'a lost connection', answer: request => request.socket.destroy(), is: passing('socket hang up') }
  ])('$name', async ({ answer, is }) => {
    expect(await asked(answer)).toEqual(is)
  })
})

describe('a slow endpoint', () => {
  /** The nth request gets its token after so many seconds, the others at once. Gives what came of two tries with a pause between them, and when, in seconds. */
  async function twoTries(
    pause: number,
    ...answeredAfter: number[]
  ): Promise<[second: number, outcome: object][]> {
    const clock = new VirtualClock(0)
    let asked = 0
    const give = async () => {
      const number = asked++
      await clock.sleep((answeredAfter[number] ?? 0) * 1_000)
      return `token ${number + 1}`
    }
    const tokens = new IdTokens(role, give, clock)
    return await clock.run(async () => {
      const first = await told(tokens.ask())
      const firstAt = clock.now() / 1_000
      await clock.sleep(pause * 1_000)
      const second = await told(tokens.ask())
      return [
        [firstAt, first],
        [clock.now() / 1_000, second]
      ]
    })
  }

  test('is given up after 20 seconds, and asked again', async () => {
    expect(await twoTries(0, 180)).toEqual([
      [20, passing('no answer within 20 s')],
      [20, { token: 'token 2' }]
    ])
  })

  test('whose answer comes during the next try is answered in time', async () => {
    expect(await twoTries(0, 30, 180)).toEqual([
      [20, passing('no answer within 20 s')],
      [30, { token: 'token 1' }]
    ])
  })

  test('whose answer comes before the next try is not asked again, unless the token may have expired meanwhile', async () => {
    expect(await twoTries(10, 21, 21)).toEqual([
      [20, passing('no answer within 20 s')],
      [30, { token: 'token 1' }]
    ])
    expect(await twoTries(61, 21)).toEqual([
      [20, passing('no answer within 20 s')],
      [81, { token: 'token 2' }]
    ])
  })
})
