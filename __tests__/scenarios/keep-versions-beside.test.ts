/** `keep-versions` when the function has an alias that the step does not release: what that needs for its way back stays. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { deployEarlier, type EarlierDeployment } from '../../simulator/earlier.ts'
import { fleet } from '../../simulator/fleet.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { everyFault, fault } from './incidents.ts'
import { betaWithGroup, deny, keep, old, otherAlias, toldOf, unseen, versionsOf } from './oldversions.ts'
import { backInputs, warningsOf } from './past.ts'
import { type Play, type Played, play, playInTurn } from './play.ts'
import { asked } from './services.ts'

const always = Number.POSITIVE_INFINITY

const prune = (scene: Play = {}): Promise<Played> => play({ setting: old, inputs: keep(2), ...scene })

/** Deployments of alias beta in turn, that serves version 3 at first, in a group of its own unless they say otherwise. */
const deployed =
  (...deployments: Partial<EarlierDeployment>[]) =>
  async (aws: Aws): Promise<void> => {
    betaWithGroup('3')(aws)
    for (const each of deployments)
      await deployEarlier(aws, { alias: 'beta', group: 'payments-beta', to: '5', ...each })
  }

const begin = (
  aws: Aws,
  hooks: Record<string, string>,
  { applicationName = 'payments', config = 'AllAtOnce' } = {}
): string => {
  const shift = { functionName: 'payments-api', alias: 'beta', currentVersion: '3', targetVersion: '5' }
  const { deploymentId } = aws.codedeploy.createDeployment({
    applicationName,
    deploymentGroupName: 'payments-beta',
    deploymentConfigName: `CodeDeployDefault.Lambda${config}`,
    revision: {
      revisionType: 'AppSpecContent',
      appSpecContent: { content: appSpec({ ...shift, hooks }).content }
    }
  })
  return deploymentId
}

interface Row {
  name: string
  scene: Play
  left: string
  tells: string[]
}

const deleted = (count: number, versions: string): string =>
  `Old versions of payments-api: ${count} deleted (${versions})`

const rows: Row[] = [
  {
    name: 'what it served until its deployment moved all traffic, while that is still running',
    scene: {
      setting: { ...old, after: { seconds: 600 } },
      before: aws => {
        betaWithGroup('3')(aws)
        begin(aws, { AfterAllowTraffic: 'CodeDeployHook_after' })
      }
    },
    left: '3 5 7 8',
    tells: [deleted(4, '1, 2, 4, 6')]
  },
  {
    name: 'what it shifts between in a canary',
    scene: {
      before: aws => {
        betaWithGroup('3')(aws)
        begin(aws, {}, { config: 'Canary10Percent30Minutes' })
      }
    },
    left: '2 3 5 7 8',
    tells: [deleted(3, '1, 4, 6'), unseen('alias beta', 2)]
  },
  {
    name: 'what it served before its last deployment',
    scene: { earlier: deployed({ to: '5' }) },
    left: '3 5 7 8',
    tells: [deleted(4, '1, 2, 4, 6')]
  },
  {
    name: 'what it served before, though a newer deployment was rolled back',
    scene: { earlier: deployed({ to: '5' }, { to: '6', ends: 'rolledBack' }) },
    left: '3 5 6 7 8',
    tells: [deleted(3, '1, 2, 4')]
  },
  {
    name: 'what it served before, in a group that it shares with the released alias',
    scene: { earlier: deployed({ to: '5', group: 'payments-live' }) },
    left: '3 5 7 8',
    tells: [deleted(4, '1, 2, 4, 6')]
  },
  {
    name: 'what its last deployment was about when somebody has moved it since, and the newest up to what it serves',
    scene: {
      earlier: async aws => {
        await deployed({ to: '5' })(aws)
        otherAlias('2')(aws)
      }
    },
    left: '1 2 3 5 7 8',
    tells: [deleted(2, '4, 6'), unseen('alias beta', 2)]
  },
  {
    name: 'the newest up to what it serves when another application moves it',
    scene: {
      earlier: async aws => {
        betaWithGroup('3', 'payments-beta', 'elsewhere')(aws)
        begin(aws, {}, { applicationName: 'elsewhere' })
        await aws.clock.sleep(20_000)
      }
    },
    left: '4 5 7 8',
    tells: [deleted(4, '1–3, 6'), unseen('alias beta', 2)]
  },
  {
    name: 'the newest up to what it serves when its only deployment was rolled back, and it had been moved by hand',
    scene: {
      uncertain: { rollbackTarget: 'swapped' },
      earlier: async aws => {
        await deployed()(aws)
        otherAlias('4')(aws)
        await deployEarlier(aws, { alias: 'beta', group: 'payments-beta', to: '6', ends: 'rolledBack' })
      }
    },
    left: '3 4 6 7 8',
    tells: [deleted(3, '1, 2, 5'), unseen('alias beta', 2)]
  }
]

test.each(rows)('of another alias stays $name', async ({ scene, left, tells }) => {
  const played = await prune(scene)
  expect(played.outputs.outcome).toBe('succeeded')
  expect(versionsOf(played.aws)).toBe(left)
  expect(toldOf(played.log)).toEqual(tells)
  expect(warningsOf(played)).toEqual([])
})

test('its deployment can be rolled back when its hook fails after that', async () => {
  let clock: VirtualClock | undefined
  let id = ''
  const { aws } = await prune({
    setting: { ...old, after: { behaviour: 'fail', seconds: 90 } },
    before: (aws, virtual) => {
      clock = virtual
      betaWithGroup('3')(aws)
      id = begin(aws, { AfterAllowTraffic: 'CodeDeployHook_after' })
    }
  })
  await clock?.run(() => aws.clock.sleep(180_000))
  expect(aws.codedeploy.deployments.find(id).rolledBackBy?.status).toBe('Succeeded')
  expect(aws.lambda.getAlias({ FunctionName: 'payments-api', Name: 'beta' }).FunctionVersion).toBe('3')
})

test('it can go back to the previous version after that', async () => {
  const beta = { alias: 'beta', 'codedeploy-deployment-group': 'payments-beta' }
  const [, second] = await playInTurn({ setting: old, earlier: deployed({ to: '5' }) }, [
    keep(2),
    { ...backInputs, ...beta }
  ])
  expect([second?.outputs.outcome, second?.outputs['serving-version']]).toEqual(['succeeded', '3'])
})

test('a deployment that began seconds ago is not listed yet, and what it started from stays all the same', async () => {
  const played = await prune({
    earlier: async aws => {
      await deployed({ to: '2' }, { to: '3' })(aws)
      await aws.clock.sleep(20_000)
    },
    before: aws => {
      for (const operation of ['ListDeployments', 'GetDeploymentGroup'])
        aws.faults.add({ operation, kind: 'stale', ms: 9_000, times: always })
      begin(aws, {})
    }
  })
  expect(versionsOf(played.aws).split(' ')).toEqual(expect.arrayContaining(['3', '5']))
})

test('a dry run spares the same', async () => {
  const played = await prune({
    inputs: keep(2, { 'dry-run': 'true', 'target-version': '6' }),
    earlier: deployed({ to: '5' })
  })
  expect(toldOf(played.log)).toEqual(['Old versions of payments-api: 3 would be deleted (1, 2, 4)'])
})

test('nothing is asked about other groups without another alias, nor when nothing is old', async () => {
  for (const scene of [{}, { inputs: keep(8), before: betaWithGroup('3') }]) {
    const { aws } = await prune(scene)
    expect(asked(aws, 'ListDeploymentGroups')).toEqual([])
  }
})

describe('in an application with hundreds of groups', () => {
  const names = Array.from({ length: 220 }, (_, index) => `service-${index}`)
  const groupsAsked = (aws: Aws, since: number): number => asked(aws, 'GetDeploymentGroup', since).length
  const since = (aws: Aws): number => asked(aws, 'ListDeploymentGroups')[0]?.at ?? 0

  test('the group of the alias is found by its name', async () => {
    const { aws } = await prune({
      earlier: async aws => {
        fleet(aws, names)
        await deployed({ to: '5' })(aws)
      }
    })
    expect(versionsOf(aws)).toBe('3 5 7 8')
    expect(groupsAsked(aws, since(aws))).toBe(10)
  })

  test('a hundred are looked at', async () => {
    const played = await prune({
      before: aws => {
        fleet(aws, names)
        otherAlias('5')(aws)
      }
    })
    expect(versionsOf(played.aws)).toBe('4 5 7 8')
    expect(toldOf(played.log)).toEqual([deleted(4, '1–3, 6'), unseen('alias beta', 2)])
    expect(groupsAsked(played.aws, since(played.aws))).toBe(100)
    expect(played.endedAt - since(played.aws)).toBeLessThan(45_000)
  })
})

const arn = 'arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:payments'

test.each([
  { action: 'codedeploy:ListDeploymentGroups', resource: `${arn}/*` },
  { action: 'codedeploy:GetDeploymentGroup', resource: `${arn}/payments-beta` },
  { action: 'codedeploy:GetDeployment', resource: `${arn}/payments-beta` }
])('without $action, all stay, and a warning says what to grant', async ({ action, resource }) => {
  const played = await prune({ earlier: deployed({ to: '5' }), before: deny(action, resource) })
  expect(played.outputs.outcome).toBe('succeeded')
  expect(versionsOf(played.aws)).toBe('1 2 3 4 5 6 7 8')
  expect(warningsOf(played)).toEqual([
    `Old versions of payments-api were not deleted (6 left): The credentials do not allow ${action} on ${resource}. Grant the role ${action} on ${resource}. It tells what alias beta served before: this step does not release it.`
  ])
})

test.each([
  { name: '', scene: {} },
  {
    name: ', though the groups may not be listed',
    scene: { before: deny('codedeploy:ListDeploymentGroups', `${arn}/*`) }
  }
])('an alias on $LATEST needs no way back: no other group is asked about$name', async ({ scene }) => {
  const played = await prune({ earlier: async aws => otherAlias('$LATEST', {}, 'dev')(aws), ...scene })
  expect(versionsOf(played.aws)).toBe('7 8')
  expect(toldOf(played.log)).toEqual([deleted(6, '1–6')])
  expect(warningsOf(played)).toEqual([])
  expect(asked(played.aws, 'ListDeploymentGroups')).toEqual([])
})

test('groups that may not be read do not matter once the alias is found', async () => {
  const played = await prune({
    earlier: async aws => {
      fleet(aws, ['orders', 'ledger'])
      await deployed({ to: '5' })(aws)
    },
    before: deny('codedeploy:*', `${arn}/orders-live`)
  })
  expect(versionsOf(played.aws)).toBe('3 5 7 8')
  expect(warningsOf(played)).toEqual([])
})

describe.each([
  { operation: 'ListDeploymentGroups', skip: 0 },
  // The release has asked for its own group.
  { operation: 'GetDeploymentGroup', skip: 1 },
  { operation: 'BatchGetDeployments', skip: 0 }
])('$operation', ({ operation, skip }) => {
  test.each(everyFault)('goes wrong once (%s), and nothing that is needed is deleted', async kind => {
    const ms = kind === 'timeout' ? { ms: 20_000 } : {}
    const played = await prune({
      earlier: deployed({ to: '5' }),
      before: fault({ operation, kind, skip, ...ms })
    })
    expect(played.passed).toBe(true)
    expect(versionsOf(played.aws)).toMatch(/\b3 .*\b5 .*7 8$/)
  })

  test.each(everyFault.filter(kind => !['isoDates', 'unknownStatus'].includes(kind)))(
    'goes wrong each time (%s), and nothing that is needed is deleted',
    async kind => {
      const ms = kind === 'timeout' ? { ms: 20_000 } : {}
      const played = await prune({
        earlier: deployed({ to: '5' }),
        before: fault({ operation, kind, skip, times: always, ...ms })
      })
      expect(played.passed).toBe(true)
      expect(versionsOf(played.aws)).toMatch(/\b3 .*\b5 .*7 8$/)
      expect(warningsOf(played).length).toBeLessThanOrEqual(1)
    }
  )
})
