import type { CreateDeploymentCommandInput, DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { describe, expect, it, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { PaymentsOptions } from '../../simulator/setting.ts'
import { answers, likely, type Uncertain } from '../../simulator/uncertain.ts'
import { appSpec, bothHooks, type Ended, release, releaseAndWait, stage } from './stage.ts'

const MINUTE = 60_000

interface Story {
  setting?: PaymentsOptions
  input?: CreateDeploymentCommandInput
  meanwhile?: (aws: Aws, deploymentId: string) => void
}

const stories: Record<string, Story> = {
  success: { input: release(appSpec(bothHooks)) },
  alarm: {
    meanwhile: aws =>
      void aws.alarms.setAlarmState({ AlarmName: 'payments-errors', StateValue: 'ALARM', StateReason: 'x' })
  },
  stop: { meanwhile: (aws, deploymentId) => void aws.codedeploy.stopDeployment({ deploymentId }) },
  'failing hook': { setting: { after: { behaviour: 'fail' } }, input: release(appSpec(bothHooks)) }
}

/** Stops the rollback as soon as there is one. */
function stopsRollback(aws: Aws): void {
  const running = aws.codedeploy.listDeployments({
    applicationName: 'payments',
    deploymentGroupName: 'payments-live',
    includeOnlyStatuses: ['Created', 'InProgress']
  })
  const [id = ''] = running.deployments
  if (id !== '' && aws.codedeploy.deployments.find(id).settings.triggeredBy)
    aws.codedeploy.stopDeployment({ deploymentId: id })
  else aws.clock.at(aws.clock.now() + 100, () => stopsRollback(aws))
}

function tell(uncertain: Partial<Uncertain>, { setting, input, meanwhile }: Story): Promise<Ended> {
  const on = stage({ uncertain, ...(setting && { setting }) })
  return releaseAndWait(on, input ?? release(), deploymentId => {
    on.clock.at(on.clock.now() + MINUTE, () => meanwhile?.(on.aws, deploymentId))
  })
}

const every = (Object.keys(answers) as (keyof Uncertain)[]).flatMap(name =>
  answers[name].map(answer => ({ name, answer, uncertain: { [name]: answer } as Partial<Uncertain> }))
)

describe('every answer to every open question', () => {
  it('has the likely one first', () => {
    const first = Object.fromEntries(Object.entries(answers).map(([name, all]) => [name, all[0]]))
    expect(first).toEqual({ ...likely })
  })

  test.each(every)('$name: $answer lets a release succeed', async ({ uncertain }) => {
    const { deployment, serving } = await tell(uncertain, stories.success as Story)
    expect({ status: deployment.status, serving }).toEqual({ status: 'Succeeded', serving: '8' })
  })

  test.each(every)(
    '$name: $answer lets an alarm, a stop and a failing hook end it',
    async ({ name, answer, uncertain }) => {
      const statuses: Record<string, string | undefined> = {}
      for (const story of ['alarm', 'stop', 'failing hook'])
        statuses[story] = (await tell(uncertain, stories[story] as Story)).deployment.status
      const rush = name === 'stopEndsSucceeded' && answer === true
      expect(statuses).toEqual({
        alarm: 'Stopped',
        stop: rush ? 'Succeeded' : 'Stopped',
        'failing hook': 'Failed'
      })
    }
  )
})

describe('an open question affects what a client sees', () => {
  const silent: Story = { setting: { before: { behaviour: 'silent' } }, input: release(appSpec(bothHooks)) }
  const elsewhere = { ...release(appSpec({ current: '7', target: '8' }).replace('"live"', '"beta"')) }
  const wrongSum = release()
  wrongSum.revision = {
    revisionType: 'AppSpecContent',
    appSpecContent: { content: appSpec(), sha256: 'f'.repeat(64) }
  } as typeof wrongSum.revision
  const weight = ({ target }: Ended) => target?.lambdaFunctionInfo?.targetVersionWeight
  const code = ({ deployment }: Ended) => deployment.errorInformation?.code
  const status = ({ deployment }: Ended) => deployment.status
  const between = (from: Date | undefined, to: Date | undefined) => Number(to) - Number(from)
  const lasted = (info?: DeploymentInfo) => between(info?.startTime, info?.completeTime)
  const rows: {
    question: Partial<Uncertain>
    story: Story
    look: (ended: Ended) => unknown
    sees: unknown
  }[] = [
    // A minute after the start, which takes the simulator 1.5 seconds.
    { question: {}, story: stories.stop as Story, look: e => lasted(e.deployment), sees: 59_725 },
    {
      question: { stopMs: 15_000 },
      story: stories.stop as Story,
      look: e => lasted(e.deployment),
      sees: 73_525
    },
    { question: {}, story: stories.alarm as Story, look: e => lasted(e.rollback), sees: 2_100 },
    {
      question: { rollbackStepMs: 10_000 },
      story: stories.alarm as Story,
      look: e => lasted(e.rollback),
      sees: 30_000
    },
    { question: {}, story: {}, look: e => lasted(e.deployment), sees: 302_800 },
    { question: { finishMs: 10_000 }, story: {}, look: e => lasted(e.deployment), sees: 312_400 },
    { question: { shiftLateMs: 4_000 }, story: {}, look: e => lasted(e.deployment), sees: 306_800 },
    { question: { weightUnit: 'percent' }, story: stories.success as Story, look: weight, sees: 100 },
    { question: { weightUnit: 'percent' }, story: stories.alarm as Story, look: weight, sees: 10 },
    { question: { weightAfterRollback: 'zero' }, story: stories.alarm as Story, look: weight, sees: 0 },
    {
      question: { weightAfterRollback: 'absent' },
      story: stories.alarm as Story,
      look: weight,
      sees: undefined
    },
    { question: { weightBeforeShift: 'absent' }, story: silent, look: weight, sees: undefined },
    {
      question: { targetId: 'function' },
      story: stories.success as Story,
      look: e => e.target?.targetId,
      sees: 'payments-api'
    },
    {
      question: { targetId: 'opaque' },
      story: stories.success as Story,
      look: e => e.target?.targetId,
      sees: expect.stringMatching(/^[0-9a-f-]{36}$/)
    },
    {
      question: { rollbackCreator: 'user' },
      story: stories.alarm as Story,
      look: e => e.rollback?.creator,
      sees: 'user'
    },
    {
      question: { rollbackRevision: 'absent' },
      story: stories.alarm as Story,
      look: e => e.rollback?.revision,
      sees: undefined
    },
    {
      question: { firstDeploymentRollback: 'none' },
      story: stories.alarm as Story,
      look: e => e.rollback,
      sees: undefined
    },
    {
      question: { hookEventsWithoutHooks: 'Skipped' },
      story: {},
      look: e => e.events,
      sees: 'Skipped Succeeded Skipped'
    },
    {
      question: { hookDiagnostics: true },
      story: stories['failing hook'] as Story,
      look: e => e.target?.lifecycleEvents?.[2]?.diagnostics?.scriptName,
      sees: 'CodeDeployHook_after'
    },
    {
      question: { stopEndsSucceeded: true },
      story: stories.stop as Story,
      look: e => [status(e), e.serving],
      sees: ['Succeeded', '8']
    },
    {
      question: { stopEndsSucceeded: true },
      story: {
        meanwhile: (aws, deploymentId) => {
          aws.lambda.deleteAlias({ FunctionName: 'payments-api', Name: 'live' })
          aws.codedeploy.stopDeployment({ deploymentId })
          // Somebody creates it again.
          const anew = { FunctionName: 'payments-api', Name: 'live', FunctionVersion: '5' }
          aws.clock.at(aws.clock.now() + 1_500, () => aws.lambda.createAlias(anew))
        }
      },
      look: e => [status(e), code(e)],
      sees: ['Failed', 'INVALID_LAMBDA_FUNCTION']
    },
    {
      question: { stopEndsSucceeded: true },
      story: {
        meanwhile: (aws, deploymentId) => {
          stories.alarm?.meanwhile?.(aws, deploymentId)
          stopsRollback(aws)
        }
      },
      look: e => e.serving,
      sees: '7'
    },
    { question: { manualStopCode: 'absent' }, story: stories.stop as Story, look: code, sees: undefined },
    {
      question: { stoppedTarget: 'Skipped' },
      story: stories.stop as Story,
      look: e => e.target?.status,
      sees: 'Skipped'
    },
    {
      question: { missingAliasCode: 'INVALID_LAMBDA_CONFIGURATION' },
      story: { input: elsewhere },
      look: code,
      sees: 'INVALID_LAMBDA_CONFIGURATION'
    },
    {
      question: { missingHookCode: 'IAM_ROLE_PERMISSIONS' },
      story: { input: release(appSpec({ before: 'CodeDeployHook_nobody' })) },
      look: code,
      sees: 'IAM_ROLE_PERMISSIONS'
    },
    {
      question: { hookTimeoutCode: 'HOOK_EXECUTION_FAILURE' },
      story: silent,
      look: code,
      sees: 'HOOK_EXECUTION_FAILURE'
    },
    {
      question: { roleMismatchCode: 'INTERNAL_ERROR' },
      story: { setting: { otherRole: true } },
      look: code,
      sees: 'INTERNAL_ERROR'
    },
    {
      question: { pendingTarget: 'fails' },
      story: { setting: { version: 'pending' } },
      look: code,
      sees: 'INVALID_LAMBDA_FUNCTION'
    },
    {
      question: { pendingTarget: 'shifts' },
      story: { setting: { version: 'failed' } },
      look: e => e.serving,
      sees: '8'
    },
    {
      question: { pendingTarget: 'waits' },
      story: { setting: { version: 'failed' } },
      look: code,
      sees: 'INVALID_LAMBDA_FUNCTION'
    },
    {
      question: { thirdPartyAlias: 'overwrites' },
      story: {
        meanwhile: aws =>
          void aws.lambda.updateAlias({ FunctionName: 'payments-api', Name: 'live', Description: 'mine' })
      },
      look: status,
      sees: 'Succeeded'
    },
    {
      question: { invalidAppSpecRollback: 'runs' },
      story: { input: elsewhere },
      look: e => e.rollback?.status,
      sees: 'Succeeded'
    },
    {
      question: { sha256Mismatch: 'fails' },
      story: { input: wrongSum },
      look: code,
      sees: 'INVALID_REVISION'
    },
    { question: { sha256Mismatch: 'ignored' }, story: { input: wrongSum }, look: status, sees: 'Succeeded' },
    {
      question: { missingAlarm: 'stops' },
      story: { setting: { alarm: 'missing' } },
      look: code,
      sees: 'ALARM_ACTIVE'
    },
    {
      question: { missingAlarm: 'ignored' },
      story: { setting: { alarm: 'missing' } },
      look: status,
      sees: 'Succeeded'
    }
  ]
  test.each(rows.map(row => ({ ...row, name: JSON.stringify(row.question) })))(
    '$name',
    async ({ question, story, look, sees }) => {
      expect(look(await tell(question, story))).toEqual(sees)
    }
  )
})
