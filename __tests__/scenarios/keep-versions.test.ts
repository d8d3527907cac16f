import { describe, expect, test } from '@jest/globals'
import { fleet } from '../../simulator/fleet.ts'
import { answers, deletionAnswers } from '../../simulator/uncertain.ts'
import { ofOurCommit, publishNewer } from './commits.ts'
import { anotherIsRunning, later, somebodyMovesTheAlias } from './incidents.ts'
import { keep, old, otherAlias, provision, toldOf, unseen, versionsOf } from './oldversions.ts'
import { past } from './past.ts'
import { type Play, play, release } from './play.ts'
import { running } from './running.ts'
import { asked, entry, together } from './services.ts'

interface Row {
  name: string
  scene: Play
  /** Outcome, and the versions that are left. */
  ends: string
  /** Lines of the log about old versions. */
  tells: string[]
}

const rows: Row[] = [
  {
    name: 'all but the newest versions',
    scene: { inputs: keep(3) },
    ends: 'succeeded: 6 7 8',
    tells: ['Old versions of payments-api: 5 deleted (1–5)']
  },
  {
    name: 'nothing when there are not more versions than are kept',
    scene: { inputs: keep(8) },
    ends: 'succeeded: 1 2 3 4 5 6 7 8',
    tells: ['Old versions of payments-api: none to delete']
  },
  {
    name: 'nothing without the input',
    scene: { inputs: { ...release, 'codedeploy-deployment-config': 'AllAtOnce' } },
    ends: 'succeeded: 1 2 3 4 5 6 7 8',
    tells: []
  },
  {
    name: 'neither what was released nor what served before, however old they are',
    scene: { inputs: keep(2, { 'target-version': '3' }), earlier: past({ to: '2' }) },
    ends: 'succeeded: 2 3 6 7',
    tells: ['Old versions of payments-api: 3 deleted (1, 4, 5)']
  },
  {
    name: 'no version that another alias names',
    scene: { inputs: keep(2), before: otherAlias('2') },
    ends: 'succeeded: 1 2 7 8',
    tells: ['Old versions of payments-api: 4 deleted (3–6)', unseen('alias beta', 2)]
  },
  {
    name: 'no version that another alias names with a weight only',
    scene: {
      inputs: keep(2),
      before: otherAlias('2', { 4: 0.1 }),
      uncertain: { deletingWeighted: 'deleted' }
    },
    ends: 'succeeded: 1 2 4 7 8',
    tells: ['Old versions of payments-api: 3 deleted (3, 5, 6)', unseen('alias beta', 2)]
  },
  {
    name: 'no version that another alias names with a weight of nothing',
    scene: { inputs: keep(2), before: otherAlias('2', { 4: 0 }), uncertain: { deletingWeighted: 'deleted' } },
    ends: 'succeeded: 1 2 4 7 8',
    tells: ['Old versions of payments-api: 3 deleted (3, 5, 6)', unseen('alias beta', 2)]
  },
  {
    name: 'no version that the last of very many aliases names',
    scene: {
      inputs: keep(2),
      before: aws => {
        for (let index = 10; index < 130; index++) otherAlias('7', {}, `a-${index}`)(aws)
        otherAlias('2', { 4: 0.1 }, 'z')(aws)
      },
      uncertain: { deletingWeighted: 'deleted' }
    },
    ends: 'succeeded: 1 2 4 6 7 8',
    tells: [
      'Old versions of payments-api: 2 deleted (3, 5)',
      unseen('aliases a-10, a-100, a-101 and 118 more', 2, 'the one that each of them serves')
    ]
  },
  {
    name: 'no version that is less than a day old',
    scene: { inputs: keep(2), setting: { published: { daysAgo: 0.9 } } },
    ends: 'succeeded: 1 2 3 4 5 6 7 8',
    tells: ['Old versions of payments-api: none to delete']
  },
  {
    name: 'no version that another one replaced less than a day ago: it may have been published just before that',
    scene: { inputs: keep(2), setting: { published: { daysAgo: 2, recent: 3 } } },
    ends: 'succeeded: 4 5 6 7 8',
    tells: ['Old versions of payments-api: 3 deleted (1–3)']
  },
  {
    name: 'no version with provisioned concurrency',
    scene: { inputs: keep(2), before: provision('3'), uncertain: { deletingProvisioned: 'deleted' } },
    ends: 'succeeded: 3 7 8',
    tells: ['Old versions of payments-api: 5 deleted (1, 2, 4–6)']
  },
  {
    name: 'no version that Lambda keeps by itself, which is no trouble',
    scene: { inputs: keep(2), before: aws => aws.lambda.replicate('payments-api', '3') },
    ends: 'succeeded: 3 7 8',
    tells: ['Old versions of payments-api: 5 deleted (1, 2, 4–6); Lambda kept 1 (3)']
  },
  {
    name: 'fifty at most, from the oldest on',
    scene: { inputs: keep(2), setting: { unreleased: 60, ...old } },
    ends: `succeeded: 7 ${Array.from({ length: 17 }, (_, index) => 52 + index).join(' ')}`,
    tells: ['Old versions of payments-api: 50 deleted (1–6, 8–51); 15 more left for the next release']
  },
  {
    name: 'after a release that was unchanged, but not what served before by what the deployments tell',
    scene: {
      inputs: keep(2, { 'target-version': '7' }),
      earlier: past({ to: '3' }, { to: '7' })
    },
    ends: 'unchanged: 3 6 7',
    tells: ['Old versions of payments-api: 4 deleted (1, 2, 4, 5)']
  },
  {
    name: 'after a release that was unchanged, but not what served until somebody moved the alias back',
    scene: {
      inputs: keep(2, { 'target-version': '5' }),
      earlier: past({ to: '3' }, { to: '5' }, { to: '4' }, { hand: '5' })
    },
    ends: 'unchanged: 3 4 5 6 7',
    tells: ['Old versions of payments-api: 2 deleted (1, 2)']
  },
  {
    name: 'nothing after a release that was unchanged, when no deployment tells what served before',
    scene: { inputs: keep(2, { 'target-version': '7' }) },
    ends: 'unchanged: 1 2 3 4 5 6 7',
    tells: [
      'Old versions of payments-api: all stay, because what served before version 7 cannot be told: no deployment of group payments-live has succeeded in shifting payments-api:live to it, as far as CodeDeploy remembers.'
    ]
  },
  {
    name: 'after a release that created the alias',
    scene: { inputs: keep(2), setting: { ...old, alias: 'missing' } },
    ends: 'created: 7 8',
    tells: ['Old versions of payments-api: 6 deleted (1–6)']
  },
  {
    name: 'with an older version published in the same step, when publishing gives a version that is there already',
    scene: { inputs: keep(2), setting: { ...old, unchanged: true }, earlier: past({ to: '5' }) },
    ends: 'succeeded: 5 6 7',
    tells: ['Old versions of payments-api: 4 deleted (1–4)']
  },
  {
    name: 'nothing in a dry run, which lists them and counts the version that is to come',
    scene: { inputs: keep(3, { 'dry-run': 'true' }), before: otherAlias('2', { 4: 0.1 }) },
    ends: 'planned: 1 2 3 4 5 6 7',
    tells: ['Old versions of payments-api: 2 would be deleted (3, 5)', unseen('alias beta', 3)]
  },
  {
    name: 'nothing in a dry run to a version that is there',
    scene: { inputs: keep(3, { 'dry-run': 'true', 'target-version': '6' }) },
    ends: 'planned: 1 2 3 4 5 6 7',
    tells: ['Old versions of payments-api: 4 would be deleted (1–4)']
  },
  {
    name: 'nothing in a dry run that would create the alias on a version that is there, which would stay',
    scene: { inputs: keep(2, { alias: 'beta', 'dry-run': 'true', 'target-version': '5' }) },
    ends: 'planned: 1 2 3 4 5 6 7',
    tells: ['Old versions of payments-api: 4 would be deleted (1–4)', unseen('alias live', 2)]
  },
  {
    name: 'nothing in a dry run beside a deployment after which it goes back, whose target would stay if it is rolled back',
    scene: {
      inputs: keep(2, { 'dry-run': 'true', 'target-version': 'previous' }),
      earlier: past({ to: '3' }, { to: '7' }),
      before: running({ to: '6' })
    },
    ends: 'planned: 1 2 3 4 5 6 7',
    tells: ['Old versions of payments-api: 4 would be deleted (1, 2, 4, 5)']
  },
  {
    name: 'nothing when nobody waits for the end',
    scene: { inputs: keep(2, { wait: 'false' }) },
    ends: 'started: 1 2 3 4 5 6 7 8',
    tells: []
  },
  {
    name: 'nothing when a newer commit is being released, and this one is skipped',
    scene: ofOurCommit({
      inputs: keep(2, { 'if-outdated': 'skip' }),
      before: (aws, clock, cancel) => {
        aws.lambda.backdate('payments-api', 2 * 86_400_000)
        anotherIsRunning(publishNewer(aws))(aws, clock, cancel)
      }
    }),
    ends: 'unchanged: 1 2 3 4 5 6 7 8',
    tells: []
  }
]

test.each(rows)('the step deletes $name', async ({ scene, ends, tells }) => {
  const { outputs, log, aws, passed } = await play({ setting: old, ...scene })
  expect(passed).toBe(true)
  expect(`${outputs.outcome}: ${versionsOf(aws)}`).toBe(ends)
  expect(toldOf(log)).toEqual(tells)
})

const worse: { name: string; scene: Play; outcome: string }[] = [
  {
    name: 'rolled back',
    scene: { setting: { ...old, after: { behaviour: 'fail' } } },
    outcome: 'rolled-back'
  },
  { name: 'refused', scene: { inputs: keep(2, { 'current-version': '6' }) }, outcome: 'refused' },
  {
    name: 'moved by somebody before the step ends',
    scene: {
      inputs: keep(2, { 'after-allow-traffic-hook': 'CodeDeployHook_after' }),
      before: later(0.1, somebodyMovesTheAlias('3'))
    },
    outcome: 'failed'
  },
  {
    name: 'cancelled',
    scene: { before: (_, clock, cancel) => void clock.at(clock.now() + 3_000, cancel) },
    outcome: 'interrupted'
  }
]

test.each(worse)('nothing is deleted when the release was $name', async ({ scene, outcome }) => {
  const hook = { 'after-allow-traffic-hook': 'CodeDeployHook_after' }
  const { outputs, aws } = await play({ setting: old, inputs: keep(2, hook), ...scene })
  expect(outputs.outcome).toBe(outcome)
  expect(asked(aws, 'DeleteFunction')).toEqual([])
  expect(asked(aws, 'ListAliases')).toEqual([])
})

const unknown = deletionAnswers.flatMap(behaviour => answers[behaviour].map(value => ({ behaviour, value })))

test.each(unknown)('the same versions stay, whether $behaviour is $value', async ({ behaviour, value }) => {
  const { aws, annotations } = await play({
    inputs: keep(2),
    setting: old,
    uncertain: { [behaviour]: value },
    before: aws => {
      otherAlias('2', { 4: 0.1 })(aws)
      provision('3')(aws)
    }
  })
  expect(versionsOf(aws)).toBe('1 2 3 4 7 8')
  expect(annotations.map(({ level }) => level)).toEqual(['notice'])
})

describe('with several functions', () => {
  const both = [entry('orders', { 'keep-versions': '3' }), entry('ledger')]
  const before: NonNullable<Play['before']> = aws => {
    fleet(aws, ['orders', 'ledger'])
    for (const name of ['orders', 'ledger']) aws.lambda.backdate(name, 2 * 86_400_000)
  }

  test('each that has the input has its old versions deleted', async () => {
    const { outputs, log, aws } = await play({ inputs: together(both), before })
    expect(outputs.outcome).toBe('succeeded')
    expect([versionsOf(aws, 'orders'), versionsOf(aws, 'ledger')]).toEqual(['6 7 8', '1 2 3 4 5 6 7 8'])
    expect(toldOf(log)).toEqual(['Old versions of orders: 5 deleted (1–5)'])
  })

  test('the input of the step is that of each entry', async () => {
    const { aws, log } = await play({
      inputs: together([entry('orders'), entry('ledger')], { 'keep-versions': '2' }),
      before
    })
    expect([versionsOf(aws, 'orders'), versionsOf(aws, 'ledger')]).toEqual(['7 8', '7 8'])
    expect(toldOf(log)).toEqual([
      'Old versions of orders: 6 deleted (1–6)',
      'Old versions of ledger: 6 deleted (1–6)'
    ])
  })

  test('nothing is deleted when one of them fails', async () => {
    const { outputs, aws } = await play({
      inputs: together(
        [entry('orders'), entry('ledger', { 'after-allow-traffic-hook': 'CodeDeployHook_after' })],
        { 'keep-versions': '2' }
      ),
      setting: { after: { behaviour: 'fail' } },
      before
    })
    expect(outputs.outcome).toBe('rolled-back')
    expect(asked(aws, 'DeleteFunction')).toEqual([])
  })

  test('two aliases of one function keep what each of them served before', async () => {
    const live = { 'codedeploy-deployment-group': 'payments-live' }
    const beta = { alias: 'beta', 'codedeploy-deployment-group': 'payments-beta' }
    const { aws, outputs, log } = await play({
      setting: old,
      inputs: together([entry('payments-api', live), entry('payments-api', beta)], {
        'codedeploy-deployment-config': 'AllAtOnce',
        'keep-versions': '2'
      }),
      before: aws => {
        otherAlias('3')(aws)
        aws.codedeploy.createDeploymentGroup({
          applicationName: 'payments',
          deploymentGroupName: 'payments-beta',
          serviceRoleArn: 'arn:aws:iam::123456789012:role/CodeDeployLambda',
          deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
          deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' }
        })
      }
    })
    expect(outputs.outcome).toBe('succeeded')
    expect(versionsOf(aws)).toBe('3 7 8')
    expect(toldOf(log)).toEqual(['Old versions of payments-api: 5 deleted (1, 2, 4–6)'])
  })
})

test('of many functions, no more is asked in a second than Lambda grants, and it ends within a minute or so', async () => {
  const names = Array.from({ length: 60 }, (_, index) => `service-${index}`)
  const { aws, log, outputs, endedAt } = await play({
    inputs: together(
      names.map(name => entry(name)),
      { 'codedeploy-deployment-config': 'AllAtOnce', 'keep-versions': '2' }
    ),
    before: aws => {
      fleet(aws, names)
      for (const name of names) aws.lambda.backdate(name, 2 * 86_400_000)
    }
  })
  expect(outputs.outcome).toBe('succeeded')
  const begunAt = asked(aws, 'ListAliases')[0]?.at ?? 0
  expect(endedAt - begunAt).toBeLessThan(75_000)
  const times = aws.requests
    .filter(({ service, at }) => service === 'lambda' && at >= begunAt)
    .map(({ at }) => at)
  const busiest = Math.max(...times.map(from => times.filter(at => at >= from && at < from + 1_000).length))
  expect(busiest).toBeLessThanOrEqual(15)
  const done = toldOf(log).filter(line => line.endsWith('6 deleted (1–6)')).length
  const left = /^The old versions of (\d+) more functions are left for the next release/
  const late = log.map(line => Number(left.exec(line)?.[1] ?? 0)).find(Boolean) ?? 0
  expect([done + late, versionsOf(aws, 'service-0')]).toEqual([60, '7 8'])
  expect(done).toBeGreaterThan(40)
})

test('the summary says what was deleted', async () => {
  const { summary } = await play({ setting: old, inputs: keep(3) })
  expect(summary).toContain('| Old versions | 5 deleted &#40;1–5&#41; |')
})

test('the post step never deletes', async () => {
  const { aws, state } = await play({ setting: old, inputs: keep(3) })
  expect(state.run).toContain('"phase":"done"')
  expect(asked(aws, 'DeleteFunction')).toHaveLength(5)
})
