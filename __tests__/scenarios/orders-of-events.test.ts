/** Answers that come late, not at all, or in an unexpected order. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { ServiceError } from '../../simulator/error.ts'
import { Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { liveFrom, repository, sha } from '../github/job.ts'
import {
  alarmGoesOff,
  anotherIsRunning,
  fault,
  group,
  hooks,
  later,
  liveComesFrom,
  somebodyMovesTheAlias
} from './incidents.ts'
import { type Inputs, type Play, type Played, play, playInTurn, release } from './play.ts'
import { asked } from './services.ts'

const forever = Number.POSITIVE_INFINITY

const ends = ({ passed, outputs }: Played) => ({
  passed,
  outcome: outputs.outcome,
  code: outputs['error-code'],
  serving: outputs['serving-version']
})

const succeeds = (serving: string) => ({ passed: true, outcome: 'succeeded', code: '', serving })
const fails = (outcome: string, code: string, serving: string) => ({ passed: false, outcome, code, serving })

/** The revision of `$LATEST` when the step begins. */
const revisionOfLatest = (aws: Aws): string =>
  aws.lambda.getFunctionConfiguration({ FunctionName: 'payments-api' }).RevisionId ?? ''

/** For `ms`, ListDeployments still shows deployments as running that GetDeployment says are over. */
const listLagsBehind =
  (ms: number) =>
  (aws: Aws, clock: VirtualClock): void => {
    anotherIsRunning('6', 'LambdaAllAtOnce')(aws, clock, () => {})
    const [running = ''] = aws.codedeploy.listDeployments(group).deployments
    const until = clock.now() + ms
    const list = aws.codedeploy.listDeployments.bind(aws.codedeploy)
    let left = 500
    aws.codedeploy.listDeployments = input => {
      // A program that asks without pausing would go on until virtual time runs out.
      if (left-- <= 0) throw new Error('ListDeployments is asked without end')
      return input.includeOnlyStatuses && clock.now() < until ? { deployments: [running] } : list(input)
    }
  }

/** CodeDeploy names the rollback before it can be read: that many reads of it find nothing. */
const rollbackIsUnknownFor =
  (looks: number) =>
  (aws: Aws, clock: VirtualClock, cancel: () => void): void => {
    later(2, alarmGoesOff)(aws, clock, cancel)
    let left = looks
    const get = aws.codedeploy.getDeployment.bind(aws.codedeploy)
    aws.codedeploy.getDeployment = input => {
      const found = get(input)
      if (found.deploymentInfo.rollbackInfo?.rollbackTriggeringDeploymentId && left-- > 0)
        throw new ServiceError('DeploymentDoesNotExistException', 'The deployment could not be found')
      return found
    }
  }

const inputsWithRevision: Inputs = { ...release }

const rows: { name: string; scene: Play; ends: ReturnType<typeof ends> }[] = [
  {
    name: 'the alias is moved between reading it and CreateDeployment: refused, and the report says what it really serves',
    scene: {
      before: (aws, clock, cancel) => {
        aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 3_000 })
        clock.at(clock.now() + 1_500, () => somebodyMovesTheAlias('6')(aws, clock, cancel))
      }
    },
    ends: fails('refused', 'INVALID_LAMBDA_CONFIGURATION', '6')
  },
  {
    name: 'a rollback that CodeDeploy does not know yet is looked for again',
    scene: { before: rollbackIsUnknownFor(2) },
    ends: fails('rolled-back', 'ALARM_ACTIVE', '7')
  },
  {
    name: 'ListDeployments lags behind GetDeployment for a minute: the release goes on when it has caught up',
    scene: { before: listLagsBehind(60_000) },
    ends: succeeds('8')
  },
  {
    name: 'ListDeployments never catches up: refused when the wait is over',
    scene: { inputs: { ...release, 'wait-for-minutes': '3' }, before: listLagsBehind(forever) },
    ends: fails('refused', 'DEPLOYMENT_IN_PROGRESS', '6')
  },
  {
    name: 'the live version may no longer be read after waiting for another deployment: the release goes on',
    scene: {
      before: (aws, clock, cancel) => {
        anotherIsRunning('6')(aws, clock, cancel)
        fault({ operation: 'GetFunctionConfiguration', kind: 'accessDenied', skip: 2, times: forever })(
          aws,
          clock,
          cancel
        )
      }
    },
    ends: succeeds('8')
  },
  {
    name: 'the answer to PublishVersion is lost, and publishing has changed the requested revision',
    scene: {
      inputs: inputsWithRevision,
      before: aws => {
        inputsWithRevision['revision-id'] = revisionOfLatest(aws)
        aws.faults.add({ operation: 'PublishVersion', kind: 'dropAfter' })
      }
    },
    ends: succeeds('8')
  },
  {
    name: 'PublishVersion meets an update that is over by the time anybody looks',
    scene: {
      before: fault({
        operation: 'PublishVersion',
        kind: 'custom',
        error: {
          name: 'ResourceConflictException',
          status: 409,
          message: 'The operation cannot be performed at this time. An update is in progress for resource'
        }
      })
    },
    ends: succeeds('8')
  },
  {
    name: 'a running deployment to the same target shifts from another version than current-version: not joined',
    scene: {
      inputs: { ...release, 'target-version': '6', 'current-version': '5' },
      before: anotherIsRunning('6')
    },
    ends: fails('refused', 'CURRENT_VERSION_DIFFERS', '6')
  },
  {
    name: 'current-version is given and the alias is missing: it is not created',
    scene: { inputs: { ...release, 'current-version': '7' }, setting: { alias: 'missing' } },
    ends: fails('refused', 'ALIAS_MISSING', '')
  }
]

test.each(rows)('$name', async ({ scene, ends: expected }) => {
  const played = await play(scene)
  expect(ends(played)).toEqual(expected)
  expect(asked(played.aws, 'CreateAlias')).toEqual([])
})

test('an alias that somebody else has moved should not be moved back: no command says how', async () => {
  const { annotations } = await play(rows[0]?.scene)
  expect(annotations.map(({ message }) => message).join('\n')).not.toContain('update-alias')
})

test.each([
  { name: 'for a minute', scene: { before: listLagsBehind(60_000) }, most: 40 },
  {
    name: 'until the wait of three minutes is over',
    scene: { inputs: { ...release, 'wait-for-minutes': '3' }, before: listLagsBehind(forever) },
    most: 90
  }
])('while ListDeployments lags behind $name, it is read only every few seconds', async ({ scene, most }) => {
  const { aws } = await play(scene)
  const [first, ...more] = asked(aws, 'ListDeployments')
  expect(more.length).toBeLessThan(most)
  expect((more.at(-1)?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(4 * 60_000)
})

test('a lost sight of a rollback is reported, and after ten minutes the deployment counts as lost', async () => {
  let begun = 0
  const played = await play({
    uncertain: { rollbackHooks: 'invoked' },
    inputs: { ...release, ...hooks },
    setting: { before: { seconds: 30 } },
    before: (aws, clock, cancel) => {
      begun = clock.now()
      later(2, alarmGoesOff)(aws, clock, cancel)
      const from = begun + 140_000
      aws.faults.add({ operation: '*', kind: 'throttle', when: { from }, times: forever })
    }
  })
  expect(ends(played)).toEqual(fails('lost', 'SIGHT_LOST', ''))
  expect(played.log.filter(line => line.includes('sight lost'))).toHaveLength(1)
  expect(Math.floor(((played.aws.requests.at(-1)?.at ?? 0) - begun) / 60_000)).toBe(12)
})

test('a cancel during a hook has its result within six seconds, even if the hook has written nothing', async () => {
  let at = 0
  let time: VirtualClock | undefined
  const played = await play({
    inputs: { ...release, ...hooks },
    setting: { before: { seconds: 300 } },
    before: (aws, clock, cancel) => {
      time = clock
      aws.faults.add({ operation: 'FilterLogEvents', kind: 'emptyJson', times: forever })
      clock.at(clock.now() + 60_000, () => {
        at = clock.now()
        cancel()
      })
    }
  })
  expect(ends(played)).toEqual(fails('interrupted', 'JOB_CANCELLED', '7'))
  expect((time?.now() ?? 0) - at).toBeLessThan(6_000)
})

test('an identical deployment of an earlier run is not mistaken for ours if all runs use the same description', async () => {
  const description = 'promote 6'
  const played = await play({
    inputs: { ...release, 'target-version': '6', 'codedeploy-deployment-description': description },
    before: aws => {
      const { content } = appSpec({
        functionName: 'payments-api',
        alias: 'live',
        currentVersion: '7',
        targetVersion: '6',
        hooks: {}
      })
      const { deploymentId } = aws.codedeploy.createDeployment({
        ...group,
        deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        description,
        revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
      })
      aws.codedeploy.stopDeployment({ deploymentId: deploymentId ?? '' })
      aws.faults.add({ operation: 'CreateDeployment', kind: 'dropBefore' })
    }
  })
  expect(ends(played)).toEqual(succeeds('6'))
  expect(asked(played.aws, 'CreateDeployment')).toHaveLength(2)
})

test('the deployment of an earlier step of the same run, which was rolled back, is not mistaken for ours', async () => {
  const played = await playInTurn(
    {
      env: { GITHUB_RUN_ID: '4711' },
      before: (aws, clock, cancel) => {
        alarmGoesOff(aws, clock, cancel)
        // Once the first step has been rolled back, and before the second one has its deployment.
        later(0.08, aws =>
          aws.alarms.setAlarmState({ AlarmName: 'payments-errors', StateValue: 'OK', StateReason: 'over' })
        )(aws, clock, cancel)
        aws.faults.add({ operation: 'CreateDeployment', kind: 'dropBefore', skip: 1 })
      }
    },
    [release, release]
  )
  expect(played.map(ends)).toEqual([fails('rolled-back', 'ALARM_ACTIVE', '7'), succeeds('8')])
  const [first, second] = played.map(({ outputs }) => outputs['deployment-id'])
  expect(second).not.toBe(first)
})

describe('a dry run', () => {
  test('tells that it is outdated before it ends', async () => {
    const github = new GitHub(repository, new Faults())
    const { annotations, outputs } = await play({
      inputs: { ...release, 'dry-run': 'true', 'github-token': repository.token },
      env: { GITHUB_SHA: sha.ours },
      github: clock => ({
        fetch: async (...request) => {
          await clock.sleep(500)
          return await github.fetch(...request)
        }
      }),
      before: liveComesFrom(liveFrom(sha.newer))
    })
    expect(annotations.map(({ level }) => level)).toEqual(['warning', 'notice'])
    expect([annotations[0]?.message, outputs.outcome]).toEqual([
      'The live commit 4444444 (run 4700) is 1 commit ahead of 3333333, which this run releases. Releasing it takes what is newer out of service.',
      'planned'
    ])
  })
})
