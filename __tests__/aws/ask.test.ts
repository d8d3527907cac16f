import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../simulator/clock.ts'
import { type Asking, briefly, ifExists, once, patiently, Silence } from '../../src/aws/ask.ts'
import { Slots } from '../../src/aws/slots.ts'
import { Failure } from '../../src/failure.ts'

const throttled = () =>
  Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $fault: 'client' })
const page = () => new SyntaxError('Unexpected token <')
const missing = () => Object.assign(new Error('no'), { name: 'ResourceNotFoundException', $fault: 'client' })
const denied = () => Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' })

/** A service that fails in this way `times` times before it answers, and records when it was asked. */
function service(clock: VirtualClock, failure: () => Error, times: number) {
  const askedAt: number[] = []
  return {
    askedAt,
    send: async () => {
      askedAt.push(clock.now())
      if (askedAt.length <= times) throw failure()
      return 'answer'
    }
  }
}

async function asked(
  how: typeof patiently,
  failure: () => Error,
  times: number,
  asking: Partial<Asking> = {}
) {
  const clock = new VirtualClock(0)
  const { askedAt, send } = service(clock, failure, times)
  const answer = await clock.run(() =>
    how({ clock, ...asking }, 'lambda:GetAlias', 'arn:alias', send).catch((error: Failure) => error.code)
  )
  return { answer, askedAt }
}

describe('a request is made', () => {
  test.each<{
    name: string
    how: typeof patiently
    failure: () => Error
    times: number
    answer: string
    askedAt: number[]
  }>([
    {
      name: 'once when there is an answer',
      how: patiently,
      failure: throttled,
      times: 0,
      answer: 'answer',
      askedAt: [0]
    },
    {
      name: 'again when it was throttled, later each time',
      how: patiently,
      failure: throttled,
      times: 3,
      answer: 'answer',
      askedAt: [0, 500, 2_000, 6_000]
    },
    {
      name: 'again when the answer could not be read',
      how: patiently,
      failure: page,
      times: 1,
      answer: 'answer',
      askedAt: [0, 500]
    },
    {
      name: 'every fifteen seconds in the first minute, and then every thirty',
      how: patiently,
      failure: throttled,
      times: 10,
      answer: 'answer',
      askedAt: [0, 500, 2_000, 6_000, 14_000, 29_000, 44_000, 59_000, 74_000, 104_000, 134_000]
    },
    {
      name: 'once when the answer is a definite no',
      how: patiently,
      failure: denied,
      times: 9,
      answer: 'AccessDeniedException',
      askedAt: [0]
    },
    {
      name: 'in quick succession within the seconds that a cancelled job has left',
      how: briefly,
      failure: throttled,
      times: 9,
      answer: 'ThrottlingException',
      askedAt: [0, 200, 700, 1_700, 3_200]
    }
  ])('$name', async ({ how, failure, times, answer, askedAt }) => {
    expect(await asked(how, failure, times)).toEqual({ answer, askedAt })
  })

  test('for ten minutes at most', async () => {
    const { answer, askedAt } = await asked(patiently, throttled, 99)
    expect(answer).toBe('ThrottlingException')
    expect(askedAt.slice(-2)).toEqual([584_000, 600_000])
  })

  test('for as long as there is time', async () => {
    const { answer, askedAt } = await asked(patiently, throttled, 99, { patienceMs: 15_000 })
    expect({ answer, askedAt }).toEqual({
      answer: 'ThrottlingException',
      askedAt: [0, 500, 2_000, 6_000, 14_000, 15_000]
    })
  })

  test('no more once the process hangs up, though it has seconds', async () => {
    const clock = new VirtualClock(0)
    const hangingUp = new AbortController()
    const { askedAt, send } = service(clock, throttled, 99)
    clock.at(900, () => hangingUp.abort())
    const failed = clock.run(() => briefly({ clock, hungUp: hangingUp.signal }, 'a', 'r', send))
    await expect(failed).rejects.toMatchObject({ code: 'ThrottlingException' })
    expect({ askedAt, endedAt: clock.now() }).toEqual({ askedAt: [0, 200, 700], endedAt: 900 })
  })

  test('no more once the job is cancelled', async () => {
    const clock = new VirtualClock(0)
    const cancelling = new AbortController()
    const { askedAt, send } = service(clock, throttled, 99)
    clock.at(100_000, () => cancelling.abort())
    const failed = clock.run(() => patiently({ clock, cancelled: cancelling.signal }, 'a', 'r', send))
    await expect(failed).rejects.toMatchObject({ kind: 'unsent' })
    expect([askedAt.at(-1), clock.now()]).toEqual([74_000, 100_000])
  })

  test('in quick succession when it is made after the cancel', async () => {
    expect(await asked(patiently, throttled, 2, { cancelled: AbortSignal.abort() })).toEqual({
      answer: 'answer',
      askedAt: [0, 200, 700]
    })
  })

  test('once only where it must not be repeated', async () => {
    const { askedAt, send } = service(new VirtualClock(0), throttled, 1)
    await expect(once('codedeploy:CreateDeployment', 'arn:group', send)).rejects.toMatchObject({
      name: 'Failure',
      kind: 'transient',
      action: 'codedeploy:CreateDeployment',
      resource: 'arn:group'
    })
    expect(askedAt).toHaveLength(1)
  })
})

describe('where only so many are asked at once, a request', () => {
  /** Asks while others have the only slot, until `freedAt`, and then from the first pause until `freedAgainAt`. */
  async function queued(freedAt: number, freedAgainAt: number, times: number, cancelAt = Infinity) {
    const clock = new VirtualClock(0)
    const slots = new Slots(1)
    const cancelling = new AbortController()
    const { askedAt, send } = service(clock, throttled, times)
    const asking = { clock, slots, cancelled: cancelling.signal, patienceMs: 15_000 }
    const answer = await clock.run(async () => {
      await slots.take()
      if (cancelAt === 0) cancelling.abort()
      else if (cancelAt < Infinity) clock.at(cancelAt, () => cancelling.abort())
      const asked = patiently(asking, 'lambda:InvokeFunction', 'arn:version', send).catch(
        ({ kind, code }: Failure) => `${kind} ${code}`
      )
      await clock.sleep(freedAt)
      slots.free()
      await clock.sleep(100)
      await slots.take()
      await clock.sleep(freedAgainAt - clock.now())
      slots.free()
      return await asked
    })
    return { answer, askedAt, isLeftFree: await slots.take(AbortSignal.timeout(100)) }
  }

  test.each<{
    name: string
    freedAt: number
    freedAgainAt: number
    times: number
    cancelAt?: number
    answer: string
    askedAt: number[]
  }>([
    {
      name: 'is asked again after a fault, however long it waited for its turn before',
      freedAt: 660_000,
      freedAgainAt: 660_200,
      times: 1,
      answer: 'answer',
      askedAt: [660_000, 660_500]
    },
    {
      name: 'leaves its turn to others while it pauses, and what these need does not count either',
      freedAt: 1_000,
      freedAgainAt: 901_000,
      times: 2,
      answer: 'answer',
      askedAt: [1_000, 901_000, 902_500]
    },
    {
      name: 'is given up after as much time as without a queue',
      freedAt: 660_000,
      freedAgainAt: 660_200,
      times: 99,
      answer: 'transient ThrottlingException',
      askedAt: [660_000, 660_500, 662_000, 666_000, 674_000, 675_000]
    },
    {
      name: 'is not sent once the job is cancelled',
      freedAt: 660_000,
      freedAgainAt: 660_200,
      times: 0,
      cancelAt: 300_000,
      answer: 'unsent JOB_CANCELLED',
      askedAt: []
    },
    {
      name: 'still tells of its fault if the job is cancelled while it waits for its next turn',
      freedAt: 1_000,
      freedAgainAt: 901_000,
      times: 2,
      cancelAt: 300_000,
      answer: 'unsent ThrottlingException',
      askedAt: [1_000]
    },
    {
      name: 'is not sent after the cancel at all, not even in quick succession',
      freedAt: 1_000,
      freedAgainAt: 1_200,
      times: 0,
      cancelAt: 0,
      answer: 'unsent JOB_CANCELLED',
      askedAt: []
    }
  ])('$name', async ({ freedAt, freedAgainAt, times, cancelAt, answer, askedAt }) => {
    expect(await queued(freedAt, freedAgainAt, times, cancelAt)).toEqual({
      answer,
      askedAt,
      isLeftFree: true
    })
  })
})

describe('a silence of AWS', () => {
  async function told(times: number, requests: number): Promise<string[]> {
    const said: string[] = []
    const clock = new VirtualClock(0)
    const silence = new Silence(line => said.push(`${clock.now()} ${line}`))
    await clock.run(() =>
      Promise.all(
        Array.from({ length: requests }, () =>
          patiently({ clock, silence }, 'lambda:GetAlias', 'arn:alias', service(clock, throttled, times).send)
        )
      )
    )
    return said
  }

  test('is not worth a word when it is over within seconds', async () => {
    expect(await told(4, 1)).toEqual([])
  })

  test('is told once for all requests, and its end too', async () => {
    expect(await told(6, 3)).toEqual([
      '14000 No answer from AWS (lambda:GetAlias: ThrottlingException); asking again',
      '44000 AWS answers again (lambda:GetAlias)'
    ])
  })
})

describe('what may not exist', () => {
  const asking = (failure: () => Error) => ifExists(once('a', 'r', () => Promise.reject(failure())))

  test('is given when it does', async () => {
    expect(await ifExists(once('a', 'r', async () => 'answer'))).toBe('answer')
  })

  test('is undefined when it does not', async () => {
    expect(await asking(missing)).toBeUndefined()
  })

  test('is not called missing when it may not be read', async () => {
    await expect(asking(denied)).rejects.toBeInstanceOf(Failure)
  })
})
