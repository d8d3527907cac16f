/** `dry-run` while another deployment is running: it says what the release would do about that, and what it would start from. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { diskOf } from '../../simulator/disk.ts'
import type { FaultKind } from '../../simulator/faults.ts'
import { fleet } from '../../simulator/fleet.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { changes, dryRun, end, type Row } from './dryrun.ts'
import { group } from './incidents.ts'
import { errorOf, past } from './past.ts'
import type { Inputs, Play, Played } from './play.ts'
import { type Running, running } from './running.ts'
import { somebodyDeploys } from './services.ts'

const FunctionName = 'payments-api'

describe('a dry run while another deployment is running', () => {
  const plan = ({ log }: Played) => {
    const told = log.findIndex(line => line.startsWith('Plan for'))
    return log.slice(told, told + 4).map(line => line.replace(/d-\w{9}/, 'd-OTHER'))
  }
  const notice = ({ annotations }: Played) =>
    annotations.map(({ level, message }) => `${level}: ${message.replace(/d-\w{9}/, 'd-OTHER')}`)
  const shift = ({ outputs }: Played) =>
    (JSON.parse(outputs.appspec || '{}').Resources as Record<string, { Properties: unknown }>[]).map(
      resource => Object.values(resource)[0]?.Properties
    )

  /** When the step begins, the deployment has run for a minute, and the alias is split. */
  const aMinuteAgo = (options: Running = {}): Pick<Play, 'earlier'> => ({
    earlier: async aws => {
      running(options)(aws)
      await aws.clock.sleep(60_000)
    }
  })

  test('wait: prints the plan, and says what it depends on', async () => {
    const played = await dryRun(aMinuteAgo())
    expect([end(played), changes(played)]).toEqual(['planned', []])
    expect(plan(played)).toEqual([
      'Plan for payments-api:live in eu-west-1',
      '  traffic    v7 → $LATEST, published (code 6QbM4BjEXiC9…)',
      '  running    deployment d-OTHER, which would be waited for: which version this starts from depends on how that ends',
      '  strategy   CodeDeployDefault.LambdaCanary10Percent5Minutes: 10%, then all after 5 minutes; 5m 00s in all'
    ])
    expect(shift(played)).toEqual([
      { Name: 'payments-api', Alias: 'live', CurrentVersion: '7', TargetVersion: '$LATEST' }
    ])
    const told =
      'payments-api:live would go from v7, or from what deployment d-OTHER leaves, which is running, to $LATEST; nothing was changed (dry-run).'
    expect(notice(played)).toEqual([`notice: ${told}`])
    expect(played.summary.replace(/d-\w{9}/, 'd-OTHER').split('\n')[0]).toContain('d-OTHER')
    expect(played.outputs['serving-version']).toBe('7:0.9,6:0.1')
  })

  test('replace: says that the other one would be stopped', async () => {
    const played = await dryRun({ ...aMinuteAgo(), inputs: { 'if-in-progress': 'replace' } })
    expect(plan(played)[2]).toBe(
      '  running    deployment d-OTHER, which would be stopped with a rollback: which version this starts from depends on how that ends'
    )
  })

  test('which ends on the version to start from: plans from there', async () => {
    const played = await dryRun({
      ...aMinuteAgo(),
      inputs: { 'if-in-progress': 'replace', 'current-version': '6' }
    })
    expect([end(played), played.outputs['previous-version']]).toEqual(['planned', '6'])
    expect(plan(played).slice(1, 3)).toEqual([
      '  traffic    v6 → $LATEST, published (code 6QbM4BjEXiC9…)',
      '  running    deployment d-OTHER, which would be waited for: which version this starts from depends on how that ends'
    ])
  })

  test('to the same version: says that it would be joined', async () => {
    const played = await dryRun({ ...aMinuteAgo(), inputs: { 'target-version': '6' } })
    expect(plan(played).slice(1, 3)).toEqual([
      '  traffic    v7 → v6',
      '  running    deployment d-OTHER, which shifts to the same version: it would be joined, and keeps its own strategy, hooks and alarms'
    ])
    expect(notice(played)).toEqual([
      'notice: payments-api:live would join deployment d-OTHER, which shifts to v6; nothing was changed (dry-run).'
    ])
    expect(played.outputs.appspec).toBe('')
  })

  test('to the same version, where only that one can begin: says that it would be joined', async () => {
    const played = await dryRun({
      setting: { otherRole: true, before: { seconds: 120 } },
      inputs: { 'target-version': '8' },
      earlier: async aws => {
        aws.lambda.publishVersion({ FunctionName })
        const hooks = { BeforeAllowTraffic: 'CodeDeployHook_before' }
        running({ to: '8', configuration: 'LambdaAllAtOnce', hooks })(aws)
        await aws.clock.sleep(60_000)
      }
    })
    const { outputs } = played
    expect([end(played), outputs['previous-version'], outputs.version]).toEqual(['planned', '7', '8'])
    expect(notice(played)).toEqual([
      'notice: payments-api:live would join deployment d-OTHER, which shifts to v8; nothing was changed (dry-run).'
    ])
  })

  test('to the same code: says that it may be joined', async () => {
    const played = await dryRun({
      setting: { unchanged: true },
      before: aws => {
        aws.lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion: '6' })
        running({ from: '6', to: '7' })(aws)
      }
    })
    expect(plan(played)[2]).toBe(
      '  running    deployment d-OTHER, which shifts to the same code: it would be joined if that is the version to be published; otherwise if-in-progress decides'
    )
  })

  test.each<Row>([
    { name: 'two roles', scene: { setting: { otherRole: true } }, ends: 'ROLES_DIFFER' },
    {
      name: 'another version to start from',
      inputs: { 'current-version': '3' },
      ends: 'CURRENT_VERSION_DIFFERS'
    }
  ])('refuses what no end of it allows: $name', async ({ inputs, scene, ends }) => {
    const played = await dryRun({ ...aMinuteAgo(), ...scene, ...(inputs && { inputs }) })
    expect([end(played), changes(played)]).toEqual([`refused ${ends}`, []])
  })

  test('which is a rollback: says that it would be waited for', async () => {
    const played = await dryRun({
      inputs: { 'if-in-progress': 'replace' },
      earlier: async aws => {
        running()(aws)
        await aws.clock.sleep(60_000)
        const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
        aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
        await aws.clock.sleep(1_500)
      }
    })
    expect([end(played), ...plan(played).slice(1, 3)]).toEqual([
      'planned',
      '  traffic    v7 → $LATEST, published (code 6QbM4BjEXiC9…)',
      '  running    deployment d-OTHER, which would be waited for: which version this starts from depends on how that ends'
    ])
  })

  describe('which ends just then', () => {
    /** It was stopped `seconds` ago; for so many answers, CodeDeploy lists it as running. */
    const stopped = (seconds: number, staleAnswers: number): Pick<Play, 'earlier'> => ({
      earlier: async aws => {
        running()(aws)
        await aws.clock.sleep(60_000)
        const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
        aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
        await aws.clock.sleep(seconds * 1_000)
        const ms = (seconds + 45) * 1_000
        aws.faults.add({ operation: 'ListDeployments', kind: 'stale', ms, times: staleAnswers })
      }
    })
    const rollbackId = ({ aws }: Played): string => aws.codedeploy.listDeployments(group).deployments[0] ?? ''

    test('names its rollback, which runs', async () => {
      const played = await dryRun(stopped(1.5, 1))
      expect(end(played)).toBe('planned')
      expect(played.log).toContain(
        `  running    deployment ${rollbackId(played)}, which would be waited for: which version this starts from depends on how that ends`
      )
    })

    test('fail: refuses because of its rollback', async () => {
      const played = await dryRun({ ...stopped(1.5, 1), inputs: { 'if-in-progress': 'fail' } })
      expect(end(played)).toBe('refused DEPLOYMENT_IN_PROGRESS')
      expect(errorOf(played)).toContain(rollbackId(played))
    })

    test('waits until it is no longer listed', async () => {
      const played = await dryRun(stopped(30, 3))
      expect([end(played), ...plan(played).slice(1, 3)]).toEqual([
        'planned',
        '  traffic    v7 → $LATEST, published (code 6QbM4BjEXiC9…)',
        '  strategy   CodeDeployDefault.LambdaCanary10Percent5Minutes: 10%, then all after 5 minutes; 5m 00s in all'
      ])
      expect(notice(played)).toEqual([
        'notice: payments-api:live would go from v7 to $LATEST; nothing was changed (dry-run).'
      ])
    })

    test('does not wait for ever until it is no longer listed', async () => {
      const played = await dryRun({ ...stopped(60, 999), inputs: { 'if-in-progress': 'fail' } })
      expect(end(played)).toBe('refused DEPLOYMENT_IN_PROGRESS')
    })
  })

  test('to the same code as $LATEST, when other code would be uploaded: does not say that it may be joined', async () => {
    const bytes = zip('newest')
    const played = await dryRun({
      setting: { unchanged: true },
      inputs: { code: 'dist.zip' },
      disk: diskOf({ 'dist.zip': bytes }),
      before: aws => {
        aws.lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion: '6' })
        running({ from: '6', to: '7' })(aws)
      }
    })
    expect(plan(played).find(line => line.startsWith('  running'))).toBe(
      '  running    deployment d-OTHER, which would be waited for: which version this starts from depends on how that ends'
    )
  })

  test.each<Row>([
    {
      name: 'because of the deployment',
      inputs: { 'current-version': '3' },
      ends: 'CURRENT_VERSION_DIFFERS'
    },
    {
      name: 'because of the version',
      inputs: { 'target-version': '5' },
      ends: 'VERSION_INACTIVE'
    }
  ])('refuses after some time, $name: says what serves by then', async ({ inputs, ends }) => {
    const played = await dryRun({
      ...(inputs && { inputs }),
      earlier: async aws => {
        running({ configuration: 'LambdaCanary10Percent5Minutes' })(aws)
        await aws.clock.sleep(295_000)
        aws.lambda.setVersionState(FunctionName, '5', 'Inactive')
        aws.faults.add({ operation: 'BatchGetDeploymentTargets', kind: 'throttle', times: 4 })
      }
    })
    expect([end(played), played.outputs['serving-version']]).toEqual([`refused ${ends}`, '6'])
  })

  test('to a version that the role may not read: prints the plan', async () => {
    const played = await dryRun({
      ...aMinuteAgo(),
      before: aws =>
        aws.faults.add({ operation: 'GetFunctionConfiguration', kind: 'accessDenied', skip: 2, times: 99 })
    })
    expect([end(played), plan(played)[1]]).toEqual([
      'planned',
      '  traffic    v7 → $LATEST, published (code 6QbM4BjEXiC9…)'
    ])
  })

  test('whose rollback leaves nothing to do: leaves the rest open', async () => {
    const played = await dryRun({
      ...aMinuteAgo(),
      inputs: { 'if-in-progress': 'replace', 'target-version': '7' }
    })
    expect([end(played), ...notice(played)]).toEqual([
      'planned',
      'notice: payments-api:live would go on from what deployment d-OTHER leaves, which is running; nothing was changed (dry-run).'
    ])
  })

  test.each<{ operation: string; kind: FaultKind; seconds: number }>([
    { operation: 'BatchGetDeploymentTargets', kind: 'accessDenied', seconds: 2 },
    { operation: 'BatchGetDeploymentTargets', kind: 'throttle', seconds: 25 },
    { operation: 'GetDeployment', kind: 'accessDenied', seconds: 2 },
    { operation: 'GetDeployment', kind: 'throttle', seconds: 25 }
  ])(
    'of which CodeDeploy does not say what it does: soon plans from what the alias points to: $operation, $kind',
    async ({ operation, kind, seconds }) => {
      let begunAt = 0
      const before = (aws: Aws) => {
        begunAt = aws.clock.now()
        aws.faults.add({ operation, kind, times: 999 })
      }
      const played = await dryRun({ ...aMinuteAgo(), before })
      expect([end(played), ...plan(played).slice(1, 3)]).toEqual([
        'planned',
        '  traffic    v7 → $LATEST, published (code 6QbM4BjEXiC9…)',
        '  running    deployment d-OTHER, which would be waited for: which version this starts from depends on how that ends'
      ])
      expect(played.endedAt - begunAt).toBeLessThan(seconds * 1_000)

      const failing = await dryRun({ ...aMinuteAgo(), before, inputs: { 'if-in-progress': 'fail' } })
      expect(end(failing)).toBe('refused DEPLOYMENT_IN_PROGRESS')
    }
  )

  test.each<{ inputs: Inputs; told: string; running?: string }>([
    {
      inputs: {},
      told: 'would go from v7 to $LATEST once deployment d-OTHER has ended, which is running',
      running: 'would be waited for'
    },
    {
      inputs: { 'if-in-progress': 'replace' },
      told: 'would go from v7 to $LATEST once deployment d-OTHER has ended, which is running',
      running: 'would be stopped with a rollback'
    },
    {
      inputs: { 'target-version': '7' },
      told: 'would go on once deployment d-OTHER has ended, which is running'
    }
  ])(
    'of another function: says that it leaves the alias as it is: $inputs',
    async ({ inputs, told, running }) => {
      const played = await dryRun({
        inputs: { ...inputs, 'codedeploy-deployment-group': 'orders-live' },
        earlier: async aws => {
          fleet(aws, ['orders'])
          somebodyDeploys(aws, 'orders', '6')
          await aws.clock.sleep(60_000)
        }
      })
      expect(notice(played)).toEqual([`notice: payments-api:live ${told}; nothing was changed (dry-run).`])
      if (running)
        expect(plan(played)[2]).toBe(
          `  running    deployment d-OTHER, which shifts another alias and ${running}`
        )
    }
  )

  test.each<{ name: string; history: readonly { to: string }[]; resting?: string }>([
    { name: 'a history without a version to go back to', history: [] },
    { name: 'a version to go back to that cannot serve', history: [{ to: '6' }, { to: '7' }], resting: '6' }
  ])('and the release goes back: does not refuse for $name', async ({ history, resting }) => {
    const played = await dryRun({
      earlier: async aws => {
        await past(...history)(aws)
        running({ to: '5' })(aws)
        await aws.clock.sleep(60_000)
        if (resting) aws.lambda.setVersionState(FunctionName, resting, 'Inactive')
      },
      inputs: { 'target-version': 'previous' }
    })
    expect(end(played)).toBe('planned')
  })

  test('and the release goes back: leaves open from where to where', async () => {
    const played = await dryRun({
      earlier: async aws => {
        await past({ to: '6' }, { to: '7' })(aws)
        running({ to: '5' })(aws)
      },
      inputs: { 'target-version': 'previous' }
    })
    expect(end(played)).toBe('planned')
    expect(notice(played)).toEqual([
      'notice: payments-api:live would go on from what deployment d-OTHER leaves, which is running; nothing was changed (dry-run).'
    ])
  })
})
