/** The rollback has succeeded, and somebody else has the alias before that is seen: nobody is sent to take it back from them by hand. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { fleet } from '../../simulator/fleet.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { group, later } from './incidents.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'
import { ends, entry, together } from './services.ts'

type Incident = NonNullable<Play['before']>

/** As `if-in-progress: replace` of another run does. */
const othersStopIt: Incident = aws => {
  const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
  aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
}

/** Nobody: the step's own time is over. */
const nothing: Incident = () => undefined

/** Begins as soon as the rollback has ended, and so does `replace`. */
const othersDeploy =
  (targetVersion: string, configuration = 'Canary10Percent10Minutes'): Incident =>
  aws => {
    const shift = { functionName: 'payments-api', alias: 'live', currentVersion: '7', targetVersion }
    aws.codedeploy.createDeployment({
      ...group,
      deploymentConfigName: `CodeDeployDefault.Lambda${configuration}`,
      revision: {
        revisionType: 'AppSpecContent',
        appSpecContent: { content: appSpec({ ...shift, hooks: {} }).content }
      }
    })
  }

const live = { FunctionName: 'payments-api', Name: 'live' }

/** By hand; or the split that a rollback has left which moved nothing. */
const othersSplit =
  (version: string): Incident =>
  aws =>
    void aws.lambda.updateAlias({
      ...live,
      FunctionVersion: '7',
      RoutingConfig: { AdditionalVersionWeights: { [version]: 0.1 } }
    })

/** Runs `then` once the rollback of the newest deployment has ended. */
function afterRollback(aws: Aws, clock: VirtualClock, then: () => void): void {
  const statuses = aws.codedeploy
    .listDeployments(group)
    .deployments.map(deploymentId => aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.status)
  const isOver = statuses.length === 2 && statuses.every(each => each === 'Succeeded' || each === 'Stopped')
  if (isOver) then()
  else clock.at(clock.now() + 100, () => afterRollback(aws, clock, then))
}

interface Scene {
  /** Ends our deployment. */
  stop?: Incident
  /** When, in minutes. Unless told, a second after a look, so that the next one is 14 seconds later. */
  after?: number
  /** What somebody else does once the rollback has ended. */
  others: Incident
  /** For so long after the stop, Lambda does not say what the alias serves, ms. */
  hiddenMs?: number
  inputs?: Inputs
}

const takenOver = ({ stop = othersStopIt, after = 2.12, others, hiddenMs, inputs }: Scene): Promise<Played> =>
  play({
    inputs: { ...release, ...slowly, ...inputs },
    before: (aws, clock, cancel) => {
      fleet(aws, ['orders'])
      later(after, () => {
        stop(aws, clock, cancel)
        if (hiddenMs !== undefined)
          aws.faults.add({
            operation: 'GetAlias',
            kind: 'throttle',
            times: 999,
            when: { from: clock.now(), to: clock.now() + hiddenMs }
          })
        afterRollback(aws, clock, () => others(aws, clock, cancel))
      })(aws, clock, cancel)
    }
  })

const slowly = { 'codedeploy-deployment-config': 'Canary10Percent30Minutes' }

/** How it ended, and what the error says, without ids and figures. */
const told = ({ outputs, annotations }: Played) => ({
  ends: `${outputs.outcome} ${outputs['error-code']} ${outputs['serving-version']}`,
  says: annotations
    .filter(({ level }) => level === 'error')
    .flatMap(({ message }) => message.replace(/d-\w{9}/g, 'd-ID').split('\n'))
    .filter(line => !/^(AWS: |Meanwhile)/.test(line))
})

const stopped = 'Why:  Somebody stopped the deployment. The rollback d-ID ended Succeeded'
const notByHand =
  'Next: Find out who (CloudTrail, event StopDeployment) and why, then release again. Nothing is to be moved back by hand: see in the CodeDeploy console which release has alias live now.'

describe('somebody else has moved the alias to a third version: it is left to them', () => {
  test.each<{ name: string; others: Incident; serving: string; shown: string; words: string }>([
    {
      name: 'the canary of another release',
      others: othersDeploy('6'),
      serving: '7:0.9,6:0.1',
      shown: 'v7 90% and v6 10%',
      words: 'version 7 (90%) and version 6 (10%)'
    },
    {
      name: 'another release has moved all of it',
      others: othersDeploy('6', 'AllAtOnce'),
      serving: '6',
      shown: 'v6',
      words: 'version 6'
    },
    {
      name: 'an A/B test',
      others: othersSplit('6'),
      serving: '7:0.9,6:0.1',
      shown: 'v7 90% and v6 10%',
      words: 'version 7 (90%) and version 6 (10%)'
    }
  ])('$name', async ({ others, serving, shown, words }) => {
    const played = await takenOver({ others })
    expect(told(played)).toEqual({
      ends: `failed MANUAL_STOP ${serving}`,
      says: [
        `payments-api:live failed; it serves ${shown}.`,
        `${stopped}, and somebody else has moved the alias to ${words}. (MANUAL_STOP)`,
        notByHand
      ]
    })
  })

  test('it is told soon: nobody waits for an alias that will not be back', async () => {
    const { log } = await takenOver({ others: othersDeploy('6') })
    expect(log.filter(line => line.includes('still ending'))).toEqual([])
  })

  test('the wait of the step was over', async () => {
    const played = await takenOver({
      stop: nothing,
      after: 2,
      inputs: { 'wait-for-minutes': '2' },
      others: othersDeploy('6'),
      hiddenMs: 20_000
    })
    expect(told(played)).toEqual({
      ends: 'timed-out WAIT_TIME_OVER 7:0.9,6:0.1',
      says: [
        'payments-api:live: the wait ran out; it serves v7 90% and v6 10% for now.',
        'Why:  The wait time is over, so deployment d-ID was stopped and rolled back, and somebody else has moved the alias to version 7 (90%) and version 6 (10%). (WAIT_TIME_OVER)',
        'Next: Somebody else has moved the alias to version 7 (90%) and version 6 (10%); find out who and why.'
      ]
    })
  })

  test('the job was cancelled, and the post step sees the end', async () => {
    const played = await takenOver({
      stop: (_aws, _clock, cancel) => cancel(),
      others: othersDeploy('6'),
      hiddenMs: 20_000
    })
    expect(told(played).says).toEqual([
      'payments-api:live: the step was interrupted; it serves v7 90% and v6 10% for now.',
      'Why:  The step was interrupted, so deployment d-ID was stopped and rolled back, and somebody else has moved the alias to version 7 (90%) and version 6 (10%). (JOB_CANCELLED)',
      'Next: Somebody else has moved the alias to version 7 (90%) and version 6 (10%); find out who and why.'
    ])
  })

  test('of several functions: the others are reverted', async () => {
    const orders = entry('orders', { 'codedeploy-deployment-config': 'AllAtOnce' })
    const played = await takenOver({
      inputs: together([{ ...release, ...slowly }, orders]),
      others: othersDeploy('6')
    })
    expect(ends(played)).toEqual({
      'payments-api': 'failed MANUAL_STOP 7:0.9,6:0.1 (split)',
      orders: 'rolled-back HELD_BACK 7 (7)'
    })
    expect(played.summary).not.toContain('update-alias')
  })
})

describe('the alias has the same target again: a rollback that moved nothing looks the same, so the command comes with a condition', () => {
  const back =
    'a step with target-version: 7 and weight: 100, or aws lambda update-alias --function-name payments-api --name live --function-version 7 --routing-config AdditionalVersionWeights={}'
  const look =
    'Next: Look in the CodeDeploy console whether another deployment has moved the alias since, or is moving it. Only if none is there:'
  const split = {
    ends: 'failed ROLLBACK_FAILED 7:0.9,8:0.1',
    says: [
      'payments-api:live failed and was not rolled back; it serves v7 90% and v8 10%.',
      `${stopped}, but the alias is not back. (ROLLBACK_FAILED)`,
      `${look} Later deployments fail while the alias is split. To give all traffic to version 7: ${back}`
    ]
  }
  test.each<{ name: string; others: Incident; expected: ReturnType<typeof told> }>([
    { name: 'another release shifts it', others: othersDeploy('8'), expected: split },
    { name: 'the rollback has moved nothing', others: othersSplit('8'), expected: split },
    {
      name: 'another release has shifted it',
      others: othersDeploy('8', 'AllAtOnce'),
      expected: {
        ends: 'failed ROLLBACK_FAILED 8',
        says: [
          'payments-api:live failed and was not rolled back; it serves v8.',
          `${stopped}, but the alias is not back. (ROLLBACK_FAILED)`,
          `${look} Version 8 has all the traffic. To give all traffic to version 7: ${back}`
        ]
      }
    }
  ])('$name', async ({ others, expected }) => {
    expect(told(await takenOver({ others }))).toEqual(expected)
  })
})
