/** A step that assumes its role by itself, while GitHub's endpoint for OIDC tokens has trouble that passes. */
import { describe, expect, test } from '@jest/globals'
import { idToken } from '../../simulator/identity/oidc.ts'
import { killAfter } from './killed.ts'
import { type Play, play, release } from './play.ts'

const inputs = { ...release, 'role-to-assume': 'arn:aws:iam::123456789012:role/release' }
const minute = 60_000

/** As @actions/core tells of it. */
const failed = (status: number | undefined, words: string): Error =>
  new Error(`Error message: Failed to get ID Token. \n 
        Error Code : ${status}\n 
        Error Message: ${words}`)

interface Trouble {
  name: string
  status?: number
  words: string
  /** How long GitHub takes to fail, ms. */
  ms?: number
}

const troubles: Trouble[] = [
  { name: 'a lost connection', words: 'read ECONNRESET' },
  { name: '429', status: 429, words: 'Failed request: (429)' },
  { name: '500', status: 500, words: 'Failed request: (500)' },
  { name: 'silence', words: 'Request timeout: /idtoken', ms: 180_000 }
]

/** A token for each request, but for those that `fails` tells: the number of the request, and the ms since the start. */
const tokens =
  ({ status, words, ms = 0 }: Omit<Trouble, 'name'>, fails: (number: number, at: number) => boolean) =>
  (clock: Parameters<NonNullable<Play['idToken']>>[0]) => {
    const begun = clock.now()
    let asked = 0
    return async (audience: string) => {
      if (!fails(++asked, clock.now() - begun)) return idToken(clock.now(), { audience })
      await clock.sleep(ms)
      throw failed(status, words)
    }
  }

test.each([
  { name: 'for twenty seconds', requests: [2] },
  { name: 'for a minute', requests: [2, 3, 4] }
])(
  'post shifts back although the clock was set 18 minutes ahead, and GitHub is silent about the token $name',
  async ({ requests }) => {
    const silence = { words: 'Request timeout: /idtoken', ms: 180_000 }
    const { aws, post } = await killAfter(60, {
      inputs,
      postSkewMs: 18 * 60_000,
      idToken: tokens(silence, number => requests.includes(number))
    })
    const alias = aws.lambda.getAlias({ FunctionName: 'payments-api', Name: 'live' })
    expect([post.outputs.outcome, alias.FunctionVersion, alias.RoutingConfig]).toEqual([
      'interrupted',
      '7',
      undefined
    ])
    const looks = aws.requests.filter(({ operation }) => operation === 'GetDeployment')
    expect(looks.length).toBeLessThan(60)
  }
)

test('a cancel while GitHub is silent about the token ends the step in eight seconds', async () => {
  let at = 0
  const silence = { words: 'Request timeout: /idtoken', ms: 180_000 }
  const { outputs, endedAt } = await play({
    inputs,
    idToken: tokens(silence, () => true),
    before: (_aws, clock, cancel) => {
      clock.at(clock.now() + 3_000, () => {
        at = clock.now()
        cancel()
      })
    }
  })
  expect([outputs.outcome, outputs['error-code']]).toEqual(['interrupted', 'JOB_CANCELLED'])
  expect(endedAt - at).toBeLessThanOrEqual(8_000)
})

describe('when GitHub gives a token only at the second time of asking,', () => {
  test.each(troubles)('$name: the release begins nevertheless', async trouble => {
    const { outputs } = await play({ inputs, idToken: tokens(trouble, number => number === 1) })
    expect([outputs.outcome, outputs['error-code']]).toEqual(['succeeded', ''])
  })

  test.each(troubles)('$name: post shifts back after a kill', async trouble => {
    const { aws, post } = await killAfter(60, { inputs, idToken: tokens(trouble, number => number === 2) })
    const stops = aws.requests.filter(({ operation }) => operation === 'StopDeployment')
    const alias = aws.lambda.getAlias({ FunctionName: 'payments-api', Name: 'live' })
    expect([stops.map(({ status }) => status), alias.FunctionVersion, alias.RoutingConfig]).toEqual([
      [200],
      '7',
      undefined
    ])
    expect(post.annotations.map(([level, title]) => [level, title])).toEqual([
      ['error', 'Lambda CodeDeploy: interrupted, live serves v7']
    ])
  })
})

test('a watch outlasts an outage that begins before its session can be renewed and ends after it has expired', async () => {
  const { outputs, log } = await play({
    inputs: { ...inputs, 'codedeploy-deployment-config': 'Linear10PercentEvery10Minutes' },
    idToken: tokens(
      { status: 503, words: 'Service Unavailable' },
      (_, at) => at > 49 * minute && at < 62 * minute
    )
  })
  expect([outputs.outcome, outputs['error-code']]).toEqual(['succeeded', ''])
  expect(log.filter(line => /sight/.test(line)).map(line => line.replace(/^ +\S+ +/, ''))).toEqual([
    "sight lost          GitHub's OIDC token: NO_ID_TOKEN; the deployment goes on, retrying",
    'sight regained      after 2m 00s'
  ])
})

test('an outage of ten minutes at the start refuses the release, and blames GitHub', async () => {
  const { outputs, log } = await play({
    inputs,
    idToken: tokens({ status: 503, words: 'Service Unavailable' }, () => true)
  })
  expect([outputs.outcome, outputs['error-code']]).toEqual(['refused', 'NO_ID_TOKEN'])
  expect(log).toEqual([
    'GitHub gave no OIDC token (503, Service Unavailable); asking again',
    'Error: payments-api:live was not released; no traffic was moved.',
    'Why:  GitHub gave no OIDC token (503, Service Unavailable). (NO_ID_TOKEN)',
    'Next: Run the step again; see githubstatus.com if it recurs.'
  ])
})
