import { describe, expect, test } from '@jest/globals'
import { Failure, type FailureKind } from '../../src/failure.ts'
import {
  type CreatedDeployment,
  type CreationResult,
  createDeployment,
  findOurs,
  fingerprintOf
} from '../../src/operations/createdeployment.ts'
import type { DeploymentRequest } from '../../src/plan/deploymentrequest.ts'

const request: DeploymentRequest = {
  application: 'payments',
  group: 'payments-live',
  description: 'acme/payments@1a2b3c4 run 4711.1',
  alarms: 'group',
  rollback: 'group'
}
const revision = { content: '{}', sha256: 'ab12' }

const failure = (kind: FailureKind, code: string): Failure =>
  new Failure(code, {
    kind,
    code,
    action: 'codedeploy:CreateDeployment',
    resource: 'payments/payments-live',
    mayHaveActed: false
  })

/** Asks a CodeDeploy that answers like this, one answer for each request; the last one again and again. */
async function created(
  answers: readonly (string | Failure)[],
  {
    asked: over = {},
    cancelAt,
    found = [],
    foundFrom = 0,
    lookMs = 0,
    isShared = false,
    configuration = 'created'
  }: {
    asked?: Partial<DeploymentRequest>
    cancelAt?: number
    found?: readonly CreatedDeployment[]
    /** From then on, CodeDeploy lists what is to be found, ms. */
    foundFrom?: number
    /** How long it takes to read about all that CodeDeploy has listed. */
    lookMs?: number
    isShared?: boolean
    configuration?: CreationResult
  } = {}
) {
  const happened: string[] = []
  const cancelling = new AbortController()
  let now = 0
  let requests = 0
  const options = {
    codedeploy: {
      createStrategy: async (name: string) => {
        happened.push(`create configuration ${name}`)
        return configuration
      },
      create: async () => {
        happened.push('create')
        const answer = answers[Math.min(requests++, answers.length - 1)]
        if (typeof answer !== 'string') throw answer
        return answer
      },
      recent: async () => {
        happened.push('look')
        const isListed = now >= foundFrom
        now += lookMs
        return isListed ? found : []
      }
    },
    clock: {
      now: () => now,
      sleep: async (ms: number) => {
        happened.push(`sleep ${ms}`)
        now += ms
        if (cancelAt !== undefined && now >= cancelAt) cancelling.abort()
      }
    },
    cancelled: cancelling.signal,
    isShared,
    tell: (line: string) => void happened.push(line)
  }
  if (cancelAt === 0) cancelling.abort()
  const asked = { ...request, ...over }
  const ended = await createDeployment(asked, revision, fingerprintOf(asked, revision, 0), options).catch(
    (thrown: Failure) => thrown.code
  )
  return { ended, happened }
}

const throttled = failure('transient', 'ThrottlingException')
const again = 'CreateDeployment was not answered (ThrottlingException); trying again'

describe('a deployment is created', () => {
  test('with one request when CodeDeploy answers', async () => {
    expect(await created(['d-1'])).toEqual({ ended: { id: 'd-1' }, happened: ['create'] })
  })

  test('after its configuration, when there is none of that name', async () => {
    const creates = { name: 'AllOfIt', strategy: { type: 'AllAtOnce' } } as const
    expect(await created(['d-1'], { asked: { configuration: 'AllOfIt', creates } })).toEqual({
      ended: { id: 'd-1' },
      happened: ['create configuration AllOfIt', 'Deployment configuration AllOfIt created', 'create']
    })
  })

  test('after its configuration, which another run has created meanwhile', async () => {
    const creates = { name: 'AllOfIt', strategy: { type: 'AllAtOnce' } } as const
    const given = { asked: { configuration: 'AllOfIt', creates }, configuration: 'exists' } as const
    expect(await created(['d-1'], given)).toEqual({
      ended: { id: 'd-1' },
      happened: ['create configuration AllOfIt', 'Deployment configuration AllOfIt exists by now', 'create']
    })
  })

  test('by asking again, later and later, after a transient failure, which is told once', async () => {
    expect(await created([throttled, throttled, 'd-1'])).toEqual({
      ended: { id: 'd-1' },
      happened: ['create', 'sleep 2000', again, 'create', 'sleep 4000', 'create']
    })
  })
})

describe('a deployment whose answer was lost', () => {
  const lost = new Failure('lost', { ...throttled, code: 'ECONNRESET', mayHaveActed: true })
  const timedOut = new Failure('lost', { ...lost, timedOut: true })
  const { description } = request
  const ours = { id: 'd-1', description, sha256: revision.sha256, status: 'InProgress', createdAt: 4_000 }
  const found = 'The answer to CreateDeployment was lost (ECONNRESET); found our deployment d-1'
  const looking = 'CreateDeployment was not answered (ECONNRESET); looking for what it may have created'

  test('is found, with the time of its creation', async () => {
    expect(await created([lost], { found: [ours] })).toEqual({
      ended: ours,
      happened: ['create', 'look', found]
    })
  })

  test('is found though CodeDeploy lists it six seconds late, without asking again', async () => {
    expect(await created([lost], { found: [ours], foundFrom: 6_000 })).toEqual({
      ended: ours,
      happened: [
        'create',
        'look',
        looking,
        'sleep 1000',
        'look',
        'sleep 2000',
        'look',
        'sleep 3000',
        'look',
        found
      ]
    })
  })

  test('is found by the next look when the first one took so long that its list is too old to go by', async () => {
    expect(await created([timedOut], { found: [ours], foundFrom: 3_000, lookMs: 44_000 })).toEqual({
      ended: ours,
      happened: ['create', 'look', looking, 'sleep 1000', 'look', found]
    })
  })

  test('is asked for again when it is not listed after ten seconds, or twenty if CodeDeploy did not answer at all', async () => {
    const looks = (...sleeps: number[]) => ['look', looking, ...sleeps.flatMap(ms => [`sleep ${ms}`, 'look'])]
    const told = 'CreateDeployment was not answered (ECONNRESET); trying again'
    expect(await created([lost, 'd-2'])).toEqual({
      ended: { id: 'd-2' },
      happened: ['create', ...looks(1000, 2000, 3000, 4000), 'sleep 0', told, 'create']
    })
    expect(await created([timedOut, 'd-2'])).toEqual({
      ended: { id: 'd-2' },
      happened: ['create', ...looks(1000, 2000, 3000, 4000, 5000, 5000), 'sleep 0', told, 'create']
    })
  })
})

describe('a busy group', () => {
  const lost = new Failure('lost', { ...throttled, code: 'ECONNRESET', mayHaveActed: true })
  const busy = failure('rejected', 'DeploymentLimitExceededException')
  const { description } = request
  const ours = { id: 'd-1', description, sha256: revision.sha256, status: 'InProgress' }
  const looks = (...sleeps: number[]) => ['look', ...sleeps.flatMap(ms => [`sleep ${ms}`, 'look'])]
  const told = [
    'CreateDeployment was not answered (ECONNRESET); looking for what it may have created',
    'CreateDeployment was not answered (ECONNRESET); trying again'
  ]
  const [looking = '', trying = ''] = told
  const afterLoss = [
    'create',
    'look',
    looking,
    ...looks(1000, 2000, 3000, 4000).slice(1),
    'sleep 0',
    trying,
    'create'
  ]

  test('may be busy with ours, which CodeDeploy created late and lists even later', async () => {
    expect(await created([lost, busy], { found: [ours], foundFrom: 13_000 })).toEqual({
      ended: ours,
      happened: [
        ...afterLoss,
        ...looks(1000, 2000),
        'The answer to CreateDeployment was lost (ECONNRESET); found our deployment d-1'
      ]
    })
  })

  test('leaves it to the post step what it is busy with when the job is cancelled before that is known', async () => {
    const { ended } = await created([lost, busy], { found: [ours], foundFrom: 13_000, cancelAt: 10_500 })
    expect(ended).toBe('ECONNRESET')
  })

  test('may be busy with the same deployment, which another run has just created to revert the same one', async () => {
    expect(await created([busy], { found: [ours], foundFrom: 2_000, isShared: true })).toEqual({
      ended: ours,
      happened: ['create', ...looks(1000, 2000), 'The same deployment has just been created: d-1']
    })
  })
})

test('one that CodeDeploy lists and does not know may be ours: nothing more is created', async () => {
  const lost = new Failure('lost', { ...throttled, code: 'ECONNRESET', mayHaveActed: true })
  const unread = { id: 'd-1', description: '', sha256: '', status: 'Created', isUnread: true } as const
  const { ended, happened } = await created([lost, 'd-2'], { found: [unread] })
  expect(ended).toBe('ECONNRESET')
  expect(happened.filter(each => each === 'create')).toHaveLength(1)
  expect(happened.filter(each => each === 'look')).toHaveLength(5)
})

describe('no deployment is created', () => {
  test('after ten minutes of transient failures', async () => {
    const { ended, happened } = await created([throttled])
    expect(ended).toBe('ThrottlingException')
    expect(happened.filter(each => each === 'create')).toHaveLength(43)
    expect(happened.filter(each => each === again)).toHaveLength(1)
    expect(happened.at(-1)).toBe('create')
  })

  test('after a definite refusal, without asking again', async () => {
    expect(await created([failure('denied', 'AccessDenied')])).toEqual({
      ended: 'AccessDenied',
      happened: ['create']
    })
  })

  test('while another one of the group is running and none of them is ours', async () => {
    expect(await created([failure('rejected', 'DeploymentLimitExceededException')])).toEqual({
      ended: 'DeploymentLimitExceededException',
      happened: ['create', 'look']
    })
  })

  test('once the job is cancelled', async () => {
    expect(await created(['d-1'], { cancelAt: 0 })).toEqual({ ended: 'JOB_CANCELLED', happened: [] })
  })

  test('when the job is cancelled in the pause before asking again, and it is not announced', async () => {
    expect(await created([throttled, 'd-1'], { cancelAt: 1_000 })).toEqual({
      ended: 'ThrottlingException',
      happened: ['create', 'sleep 2000']
    })
  })
})

describe('ours is looked for as long as it may come,', () => {
  const { description } = request
  const ours = { id: 'd-1', description, sha256: revision.sha256, status: 'InProgress' }
  const unread = { id: 'd-1', description: '', sha256: '', status: 'Created', isUnread: true as const }

  /** Looks for half a minute. `leap`: by how much the first answer corrects the clock, ms. */
  const found = (listed: (now: number) => readonly CreatedDeployment[], leap = 0, forMs = 30_000) => {
    let now = 0
    let looks = 0
    return findOurs(request, fingerprintOf(request, revision, 0), forMs, {
      codedeploy: {
        recent: async () => {
          looks += 1
          if (looks === 1) now += leap
          return listed(now - leap)
        }
      },
      clock: {
        now: () => now,
        sleep: async (ms: number) => {
          now += ms
        }
      },
      cancelled: new AbortController().signal
    })
  }

  test('though the first answer corrects the clock', async () => {
    expect(await found(now => (now < 25_000 ? [] : [ours]), 120_000)).toEqual(ours)
  })

  test('or only once, and then some seconds longer when one is listed that CodeDeploy does not know yet', async () => {
    expect(await found(() => [], 0, 0)).toBeUndefined()
    expect(await found(now => (now < 4_000 ? [unread] : [ours]), 0, 0)).toEqual(ours)
  })

  test('and some seconds longer when one is listed at the end that CodeDeploy does not know yet', async () => {
    expect(await found(now => (now < 28_000 ? [] : now < 35_000 ? [unread] : [ours]))).toEqual(ours)
  })

  test('and no longer than that', async () => {
    await expect(found(now => (now < 28_000 ? [] : [unread]))).rejects.toMatchObject({ kind: 'missing' })
  })
})

describe('what may be ours was created at the earliest', () => {
  test.each<{ name: string; earliestNow?: number; since: number }>([
    { name: 'a minute ago when others may have created it in our place', since: 540_000 },
    {
      name: 'a minute ago when nothing is known of the time',
      earliestNow: Number.NEGATIVE_INFINITY,
      since: 540_000
    },
    {
      name: 'when we asked, by the time that it was then at the least, less what times may differ by',
      earliestNow: 599_200,
      since: 596_200
    }
  ])('$name', ({ earliestNow, since }) => {
    expect(fingerprintOf(request, revision, 600_000, earliestNow)).toEqual({
      description: request.description,
      sha256: revision.sha256,
      since
    })
  })
})
