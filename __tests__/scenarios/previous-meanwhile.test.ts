import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { deployEarlier } from '../../simulator/earlier.ts'
import { fleet } from '../../simulator/fleet.ts'
import { addFunction, namesOf } from '../../simulator/setting.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { group, hooks, somebodyMovesTheAlias } from './incidents.ts'
import { back, backInputs, endOf, errorOf, past, type Step } from './past.ts'
import { type Play, type Played, play, playTogether } from './play.ts'
import { ends as endsOfAll, entry, together } from './services.ts'

/** Version 5 served before version 6, which serves now. */
const steps: Step[] = [{ to: '4' }, { to: '5' }, { to: '6' }]

/** Somebody's deployment of payments-api:live from version 6, which is running when the step begins. */
const running =
  (
    targetVersion: string,
    { config = 'AllAtOnce', hooks = {} }: { config?: string; hooks?: Record<string, string> } = {}
  ) =>
  (aws: Aws): void => {
    const spec = { functionName: 'payments-api', alias: 'live', currentVersion: '6', targetVersion, hooks }
    aws.codedeploy.createDeployment({
      ...group,
      deploymentConfigName: `CodeDeployDefault.Lambda${config}`,
      description: 'somebody else',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec(spec).content } }
    })
  }

/** Runs something once the step has asked for an operation so many times. */
const onceAsked =
  (operation: string, run: (aws: Aws, clock: VirtualClock) => void, times = 1): NonNullable<Play['before']> =>
  (aws, clock) => {
    const look = () => {
      if (aws.requests.filter(each => each.operation === operation).length >= times) return run(aws, clock)
      clock.at(clock.now() + 5, look)
    }
    look()
  }

const created = ({ aws }: Played): string[] =>
  aws.requests
    .filter(({ operation }) => operation === 'CreateDeployment')
    .map(({ input }) => {
      const { content = '' } = (input as { revision: { appSpecContent: { content?: string } } }).revision
        .appSpecContent
      return [...content.matchAll(/"(?:Current|Target)Version": "(\d+)"/g)]
        .map(([, each]) => each)
        .join(' → ')
    })

test('another gives all traffic to the previous version just then: what served before that is no way back any more', async () => {
  const played = await back(steps, {
    before: onceAsked('BatchGetDeploymentTargets', aws => {
      aws.lambda.updateAlias({
        FunctionName: 'payments-api',
        Name: 'live',
        FunctionVersion: '6',
        RoutingConfig: { AdditionalVersionWeights: { 5: 1 } }
      })
    })
  })
  expect([endOf(played), created(played)]).toEqual(['refused 5 ALIAS_SPLIT', []])
})

describe('another deployment is running', () => {
  test('what counts is what serves once it has succeeded', async () => {
    const played = await back(steps, { before: running('3') })
    expect([endOf(played), created(played)]).toEqual(['succeeded 6', ['3 → 6']])
    expect(played.log.filter(line => /^ {2}(traffic|previous) /.test(line))[0]).toBe('  traffic    v3 → v6')
  })

  test('or once it has been rolled back', async () => {
    const played = await back(steps, {
      before: (aws, clock) => {
        running('3', { config: 'Canary10Percent5Minutes' })(aws)
        clock.at(clock.now() + 60_000, () => {
          const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
          aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
        })
      }
    })
    expect([endOf(played), created(played)]).toEqual(['succeeded 5', ['6 → 5']])
  })

  test('or once it has been replaced, which rolls it back', async () => {
    const played = await back(steps, {
      inputs: { ...backInputs, 'if-in-progress': 'replace' },
      before: running('3', { config: 'Canary10Percent5Minutes' })
    })
    expect([endOf(played), created(played)]).toEqual(['succeeded 5', ['6 → 5']])
  })

  test('if-in-progress: fail refuses', async () => {
    const played = await back(steps, {
      inputs: { ...backInputs, 'if-in-progress': 'fail' },
      before: running('3', { config: 'Canary10Percent5Minutes' })
    })
    expect(endOf(played)).toBe('refused 6 DEPLOYMENT_IN_PROGRESS')
  })

  test('one that is on its way back already is joined', async () => {
    const played = await back(steps, { before: running('5', { config: 'Canary10Percent5Minutes' }) })
    expect([endOf(played), created(played)]).toEqual(['succeeded 5', []])
    expect([played.outputs['previous-version'], played.outputs['function-arn']]).toEqual([
      '6',
      'arn:aws:lambda:eu-west-1:123456789012:function:payments-api:5'
    ])
  })

  test('also when all traffic has moved and its last hook runs: it does not go forth again', async () => {
    const played = await play({
      inputs: backInputs,
      setting: { after: { seconds: 120 } },
      earlier: async aws => {
        await past(...steps)(aws)
        running('5', { hooks: { AfterAllowTraffic: hooks['after-allow-traffic-hook'] } })(aws)
        await aws.clock.sleep(30_000)
        expect(aws.lambda.getAlias({ FunctionName: 'payments-api', Name: 'live' }).FunctionVersion).toBe('5')
      }
    })
    expect([endOf(played), created(played)]).toEqual(['succeeded 5', []])
  })

  test('two runs that go back at the same moment go back once', async () => {
    const played = await playTogether({ earlier: past(...steps) }, [backInputs, backInputs])
    expect(played.map(endOf)).toEqual(['succeeded 5', 'succeeded 5'])
    expect(played[0] && created(played[0]).filter(each => each !== '6 → 5')).toEqual([])
  })
})

describe('somebody moves the alias after it was read: what was found before is not released', () => {
  test.each(['ListDeployments', 'BatchGetDeployments', 'BatchGetDeploymentTargets'])(
    'after %s',
    async operation => {
      const played = await back(steps, {
        before: onceAsked(operation, (aws, clock) => somebodyMovesTheAlias('5')(aws, clock, () => {}))
      })
      expect([endOf(played), created(played)]).toEqual(['succeeded 4', ['5 → 4']])
    }
  )

  test.each([1, 2, 3])(
    'before the tests (after request %i to Lambda): what is released is what was tested',
    async times => {
      const played = await back(steps, {
        inputs: { ...backInputs, 'test-event': '{"number":1}' },
        before: (aws, clock) => {
          const look = () => {
            const asked = aws.requests.filter(({ service }) => service === 'lambda').length
            if (asked < times) clock.at(clock.now() + 5, look)
            else somebodyMovesTheAlias('5')(aws, clock, () => {})
          }
          look()
        }
      })
      const tested = played.aws.requests
        .filter(({ operation }) => operation === 'Invoke')
        .map(({ input }) => (input as { Qualifier?: string }).Qualifier)
      expect([endOf(played), tested.at(-1)]).toEqual(['succeeded 4', '4'])
    }
  )

  test('to a version of which nothing is told: refused, and no version is named', async () => {
    const played = await back(steps, {
      before: onceAsked('BatchGetDeploymentTargets', (aws, clock) =>
        somebodyMovesTheAlias('2')(aws, clock, () => {})
      )
    })
    expect([endOf(played), played.outputs.version, played.outputs['function-arn']]).toEqual([
      'refused 2 NO_PREVIOUS_VERSION',
      '',
      ''
    ])
    expect(errorOf(played)).toContain('What served before version 2 cannot be told')
  })
})

describe('while another function of the step is made ready', () => {
  /** orders goes back, and ledger publishes a version that is Pending for a minute. */
  const together2 = (meanwhile: (aws: Aws) => Promise<void> | void): Promise<Played> =>
    play({
      inputs: together([entry('orders', { 'target-version': 'previous' }), entry('ledger')], {
        'codedeploy-deployment-config': 'AllAtOnce'
      }),
      earlier: async aws => {
        fleet(aws, ['orders'])
        addFunction(aws, namesOf('ledger'), { version: 'pending', pendingSeconds: 60 })
        for (const to of ['4', '5', '6']) await deployEarlier(aws, { names: namesOf('orders'), to })
      },
      before: (aws, clock) => void clock.at(clock.now() + 20_000, () => void meanwhile(aws))
    })

  const ordersTo = (aws: Aws, FunctionVersion: string): void =>
    void aws.lambda.updateAlias({ FunctionName: 'orders', Name: 'live', FunctionVersion })

  test('somebody moves its alias', async () => {
    const played = await together2(aws => ordersTo(aws, '5'))
    expect(endsOfAll(played)).toEqual({ orders: 'succeeded 4 (4)', ledger: 'succeeded 8 (8)' })
    expect(played.log.filter(line => /^ {2}traffic /.test(line)).slice(-1)).toEqual(['  traffic    v5 → v4'])
  })

  test('somebody shifts it to another version and back, so that this one served before', async () => {
    const played = await together2(async aws => {
      await deployEarlier(aws, { names: namesOf('orders'), to: '3' })
      await deployEarlier(aws, { names: namesOf('orders'), to: '6' })
    })
    expect(endsOfAll(played)).toEqual({ orders: 'succeeded 3 (3)', ledger: 'succeeded 8 (8)' })
  })

  test('the version that has become the previous one cannot serve: none begins', async () => {
    const played = await together2(aws => {
      aws.lambda.setVersionState('orders', '4', 'Inactive')
      ordersTo(aws, '5')
    })
    expect(endsOfAll(played)).toEqual({
      orders: 'refused VERSION_INACTIVE 5 (5)',
      ledger: 'refused HELD_BACK 7 (7)'
    })
    expect(created(played)).toEqual([])
  })
})
