import { describe, expect, it, test } from '@jest/globals'
import { zip } from '../../../simulator/lambda/zip.ts'
import type { PaymentsOptions } from '../../../simulator/setting.ts'
import { appSpec, bothHooks, release, releaseAndWait, type SpecOptions, stage } from '../stage.ts'

const MINUTE = 60_000
const HOOK = 'The deployment failed because one or more of the lifecycle event validation functions failed.'

describe('hooks', () => {
  const rows: {
    name: string
    setting?: PaymentsOptions
    spec?: SpecOptions
    error?: { code: string; message: string }
    events: string
    serves: string
    /** How long the deployment took, seconds. */
    took: number
  }[] = [
    { name: 'both succeed', events: 'Succeeded Succeeded Succeeded', serves: '8', took: 308.8 },
    {
      name: 'the one before fails',
      setting: { before: { behaviour: 'fail' } },
      error: { code: 'HOOK_EXECUTION_FAILURE', message: HOOK },
      events: 'Failed Skipped Skipped',
      serves: '7',
      took: 5
    },
    {
      name: 'the one after fails',
      setting: { after: { behaviour: 'fail' } },
      error: { code: 'HOOK_EXECUTION_FAILURE', message: HOOK },
      events: 'Succeeded Succeeded Failed',
      serves: '7',
      took: 308.4
    },
    ...(['silent', 'throw', 'late'] as const).map(behaviour => ({
      name: `the one before is ${behaviour}, and waited for an hour`,
      setting: { before: { behaviour } },
      error: {
        code: 'TIMEOUT',
        message:
          'The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.'
      },
      events: 'Failed Skipped Skipped',
      serves: '7',
      took: 3602
    })),
    {
      name: 'the one before runs into its own time-out',
      setting: { before: { seconds: 901 } },
      error: {
        code: 'TIMEOUT',
        message:
          'The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.'
      },
      events: 'Failed Skipped Skipped',
      serves: '7',
      took: 3602
    },
    {
      name: 'the one before is missing',
      spec: { before: 'CodeDeployHook_nobody' },
      error: { code: 'HOOK_EXECUTION_FAILURE', message: HOOK },
      events: 'Failed Skipped Skipped',
      serves: '7',
      took: 2
    },
    {
      name: 'the one before is not covered by the managed policy',
      spec: { before: 'payments-api' },
      error: {
        code: 'IAM_ROLE_PERMISSIONS',
        message:
          'The IAM role arn:aws:iam::123456789012:role/CodeDeployLambda does not give you permission to perform operations in the following AWS service: AWSLambda. Contact your AWS administrator if you need help. If you are an AWS administrator, you can grant permissions to your users or groups by creating IAM policies.'
      },
      events: 'Failed Skipped Skipped',
      serves: '7',
      took: 2
    }
  ]
  test.each(rows)('$name', async ({ setting, spec, error, events, serves, took }) => {
    const on = stage({ ...(setting && { setting }) })
    const ended = await releaseAndWait(on, release(appSpec(spec ?? bothHooks)))
    const { startTime, completeTime, errorInformation } = ended.deployment
    expect({ error: errorInformation, events: ended.events, serves: ended.serving }).toEqual({
      error,
      events,
      serves
    })
    expect(((completeTime?.getTime() ?? 0) - (startTime?.getTime() ?? 0)) / 1000).toBe(took)
    expect(ended.rollback?.status).toBe(error ? 'Succeeded' : undefined)
  })

  it('may be any function when the role allows it', async () => {
    const on = stage({ setting: { group: { serviceRoleArn: 'arn:aws:iam::123456789012:role/AnyHook' } } })
    on.aws.s3.createBucket('code')
    on.aws.s3.putObject({ Bucket: 'code', Key: 'check.zip', Body: zip('check') })
    on.aws.lambda.createFunction({
      FunctionName: 'check',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/check',
      Timeout: 60,
      Environment: { Variables: { SIMULATOR_UPDATE_SECONDS: '0' } },
      Code: { S3Bucket: 'code', S3Key: 'check.zip' }
    })
    const { deployment } = await releaseAndWait(on, release(appSpec({ before: 'check' })))
    expect(deployment.status).toBe('Succeeded')
  })

  it('gets an error when it calls back too late', async () => {
    const on = stage({ setting: { before: { behaviour: 'late' } } })
    await releaseAndWait(on, release(appSpec(bothHooks)))
    await on.clock.advance(2 * MINUTE)
    const { events } = on.aws.logs.filterLogEvents({ logGroupName: '/aws/lambda/CodeDeployHook_before' })
    expect(events.at(-1)?.message).toMatch(
      /LifecycleEventAlreadyCompletedException: The lifecycle event is already/
    )
  })
})
