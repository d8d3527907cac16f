import { expect, test } from '@jest/globals'
import { outcomes } from '../../src/deployment/outcome.ts'
import { outputNames } from '../../src/report/outputs.ts'
import { fromState } from '../../src/state.ts'
import {
  alarmGoesOff,
  fault,
  hooks,
  jobIsCancelled,
  later,
  plainFunction,
  somebodyMovesTheAlias,
  somebodyStopsIt
} from './incidents.ts'
import { type Play, type Played, play, release } from './play.ts'

interface Ends {
  outcome: string
  passed: boolean
  serving: string
  code: string
  /** The title of the one annotation with the result. */
  annotation: string
}

const neverRollBack = { ...release, 'auto-rollback-events': 'none' }

const rows: { name: string; scene: Play; ends: Ends }[] = [
  {
    name: 'weighted: a tenth of the traffic at once',
    scene: { inputs: { 'function-name': 'payments-api', alias: 'live', weight: '10' } },
    ends: passes('weighted', '7:0.9,8:0.1')
  },
  {
    name: 'succeeded: a canary ends wholly on the new version',
    scene: {},
    ends: passes('succeeded', '8')
  },
  {
    name: 'succeeded: all at once, as set in the group',
    scene: { inputs: { ...release, 'codedeploy-deployment-config': '' } },
    ends: passes('succeeded', '8')
  },
  {
    name: 'succeeded: with both hooks',
    scene: { inputs: { ...release, ...hooks } },
    ends: passes('succeeded', '8')
  },
  {
    name: 'succeeded: a version that takes minutes to become active is waited for',
    scene: { setting: { version: 'pending', pendingSeconds: 240 } },
    ends: passes('succeeded', '8')
  },
  {
    name: 'succeeded: a running update of $LATEST is waited for',
    scene: { setting: { updatingSeconds: 100 } },
    ends: passes('succeeded', '8')
  },
  {
    name: 'succeeded: back to an older version',
    scene: { inputs: { ...release, 'target-version': '3' } },
    ends: passes('succeeded', '3')
  },
  {
    name: 'succeeded: a strategy that had no configuration yet',
    scene: { inputs: { ...release, 'codedeploy-deployment-config': 'Linear25PercentEvery2Minutes' } },
    ends: passes('succeeded', '8')
  },
  {
    name: 'succeeded: an alarm that is on is ignored when asked to',
    scene: { inputs: { ...release, alarms: 'none' }, setting: { alarm: 'ALARM' } },
    ends: passes('succeeded', '8')
  },
  {
    name: 'unchanged: the alias is on the version that $LATEST gives',
    scene: { setting: { unchanged: true } },
    ends: passes('unchanged', '7')
  },
  {
    name: 'unchanged: the alias is on the version that was asked for',
    scene: { inputs: { ...release, 'target-version': '7' } },
    ends: passes('unchanged', '7')
  },
  {
    name: 'created: the alias did not exist',
    scene: { setting: { alias: 'missing' } },
    ends: passes('created', '8')
  },
  {
    name: 'planned: a dry run changes nothing',
    scene: { inputs: { ...release, 'dry-run': 'true' } },
    ends: passes('planned', '7')
  },
  {
    name: 'started: nobody waits',
    scene: { inputs: { ...release, wait: 'false' } },
    ends: passes('started', '7')
  },
  {
    name: 'rolled-back: an alarm went off during the shift',
    scene: { before: later(1.5, alarmGoesOff) },
    ends: fails('rolled-back', '7', 'ALARM_ACTIVE')
  },
  {
    name: 'rolled-back: an alarm was on from the start',
    scene: { setting: { alarm: 'ALARM' } },
    ends: fails('rolled-back', '7', 'ALARM_ACTIVE')
  },
  {
    name: 'rolled-back: an alarm given for this deployment went off',
    scene: {
      inputs: { ...release, alarms: 'payments-errors' },
      setting: { group: { alarmConfiguration: { enabled: false, alarms: [] } } },
      before: later(1.5, alarmGoesOff)
    },
    ends: fails('rolled-back', '7', 'ALARM_ACTIVE')
  },
  {
    name: 'rolled-back: the hook before the shift failed',
    scene: { inputs: { ...release, ...hooks }, setting: { before: { behaviour: 'fail' } } },
    ends: fails('rolled-back', '7', 'HOOK_EXECUTION_FAILURE')
  },
  {
    name: 'rolled-back: the hook after the shift failed',
    scene: { inputs: { ...release, ...hooks }, setting: { after: { behaviour: 'fail' } } },
    ends: fails('rolled-back', '7', 'HOOK_EXECUTION_FAILURE')
  },
  {
    name: 'rolled-back: a hook never called back, and an hour passed',
    scene: { inputs: { ...release, ...hooks }, setting: { before: { behaviour: 'silent' } } },
    ends: fails('rolled-back', '7', 'TIMEOUT')
  },
  {
    name: 'rolled-back: somebody stopped it, and stopping rolls back',
    scene: { before: later(1.5, somebodyStopsIt) },
    ends: fails('rolled-back', '7', 'MANUAL_STOP')
  },
  {
    name: 'rolled-back: the service role may not invoke a hook of that name',
    scene: {
      inputs: { ...release, 'before-allow-traffic-hook': 'smoke-test' },
      before: plainFunction('smoke-test')
    },
    ends: fails('rolled-back', '7', 'IAM_ROLE_PERMISSIONS')
  },
  {
    name: 'failed: the alarm stops it and nothing rolls back',
    scene: { inputs: neverRollBack, before: later(1.5, alarmGoesOff) },
    ends: fails('failed', '7:0.9,8:0.1', 'ALARM_ACTIVE')
  },
  {
    name: 'failed: the hook after the shift fails and nothing rolls back',
    scene: { inputs: { ...neverRollBack, ...hooks }, setting: { after: { behaviour: 'fail' } } },
    ends: fails('failed', '8', 'HOOK_EXECUTION_FAILURE')
  },
  {
    name: 'failed: the rollback itself fails',
    scene: {
      before: (aws, clock, cancel) => {
        aws.codedeploy.rollbackFailure = { code: 'INTERNAL_ERROR', message: 'An internal error occurred.' }
        later(1.5, alarmGoesOff)(aws, clock, cancel)
      }
    },
    ends: fails('failed', '7:0.9,8:0.1', 'ROLLBACK_FAILED')
  },
  {
    name: 'failed: CodeDeploy succeeds, but somebody moves the alias just then',
    scene: {
      inputs: { ...release, ...hooks },
      setting: { after: { seconds: 30 } },
      before: later(5.3, somebodyMovesTheAlias('5'))
    },
    ends: fails('failed', '5', 'ALIAS_NOT_ON_TARGET')
  },
  {
    name: 'stopped: somebody stopped it and nothing rolls back',
    scene: { inputs: neverRollBack, before: later(1.5, somebodyStopsIt) },
    ends: fails('stopped', '7:0.9,8:0.1', 'MANUAL_STOP')
  },
  {
    name: 'timed-out: the wait is shorter than the shift, and traffic is shifted back',
    scene: { inputs: { ...release, 'wait-for-minutes': '2' } },
    ends: fails('timed-out', '7', 'WAIT_TIME_OVER')
  },
  {
    name: 'timed-out: the deployment is stopped where it is',
    scene: { inputs: { ...release, 'wait-for-minutes': '2', 'if-interrupted': 'stop' } },
    ends: fails('timed-out', '7:0.9,8:0.1', 'WAIT_TIME_OVER')
  },
  {
    name: 'timed-out: the deployment is left running',
    scene: { inputs: { ...release, 'wait-for-minutes': '2', 'if-interrupted': 'continue' } },
    ends: fails('timed-out', '7:0.9,8:0.1', 'WAIT_TIME_OVER')
  },
  {
    name: 'interrupted: the job is cancelled during the shift, and traffic is shifted back',
    scene: { before: later(2, jobIsCancelled) },
    ends: fails('interrupted', '7', 'JOB_CANCELLED')
  },
  {
    name: 'interrupted: the deployment is stopped where it is',
    scene: { inputs: { ...release, 'if-interrupted': 'stop' }, before: later(2, jobIsCancelled) },
    ends: fails('interrupted', '7:0.9,8:0.1', 'JOB_CANCELLED')
  },
  {
    name: 'interrupted: the deployment is left running',
    scene: { inputs: { ...release, 'if-interrupted': 'continue' }, before: later(2, jobIsCancelled) },
    ends: fails('interrupted', '7:0.9,8:0.1', 'JOB_CANCELLED')
  },
  {
    name: 'interrupted: the job is cancelled while the wait-is-over stop is under way',
    scene: { inputs: { ...release, 'wait-for-minutes': '2' }, before: later(2.001, jobIsCancelled) },
    ends: fails('interrupted', '7', 'JOB_CANCELLED')
  },
  {
    name: 'interrupted: the job is cancelled before there is a deployment',
    scene: { setting: { updatingSeconds: 100 }, before: later(0.5, jobIsCancelled) },
    ends: fails('interrupted', '7', 'JOB_CANCELLED')
  },
  {
    name: 'lost: the credentials expire',
    scene: {
      before: later(2, fault({ operation: '*', kind: 'expiredToken', times: Number.POSITIVE_INFINITY }))
    },
    ends: fails('lost', '', 'ExpiredTokenException')
  },
  {
    name: 'lost: the deployment may not be read',
    scene: {
      before: fault({ operation: 'GetDeployment', kind: 'accessDenied', times: Number.POSITIVE_INFINITY })
    },
    ends: fails('lost', '', 'AccessDeniedException')
  },
  {
    name: 'lost: AWS does not answer for ten minutes',
    scene: {
      before: later(2, fault({ operation: '*', kind: 'dropBefore', times: Number.POSITIVE_INFINITY }))
    },
    ends: fails('lost', '', 'SIGHT_LOST')
  },
  {
    name: 'lost: it succeeded, but the alias may no longer be read',
    scene: {
      before: later(
        2,
        fault({ operation: 'GetAlias', kind: 'accessDenied', times: Number.POSITIVE_INFINITY })
      )
    },
    ends: fails('lost', '', 'ALIAS_UNREADABLE')
  },
  {
    name: 'refused: the alias is split and no deployment is running',
    scene: { setting: { alias: 'weighted' } },
    ends: fails('refused', '6:0.8,7:0.2', 'ALIAS_SPLIT')
  }
]

test.each(rows)('$name', async ({ scene, ends }) => {
  const played = await play(scene)
  expect(endsOf(played)).toEqual(ends)
  expect(Object.keys(played.outputs)).toEqual([...outputNames])
  expect(played.outputs['serving-version']).toBe(ends.serving === '' ? '' : servedBy(played))
  expect(leftForPost(played)).toBe(undefined)
})

test('every outcome of the contract is reached by a row above', () => {
  expect([...new Set(rows.map(({ ends }) => ends.outcome))].sort()).toEqual([...outcomes].sort())
})

function passes(outcome: string, serving: string): Ends {
  return { outcome, passed: true, serving, code: '', annotation: titled(outcome, serving) }
}

function fails(outcome: string, serving: string, code: string): Ends {
  return { outcome, passed: false, serving, code, annotation: titled(outcome, serving) }
}

function titled(outcome: string, serving: string): string {
  const words = serving
    .split(',')
    .map(each => each.split(':'))
    .map(([version, share]) => `v${version}${share === undefined ? '' : ` ${Number(share) * 100}%`}`)
  return `Lambda CodeDeploy: ${outcome}${serving && `, live serves ${words.join(' and ')}`}`
}

function endsOf({ passed, outputs, annotations }: Played): Ends {
  const results = annotations.filter(({ level }) => level === (passed ? 'notice' : 'error'))
  expect(results).toHaveLength(1)
  return {
    outcome: outputs.outcome ?? '',
    passed,
    serving: outputs['serving-version'] ?? '',
    code: outputs['error-code'] ?? '',
    annotation: results[0]?.title ?? ''
  }
}

/** What the post step would have to do: nothing if the run came to its own end. */
const leftForPost = ({ state }: Played) => fromState(state.run ?? '')

/** What the simulated Lambda itself has, in the format of the output. */
function servedBy({ aws }: Played): string {
  const { FunctionVersion = '', RoutingConfig } = aws.lambda.getAlias({
    FunctionName: 'payments-api',
    Name: 'live'
  })
  const [other] = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {})
  if (!other) return FunctionVersion
  return `${FunctionVersion}:${Math.round((1 - other[1]) * 100) / 100},${other[0]}:${other[1]}`
}
