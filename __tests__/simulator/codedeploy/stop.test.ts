import { type AutoRollbackEvent, StopDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { describe, expect, it, test } from '@jest/globals'
import type { Uncertain } from '../../../simulator/uncertain.ts'
import { appSpec, bothHooks, type Ended, release, releaseAndWait, type Stage, stage } from '../stage.ts'

/** Stops the deployment `seconds` after it was created. */
function stopAfter(
  on: Stage,
  seconds: number,
  autoRollbackEnabled?: boolean
): Promise<Ended & { answer: unknown }> {
  let answer: unknown
  return releaseAndWait(on, release(appSpec(bothHooks)), deploymentId => {
    on.clock.at(on.clock.now() + seconds * 1000, () => {
      const stop = new StopDeploymentCommand({
        deploymentId,
        ...(autoRollbackEnabled !== undefined && { autoRollbackEnabled })
      })
      void on.codedeploy.send(stop).then(given => {
        const { $metadata: _metadata, ...members } = given
        answer = members
      })
    })
  }).then(ended => ({ ...ended, answer }))
}

describe('StopDeployment', () => {
  it.each([
    { when: 'before the start', seconds: 0.5, events: 'Skipped Skipped Skipped' },
    { when: 'during the hook before traffic', seconds: 4, events: 'Failed Skipped Skipped' },
    { when: 'during the canary', seconds: 60, events: 'Succeeded Failed Skipped' },
    { when: 'during the hook after traffic', seconds: 307, events: 'Succeeded Succeeded Failed' }
  ])('$when stops the deployment and rolls back', async ({ seconds, events }) => {
    const ended = await stopAfter(stage(), seconds)
    expect(ended.answer).toEqual({ status: 'Pending', statusMessage: 'Stopping Pending' })
    expect({ events: ended.events, serving: ended.serving, rollback: ended.rollback?.status }).toEqual({
      events,
      serving: '7',
      rollback: 'Succeeded'
    })
    expect(ended.deployment).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP' } })
  })

  const onRequest: AutoRollbackEvent[] = ['DEPLOYMENT_STOP_ON_REQUEST']
  const rows: {
    group: string
    events: AutoRollbackEvent[]
    asked: boolean | undefined
    uncertain?: Partial<Uncertain>
    serves: string
  }[] = [
    { group: 'rolls back on stop', events: onRequest, asked: undefined, serves: '7' },
    { group: 'rolls back on stop', events: onRequest, asked: true, serves: '7' },
    { group: 'rolls back on stop', events: onRequest, asked: false, serves: '7:0.9,8:0.1' },
    {
      group: 'rolls back on stop, and the request is ignored',
      events: onRequest,
      asked: false,
      uncertain: { stopOverride: 'ignored' },
      serves: '7'
    },
    {
      group: 'rolls back on failure only',
      events: ['DEPLOYMENT_FAILURE'],
      asked: undefined,
      serves: '7:0.9,8:0.1'
    },
    { group: 'rolls back on failure only', events: ['DEPLOYMENT_FAILURE'], asked: true, serves: '7' },
    { group: 'never rolls back', events: [], asked: true, serves: '7' },
    { group: 'never rolls back', events: [], asked: false, serves: '7:0.9,8:0.1' }
  ]
  test.each(rows)(
    'asking for a rollback: $asked, in a group that $group, leaves $serves serving',
    async ({ events, asked, uncertain, serves }) => {
      const setting = { group: { autoRollbackConfiguration: { enabled: events.length > 0, events } } }
      expect((await stopAfter(stage({ setting, ...(uncertain && { uncertain }) }), 60, asked)).serving).toBe(
        serves
      )
    }
  )

  it('refuses a deployment that has ended', async () => {
    const on = stage()
    const { deployment } = await releaseAndWait(on)
    const stop = new StopDeploymentCommand({ deploymentId: deployment.deploymentId })
    await on.clock.run(() =>
      expect(on.codedeploy.send(stop)).rejects.toMatchObject({
        name: 'DeploymentAlreadyCompletedException',
        $metadata: { httpStatusCode: 400 }
      })
    )
  })

  it('obeys the first of several requests', async () => {
    const on = stage()
    const { serving } = await releaseAndWait(on, release(), deploymentId => {
      on.clock.at(on.clock.now() + 60_000, () => {
        on.aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: false })
        on.aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
      })
    })
    expect(serving).toBe('7:0.9,8:0.1')
  })
})

describe('a rollback', () => {
  it('is a separate deployment, and both link to each other', async () => {
    const { deployment, rollback } = await stopAfter(stage(), 60)
    const [id, rollbackId] = [deployment.deploymentId, rollback?.deploymentId]
    expect(deployment.rollbackInfo).toEqual({
      rollbackDeploymentId: rollbackId,
      rollbackMessage: `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackId}.`
    })
    expect(rollback).toMatchObject({
      status: 'Succeeded',
      creator: 'codeDeployRollback',
      deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
      rollbackInfo: {
        rollbackTriggeringDeploymentId: id,
        rollbackMessage: `Deployment ${rollbackId} is triggered to roll back deployment ${id}.`
      }
    })
  })

  it('takes about two seconds, and invokes no hook', async () => {
    const on = stage()
    const { rollback } = await stopAfter(on, 307)
    const { startTime, completeTime } = rollback ?? {}
    expect((completeTime?.getTime() ?? 0) - (startTime?.getTime() ?? 0)).toBe(2100)
    const { events } = on.aws.logs.filterLogEvents({ logGroupName: '/aws/lambda/CodeDeployHook_before' })
    expect(events.filter(({ message }) => message.startsWith('START'))).toHaveLength(1)
  })

  it('keeps the group busy', async () => {
    const on = stage({ setting: { alarm: 'ALARM' } })
    on.aws.lambda.publishVersion({ FunctionName: 'payments-api' })
    const { deploymentId } = on.aws.codedeploy.createDeployment(release())
    await on.clock.advance(3000)
    const { deploymentInfo } = on.aws.codedeploy.getDeployment({ deploymentId })
    expect(() => on.aws.codedeploy.createDeployment(release())).toThrow(
      `The Deployment Group 'payments-live' already has an active Deployment '${deploymentInfo.rollbackInfo?.rollbackDeploymentId}'`
    )
  })

  it('can fail, and leaves the alias as it is', async () => {
    const on = stage()
    on.aws.codedeploy.rollbackFailure = { code: 'INTERNAL_ERROR', message: 'There was an internal error.' }
    const { rollback, serving } = await stopAfter(on, 60)
    expect(rollback).toMatchObject({
      status: 'Failed',
      errorInformation: { code: 'INTERNAL_ERROR', message: 'There was an internal error.' }
    })
    expect(serving).toBe('7:0.9,8:0.1')
  })
})
