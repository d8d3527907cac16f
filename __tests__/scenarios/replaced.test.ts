/** `if-in-progress: replace`: what somebody else's deployment is not stopped for. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import { dryRun } from './dryrun.ts'
import { alarmGoesOff, fault, group, later } from './incidents.ts'
import { endOf, errorOf } from './past.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'
import { running, stops } from './running.ts'
import { asked, ends, entry, somebodyDeploys, together } from './services.ts'

const replacing: Inputs = { ...release, 'if-in-progress': 'replace' }
const judgingNothing = { 'codedeploy-deployment-config': 'AllAtOnce', 'max-error-rate': '5' }
const ofOurOwn = { 'codedeploy-deployment-config': 'Canary25Percent7Minutes' }

/** Of the deployments of the group, oldest first. */
const statuses = ({ aws }: Played) =>
  [...aws.codedeploy.listDeployments(group).deployments]
    .reverse()
    .map(deploymentId => aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.status)

const published = ({ aws }: Played): boolean =>
  aws.requests.some(({ operation }) => operation === 'PublishVersion')

const denied = fault({ operation: 'CreateDeploymentConfig', kind: 'accessDenied' })

describe('a release that cannot begin however the running deployment ends', () => {
  const rows: [name: string, scene: Play, expected: string][] = [
    [
      'the inputs contradict each other',
      { inputs: { ...replacing, ...judgingNothing } },
      'GATE_NEEDS_A_SHIFT, published: true, InProgress'
    ],
    [
      'neither version shares an execution role with the new one',
      { inputs: replacing, setting: { otherRole: true } },
      'ROLES_DIFFER, published: true, InProgress'
    ],
    [
      'neither version shares a dead-letter queue with the new one',
      { inputs: replacing, setting: { otherQueue: true } },
      'DEAD_LETTER_QUEUES_DIFFER, published: true, InProgress'
    ],
    [
      'neither version is the one that it is to start from',
      { inputs: { ...replacing, 'current-version': '3' } },
      'CURRENT_VERSION_DIFFERS, published: true, InProgress'
    ],
    [
      'a deployment configuration of its own may not be created',
      {
        inputs: { ...replacing, ...ofOurOwn },
        before: (...world) => {
          running()(world[0])
          denied(...world)
        }
      },
      'AccessDeniedException, published: true, InProgress'
    ]
  ]
  test.each(rows)('stops nobody: %s', async (_, scene, expected) => {
    const played = await play({ before: running(), ...scene })
    const code = played.outputs['error-code']
    expect(`${code}, published: ${published(played)}, ${statuses(played)}`).toBe(expected)
    expect([played.outputs.outcome, stops(played.aws)]).toEqual(['refused', []])
  })

  test('stops no deployment of another function for its own alias', async () => {
    let other = ''
    const played = await play({
      inputs: { ...replacing, 'codedeploy-deployment-group': 'orders-live', 'current-version': '3' },
      before: aws => {
        fleet(aws, ['orders'])
        other = somebodyDeploys(aws, 'orders', '6')
      }
    })
    expect(endOf(played)).toBe('refused 7 CURRENT_VERSION_DIFFERS')
    expect(played.aws.codedeploy.getDeployment({ deploymentId: other }).deploymentInfo?.status).toBe(
      'InProgress'
    )
  })

  const shared: Inputs = { ...replacing, 'codedeploy-deployment-group': 'orders-live' }
  const splitAlias = (aws: Aws, weights: Record<string, number>): void =>
    void aws.lambda.updateAlias({
      FunctionName: 'payments-api',
      Name: 'live',
      FunctionVersion: '7',
      RoutingConfig: { AdditionalVersionWeights: weights }
    })
  test.each([
    { name: 'a release', run: play },
    { name: 'a dry run', run: dryRun }
  ])('$name stops no deployment of another function while its own alias is split', async ({ run }) => {
    let other = ''
    const played = await run({
      inputs: shared,
      before: aws => {
        fleet(aws, ['orders'])
        splitAlias(aws, { 6: 0.1 })
        other = somebodyDeploys(aws, 'orders', '6')
      }
    })
    expect([endOf(played), stops(played.aws)]).toEqual(['refused 7:0.9,6:0.1 ALIAS_SPLIT', []])
    expect(played.aws.codedeploy.getDeployment({ deploymentId: other }).deploymentInfo?.status).toBe(
      'InProgress'
    )
  })

  test('stops it when its own alias is whole again within seconds, as after a rollback', async () => {
    const played = await play({
      inputs: shared,
      before: (aws, clock) => {
        fleet(aws, ['orders'])
        splitAlias(aws, { 6: 0.1 })
        somebodyDeploys(aws, 'orders', '6')
        clock.at(clock.now() + 6_000, () => splitAlias(aws, {}))
      }
    })
    expect([endOf(played), stops(played.aws)]).toEqual(['succeeded 8', [true]])
  })
})

test.each(['orders', 'ledger'])(
  'with several functions: one that is refused stops no deployment of another: %s',
  async bad => {
    const ids: string[] = []
    const { aws, outputs } = await play({
      inputs: together(
        ['orders', 'ledger'].map(name => entry(name, name === bad ? { 'current-version': '3' } : {})),
        { 'if-in-progress': 'replace' }
      ),
      before: aws => {
        fleet(aws, ['orders', 'ledger'])
        for (const name of ['orders', 'ledger']) ids.push(somebodyDeploys(aws, name, '6'))
      }
    })
    expect([outputs.outcome, stops(aws)]).toEqual(['refused', []])
    expect(
      ids.map(deploymentId => aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.status)
    ).toEqual(['InProgress', 'InProgress'])
  }
)

test('a canary of the same version is joined and judged, though our own configuration would move all traffic at once', async () => {
  const played = await play({
    inputs: { ...replacing, ...judgingNothing, 'target-version': '6' },
    before: running({ configuration: 'LambdaCanary10Percent5Minutes' })
  })
  expect([endOf(played), stops(played.aws)]).toEqual(['succeeded 6', []])
})

test('with several functions: one that joins is not refused for what it would be refused for by itself', async () => {
  const played = await play({
    inputs: together(
      [
        { ...release, 'target-version': '8', 'current-version': '7' },
        entry('orders', { 'codedeploy-deployment-config': 'AllAtOnce' })
      ],
      { 'if-in-progress': 'replace' }
    ),
    setting: { otherRole: true, before: { seconds: 120 } },
    before: aws => {
      fleet(aws, ['orders'])
      somebodyDeploys(aws, 'orders', '6')
      aws.lambda.publishVersion({ FunctionName: 'payments-api' })
      const hooks = { BeforeAllowTraffic: 'CodeDeployHook_before' }
      running({ to: '8', configuration: 'LambdaAllAtOnce', hooks })(aws)
    }
  })
  expect(ends(played)).toEqual({ 'payments-api': 'succeeded 8 (8)', orders: 'succeeded 8 (8)' })
})

describe('with several functions, when a fault hides what the running deployment of one does', () => {
  const hidden = async (step: Inputs, ledger: Inputs = {}): Promise<{ played: Played; tookMs: number }> => {
    let begunAt = 0
    const played = await play({
      inputs: together([entry('orders'), entry('ledger', ledger)], { 'if-in-progress': 'replace', ...step }),
      before: (aws, clock) => {
        fleet(aws, ['orders', 'ledger'])
        for (const name of ['orders', 'ledger']) somebodyDeploys(aws, name, '6')
        aws.faults.add({
          operation: 'BatchGetDeploymentTargets',
          about: 'orders',
          kind: 'throttle',
          times: 999
        })
        begunAt = clock.now()
      }
    })
    return { played, tookMs: played.endedAt - begunAt }
  }

  const codes = ({ outputs }: Played): string[] =>
    JSON.parse(outputs.results ?? '[]').map((each: Inputs) => each['error-code'])

  test('it is waited for as long as the inputs say', async () => {
    const { played, tookMs } = await hidden({ 'wait-for-minutes': '1', ...ofOurOwn })
    expect([codes(played), Math.floor(tookMs / 10_000)]).toEqual([['DEPLOYMENT_IN_PROGRESS', 'HELD_BACK'], 6])
    expect(asked(played.aws, 'CreateDeploymentConfig', 0).length).toBe(1)
    expect(errorOf(played)).toMatch(
      /After 4\ds, deployment d-\w{9} .* is still running, and the wait time is over/
    )
  })

  test('it is not waited for once another function is refused', async () => {
    const { played, tookMs } = await hidden({}, { 'current-version': '3' })
    expect([codes(played), stops(played.aws)]).toEqual([['HELD_BACK', 'CURRENT_VERSION_DIFFERS'], []])
    expect(tookMs).toBeLessThan(10_000)
  })
})

describe('a release that can begin only after one of the two ends', () => {
  const canary = running({ configuration: 'LambdaCanary10Percent5Minutes' })

  test('after a rollback: the running deployment is stopped', async () => {
    const played = await play({ inputs: { ...replacing, 'current-version': '7' }, before: canary })
    expect([endOf(played), stops(played.aws), statuses(played)]).toEqual([
      'succeeded 8',
      [true],
      ['Stopped', 'Succeeded', 'Succeeded']
    ])
  })

  test('after a success: the running deployment is waited for', async () => {
    const played = await play({ inputs: { ...replacing, 'current-version': '6' }, before: canary })
    expect([endOf(played), played.outputs['previous-version'], stops(played.aws)]).toEqual([
      'succeeded 8',
      '6',
      []
    ])
    expect(played.log).toContainEqual(
      expect.stringMatching(
        /^Deployment d-\w{9} is not stopped: only if it succeeds can this release begin \(CURRENT_VERSION_DIFFERS\)$/
      )
    )
  })

  test('after a success that did not come: it is refused', async () => {
    const played = await play({
      inputs: { ...replacing, 'current-version': '6' },
      before: (...world) => {
        running({ alarms: ['payments-errors'] })(world[0])
        later(1, alarmGoesOff)(...world)
      }
    })
    expect([endOf(played), stops(played.aws), statuses(played)]).toEqual([
      'refused 7 CURRENT_VERSION_DIFFERS',
      [],
      ['Stopped', 'Succeeded']
    ])
  })
})

test('a deployment configuration is created before another deployment is stopped, once', async () => {
  const played = await play({ inputs: { ...replacing, ...ofOurOwn }, before: running() })
  expect(endOf(played)).toBe('succeeded 8')
  expect(
    played.aws.requests.flatMap(({ operation }) =>
      ['CreateDeploymentConfig', 'StopDeployment', 'CreateDeployment'].includes(operation) ? operation : []
    )
  ).toEqual(['CreateDeploymentConfig', 'StopDeployment', 'CreateDeployment'])
})

describe('a revert by this action, which takes back what failed, is not stopped', () => {
  const reverting: Pick<Play, 'earlier'> = {
    earlier: async aws => {
      aws.lambda.updateAlias({ FunctionName: 'payments-api', Name: 'live', FunctionVersion: '6' })
      running({ from: '6', to: '7', configuration: 'LambdaAllAtOnce', description: 'reverts d-ABCDEFGHI' })(
        aws
      )
      await aws.clock.sleep(500)
    }
  }
  const named = /deployment d-\w{9} \(reverting d-ABCDEFGHI, payments-api:live v6 → v7, InProgress\)/

  test.each(['replace', 'wait'])('%s: it is waited for', async mode => {
    const played = await play({ inputs: { ...release, 'if-in-progress': mode }, ...reverting })
    expect([endOf(played), stops(played.aws), statuses(played)]).toEqual([
      'succeeded 8',
      [],
      ['Succeeded', 'Succeeded']
    ])
    expect(played.outputs['previous-version']).toBe('7')
    expect(played.log.filter(line => line.startsWith('Waiting for'))).toEqual([expect.stringMatching(named)])
  })

  test('fail: the error says what it is', async () => {
    const played = await play({ inputs: { ...release, 'if-in-progress': 'fail' }, ...reverting })
    expect([endOf(played), statuses(played)]).toEqual(['refused 6 DEPLOYMENT_IN_PROGRESS', ['InProgress']])
    expect(errorOf(played)).toMatch(named)
  })

  test('with several functions, too', async () => {
    const played = await play({
      inputs: together([release, entry('orders')], { 'if-in-progress': 'replace' }),
      before: aws => fleet(aws, ['orders']),
      ...reverting
    })
    expect([ends(played), stops(played.aws)]).toEqual([
      { 'payments-api': 'succeeded 8 (8)', orders: 'succeeded 8 (8)' },
      []
    ])
  })

  test('a dry run says that it would be waited for', async () => {
    const played = await dryRun({ inputs: replacing, ...reverting })
    expect(played.log.filter(line => line.startsWith('  running '))).toEqual([
      expect.stringMatching(/^ {2}running {4}deployment d-\w{9}, which would be waited for: /)
    ])
  })
})
