import { describe, expect, test } from '@jest/globals'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { idToken } from '../../simulator/identity/oidc.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { assumedRole } from '../../src/aws/credentials.ts'
import { Network } from '../../src/aws/network.ts'
import { isTransient } from '../../src/failure.ts'

const second = 1_000
const minute = 60 * second

const assuming = (
  aws: Aws,
  clock: VirtualClock,
  give = async () => idToken(clock.now(), { audience: 'sts.amazonaws.com' })
) =>
  assumedRole(
    {
      arn: 'arn:aws:iam::123456789012:role/release',
      sessionName: 'release',
      idToken: give,
      mask: () => undefined
    },
    { region: 'eu-west-1', requestHandler: requestHandler(aws) },
    new Network({ clock })
  )

/**
 * A session of 15 minutes. Somebody wants credentials, so often in a row, every five seconds from its sixth minute on, for as long as given, while STS fails
 * from then until the given minute. Gives when STS was asked, in seconds since the sixth minute, the answers to the requests, and
 * whether the last wish was met.
 */
async function wishing(forSeconds: number, failingUntilMinute: number, inARow = 1) {
  const clock = new VirtualClock()
  const aws: Aws = createAws({ clock, tellsTime: false })
  aws.sts.sessionSeconds = 900
  const begun = clock.now()
  aws.faults.add({
    operation: 'AssumeRoleWithWebIdentity',
    kind: 'serverErrorBefore',
    skip: 1,
    times: Number.POSITIVE_INFINITY,
    when: { to: begun + failingUntilMinute * minute }
  })
  const provide = assuming(aws, clock)
  return clock.run(async () => {
    await provide()
    const from = begun + 6 * minute
    await clock.sleep(from - clock.now())
    let isMet = false
    while (clock.now() - from < forSeconds * second) {
      for (let wish = 0; wish < inARow; wish++)
        isMet = await provide().then(
          () => true,
          () => false
        )
      await clock.sleep(5 * second)
    }
    const asked = aws.requests.slice(1)
    return {
      at: [...new Set(asked.map(({ at }) => Math.floor((at - from) / (5 * second)) * 5))],
      requests: asked.length,
      isMet
    }
  })
}

describe('while the credentials of a role cannot be renewed', () => {
  test('it is tried every half minute, not with each request, as long as the old ones are valid', async () => {
    expect(await wishing(100, 15)).toEqual({ at: [0, 35, 70], requests: 3 + 1 + 1, isMet: true })
  })

  test('the first try that succeeds is the last one', async () => {
    expect(await wishing(200, 7)).toEqual({ at: [0, 35, 70], requests: 3 + 1 + 1, isMet: true })
  })

  test('each request tries once the old ones have expired, and sends one request for it', async () => {
    const { at, isMet, requests } = await wishing(560, 17)
    expect([at.slice(-3), isMet]).toEqual([[545, 550, 555], false])
    expect(requests).toBe(2 + at.length)
  })

  test('requests that come together then share one try', async () => {
    const { requests } = await wishing(560, 17, 1)
    const shared = await wishing(560, 17, 3)
    expect([shared.requests, shared.isMet]).toEqual([requests, false])
  })
})

test.each([{ status: 200 }, { status: 403 }, { status: 404 }, { status: 502 }])(
  "a proxy's page ($status) is no refusal of the role: it is worth asking again",
  async ({ status }) => {
    const clock = new VirtualClock()
    const aws = createAws({ clock })
    aws.faults.add({ operation: 'AssumeRoleWithWebIdentity', kind: 'html', status, times: 3 })
    const provide = assuming(aws, clock)
    const failure: unknown = await clock.run(() => provide().catch(thrown => thrown))
    expect(isTransient(failure)).toBe(true)
  }
)

test.each<{ name: string; ms: number }>([
  { name: 'gives no token', ms: 0 },
  { name: 'is silent', ms: 180_000 }
])('while GitHub $name, requests that come together share one try', async ({ ms }) => {
  const clock = new VirtualClock()
  let asked = 0
  const provide = assuming(createAws({ clock }), clock, async () => {
    asked += 1
    await clock.sleep(ms)
    throw new Error('Error message: Failed to get ID Token. Error Code : 500 Error Message: oops')
  })
  const wish = () => provide().catch((failure: unknown) => isTransient(failure))
  const outcomes = await clock.run(async () => [
    ...(await Promise.all([wish(), wish(), wish()])),
    await wish()
  ])
  expect([outcomes, asked]).toEqual([[true, true, true, true], 1])
})
