import { describe, expect, test } from '@jest/globals'
import { diskOf } from '../../simulator/disk.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { alarmGoesOff, anotherIsRunning, group, jobIsCancelled, later } from './incidents.ts'
import { type Play, type Played, play, playTogether, release } from './play.ts'
import { running } from './running.ts'

/** How a run ended, and all deployments of the group, oldest first. */
const ends = ({ outputs, aws }: Played) => ({
  outcome: outputs.outcome,
  serving: outputs['serving-version'],
  previous: outputs['previous-version'],
  deployments: [...aws.codedeploy.listDeployments(group).deployments]
    .reverse()
    .map(deploymentId => aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.status)
})

const serves =
  (version: string): ((played: Played) => void) =>
  ({ aws }) => {
    const alias = aws.lambda.getAlias({ FunctionName: 'payments-api', Name: 'live' })
    expect([alias.FunctionVersion, alias.RoutingConfig]).toEqual([version, undefined])
  }

describe('another deployment of the group is running', () => {
  test('wait: it is waited for, and the shift starts from what it left', async () => {
    const played = await play({ before: anotherIsRunning('6') })
    expect(ends(played)).toEqual({
      outcome: 'succeeded',
      serving: '8',
      previous: '6',
      deployments: ['Succeeded', 'Succeeded']
    })
    expect(played.log.filter(line => line.startsWith('Waiting'))[0]).toMatch(
      /^Waiting for deployment d-\w{9} \(payments-api:live v7 → v6, InProgress\) to end, at most 14m \d\ds$/
    )
    serves('8')(played)
  })

  test('wait: the plan is told once the group is free, from what it left', async () => {
    const { log } = await play({ before: anotherIsRunning('6') })
    const told = log.findIndex(line => line.startsWith('Plan for'))
    expect(told).toBeGreaterThan(log.findIndex(line => line.startsWith('Waiting for deployment')))
    expect(log.slice(told, told + 9)).toEqual([
      'Plan for payments-api:live in eu-west-1',
      '  traffic    v6 → v8',
      '  strategy   CodeDeployDefault.LambdaCanary10Percent5Minutes: 10%, then all after 5 minutes; 5m 00s in all',
      '  group      payments / payments-live',
      '  hooks      none',
      '  alarms     payments-errors (of the group)',
      '  rollback   on failure, on an alarm, when stopped',
      '  wait       at most 15m 00s',
      'AppSpec'
    ])
    expect(log.filter(line => line.startsWith('Plan for'))).toHaveLength(1)
  })

  test('wait: credentials that expire before the shift would end are warned of once the group is free', async () => {
    const { annotations } = await play({
      before: anotherIsRunning('6'),
      // The other takes five minutes, and then ours.
      env: { AWS_CREDENTIAL_EXPIRATION: '2026-11-20T14:08:00Z' }
    })
    const warnings = annotations.flatMap(({ level, message }) => (level === 'warning' ? message : []))
    expect(warnings).toEqual([
      expect.stringMatching(
        /^The AWS credentials expire at 14:08 UTC, before all traffic has moved \(about 14:10 UTC\)/
      )
    ])
  })

  test('wait: if it takes hours, the log says so less and less often', async () => {
    const played = await play({
      inputs: { ...release, 'wait-for-minutes': '100' },
      before: anotherIsRunning('6', 'LambdaLinear10PercentEvery10Minutes')
    })
    const said = played.log.flatMap(
      line => /^Waiting .* to end, (\d+h \d+m|\d+m).* so far$/.exec(line)?.[1] ?? []
    )
    expect(said).toEqual(
      '1m, 2m, 3m, 4m, 5m, 6m, 7m, 8m, 9m, 14m, 19m, 24m, 29m, 34m, 39m, 44m, 49m, 54m, 59m, 1h 14m, 1h 29m'.split(
        ', '
      )
    )
  })

  test('wait: its rollback is waited for too', async () => {
    const played = await play({
      inputs: { ...release, alarms: 'none' },
      before: (aws, clock, cancel) => {
        anotherIsRunning('6')(aws, clock, cancel)
        later(1, alarmGoesOff)(aws, clock, cancel)
      }
    })
    expect(ends(played)).toEqual({
      outcome: 'succeeded',
      serving: '8',
      previous: '7',
      deployments: ['Stopped', 'Succeeded', 'Succeeded']
    })
  })

  test('wait: not for longer than wait-for-minutes', async () => {
    const played = await play({
      inputs: { ...release, 'wait-for-minutes': '3' },
      before: anotherIsRunning('6', 'LambdaCanary10Percent30Minutes')
    })
    expect(ends(played)).toEqual({
      outcome: 'refused',
      serving: '7:0.9,6:0.1',
      previous: '7',
      deployments: ['InProgress']
    })
    expect(played.outputs['error-code']).toBe('DEPLOYMENT_IN_PROGRESS')
  })

  test('wait: when it has moved the alias and ours is refused then, what serves is not called what served before', async () => {
    const { annotations, outputs } = await play({
      inputs: { ...release, 'current-version': '7' },
      before: anotherIsRunning('6')
    })
    expect([outputs['error-code'], outputs['serving-version']]).toEqual(['CURRENT_VERSION_DIFFERS', '6'])
    expect(annotations.at(-1)?.message.split('\n')[0]).toBe(
      'payments-api:live was not released; it serves v6, no longer v7.'
    )
  })

  test('fail: refused at once, with the id of the other', async () => {
    const played = await play({
      inputs: { ...release, 'if-in-progress': 'fail' },
      before: anotherIsRunning('6')
    })
    expect(ends(played)).toEqual({
      outcome: 'refused',
      serving: '7',
      previous: '7',
      deployments: ['InProgress']
    })
    expect(played.annotations.at(-1)?.message).toMatch(
      /is busy with deployment d-\w{9} \(payments-api:live v7 → v6/
    )
  })

  /** Another one that has just ended, and that CodeDeploy goes on listing as running for so long. */
  const justEnded = (ms: number): Pick<Play, 'earlier' | 'setting'> => ({
    setting: { after: { seconds: 30 } },
    earlier: async aws => {
      const hooks = { AfterAllowTraffic: 'CodeDeployHook_after' }
      running({ configuration: 'LambdaAllAtOnce', hooks })(aws)
      const isRunning = () =>
        aws.codedeploy.listDeployments({ ...group, includeOnlyStatuses: ['Succeeded'] }).deployments
          .length === 0
      while (isRunning()) await aws.clock.sleep(100)
      aws.faults.add({ operation: 'ListDeployments', kind: 'stale', ms, times: Number.POSITIVE_INFINITY })
    }
  })
  const failing: (Play & { name: string })[] = [
    { name: 'the code that is there', inputs: { ...release, 'if-in-progress': 'fail' } },
    {
      name: 'new code',
      inputs: { ...release, 'if-in-progress': 'fail', code: 'dist.zip' },
      disk: diskOf({ 'dist.zip': zip('newest') })
    }
  ]

  test.each(failing)(
    'fail: one that has ended and is still listed is no reason to refuse: $name',
    async scene => {
      const played = await play({ ...scene, ...justEnded(8_000) })
      expect(ends(played)).toEqual({
        outcome: 'succeeded',
        serving: '8',
        previous: '6',
        deployments: ['Succeeded', 'Succeeded']
      })
    }
  )

  test('fail, with new code: when it stays listed, the error says that it has ended', async () => {
    const played = await play({ ...failing[1], ...justEnded(20_000) })
    expect(ends(played)).toEqual({
      outcome: 'refused',
      serving: '6',
      previous: '6',
      deployments: ['Succeeded']
    })
    expect(played.annotations.at(-1)?.message).toMatch(
      /Deployment d-\w{9} has ended, and CodeDeploy still lists it as running in the group\. \(DEPLOYMENT_IN_PROGRESS\)/
    )
  })

  test('replace: it is stopped with rollback, and the shift starts from where it began', async () => {
    const played = await play({
      inputs: { ...release, 'if-in-progress': 'replace' },
      before: anotherIsRunning('6', 'LambdaCanary10Percent30Minutes')
    })
    expect(ends(played)).toEqual({
      outcome: 'succeeded',
      serving: '8',
      previous: '7',
      deployments: ['Stopped', 'Succeeded', 'Succeeded']
    })
    serves('8')(played)
  })

  test.each(['wait', 'fail', 'replace'])('%s: one to the same target is joined', async mode => {
    const played = await play({
      inputs: { ...release, 'target-version': '6', 'if-in-progress': mode },
      before: anotherIsRunning('6')
    })
    expect(ends(played)).toEqual({
      outcome: 'succeeded',
      serving: '6',
      previous: '7',
      deployments: ['Succeeded']
    })
    expect(played.aws.requests.filter(({ operation }) => operation === 'CreateDeployment')).toEqual([])
  })

  test('a cancel while waiting leaves the other deployment alone', async () => {
    const played = await play({
      before: (aws, clock, cancel) => {
        anotherIsRunning('6')(aws, clock, cancel)
        later(2, jobIsCancelled)(aws, clock, cancel)
      }
    })
    expect(ends(played)).toEqual({
      outcome: 'interrupted',
      serving: '7:0.9,6:0.1',
      previous: '7',
      deployments: ['InProgress']
    })
    expect(played.aws.requests.filter(({ operation }) => operation === 'StopDeployment')).toEqual([])
  })
})

describe('two runs at once', () => {
  test('to the same version: one creates the deployment, the other joins it, both pass', async () => {
    const both = await playTogether({}, [release, release])
    expect(both.map(ends)).toEqual(
      Array(2).fill({ outcome: 'succeeded', serving: '8', previous: '7', deployments: ['Succeeded'] })
    )
  })

  test('to different versions: one wins, the other waits and goes on from there', async () => {
    const both = await playTogether({}, [release, { ...release, 'target-version': '5' }])
    expect(both.map(({ passed }) => passed)).toEqual([true, true])
    expect(both.map(({ outputs }) => outputs.version)).toEqual(['8', '5'])
    // Nothing has to be published for version 5, so that run comes first.
    expect(both.map(({ outputs }) => outputs['previous-version'])).toEqual(['5', '7'])
  })
})
