import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../simulator/clock.ts'
import { Failure } from '../../src/failure.ts'
import { awaiting, type SetUpPort, setUp } from '../../src/operations/setup.ts'
import type { Group } from '../../src/plan/holdings.ts'
import type { SetUp } from '../../src/plan/setup.ts'

const asked: SetUp = {
  group: {
    application: 'payments',
    group: 'live',
    serviceRole: 'arn:aws:iam::123456789012:role/CodeDeployLambda',
    configuration: 'Canary25Percent7Minutes',
    alarms: 'group'
  },
  withApplication: true,
  configuration: {
    name: 'Canary25Percent7Minutes',
    strategy: { type: 'TimeBasedCanary', percentage: 25, minutes: 7 }
  }
}

const theirs: Group = { computePlatform: 'Lambda', alarms: ['theirs'], rollbackEvents: [] }

const refused = (code: string): Failure =>
  new Failure(`refused: ${code}`, {
    kind: 'rejected',
    code,
    action: 'codedeploy:CreateDeploymentGroup',
    resource: 'arn',
    mayHaveActed: false
  })

/** CodeDeploy that settles after so many ms: until then it refuses with `code`. */
interface Setting {
  code?: string
  /** The application is there already. */
  isApplicationFound?: boolean
  settledMs?: number
  group?: 'created' | 'exists'
  cancelMs?: number
}

/** What came of it, what was asked for in which order, and how long it took, ms. */
async function play({
  code = 'InvalidRoleException',
  isApplicationFound = false,
  settledMs = 0,
  group = 'created',
  cancelMs
}: Setting) {
  const clock = new VirtualClock()
  const cancelling = new AbortController()
  const begun = clock.now()
  const isSettled = () => clock.now() - begun >= settledMs
  const calls: string[] = []
  const told: string[] = []
  const codedeploy: SetUpPort = {
    createStrategy: async name => {
      calls.push(`strategy ${name}`)
      return 'created'
    },
    createApplication: async () => 'created',
    createGroup: async () => {
      calls.push('group')
      if (group === 'created' && !isSettled()) throw refused(code)
      return group
    },
    group: async () => {
      calls.push('look')
      return isSettled() ? theirs : 'no-group'
    }
  }
  if (cancelMs === 0) cancelling.abort()
  else if (cancelMs !== undefined) clock.at(begun + cancelMs, () => cancelling.abort())
  const result = await clock.run(async () =>
    setUp({ ...asked, withApplication: !isApplicationFound }, async () => void calls.push('application'), {
      codedeploy,
      clock,
      cancelled: cancelling.signal,
      tell: line => told.push(line)
    }).catch((failure: Failure) => ({ kind: failure.kind, code: failure.code }))
  )
  return { result, calls, told, tookMs: clock.now() - begun }
}

describe('setting up', () => {
  test('creates the configuration, the application and the group, in this order', async () => {
    const { result, calls, told } = await play({})
    expect(calls).toEqual(['strategy Canary25Percent7Minutes', 'application', 'group'])
    expect(told).toEqual([
      'Deployment configuration Canary25Percent7Minutes created',
      'Deployment group live of application payments created'
    ])
    expect(result).toMatchObject({
      kind: 'created',
      group: { configuration: 'Canary25Percent7Minutes', serviceRole: asked.group.serviceRole }
    })
  })

  test.each(['InvalidRoleException', 'ApplicationDoesNotExistException'])(
    'asks again after %s, which may be early',
    async code => {
      const { result, tookMs } = await play({ code, settledMs: 15_000 })
      expect([result.kind, tookMs]).toEqual(['created', 16_000])
    }
  )

  test('gives up on a role that cannot be assumed after 20 seconds', async () => {
    const { result, tookMs } = await play({ settledMs: 600_000 })
    expect(result).toMatchObject({ kind: 'refused', cause: { code: 'SERVICE_ROLE_NOT_ASSUMED' } })
    expect(tookMs).toBe(20_000)
  })

  test('throws what asking again would not change, at once', async () => {
    const { result, tookMs } = await play({
      code: 'DeploymentGroupLimitExceededException',
      settledMs: 600_000
    })
    expect([result, tookMs]).toEqual([{ kind: 'rejected', code: 'DeploymentGroupLimitExceededException' }, 0])
  })

  test.each<{ name: string; code: string; isApplicationFound: boolean }>([
    {
      name: 'that is about a limit',
      code: 'DeploymentGroupLimitExceededException',
      isApplicationFound: true
    },
    { name: 'that is about alarms', code: 'InvalidAlarmConfigException', isApplicationFound: true },
    {
      name: 'of a group in an application of its own making',
      code: 'InvalidInputException',
      isApplicationFound: false
    }
  ])('does not blame the application for a refusal $name', async setting => {
    const { result } = await play({ ...setting, settledMs: 600_000 })
    expect(result).toEqual({ kind: 'rejected', code: setting.code })
  })

  test('reads a group that exists by then, once it is found', async () => {
    const { result, told, tookMs } = await play({ group: 'exists', settledMs: 3_000 })
    expect(result).toEqual({ kind: 'found', group: theirs })
    expect(told.at(-1)).toBe('Deployment group live of application payments exists by now')
    expect(tookMs).toBe(4_000)
  })

  test('refuses a group that exists and is never found', async () => {
    const { result } = await play({ group: 'exists', settledMs: 600_000 })
    expect(result).toMatchObject({ kind: 'refused', cause: { code: 'DEPLOYMENT_GROUP_MISSING' } })
  })

  test.each([
    { name: 'before it begins', cancelMs: 0, calls: [] },
    { name: 'while it asks again', cancelMs: 3_000, calls: ['group', 'group'] }
  ])('sends nothing more once the job is cancelled $name', async ({ cancelMs, calls }) => {
    const played = await play({ settledMs: 600_000, cancelMs })
    expect(played.result).toMatchObject({ kind: 'unsent' })
    expect(played.calls.filter(each => each === 'group')).toEqual(calls)
  })
})

describe('a group that was just created', () => {
  const unfound = refused('DeploymentGroupDoesNotExistException')

  test.each([
    { name: 'is asked for again until it is found', foundAtMs: 5_000, ends: 'd-1', atMs: 6_000 },
    { name: 'is given up after 20 seconds', foundAtMs: 60_000, ends: unfound.code, atMs: 20_000 }
  ])('$name', async ({ foundAtMs, ends, atMs }) => {
    const clock = new VirtualClock()
    const begun = clock.now()
    const found = async <T>(value: T): Promise<T> => {
      if (clock.now() - begun < foundAtMs) throw unfound
      return value
    }
    const port = awaiting(
      { createStrategy: async () => 'created', create: () => found('d-1'), recent: () => found([]) },
      { clock, cancelled: new AbortController().signal }
    )
    const request = {
      application: 'payments',
      group: 'live',
      description: '',
      alarms: 'group',
      rollback: 'group'
    } as const
    const created = await clock.run(() =>
      port.create(request, { content: '{}', sha256: '' }).catch((failure: Failure) => failure.code)
    )
    expect([created, clock.now() - begun]).toEqual([ends, atMs])
  })
})
