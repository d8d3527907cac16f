import { describe, expect, test } from '@jest/globals'
import {
  alarmGoesOff,
  anotherIsRunning,
  fault,
  group,
  hooks,
  jobIsCancelled,
  later,
  somebodyMovesTheAlias
} from './incidents.ts'
import { past } from './past.ts'
import { type Play, type Played, play, release } from './play.ts'

/** The step that watches an earlier deployment: the id is known once somebody has started it. */
async function watchIt(scene: Play & { inputs?: never }): Promise<Played> {
  const inputs: Record<string, string> = {}
  return await play({
    ...scene,
    inputs,
    before: (aws, clock, cancel) => {
      anotherIsRunning('6')(aws, clock, cancel)
      inputs['deployment-id'] = aws.codedeploy.listDeployments(group).deployments[0] ?? ''
      scene.before?.(aws, clock, cancel)
    }
  })
}

const ends = ({ passed, outputs }: Played) => ({
  passed,
  outcome: outputs.outcome,
  serving: outputs['serving-version'],
  previous: outputs['previous-version'],
  target: outputs.version
})

describe('deployment-id: a deployment that was started before is watched', () => {
  test('to its success', async () => {
    const played = await watchIt({})
    expect(ends(played)).toEqual({
      passed: true,
      outcome: 'succeeded',
      serving: '6',
      previous: '7',
      target: '6'
    })
    expect(played.log.join('\n')).toContain('v7 90%  v6 10%   next 100% in 5m 00s')
    expect(played.outputs.appspec).toContain('"TargetVersion": "6"')
    expect(played.aws.requests.filter(({ operation }) => /^(Create|Publish|Update)/.test(operation))).toEqual(
      []
    )
  })

  test('to its rollback', async () => {
    const played = await watchIt({ before: later(2, alarmGoesOff) })
    expect(ends(played)).toEqual({
      passed: false,
      outcome: 'rolled-back',
      serving: '7',
      previous: '7',
      target: '6'
    })
    expect(played.outputs['error-code']).toBe('ALARM_ACTIVE')
  })

  test('when it ended long ago', async () => {
    let id = ''
    const played = await play({
      inputs: new Proxy({} as Record<string, string>, {
        get: (_, name) => (name === 'deployment-id' ? id : '')
      }),
      before: (aws, clock, cancel) => {
        anotherIsRunning('6', 'LambdaAllAtOnce')(aws, clock, cancel)
        id = aws.codedeploy.listDeployments(group).deployments[0] ?? ''
      }
    })
    expect(ends(played)).toEqual({
      passed: true,
      outcome: 'succeeded',
      serving: '6',
      previous: '7',
      target: '6'
    })
  })

  test('and has not succeeded when somebody has moved the alias since, which a bake looks for', async () => {
    const inputs: Record<string, string> = { 'if-interrupted': 'continue' }
    const played = await play({
      inputs,
      earlier: past({ to: '6' }),
      before: aws => {
        inputs['deployment-id'] = aws.codedeploy.listDeployments(group).deployments[0] ?? ''
        aws.lambda.updateAlias({ FunctionName: 'payments-api', Name: 'live', FunctionVersion: '5' })
      }
    })
    expect(ends(played)).toEqual({
      passed: false,
      outcome: 'failed',
      serving: '5',
      previous: '7',
      target: '6'
    })
  })

  test('and shifted back when the job is cancelled', async () => {
    const played = await watchIt({ before: later(2, jobIsCancelled) })
    expect(ends(played)).toEqual({
      passed: false,
      outcome: 'interrupted',
      serving: '7',
      previous: '7',
      target: '6'
    })
  })

  test('without permission to read its AppSpec', async () => {
    const played = await watchIt({
      before: fault({
        operation: 'GetApplicationRevision',
        kind: 'accessDenied',
        times: Number.POSITIVE_INFINITY
      })
    })
    expect(ends(played)).toEqual({
      passed: true,
      outcome: 'succeeded',
      serving: '6',
      previous: '7',
      target: '6'
    })
    expect(played.outputs.appspec).toBe('')
  })

  test('that was created a moment ago, though an older answer does not know it yet', async () => {
    const error = { name: 'DeploymentDoesNotExistException', message: 'not yet', status: 400 }
    const played = await watchIt({
      before: fault({ operation: 'GetDeployment', kind: 'custom', error, times: 2 })
    })
    expect(ends(played)).toMatchObject({ passed: true, outcome: 'succeeded', serving: '6' })
  })

  test('refused when CodeDeploy does not know it for ten seconds', async () => {
    const played = await play({ inputs: { 'deployment-id': 'd-000000000' } })
    expect(ends(played)).toEqual({ passed: false, outcome: 'refused', serving: '', previous: '', target: '' })
    expect(played.outputs['error-code']).toBe('DEPLOYMENT_MISSING')
  })

  test.each(['d-1', 'd-1a2b3c4d5'])('refused when CodeDeploy calls the id malformed: %s', async id => {
    const { outputs, annotations } = await play({ inputs: { 'deployment-id': id } })
    expect(outputs).toMatchObject({ outcome: 'refused', 'error-code': 'InvalidDeploymentIdException' })
    expect(annotations.map(({ message }) => message)).toEqual([
      `The step was refused; it has changed nothing.
Why:  CodeDeploy says that ${id} is not a deployment id. (InvalidDeploymentIdException)
AWS:  The deployment ID ${id} is invalid
Next: Correct deployment-id: it looks like d-1A2B3C4D5, in capitals.`
    ])
  })
})

describe('a wait that is longer than a job on a hosted runner', () => {
  const hosted = { RUNNER_ENVIRONMENT: 'github-hosted' }
  const waitRow = ({ log }: Played) => log.find(line => line.startsWith('  wait '))
  const warned = ({ annotations }: Played) =>
    annotations.flatMap(({ level, message }) => (level === 'warning' ? message : []))

  test.each([
    { name: 'a shift within six hours', strategy: 'Linear10PercentEvery10Minutes', row: 'at most 1h 40m' },
    {
      name: 'hooks that may take it beyond them',
      strategy: 'Canary10Percent300Minutes',
      given: hooks,
      row: 'at most 7h 10m; a job on a hosted runner ends after 6h 00m'
    }
  ])('$name: the plan says so, without a warning', async ({ strategy, row, given = {} }) => {
    const inputs = { ...release, ...given, 'codedeploy-deployment-config': strategy }
    const played = await play({ inputs, env: hosted })
    expect([waitRow(played), warned(played)]).toEqual([`  wait       ${row}`, []])
  })

  test('a shift that itself takes longer is warned of, with what to do', async () => {
    const inputs = { ...release, 'codedeploy-deployment-config': 'Canary10Percent420Minutes' }
    const played = await play({ inputs, env: hosted })
    expect([waitRow(played), warned(played)]).toEqual([
      '  wait       at most 7h 10m; a job on a hosted runner ends after 6h 00m',
      [
        'Traffic takes 7h 00m to move, and a job on a hosted runner is cancelled after 6h 00m. Start the release with wait: false and watch it in later jobs with deployment-id, or use a self-hosted runner.'
      ]
    ])
  })

  test('a job on a self-hosted runner has more time', async () => {
    const inputs = { ...release, 'codedeploy-deployment-config': 'Canary10Percent420Minutes' }
    const played = await play({ inputs, env: { RUNNER_ENVIRONMENT: 'self-hosted' } })
    expect([waitRow(played), warned(played)]).toEqual(['  wait       at most 7h 10m', []])
  })
})

test('a shift of a day has a log that can be read, and no line that repeats the one before', async () => {
  const { log } = await play({
    inputs: { ...release, 'codedeploy-deployment-config': 'Linear10PercentEvery144Minutes' }
  })
  const lines = log.map(line => line.replace(/^ *[\d:]+ /, ''))
  expect(lines.filter((line, index) => line === lines[index - 1])).toEqual([])
  expect(log.length).toBeLessThan(150)
}, 60_000)

test("what AWS did has AWS's time, even when a slow answer let something later be told first", async () => {
  const { log } = await play({
    inputs: { ...release, 'codedeploy-deployment-config': 'AllAtOnce' },
    before: (aws, clock, cancel) => {
      // The first look: the deployment succeeds while its events are asked for.
      fault({ operation: 'ListDeploymentTargets', kind: 'slow', ms: 2_000 })(aws, clock, cancel)
      fault({ operation: 'GetAlias', kind: 'slow', ms: 8_000, skip: 2 })(aws, clock, cancel)
      later(5 / 60, somebodyMovesTheAlias('6'))(aws, clock, cancel)
    }
  })
  expect(log.filter(line => /^ +\d+:\d\d /.test(line)).slice(0, 3)).toEqual([
    '    0:01  deployment          InProgress',
    '    0:05  traffic             ░░░░░░░░░░░░░░░░░░░░  v6 100%   100% is due, done about 14:00 UTC',
    '    0:04  deployment          Succeeded'
  ])
})
