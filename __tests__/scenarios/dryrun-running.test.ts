/** `dry-run` while another deployment is running: it says what the release would do about that, and what it would start from. */
import { describe, expect, test } from '@jest/globals'
import { changes, dryRun, end, type Row } from './dryrun.ts'
import { group } from './incidents.ts'
import { past } from './past.ts'
import type { Play, Played } from './play.ts'
import { type Running, running } from './running.ts'

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

  test('of which CodeDeploy does not say what it does: plans from what the alias points to', async () => {
    const played = await dryRun({
      ...aMinuteAgo(),
      before: aws =>
        aws.faults.add({ operation: 'BatchGetDeploymentTargets', kind: 'accessDenied', times: 99 })
    })
    expect([end(played), plan(played)[1]]).toEqual([
      'planned',
      '  traffic    v7 → $LATEST, published (code 6QbM4BjEXiC9…)'
    ])
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
