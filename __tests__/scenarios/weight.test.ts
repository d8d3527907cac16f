/** `weight`: the share of a version is set at once, without CodeDeploy. */
import { describe, expect, test } from '@jest/globals'
import { fleet } from '../../simulator/fleet.ts'
import { anotherIsRunning, fault, group, jobIsCancelled, later, somebodyMovesTheAlias } from './incidents.ts'
import { type Inputs, type Play, type Played, play, playInTurn, playTogether, release } from './play.ts'
import { asked } from './services.ts'

const by = (weight: string, more: Inputs = {}): Inputs => ({
  'function-name': 'payments-api',
  alias: 'live',
  weight,
  ...more
})

const split =
  (weights: Record<string, number>, version = '7'): NonNullable<Play['before']> =>
  aws =>
    void aws.lambda.updateAlias({
      FunctionName: 'payments-api',
      Name: 'live',
      FunctionVersion: version,
      RoutingConfig: { AdditionalVersionWeights: weights }
    })

const ends = ({ passed, outputs }: Played) => ({
  passed,
  outcome: outputs.outcome,
  code: outputs['error-code'],
  serving: outputs['serving-version']
})

const alias = ({ aws }: Played, FunctionName = 'payments-api') => {
  const { FunctionVersion, RoutingConfig } = aws.lambda.getAlias({ FunctionName, Name: 'live' })
  return [FunctionVersion, RoutingConfig?.AdditionalVersionWeights ?? {}]
}

const weighted = (serving: string) => ({ passed: true, outcome: 'weighted', code: '', serving })

describe('the target gets its share at once:', () => {
  test.each<{ name: string; inputs: Inputs; before?: Play['before']; serving: string; is: unknown[] }>([
    {
      name: 'a tenth for what is published from $LATEST',
      inputs: by('10'),
      serving: '7:0.9,8:0.1',
      is: ['7', { 8: 0.1 }]
    },
    {
      name: 'a third for an older version',
      inputs: by('33', { 'target-version': '6' }),
      serving: '7:0.67,6:0.33',
      is: ['7', { 6: 0.33 }]
    },
    {
      name: 'more for the one that has a little',
      inputs: by('50', { 'target-version': '6' }),
      before: split({ 6: 0.1 }),
      serving: '7:0.5,6:0.5',
      is: ['7', { 6: 0.5 }]
    },
    {
      name: 'less for the version that the alias points to, which it goes on pointing to',
      inputs: by('20', { 'target-version': '7' }),
      before: split({ 6: 0.1 }),
      serving: '7:0.2,6:0.8',
      is: ['7', { 6: 0.8 }]
    },
    {
      name: 'all, which promotes it',
      inputs: by('100', { 'target-version': '6' }),
      before: split({ 6: 0.1 }),
      serving: '6',
      is: ['6', {}]
    },
    {
      name: 'all for a third version, which mends a split alias',
      inputs: by('100', { 'target-version': '5' }),
      before: split({ 6: 0.1 }),
      serving: '5',
      is: ['5', {}]
    },
    {
      name: 'none, which gives all back to the other',
      inputs: by('0', { 'target-version': '6' }),
      before: split({ 6: 0.1 }),
      serving: '7',
      is: ['7', {}]
    },
    {
      name: 'none, although the alias points to it',
      inputs: by('0', { 'target-version': '7' }),
      before: split({ 6: 0.1 }),
      serving: '6',
      is: ['6', {}]
    }
  ])('$name', async ({ inputs, before, serving, is }) => {
    const played = await play({ inputs, ...(before && { before }) })
    expect(ends(played)).toEqual(weighted(serving))
    expect(alias(played)).toEqual(is)
    expect(asked(played.aws, 'UpdateAlias')).toHaveLength(1)
    expect(played.aws.requests.filter(({ service }) => service === 'codedeploy')).toEqual([])
  })
})

test('weights that are there already are confirmed, and nothing is changed', async () => {
  const played = await play({ inputs: by('10', { 'target-version': '6' }), before: split({ 6: 0.1 }) })
  expect(ends(played)).toEqual(weighted('7:0.9,6:0.1'))
  expect(asked(played.aws, 'UpdateAlias')).toEqual([])
})

test('the log says what serves before and after, and the annotation is the result', async () => {
  const { log, annotations } = await play({ inputs: by('10', { 'target-version': '6' }) })
  expect(log).toEqual([
    'Plan for payments-api:live in eu-west-1',
    '  traffic    v7 100% → v7 90%  v6 10%, at once and without CodeDeploy',
    'payments-api:live: v7 90%  v6 10%',
    'Notice: payments-api:live serves v7 90% and v6 10%, as asked for.'
  ])
  expect(annotations).toEqual([
    {
      level: 'notice',
      title: 'Lambda CodeDeploy: weighted, live serves v7 90% and v6 10%',
      message: 'payments-api:live serves v7 90% and v6 10%, as asked for.'
    }
  ])
})

test('a dry run says what would serve, and changes nothing', async () => {
  const played = await play({ inputs: by('10', { 'target-version': '6', 'dry-run': 'true' }) })
  expect(ends(played)).toEqual({ passed: true, outcome: 'planned', code: '', serving: '7' })
  expect(played.log).toContain('  traffic    v7 100% → v7 90%  v6 10%, at once and without CodeDeploy')
  expect(asked(played.aws, 'UpdateAlias')).toEqual([])
})

test('a missing alias is created with all of the traffic', async () => {
  const played = await play({ inputs: by('100'), setting: { alias: 'missing' } })
  expect(ends(played)).toEqual({ passed: true, outcome: 'created', code: '', serving: '8' })
})

describe('refused, and nothing is changed:', () => {
  test.each<{ name: string; inputs: Inputs; scene?: Play; code: string; serving: string; next: string }>([
    {
      name: 'a third version',
      inputs: by('10', { 'target-version': '5' }),
      scene: { before: split({ 6: 0.1 }) },
      code: 'THIRD_VERSION',
      serving: '7:0.9,6:0.1',
      next: 'run the step with target-version: 7 and weight: 100'
    },
    {
      name: 'a share of what serves alone',
      inputs: by('10', { 'target-version': '7' }),
      code: 'NOTHING_TO_SHARE_WITH',
      serving: '7',
      next: 'weight: 90'
    },
    {
      name: 'no share for what serves alone',
      inputs: by('0', { 'target-version': '7' }),
      code: 'NOTHING_TO_SHARE_WITH',
      serving: '7',
      next: 'weight: 100'
    },
    {
      name: 'a share of $LATEST, when it has not changed since what serves alone was published',
      inputs: by('10'),
      scene: { setting: { unchanged: true } },
      code: 'NOTHING_TO_SHARE_WITH',
      serving: '7',
      next: [
        'Why:  $LATEST has not changed since version 7 was published, and alias live serves that version only: there is no other version to share its traffic with. (NOTHING_TO_SHARE_WITH)',
        'Next: Upload new code first, or name another version as target-version.'
      ].join('\n')
    },
    {
      name: 'an alias on $LATEST',
      inputs: by('10'),
      scene: { setting: { alias: '$LATEST' } },
      code: 'ALIAS_ON_LATEST',
      serving: '$LATEST',
      next: 'Publish what is live'
    },
    {
      name: 'a share of an alias that does not exist',
      inputs: by('10'),
      scene: { setting: { alias: 'missing' } },
      code: 'ALIAS_MISSING',
      serving: '',
      next: 'weight: 100'
    },
    {
      name: 'an alias that serves another version than current-version says',
      inputs: by('10', { 'current-version': '6' }),
      code: 'CURRENT_VERSION_DIFFERS',
      serving: '7',
      next: 'See what is live'
    },
    {
      name: 'while a deployment of the named group is running',
      inputs: by('10', {
        'target-version': '5',
        'codedeploy-application': 'payments',
        'codedeploy-deployment-group': 'payments-live'
      }),
      scene: { before: anotherIsRunning('6', 'LambdaCanary10Percent30Minutes') },
      code: 'DEPLOYMENT_IN_PROGRESS',
      serving: '7',
      next: 'watch it with deployment-id: d-'
    }
  ])('$name', async ({ inputs, scene, code, serving, next }) => {
    const played = await play({ inputs, ...scene })
    expect(ends(played)).toEqual({ passed: false, outcome: 'refused', code, serving })
    expect(played.annotations.at(-1)?.message).toContain(next)
    expect(asked(played.aws, 'UpdateAlias')).toEqual([])
  })

  test('roles that differ', async () => {
    const played = await play({
      inputs: by('10'),
      setting: { otherRole: true }
    })
    expect(ends(played)).toMatchObject({ outcome: 'refused', code: 'ROLES_DIFFER', serving: '7' })
    expect(played.annotations.at(-1)?.message).toContain('weight: 100')
  })

  test('a group that does not exist', async () => {
    const played = await play({
      inputs: by('10', { 'codedeploy-application': 'payments', 'codedeploy-deployment-group': 'nobody' })
    })
    expect(ends(played)).toMatchObject({ outcome: 'refused', code: 'DeploymentGroupDoesNotExistException' })
  })

  test('without the permission', async () => {
    const played = await play({
      inputs: by('10'),
      before: fault({ operation: 'UpdateAlias', kind: 'accessDenied', times: Number.POSITIVE_INFINITY })
    })
    expect(ends(played)).toEqual({
      passed: false,
      outcome: 'refused',
      code: 'AccessDeniedException',
      serving: '7'
    })
    expect(played.outputs['error-message']).toContain('lambda:UpdateAlias')
  })
})

describe('somebody else changes the alias', () => {
  const named = { 'codedeploy-application': 'payments', 'codedeploy-deployment-group': 'payments-live' }
  const tested = { inputs: { 'test-event': '{}' }, setting: { run: { seconds: 20, timeout: 60 } } }
  const pending = { inputs: {}, setting: { version: 'pending' as const, pendingSeconds: 40 } }

  test.each<{ name: string; weight: string; inputs: Inputs; setting: NonNullable<Play['setting']> }>([
    { name: 'while the version is tested', weight: '10', ...tested },
    {
      name: 'while it is tested, and the group is named',
      weight: '10',
      ...tested,
      inputs: { ...tested.inputs, ...named }
    },
    { name: 'while the version is Pending', weight: '10', ...pending },
    { name: 'while it is Pending, and all is to be promoted', weight: '100', ...pending },
    { name: 'while it is Pending, and the group is named', weight: '100', ...pending, inputs: named }
  ])('$name: refused, and nothing is overwritten', async ({ weight, inputs, setting }) => {
    const played = await play({
      inputs: by(weight, inputs),
      setting,
      before: later(0.25, somebodyMovesTheAlias('6'))
    })
    expect(ends(played)).toEqual({ passed: false, outcome: 'refused', code: 'ALIAS_CHANGED', serving: '6' })
    expect(alias(played)).toEqual(['6', {}])
    expect(played.outputs['error-message']).toBe(
      'Somebody else changed alias live of payments-api after it had been read: it serves version 6, and served version 7. Nothing was overwritten.'
    )
  })

  test('somebody takes all back while the version is tested that is to get more: it is not given more', async () => {
    const played = await play({
      inputs: by('50', { 'target-version': '6', ...tested.inputs, ...named }),
      before: (aws, clock, cancel) => {
        split({ 6: 0.1 })(aws, clock, cancel)
        aws.faults.add({ operation: 'Invoke', kind: 'slow', ms: 18_000 })
        later(0.25, somebodyMovesTheAlias('7'))(aws, clock, cancel)
      }
    })
    expect(ends(played)).toEqual({ passed: false, outcome: 'refused', code: 'ALIAS_CHANGED', serving: '7' })
    expect(alias(played)).toEqual(['7', {}])
  })

  test('to what was asked for: there is nothing left to do', async () => {
    const played = await play({
      inputs: by('10', { 'target-version': '6', ...tested.inputs }),
      setting: tested.setting,
      before: later(0.25, split({ 6: 0.1 }) as never)
    })
    expect(ends(played)).toEqual(weighted('7:0.9,6:0.1'))
  })

  test('and what Lambda shows after that is older than the plan for a moment: the weights are set', async () => {
    const played = await play({
      inputs: by('50', { 'target-version': '6' }),
      before: (aws, clock, cancel) => {
        split({ 6: 0.1 })(aws, clock, cancel)
        aws.faults.add({ operation: 'GetAlias', kind: 'stale', ms: 5_000, skip: 1, times: 2 })
      }
    })
    expect(ends(played)).toEqual(weighted('7:0.5,6:0.5'))
  })

  test('two steps at once: one sets its weights, the other is refused', async () => {
    const steps = await playTogether({}, [
      by('10', { 'target-version': '6' }),
      by('20', { 'target-version': '5' })
    ])
    const outcomes = steps.map(({ outputs }) => outputs.outcome).sort()
    expect(outcomes).toEqual(['refused', 'weighted'])
    const [winner] = steps.filter(({ outputs }) => outputs.outcome === 'weighted')
    expect(winner?.outputs['serving-version']).toBe(
      (alias(winner as Played)[1] as Record<string, number>)['6'] ? '7:0.9,6:0.1' : '7:0.8,5:0.2'
    )
  })
})

describe('an answer is lost', () => {
  test.each(['dropAfter', 'serverErrorAfter', 'stall', 'timeout', 'html', 'dropBefore', 'throttle'] as const)(
    '%s: the weights are set once, and confirmed',
    async kind => {
      const played = await play({
        inputs: by('10', { 'target-version': '6' }),
        before: fault({ operation: 'UpdateAlias', kind, times: 2 })
      })
      expect(ends(played)).toEqual(weighted('7:0.9,6:0.1'))
      expect(alias(played)).toEqual(['7', { 6: 0.1 }])
    }
  )

  test('for good: lost, with the command that shows what serves', async () => {
    const played = await play({
      inputs: by('10', { 'target-version': '6' }),
      before: fault({ operation: 'UpdateAlias', kind: 'timeout', times: Number.POSITIVE_INFINITY })
    })
    expect(ends(played)).toMatchObject({ passed: false, outcome: 'lost' })
    expect(played.annotations.at(-1)?.message).toContain('aws lambda get-alias --function-name payments-api')
  })
})

describe('several functions: all or none', () => {
  const both = (more: Inputs = {}): Inputs => ({
    alias: 'live',
    weight: '10',
    'target-version': '6',
    functions: JSON.stringify([{ 'function-name': 'orders' }, { 'function-name': 'ledger' }]),
    ...more
  })
  const playBoth = (scene: Play = {}) =>
    play({
      inputs: both(),
      ...scene,
      before: (aws, clock, cancel) => {
        fleet(aws, ['orders', 'ledger'])
        scene.before?.(aws, clock, cancel)
      }
    })
  const each = ({ outputs }: Played) =>
    JSON.parse(outputs.results ?? '[]').map((result: Record<string, string>) => [
      result['function-name'],
      result.outcome,
      result['error-code'],
      result['serving-version']
    ])

  test('all get their weights', async () => {
    const played = await playBoth()
    expect(each(played)).toEqual([
      ['orders', 'weighted', '', '7:0.9,6:0.1'],
      ['ledger', 'weighted', '', '7:0.9,6:0.1']
    ])
  })

  test('each may have its own', async () => {
    const functions = [
      { 'function-name': 'orders', weight: '100' },
      { 'function-name': 'ledger', weight: '5' }
    ]
    const played = await playBoth({ inputs: both({ weight: '', functions: JSON.stringify(functions) }) })
    expect(each(played)).toEqual([
      ['orders', 'weighted', '', '6'],
      ['ledger', 'weighted', '', '7:0.95,6:0.05']
    ])
  })

  test('one is refused by Lambda: the other gets back what it had', async () => {
    const played = await playBoth({
      before: fault({ operation: 'UpdateAlias', kind: 'accessDenied', skip: 1 })
    })
    expect(each(played)).toEqual([
      ['orders', 'rolled-back', 'HELD_BACK', '7'],
      ['ledger', 'refused', 'AccessDeniedException', '7']
    ])
    expect(alias(played, 'orders')).toEqual(['7', {}])
  })

  test('one is refused before: nothing is changed at all', async () => {
    const played = await playBoth({
      before: aws =>
        void aws.lambda.updateAlias({
          FunctionName: 'ledger',
          Name: 'live',
          FunctionVersion: '7',
          RoutingConfig: { AdditionalVersionWeights: { 5: 0.5 } }
        })
    })
    expect(each(played)).toEqual([
      ['orders', 'refused', 'HELD_BACK', '7'],
      ['ledger', 'refused', 'THIRD_VERSION', '7:0.5,5:0.5']
    ])
    expect(asked(played.aws, 'UpdateAlias')).toEqual([])
  })
})

test('a job that is cancelled before leaves the alias as it was', async () => {
  const played = await play({
    inputs: by('10', { 'test-event': '{}' }),
    setting: { run: { seconds: 20, timeout: 60 } },
    before: later(0.2, jobIsCancelled)
  })
  expect(ends(played)).toMatchObject({ outcome: 'interrupted', code: 'JOB_CANCELLED', serving: '7' })
  expect(asked(played.aws, 'UpdateAlias')).toEqual([])
})

test('an alias whose weights give everything to the target is given it without weights, so that CodeDeploy can start from it', async () => {
  const played = await play({ inputs: by('100', { 'target-version': '6' }), before: split({ 6: 1 }) })
  expect(ends(played)).toEqual(weighted('6'))
  expect(alias(played)).toEqual(['6', {}])
})

test('a deployment that begins while the version is tested refuses the step, when its group is named', async () => {
  const played = await play({
    inputs: by('10', {
      'test-event': '{}',
      'codedeploy-application': 'payments',
      'codedeploy-deployment-group': 'payments-live'
    }),
    setting: { run: { seconds: 20, timeout: 60 } },
    before: later(0.2, anotherIsRunning('6', 'LambdaCanary10Percent30Minutes'))
  })
  expect(ends(played)).toMatchObject({ outcome: 'refused', code: 'DEPLOYMENT_IN_PROGRESS' })
  expect(asked(played.aws, 'UpdateAlias')).toEqual([])
})

test('a split alias that is about to be rolled back is left to the rollback, when its group is named', async () => {
  const played = await play({
    inputs: by('50', {
      'target-version': '6',
      'codedeploy-application': 'payments',
      'codedeploy-deployment-group': 'payments-live'
    }),
    uncertain: { rollbackGapMs: 5_000 },
    earlier: async aws => {
      anotherIsRunning('6')(aws, undefined as never, () => {})
      await aws.clock.sleep(20_000)
      const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
      aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
      await aws.clock.sleep(3_000)
    }
  })
  expect(ends(played)).toMatchObject({ outcome: 'refused', code: 'DEPLOYMENT_IN_PROGRESS' })
})

test('the remedy for a split alias works as it is told', async () => {
  const refused = await play({ before: split({ 6: 0.4 }) })
  expect(refused.outputs['error-code']).toBe('ALIAS_SPLIT')
  const [, version = ''] =
    /target-version: (\d+) and weight: 100/.exec(refused.annotations.at(-1)?.message ?? '') ?? []
  const mended = await play({ inputs: by('100', { 'target-version': version }), before: split({ 6: 0.4 }) })
  expect(ends(mended)).toEqual(weighted('7'))
})

test('the remedy for a weight of 0 works as it is told, and the release after it goes through', async () => {
  const [refused, mended, released] = (await playInTurn({ setting: { alias: 'emptied' } }, [
    release,
    by('100', { 'target-version': '7' }),
    release
  ])) as [Played, Played, Played]
  expect(refused.annotations.at(-1)?.message).toContain('target-version: 7 and weight: 100')
  expect([refused, mended, released].map(ends)).toEqual([
    { passed: false, outcome: 'refused', code: 'ALIAS_SPLIT', serving: '7' },
    weighted('7'),
    { passed: true, outcome: 'succeeded', code: '', serving: '8' }
  ])
  expect(alias(released)).toEqual(['8', {}])
})

describe('traffic is taken away from a version because it is bad:', () => {
  const bad = by('0', { 'target-version': '6' })
  test.each<{ name: string; inputs?: Inputs; setting: NonNullable<Play['setting']> }>([
    {
      name: 'it fails its test',
      inputs: { ...bad, 'test-event': '{}' },
      setting: { run: { throws: 'bad' } }
    },
    { name: 'Lambda does not run it any more', setting: { olderVersions: 'Deactivated' } },
    { name: 'nobody has invoked it for weeks', setting: { olderVersions: 'Inactive' } }
  ])('$name', async ({ inputs = bad, setting }) => {
    const played = await play({ inputs, setting, before: split({ 6: 0.5 }) })
    expect(ends(played)).toEqual(weighted('7'))
    expect(asked(played.aws, 'Invoke')).toEqual([])
  })

  test('a little more for it is refused as before', async () => {
    const inputs = by('60', { 'target-version': '6' })
    const played = await play({ inputs, setting: { olderVersions: 'Inactive' }, before: split({ 6: 0.5 }) })
    expect(ends(played)).toMatchObject({ outcome: 'refused', code: 'VERSION_INACTIVE' })
  })
})

describe('a dry run says what the alias would serve:', () => {
  test.each<{ name: string; inputs: Inputs; says: string }>([
    { name: 'a share of two', inputs: by('50', { 'target-version': '6' }), says: 'v7 50% and v6 50%' },
    { name: 'none of the target', inputs: by('0', { 'target-version': '6' }), says: 'v7' },
    { name: 'a share of what is yet to be published', inputs: by('10'), says: '$LATEST 10%' }
  ])('$name', async ({ inputs, says }) => {
    const before = inputs['target-version'] === undefined ? () => {} : split({ 6: 0.1 })
    const { log, summary } = await play({ inputs: { ...inputs, 'dry-run': 'true' }, before })
    expect(log.at(-1)).toBe(`Notice: payments-api:live would serve ${says}; nothing was changed (dry-run).`)
    expect(summary).toContain(`| Weights asked for | ${says.replace('$', '&#36;')} |`)
  })
})

test('whoever goes back by its number from a split alias is told to give all to that version, and that is enough', async () => {
  const inputs = { ...release, 'target-version': '6' }
  const refused = await play({ inputs, before: split({ 6: 0.1 }) })
  expect(refused.annotations.at(-1)?.message).toMatch(
    /Choose the version that should serve and give it all traffic, by a step with target-version: 6 and weight: 100, or aws lambda update-alias .* --function-version 6 .*\. This step is not needed after that\.$/
  )
})

test('whoever goes back to what served before, from a split alias, has to choose', async () => {
  const inputs = { ...release, 'target-version': 'previous' }
  const refused = await play({ inputs, before: split({ 6: 0.1 }) })
  expect(refused.annotations.at(-1)?.message).toContain(
    'by a step with target-version: 7 or 6 and weight: 100, or aws lambda update-alias --function-name payments-api --name live --function-version VERSION '
  )
})
