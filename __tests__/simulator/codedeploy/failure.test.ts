import { describe, expect, it, test } from '@jest/globals'
import type { PaymentsOptions } from '../../../simulator/setting.ts'
import { appSpec, release, releaseAndWait, stage } from '../stage.ts'

const MINUTE = 60_000
const INVALID =
  'The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration is missing or has an invalid configuration.'

describe('a deployment with a wrong premise fails, nothing moves, and there is nothing to roll back', () => {
  const resource = (Properties: object) =>
    JSON.stringify({
      version: '0.0',
      Resources: [{ fn: { Type: 'AWS::Lambda::Function', Properties } }]
    })
  const good = { Name: 'payments-api', Alias: 'live', CurrentVersion: '7', TargetVersion: '8' }
  const rows: {
    name: string
    content?: string
    setting?: PaymentsOptions
    code: string
    message: string
    serves?: string
  }[] = [
    {
      name: 'the alias serves another version than CurrentVersion',
      content: appSpec({ current: '6' }),
      code: 'INVALID_LAMBDA_CONFIGURATION',
      message: `${INVALID} The Lambda function alias version does not match the current version in AppSpec file.`
    },
    {
      name: 'the alias is already weighted',
      content: appSpec({ current: '6' }),
      setting: { alias: 'weighted' },
      code: 'INVALID_LAMBDA_CONFIGURATION',
      message: INVALID,
      serves: '6:0.8,7:0.2'
    },
    {
      name: 'the alias is on $LATEST',
      setting: { alias: '$LATEST' },
      code: 'INVALID_LAMBDA_CONFIGURATION',
      message: `${INVALID} The Lambda function alias version does not match the current version in AppSpec file.`,
      serves: '$LATEST'
    },
    {
      name: 'CurrentVersion is $LATEST',
      content: appSpec({ current: '$LATEST' }),
      setting: { alias: '$LATEST' },
      code: 'INVALID_LAMBDA_CONFIGURATION',
      message: `${INVALID} CurrentVersion must be a positive integer`,
      serves: '$LATEST'
    },
    {
      name: 'both versions are the same and traffic would move in steps',
      content: appSpec({ target: '7' }),
      code: 'INVALID_LAMBDA_CONFIGURATION',
      message: INVALID
    },
    {
      name: 'the function is missing',
      content: resource({ ...good, Name: 'nobody' }),
      code: 'INVALID_LAMBDA_FUNCTION',
      message: 'The deployment failed because the Lambda function is invalid: nobody:live'
    },
    {
      name: 'the alias is missing',
      content: resource({ ...good, Alias: 'beta' }),
      code: 'INVALID_LAMBDA_FUNCTION',
      message: 'The deployment failed because the Lambda function is invalid: payments-api:beta'
    },
    {
      name: 'the target version is missing',
      content: appSpec({ target: '99' }),
      code: 'INVALID_LAMBDA_FUNCTION',
      message: 'The deployment failed because the Lambda function is invalid: payments-api:99'
    },
    {
      name: 'the function name is null',
      content: resource({ ...good, Name: null }),
      code: 'INVALID_LAMBDA_CONFIGURATION',
      message: `${INVALID} The Lambda function name cannot be null or empty`
    }
  ]
  test.each(rows)('$name', async ({ content, setting, code, message, serves }) => {
    const { deployment, events, serving, rollback } = await releaseAndWait(
      stage({ ...(setting && { setting }) }),
      release(content)
    )
    expect(deployment).toMatchObject({ status: 'Failed', errorInformation: { code, message } })
    expect({ events, serving, rollback }).toEqual({
      events: 'Skipped Skipped Skipped',
      serving: serves ?? '7',
      rollback: undefined
    })
  })

  it('accepts the same version for both when all traffic moves at once', async () => {
    const { deployment } = await releaseAndWait(stage(), release(appSpec({ target: '7' }), 'LambdaAllAtOnce'))
    expect(deployment.status).toBe('Succeeded')
  })
})

describe('an alias that cannot be weighted', () => {
  it('fails at the first shift when the versions have different roles', async () => {
    const { deployment, events, serving } = await releaseAndWait(stage({ setting: { otherRole: true } }))
    expect({ code: deployment.errorInformation?.code, events, serving }).toEqual({
      code: 'INVALID_LAMBDA_CONFIGURATION',
      events: 'Succeeded Failed Skipped',
      serving: '7'
    })
  })

  it('can still be moved all at once', async () => {
    const on = stage({ setting: { otherRole: true } })
    expect((await releaseAndWait(on, release(appSpec(), 'LambdaAllAtOnce'))).serving).toBe('8')
  })
})

describe('somebody else', () => {
  it('who changes the alias between two shifts makes the deployment fail, and the rollback puts it back', async () => {
    const on = stage()
    const { deployment, serving } = await releaseAndWait(on, release(), () => {
      on.clock.at(on.clock.now() + MINUTE, () => {
        on.aws.lambda.updateAlias({
          FunctionName: 'payments-api',
          Name: 'live',
          FunctionVersion: '5',
          RoutingConfig: { AdditionalVersionWeights: {} }
        })
      })
    })
    expect({ code: deployment.errorInformation?.code, serving }).toEqual({
      code: 'INVALID_LAMBDA_CONFIGURATION',
      serving: '7'
    })
  })

  it('who deletes the alias makes both the deployment and its rollback fail', async () => {
    const on = stage()
    const { clock } = on
    const { lambda, codedeploy } = on.aws
    lambda.publishVersion({ FunctionName: 'payments-api' })
    const { deploymentId } = codedeploy.createDeployment(release())
    await clock.advance(MINUTE)
    lambda.deleteAlias({ FunctionName: 'payments-api', Name: 'live' })
    await clock.advance(10 * MINUTE)
    const { deploymentInfo } = codedeploy.getDeployment({ deploymentId })
    const rollback = codedeploy.getDeployment({
      deploymentId: deploymentInfo.rollbackInfo?.rollbackDeploymentId
    })
    expect(
      [deploymentInfo, rollback.deploymentInfo].map(({ status, errorInformation }) => [
        status,
        errorInformation?.code
      ])
    ).toEqual([
      ['Failed', 'INVALID_LAMBDA_FUNCTION'],
      ['Failed', 'INVALID_LAMBDA_FUNCTION']
    ])
  })
})
