import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../simulator/clock.ts'
import type { StopResult } from '../../src/deployment/leaving.ts'
import type { Replaced } from '../../src/deployment/record.ts'
import { Failure, type FailureKind } from '../../src/failure.ts'
import { type ConflictOptions, resolveConflict } from '../../src/operations/conflict.ts'
import type { DeploymentDescription } from '../../src/operations/existing.ts'
import { Sights } from '../../src/operations/sights.ts'
import { request } from '../inputs/asked.ts'

const other: DeploymentDescription = {
  id: 'd-1',
  status: 'InProgress',
  description: 'somebody else',
  hasOwnAlarms: false,
  alarms: [],
  target: {
    lifecycle: [],
    functionName: 'payments-api',
    alias: 'live',
    currentVersion: '7',
    targetVersion: '6'
  }
}

const calm = (clock: VirtualClock): Omit<ConflictOptions, 'codedeploy'> => ({
  sights: new Sights(),
  lambda: { traffic: async () => ({ kind: 'value', value: { version: '7', weights: {} } }) },
  clock,
  cancelled: new AbortController().signal,
  deadline: 600_000,
  mayGoOn: async () => true,
  mayReplace: async () => ({ kind: 'stop' }),
  noteReplaced: () => undefined,
  isCalledOff: () => false,
  tell: () => undefined
})

/** Resolves it, and tells what was asked of CodeDeploy, in order. */
async function resolved(
  over: Partial<ConflictOptions>,
  ifInProgress: 'wait' | 'fail' | 'replace' = 'wait',
  describe: (now: number) => DeploymentDescription | undefined = () => other
) {
  const clock = new VirtualClock(0)
  const did: string[] = []
  const result = await clock.run(() =>
    resolveConflict('d-1', { ...request(), ifInProgress }, '8', {
      ...calm(clock),
      codedeploy: {
        describe: async () => describe(clock.now()),
        appSpec: async (_, sha256) => sha256,
        stop: async (id, rollBack) => {
          did.push(`stop ${id} ${rollBack}`)
          return { kind: 'asked' }
        }
      },
      mayGoOn: async ({ id }) => {
        did.push(`judge ${id}`)
        return true
      },
      ...over
    })
  )
  const seconds = Math.round(clock.now() / 1_000)
  return { kind: result.kind, did, seconds, ...(result.kind === 'refused' && { cause: result.cause }) }
}

const failed = (kind: FailureKind) =>
  new Failure('no', {
    kind,
    code: 'X',
    action: 'codedeploy:ListDeploymentTargets',
    resource: '*',
    mayHaveActed: false
  })

const mayNotGoOn = { mayGoOn: async () => false }

describe('what another deployment releases is judged', () => {
  test.each(['wait', 'fail', 'replace'] as const)(
    '%s: a release that may not go on stops and waits for nothing',
    async mode => {
      expect(await resolved(mayNotGoOn, mode)).toEqual({ kind: 'ended', did: [], seconds: 0 })
    }
  )

  test('once, however long it is waited for', async () => {
    const { kind, did, seconds } = await resolved({})
    expect({ kind, did, seconds }).toEqual({ kind: 'refused', did: ['judge d-1'], seconds: 600 })
  })

  test('before it is stopped', async () => {
    expect((await resolved({ deadline: 1_000 }, 'replace')).did).toEqual(['judge d-1', 'stop d-1 true'])
  })

  test('only when CodeDeploy has said what it does', async () => {
    const { target: _, ...unknown } = other
    const result = await resolved({ ...mayNotGoOn }, 'replace', now => (now < 5_000 ? unknown : other))
    expect(result).toMatchObject({ kind: 'ended', did: [] })
    expect(result.seconds).toBeGreaterThanOrEqual(5)
  })

  test('not when it is joined, or is a rollback', async () => {
    const joined = { ...other, target: { lifecycle: [], ...other.target, targetVersion: '8' } }
    expect(await resolved(mayNotGoOn, 'wait', () => joined)).toEqual({ kind: 'join', did: [], seconds: 0 })
    const rollback = { ...other, rollsBack: 'd-0' }
    expect((await resolved(mayNotGoOn, 'replace', () => rollback)).kind).toBe('refused')
  })
})

describe('a deployment is not stopped', () => {
  test('when the job is cancelled while it is checked whether it may be', async () => {
    const cancelling = new AbortController()
    const mayReplace = async () => {
      cancelling.abort()
      return { kind: 'stop' } as const
    }
    const result = await resolved({ cancelled: cancelling.signal, mayReplace }, 'replace')
    expect(result).toEqual({ kind: 'cancelled', did: ['judge d-1'], seconds: 0 })
  })

  test('when another function is refused while that is checked', async () => {
    let isCalledOff = false
    const mayReplace = async () => {
      isCalledOff = true
      return { kind: 'stop' } as const
    }
    const result = await resolved({ isCalledOff: () => isCalledOff, mayReplace }, 'replace')
    expect(result).toEqual({ kind: 'ended', did: ['judge d-1'], seconds: 0 })
  })
})

describe('a deployment whose target cannot be read', () => {
  const { target: _, ...untold } = other
  const ours = { ...other, target: { lifecycle: [], ...other.target, targetVersion: '8' } }

  test('is not stopped while a fault hides that it does what was asked for', async () => {
    const hidden = { ...untold, unread: failed('transient') }
    expect(await resolved({}, 'replace', now => (now < 60_000 ? hidden : ours))).toMatchObject({
      kind: 'join',
      did: []
    })
  })

  test('is not stopped while CodeDeploy shows it without a function and versions', async () => {
    const never = { ...other, target: { lifecycle: [] } }
    expect(await resolved({}, 'replace', now => (now < 3_000 ? never : ours))).toMatchObject({
      kind: 'join',
      did: []
    })
  })

  test.each([
    { name: 'because that is denied', other: { ...untold, unread: failed('denied') }, seconds: 20 },
    { name: 'because CodeDeploy says that it has not started', other: untold, seconds: 20 },
    {
      name: 'whatever the fault',
      other: { ...untold, unread: failed('transient') },
      seconds: 300
    }
  ])("counts as somebody else's, $name, after $seconds seconds", async ({ other, seconds }) => {
    const ended = (after: number) =>
      resolved({ deadline: 3_600_000 }, 'replace', now => (now < after ? other : undefined))
    expect((await ended(seconds * 1_000)).did).toEqual([])
    expect((await ended(seconds * 1_000 + 15_001)).did).toEqual(['judge d-1', 'stop d-1 true'])
  })
})

describe('of a deployment that CodeDeploy keeps in the queue, its AppSpec says after 20 seconds', () => {
  const { target: _, ...untold } = other
  // What is asked for by its digest is given back as the AppSpec.
  const queued = (targetVersion: string): DeploymentDescription => ({
    ...untold,
    status: 'Queued',
    application: 'payments',
    sha256: `Resources: [{ f: { Properties: { Name: payments-api, Alias: live, CurrentVersion: 7, TargetVersion: ${targetVersion} } } }]`
  })

  test('that it does what was asked for: it is joined, and not replaced', async () => {
    expect(await resolved({}, 'replace', () => queued('8'))).toMatchObject({ kind: 'join', did: [] })
  })

  test('what it releases, so that a newer commit is not replaced', async () => {
    const mayGoOn = async ({ target }: DeploymentDescription) => target?.targetVersion !== '9'
    expect(await resolved({ mayGoOn }, 'replace', () => queued('9'))).toMatchObject({
      kind: 'ended',
      did: []
    })
  })

  test('nothing of a rollback, which is waited for', async () => {
    const rollback = { ...queued('8'), rollsBack: 'd-0' }
    const shows = (now: number) => (now < 60_000 ? rollback : undefined)
    expect(await resolved({}, 'replace', shows)).toMatchObject({ kind: 'free', did: [] })
  })
})

describe('what is known of a deployment', () => {
  const { target: _, ...untold } = other
  const hidden = { ...untold, unread: failed('transient') }
  const ours = { ...other, target: { lifecycle: [], ...other.target, targetVersion: '8' } }

  test('stays known when a fault hides it later: a stop that got no answer is asked for again at once', async () => {
    const asked: number[] = []
    const clock = new VirtualClock(0)
    await clock.run(() =>
      resolveConflict('d-1', { ...request(), ifInProgress: 'replace' }, '8', {
        ...calm(clock),
        codedeploy: {
          appSpec: async () => undefined,
          describe: async () => (asked.length > 1 ? undefined : clock.now() === 0 ? other : hidden),
          stop: async () => {
            asked.push(clock.now())
            return { kind: 'failed', reason: 'throttled', isPassing: true }
          }
        }
      })
    )
    expect(asked).toEqual([0, 2_000])
  })

  test('is asked for again for 20 seconds once the fault is over, and the deployment has not started', async () => {
    const shows = (now: number) => (now < 40_000 ? hidden : now < 58_000 ? untold : ours)
    expect(await resolved({}, 'replace', shows)).toMatchObject({ kind: 'join', did: [] })
  })

  test('to be the same as ours does not matter any more once it is being stopped', async () => {
    const shows = (now: number) => (now < 23_000 ? untold : now < 60_000 ? ours : undefined)
    expect(await resolved({}, 'replace', shows)).toMatchObject({
      kind: 'free',
      did: ['judge d-1', 'stop d-1 true']
    })
  })

  test('to be a rollback is enough: it is waited for, and not looked at more closely', async () => {
    const shows = (now: number) => (now < 60_000 ? { ...hidden, rollsBack: 'd-0' } : undefined)
    expect(await resolved({}, 'wait', shows)).toMatchObject({ kind: 'free', did: [] })
  })
})

test('a cancel does not wait for an answer that stalls', async () => {
  const cancelling = new AbortController()
  const clock = new VirtualClock(0)
  const took = await clock.run(async () => {
    const describe = async () => {
      await clock.sleep(20_000)
      return other
    }
    const result = resolveConflict('d-1', request(), '8', {
      ...calm(clock),
      codedeploy: { describe, appSpec: async () => undefined, stop: async () => ({ kind: 'asked' }) },
      cancelled: cancelling.signal
    })
    await clock.sleep(1_000)
    cancelling.abort()
    return [(await result).kind, clock.now()]
  })
  expect(took).toEqual(['cancelled', 1_000])
})

test('nothing is stopped when no time is left to replace it', async () => {
  expect(await resolved({ deadline: 0 }, 'replace')).toMatchObject({ kind: 'refused', did: ['judge d-1'] })
})

describe('a stop that CodeDeploy does not answer', () => {
  const unanswered = { kind: 'failed', reason: 'ServiceUnavailable', isPassing: true } as const
  const stopping = async (
    failure: typeof unanswered | { kind: 'failed'; reason: string; isPassing: false }
  ) => {
    let asked = 0
    const { kind, seconds } = await resolved(
      {
        codedeploy: {
          appSpec: async () => undefined,
          describe: async () => ({ ...other, ...(asked > 4 && { status: 'Succeeded' as const }) }),
          stop: async () => {
            asked += 1
            return asked > 4 ? { kind: 'asked' } : failure
          }
        },
        deadline: 3_600_000
      },
      'replace'
    )
    return { kind, asked, isWithinAMinute: seconds <= 60 }
  }

  test('is asked for again until CodeDeploy answers', async () => {
    expect(await stopping(unanswered)).toEqual({ kind: 'free', asked: 5, isWithinAMinute: true })
  })

  test('is not asked for again when it was refused', async () => {
    expect(await stopping({ ...unanswered, isPassing: false })).toEqual({
      kind: 'refused',
      asked: 1,
      isWithinAMinute: true
    })
  })
})

describe('what is known of a deployment that is stopped', () => {
  const lost = { kind: 'failed', reason: 'reset', isPassing: true, mayHaveActed: true } as const
  const hit = { kind: 'failed', reason: 'throttled', isPassing: true } as const
  const refused = { kind: 'failed', reason: 'denied', isPassing: false } as const
  const stopped = { ...other, status: 'Stopped', rollbackId: 'd-2', completedAt: 0 }
  const error = { code: 'INTERNAL_ERROR', message: 'An internal error occurred.' }
  const rollback = { ...other, id: 'd-2', rollsBack: 'd-1', status: 'Failed', error }
  const id = { deploymentId: 'd-1' }

  test.each<{
    name: string
    answers: StopResult[]
    ends: DeploymentDescription
    known: (Replaced | undefined)[]
  }>([
    {
      name: 'its end, its rollback and the end of that',
      answers: [{ kind: 'asked' }],
      ends: stopped,
      known: [
        id,
        { ...id, status: 'Stopped' },
        { ...id, status: 'Stopped', rollback: { deploymentId: 'd-2' } },
        { ...id, status: 'Stopped', rollback: { deploymentId: 'd-2', status: 'Failed', error } }
      ]
    },
    {
      name: 'that it was not stopped, when it had succeeded before',
      answers: [{ kind: 'asked' }],
      ends: { ...other, status: 'Succeeded' },
      known: [id, undefined]
    },
    {
      name: 'that it was not stopped, when that was refused',
      answers: [refused],
      ends: other,
      known: [id, undefined]
    },
    {
      name: 'that it was not stopped by a request that did not get through',
      answers: [hit, { kind: 'over' }],
      ends: { ...other, status: 'Succeeded' },
      known: [id, undefined, id, undefined]
    },
    {
      name: 'that it may have been stopped, when an answer was lost',
      answers: [lost, { kind: 'over' }],
      ends: { ...other, status: 'Stopped', completedAt: 0 },
      known: [id, id, { ...id, status: 'Stopped' }]
    }
  ])('$name', async ({ answers, ends, known }) => {
    const seen: (Replaced | undefined)[] = []
    let asked = 0
    await resolved(
      {
        noteReplaced: (_, replaced) => seen.push(replaced),
        codedeploy: {
          appSpec: async () => undefined,
          describe: async id => (id === 'd-2' ? rollback : asked < answers.length ? other : ends),
          stop: async () => answers[asked++] as StopResult
        },
        deadline: 60_000
      },
      'replace'
    )
    expect(seen).toEqual(known)
  })
})

test.each<{
  name: string
  over: Partial<ConflictOptions>
  shows: Partial<DeploymentDescription>
  seconds: number
}>([
  { name: 'a revert for 45 seconds', over: {}, shows: { description: 'reverts d-0' }, seconds: 45 },
  { name: 'a rollback, too', over: {}, shows: { rollsBack: 'd-0' }, seconds: 45 },
  {
    name: 'a revert for no longer than the wait time',
    over: { deadline: 10_000 },
    shows: { description: 'reverts d-0' },
    seconds: 10
  },
  { name: 'nothing else', over: {}, shows: {}, seconds: 0 }
])(
  'once another function of the step has begun, it is waited for: $name',
  async ({ over, shows, seconds }) => {
    const result = await resolved({ isHurried: true, ...over }, 'replace', () => ({ ...other, ...shows }))
    expect([result.kind, result.did.filter(did => did.startsWith('stop')), result.seconds]).toEqual([
      'refused',
      [],
      seconds
    ])
  }
)

test('a release that is called off meanwhile waits no longer, and stops nothing', async () => {
  let looks = 0
  const isCalledOff = () => {
    looks += 1
    return looks > 3
  }
  const result = await resolved({ isCalledOff })
  expect([result.kind, result.seconds < 30]).toEqual(['ended', true])
  expect((await resolved({ isCalledOff: () => true }, 'replace')).did).toEqual([])
})

describe('why a deployment that is running refuses the release', () => {
  const { target: _, ...untold } = other
  const hidden = { ...untold, unread: failed('transient') }
  const when = 'has ended (watch it with deployment-id: d-1 and if-interrupted: continue)'
  const ofFail = `Wait until it ${when}, then run the step again; or set if-in-progress to 'wait' or 'replace'.`
  const busy = 'Group payments-live is busy with deployment d-1'
  const shown = '(payments-api:live v7 → v6, InProgress)'

  test.each<{
    name: string
    mode: 'wait' | 'fail' | 'replace'
    over: Partial<ConflictOptions>
    shows: DeploymentDescription
    what: string
    next: string
  }>([
    {
      name: 'if-in-progress is fail',
      mode: 'fail',
      over: {},
      shows: other,
      what: `${busy} ${shown}. It takes one deployment at a time, and if-in-progress is 'fail'.`,
      next: ofFail
    },
    {
      name: 'if-in-progress is fail, and nothing is waited for until it is known what the other does',
      mode: 'fail',
      over: { deadline: 0 },
      shows: untold,
      what: `${busy} (InProgress). It takes one deployment at a time, and if-in-progress is 'fail'.`,
      next: ofFail
    },
    {
      name: 'if-in-progress is fail, and what the other does could not be read',
      mode: 'fail',
      over: { deadline: 60_000 },
      shows: hidden,
      what: `${busy} (InProgress). It takes one deployment at a time, and if-in-progress is 'fail'. What it does could not be read (codedeploy:ListDeploymentTargets: X).`,
      next: ofFail
    },
    {
      name: 'if-in-progress is fail, also when another function of the step has begun',
      mode: 'fail',
      over: { deadline: 0, isHurried: true },
      shows: untold,
      what: `${busy} (InProgress). It takes one deployment at a time, and if-in-progress is 'fail'.`,
      next: ofFail
    },
    ...(['wait', 'replace'] as const).map(mode => ({
      name: `another function of the step has begun (${mode})`,
      mode,
      over: { deadline: 0, isHurried: true },
      shows: other,
      what: `${busy} ${shown}, and another function of the step has begun, so this one could not wait.`,
      next: `Run the step again when it ${when}.`
    })),
    {
      name: 'another function of the step has begun, and a revert does not end',
      mode: 'replace',
      over: { isHurried: true },
      shows: { ...other, description: 'reverts d-0' },
      what: `${busy} (reverting d-0, payments-api:live v7 → v6, InProgress), and another function of the step has begun, so this one could not wait any longer.`,
      next: `Run the step again when it ${when}.`
    },
    {
      name: 'the wait is over',
      mode: 'wait',
      over: { deadline: 60_000 },
      shows: other,
      what: `After 1m 00s, deployment d-1 ${shown} is still running, and the wait time is over.`,
      next: `Run the step again when it ${when}, or give this step more time with wait-for-minutes.`
    }
  ])('$name', async ({ mode, over, shows, what, next }) => {
    expect((await resolved(over, mode, () => shows)).cause).toEqual({
      code: 'DEPLOYMENT_IN_PROGRESS',
      what,
      next
    })
  })
})
