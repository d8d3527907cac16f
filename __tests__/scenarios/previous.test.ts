import { describe, expect, test } from '@jest/globals'
import { deployEarlier } from '../../simulator/earlier.ts'
import { fleet } from '../../simulator/fleet.ts'
import { namesOf } from '../../simulator/setting.ts'
import { answers } from '../../simulator/uncertain.ts'
import { fault } from './incidents.ts'
import { back, backInputs, endOf, errorOf, past, type Step, warningsOf } from './past.ts'
import { type Played, play } from './play.ts'
import { ends as endsOfAll, entry, together } from './services.ts'

const always = Number.POSITIVE_INFINITY

describe('target-version: previous goes back to what served before', () => {
  test.each<{ name: string; steps: Step[]; ends: string }>([
    { name: 'the last deployment shifted to what serves', steps: [{ to: '6' }], ends: 'succeeded 7' },
    {
      name: 'a newer deployment failed and was rolled back',
      steps: [{ to: '5' }, { to: '6' }, { to: '3', ends: 'rolledBack' }],
      ends: 'succeeded 5'
    },
    {
      name: 'a newer deployment was stopped, and the alias was put right by hand',
      steps: [{ to: '5' }, { to: '6' }, { to: '3', ends: 'stopped' }, { hand: '6' }],
      ends: 'succeeded 5'
    },
    {
      name: 'what serves came by several deployments: the newest counts',
      steps: [{ to: '6' }, { to: '4' }, { to: '6' }],
      ends: 'succeeded 4'
    },
    {
      name: 'gone back once, it goes forth again',
      steps: [{ to: '6' }, { to: '7' }],
      ends: 'succeeded 6'
    },
    {
      name: 'another alias was shifted in the same group',
      steps: [{ to: '6' }, { alias: 'beta', to: '6' }],
      ends: 'succeeded 7'
    },
    {
      name: 'a deployment moved nothing',
      steps: [{ to: '6' }, { to: '6' }],
      ends: 'succeeded 7'
    }
  ])('$name', async ({ steps, ends }) => {
    const played = await back(steps, {
      earlier: async aws => {
        aws.lambda.createAlias({ FunctionName: 'payments-api', Name: 'beta', FunctionVersion: '2' })
        await past(...steps)(aws)
      }
    })
    expect([endOf(played), warningsOf(played)]).toEqual([ends, []])
  })
})

test('the plan says which version that is and where it was found, and a dry run tells it', async () => {
  const played = await back([{ to: '6' }], { inputs: { ...backInputs, 'dry-run': 'true' } })
  const { deployments = [] } = played.aws.codedeploy.listDeployments({
    applicationName: 'payments',
    deploymentGroupName: 'payments-live'
  })
  expect([endOf(played), played.outputs.version, played.outputs['previous-version']]).toEqual([
    'planned 6',
    '7',
    '6'
  ])
  expect(played.log.slice(0, 3)).toEqual([
    'Plan for payments-api:live in eu-west-1',
    '  traffic    v6 → v7',
    `  previous   v7 served until deployment ${deployments[0]} shifted to v6, 2026-11-20 14:00 UTC`
  ])
  expect(played.outputs.appspec).toMatch(/"CurrentVersion": "6",\s+"TargetVersion": "7"/)
})

test('a release that was reverted because another function failed does not count as what served', async () => {
  const played = await play({
    inputs: backInputs,
    earlier: async aws => {
      await deployEarlier(aws, { to: '5' })
      await deployEarlier(aws, { to: '6' })
      const reverted = await deployEarlier(aws, { to: '3' })
      await deployEarlier(aws, { to: '6', description: `reverts ${reverted}` })
    }
  })
  expect([endOf(played), warningsOf(played)]).toEqual(['succeeded 5', []])
})

test('when somebody has moved the alias by hand since, a warning says what is known', async () => {
  const played = await back([{ to: '5' }, { to: '6' }, { to: '3' }, { hand: '6' }])
  expect(endOf(played)).toBe('succeeded 5')
  expect(warningsOf(played).map(text => text.replaceAll(/d-\w{9}/g, 'd-…'))).toEqual([
    'Deployment d-… has shifted payments-api:live to version 3 since (2026-11-20 14:00 UTC), and no deployment of group payments-live has brought version 6 back: somebody moved the alias by hand. Version 5 is what served before version 6 was released by deployment d-….'
  ])
})

test('current-version guards it as it does any release', async () => {
  const given = (version: string) =>
    back([{ to: '6' }], { inputs: { ...backInputs, 'current-version': version } })
  expect([endOf(await given('6')), endOf(await given('7'))]).toEqual([
    'succeeded 7',
    'refused 6 CURRENT_VERSION_DIFFERS'
  ])
})

describe('it is refused when it cannot be told, with the versions that there are', () => {
  test.each<{ name: string; scene: Parameters<typeof back>; code?: string; says: string[] }>([
    {
      name: 'nothing was ever deployed',
      scene: [[]],
      says: [
        'What served before version 7 cannot be told: no deployment of group payments-live has succeeded in shifting payments-api:live to it, as far as CodeDeploy remembers.',
        'Next: Give the number of a version in target-version. There are 1, 2, 3, 4, 5, 6.'
      ]
    },
    {
      name: 'somebody moved the alias to what no deployment has shifted to',
      scene: [[{ to: '6' }, { hand: '2' }]],
      says: ['What served before version 2 cannot be told: no deployment', 'There are 1, 3, 4, 5, 6, 7.']
    },
    {
      name: 'only a rollback has shifted to it',
      scene: [[{ hand: '4' }, { to: '5', ends: 'rolledBack' }]],
      says: ['What served before version 4 cannot be told: no deployment']
    },
    {
      name: 'the version was deleted',
      scene: [
        [{ to: '5' }, { to: '6' }],
        { before: aws => void aws.lambda.deleteFunction({ FunctionName: 'payments-api', Qualifier: '5' }) }
      ],
      says: [
        'What served before version 6 cannot be told: version 5 did, until deployment d-… (2026-11-20 14:00 UTC), and it has been deleted since.',
        'There are 1, 2, 3, 4, 7.'
      ]
    },
    {
      name: 'the list of versions is denied',
      scene: [
        [],
        { before: fault({ operation: 'ListVersionsByFunction', kind: 'accessDenied', times: always }) }
      ],
      says: [
        'Give the number of a version in target-version. List what there is: aws lambda list-versions-by-function --function-name payments-api'
      ]
    },
    {
      name: 'the alias does not exist, whatever create-alias says',
      scene: [[], { setting: { alias: 'missing' } }],
      code: 'ALIAS_MISSING',
      says: ['Function payments-api has no alias live, so nothing has served before.', 'Next: Correct alias']
    },
    {
      name: 'the function does not exist',
      scene: [[], { inputs: { ...backInputs, 'function-name': 'payment-api' } }],
      code: 'FUNCTION_MISSING',
      says: ['Function payment-api does not exist in this account and region.']
    },
    {
      name: 'the group does not exist',
      scene: [[], { inputs: { ...backInputs, 'codedeploy-deployment-group': 'payments-prod' } }],
      code: 'DEPLOYMENT_GROUP_MISSING',
      says: ['has no deployment group payments-prod']
    },
    {
      name: 'the alias is split',
      scene: [[], { setting: { alias: 'weighted' } }],
      code: 'ALIAS_SPLIT',
      says: ['Alias live is split between v6 80% and v7 20%']
    },
    {
      name: 'the alias has a weight of 0 for another version',
      scene: [[], { setting: { alias: 'emptied' } }],
      code: 'ALIAS_SPLIT',
      says: ['Alias live points to version 7 and still has a weight of 0 for version 6']
    },
    {
      name: 'the alias points to $LATEST',
      scene: [[], { setting: { alias: '$LATEST' } }],
      code: 'ALIAS_ON_LATEST',
      says: ['Alias live points to $LATEST']
    },
    {
      name: 'Lambda has put the version to rest',
      scene: [
        [{ to: '5' }, { to: '6' }],
        { before: aws => aws.lambda.setVersionState('payments-api', '5', 'Inactive') }
      ],
      code: 'VERSION_INACTIVE',
      says: ['Version 5 of payments-api is Inactive', '--qualifier 5 response.json']
    },
    {
      name: 'the deployments may not be listed',
      scene: [
        [{ to: '6' }],
        { before: fault({ operation: 'ListDeployments', kind: 'accessDenied', times: always }) }
      ],
      code: 'AccessDeniedException',
      says: [
        'Grant the role codedeploy:ListDeployments on arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:payments/payments-live.'
      ]
    }
  ])('$name', async ({ scene, code = 'NO_PREVIOUS_VERSION', says }) => {
    const played = await back(...scene)
    expect([played.outputs.outcome, played.outputs['error-code'], played.outputs.version]).toEqual([
      'refused',
      code,
      code === 'VERSION_INACTIVE' ? '5' : ''
    ])
    const error = errorOf(played).replaceAll(/d-\w{9}/g, 'd-…')
    for (const words of says) expect(error).toContain(words)
    expect(played.aws.requests.filter(({ operation }) => /^(Create|Publish)/.test(operation))).toEqual([])
  })
})

test('an AppSpec that alone tells the version is asked for longer than one that is nice to know', async () => {
  const played = await back([{ to: '6' }], {
    before: aws => {
      aws.faults.add({ operation: 'ListDeploymentTargets', kind: 'emptyJson', times: 4 })
      aws.faults.add({ operation: 'GetApplicationRevision', kind: 'serverErrorBefore', times: 8 })
    }
  })
  expect(endOf(played)).toBe('succeeded 7')
})

describe('whatever CodeDeploy does that is not documented', () => {
  const switches = ['listOrder', 'createdLooks', 'targetId', 'rollbackCreator', 'rollbackTarget'] as const
  const more = ['rollbackRevision', 'batchLimit', 'batchUnknownIds', 'rollbackInfoLooks', 'baking'] as const
  const rows = [...switches, ...more].flatMap(name =>
    answers[name].map(value => [`${name} ${value}`, { [name]: value }] as const)
  )
  test.each(rows)('%s', async (_, uncertain) => {
    const steps: Step[] = [{ to: '5' }, { to: '6' }, { to: '3', ends: 'rolledBack' }]
    expect(endOf(await back(steps, { uncertain }))).toBe('succeeded 5')
  })
})

describe.each(answers.listOrder)('with very many deployments, listed with the %s', listOrder => {
  const many = async (count: number): Promise<Played> =>
    await play({
      inputs: backInputs,
      uncertain: { listOrder },
      earlier: async aws => {
        aws.lambda.createAlias({ FunctionName: 'payments-api', Name: 'beta', FunctionVersion: '1' })
        await past({ to: '3' }, { to: '6' }, { to: '5' }, { to: '6' })(aws)
        for (let done = 0; done < count; done++)
          await deployEarlier(aws, { alias: 'beta', to: done % 2 === 0 ? '2' : '1' })
      }
    })

  test('the one that counts is found', async () => {
    const played = await many(70)
    expect(endOf(played)).toBe('succeeded 5')
  })

  test('only the newest hundred are looked at, and the refusal says so', async () => {
    const played = await many(110)
    expect(endOf(played)).toBe('refused 6 NO_PREVIOUS_VERSION')
    expect(errorOf(played)).toContain(
      'none of the newest 100 deployments of group payments-live that succeeded has shifted payments-api:live to it.'
    )
  })
})

describe('several functions', () => {
  const names = ['orders', 'ledger']
  const both = (earlier: Parameters<typeof deployEarlier>[1][], inputs = {}): Promise<Played> =>
    play({
      inputs: together(
        names.map(name => entry(name)),
        { 'codedeploy-deployment-config': 'AllAtOnce', 'target-version': 'previous', ...inputs }
      ),
      earlier: async aws => {
        fleet(aws, names)
        for (const each of earlier) await deployEarlier(aws, each)
      }
    })

  test('each goes back to its own previous version', async () => {
    const played = await both([
      { names: namesOf('orders'), to: '6' },
      { names: namesOf('ledger'), to: '4' },
      { names: namesOf('ledger'), to: '5' }
    ])
    expect(endsOfAll(played)).toEqual({ orders: 'succeeded 7 (7)', ledger: 'succeeded 4 (4)' })
  })

  test('when that of one cannot be told, none goes back', async () => {
    const played = await both([{ names: namesOf('orders'), to: '6' }])
    expect(endsOfAll(played)).toEqual({
      orders: 'refused HELD_BACK 6 (6)',
      ledger: 'refused NO_PREVIOUS_VERSION 7 (7)'
    })
  })

  test('an entry may go back while another is released', async () => {
    const played = await play({
      inputs: together([
        entry('orders', { 'target-version': 'previous', 'codedeploy-deployment-config': 'AllAtOnce' }),
        entry('ledger')
      ]),
      earlier: async aws => {
        fleet(aws, names)
        await deployEarlier(aws, { names: namesOf('orders'), to: '6' })
      }
    })
    expect(endsOfAll(played)).toEqual({ orders: 'succeeded 7 (7)', ledger: 'succeeded 8 (8)' })
  })

  test('functions that share a group are told apart', async () => {
    const played = await play({
      inputs: backInputs,
      earlier: async aws => {
        fleet(aws, ['orders'])
        await past({ to: '5' }, { to: '6' })(aws)
        const orders = { names: namesOf('orders'), group: 'payments-live' }
        await deployEarlier(aws, { ...orders, to: '3' })
        await deployEarlier(aws, { ...orders, to: '6' })
      }
    })
    expect(endOf(played)).toBe('succeeded 5')
  })
})
