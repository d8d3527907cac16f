import { describe, expect, test } from '@jest/globals'
import type { Inputs } from '../../src/inputs/inputs.ts'
import type { ReleaseRequest } from '../../src/inputs/request.ts'
import { request } from './asked.ts'
import { inputsOf, job, requestOf, required } from './given.ts'

const everyEvent = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const

describe('the four required inputs', () => {
  test('are enough: everything else has a default', () => {
    expect(inputsOf(required)).toEqual({
      kind: 'release',
      region: 'eu-west-1',
      wait: true,
      github: { token: '', environment: '', ifOutdated: 'warn' },
      dryRun: false,
      requests: [request()]
    })
  })
})

describe('the request takes', () => {
  test.each<{ name: string; inputs: Record<string, string>; takes: Partial<ReleaseRequest> }>([
    {
      name: 'the bare name and the account of a full ARN',
      inputs: { 'function-name': 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api' },
      takes: { functionName: 'payments-api', account: '123456789012' }
    },
    {
      name: 'the bare name and the account of a partial ARN',
      inputs: { 'function-name': '123456789012:function:payments-api' },
      takes: { functionName: 'payments-api', account: '123456789012' }
    },
    {
      name: 'an alias that begins with a digit',
      inputs: { alias: '2026-11-20' },
      takes: { alias: '2026-11-20' }
    },
    {
      name: "a configuration by SAM's name",
      inputs: { 'codedeploy-deployment-config': 'AllAtOnce' },
      takes: {
        configuration: {
          name: 'CodeDeployDefault.LambdaAllAtOnce',
          strategy: { type: 'AllAtOnce' },
          mayCreate: false
        }
      }
    },
    { name: 'a version to promote', inputs: { 'target-version': '8' }, takes: { targetVersion: '8' } },
    {
      name: 'to go back to whatever served before',
      inputs: { 'target-version': 'previous' },
      takes: { targetVersion: 'previous' }
    },
    {
      name: 'the version that is expected',
      inputs: { 'current-version': '7' },
      takes: { currentVersion: '7' }
    },
    {
      name: 'the code that is expected',
      inputs: { 'code-sha256': 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=' },
      takes: { codeSha256: 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=' }
    },
    { name: 'the revision that is expected', inputs: { 'revision-id': 'r-1' }, takes: { revisionId: 'r-1' } },
    {
      name: 'descriptions',
      inputs: { 'version-description': 'v', 'codedeploy-deployment-description': 'd' },
      takes: { versionDescription: 'v', deploymentDescription: 'd', isMarked: false }
    },
    {
      name: 'hooks by their events',
      inputs: {
        'before-allow-traffic-hook': 'CodeDeployHook_before',
        'after-allow-traffic-hook': 'arn:aws:lambda:eu-west-1:123456789012:function:CodeDeployHook_after'
      },
      takes: {
        hooks: {
          BeforeAllowTraffic: 'CodeDeployHook_before',
          AfterAllowTraffic: 'arn:aws:lambda:eu-west-1:123456789012:function:CodeDeployHook_after'
        }
      }
    },
    {
      name: 'alarms, one a line',
      inputs: { alarms: ' payments errors \r\n\n payments-latency', 'ignore-poll-alarm-failure': 'true' },
      takes: { alarms: { names: ['payments errors', 'payments-latency'], ignorePollFailure: true } }
    },
    { name: 'no alarms', inputs: { alarms: 'none' }, takes: { alarms: 'none' } },
    {
      name: 'rollback events by commas and lines, in the order of AWS',
      inputs: { 'auto-rollback-events': 'DEPLOYMENT_STOP_ON_ALARM,\n DEPLOYMENT_FAILURE' },
      takes: { rollback: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] }
    },
    { name: 'no rollback', inputs: { 'auto-rollback-events': 'none' }, takes: { rollback: 'none' } },
    {
      name: "the group's rollback",
      inputs: { 'auto-rollback-events': 'group' },
      takes: { rollback: 'group' }
    },
    {
      name: 'every rollback event by default',
      inputs: { 'auto-rollback-events': ' ' },
      takes: { rollback: everyEvent }
    },
    {
      name: 'whether to create the alias',
      inputs: { 'create-alias': 'False' },
      takes: { createAlias: false }
    },
    {
      name: 'what to do about others',
      inputs: { 'if-in-progress': 'replace' },
      takes: { ifInProgress: 'replace' }
    }
  ])('$name', ({ inputs, takes }) => {
    expect(requestOf(inputs)).toEqual({ ...request(), ...takes })
  })
})

describe('the step takes', () => {
  const release = { ...required, alias: 'live' }
  test.each<{ name: string; inputs: Record<string, string>; takes: Partial<Inputs> & { dryRun?: boolean } }>([
    { name: 'the region of the job when it is told none', inputs: release, takes: { region: 'eu-west-1' } },
    {
      name: 'its own region before that of the job',
      inputs: { ...release, 'aws-region': 'us-gov-west-1' },
      takes: { region: 'us-gov-west-1' }
    },
    { name: 'whether to wait', inputs: { ...release, wait: 'false' }, takes: { wait: false } },
    {
      name: 'how long to wait',
      inputs: { ...release, 'wait-for-minutes': '90' },
      takes: { waitForMinutes: 90 }
    },
    { name: 'a dry run', inputs: { ...release, 'dry-run': 'TRUE' }, takes: { dryRun: true } },
    {
      name: 'what becomes of a cancelled deployment',
      inputs: { ...release, 'if-interrupted': 'continue' },
      takes: { leaving: 'continue' }
    },
    {
      name: 'a role',
      inputs: { ...release, 'role-to-assume': 'arn:aws:iam::123456789012:role/ci/deploy' },
      takes: { role: 'arn:aws:iam::123456789012:role/ci/deploy' }
    },
    {
      name: 'an environment without a token, which is only warned of when the release is under way',
      inputs: { ...release, 'github-environment': 'production', 'github-token': '' },
      takes: { github: { token: '', environment: 'production', ifOutdated: 'warn' } }
    },
    {
      name: 'a deployment to watch, which needs nothing else',
      inputs: { 'deployment-id': 'd-1A2B3C4D5' },
      takes: { kind: 'watch', deployment: 'd-1A2B3C4D5' }
    },
    {
      name: 'a weight, which needs no deployment group',
      inputs: { 'function-name': 'payments-api', alias: 'live', weight: '10' },
      takes: { kind: 'release', requests: [{ weight: 10, application: '', group: '' }] } as never
    },
    {
      name: 'whatever is active in a group, which needs the group only',
      inputs: {
        'deployment-id': 'active',
        'codedeploy-application': 'payments',
        'codedeploy-deployment-group': 'payments-live'
      },
      takes: { kind: 'watch', deployment: { application: 'payments', group: 'payments-live' } }
    },
    {
      name: 'a deployment to watch beside the inputs that say what it is about',
      inputs: { ...release, 'deployment-id': 'd-1A2B3C4D5', wait: 'true', 'dry-run': 'false' },
      takes: { kind: 'watch', deployment: 'd-1A2B3C4D5' }
    }
  ])('$name', ({ inputs, takes }) => {
    expect(inputsOf(inputs)).toMatchObject(takes)
  })

  test('the default region when there is no other', () => {
    const { AWS_REGION: _, ...env } = job
    expect(inputsOf(required, { ...env, AWS_DEFAULT_REGION: 'eu-central-1' }).region).toBe('eu-central-1')
  })
})

describe('descriptions say which run did it', () => {
  const { AWS_REGION, GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_RUN_ID } = job
  test.each<{ name: string; env: Record<string, string>; mark: string }>([
    { name: 'by repository, commit, run and attempt', env: job, mark: 'acme/payments@1a2b3c4 run 4711.1' },
    {
      name: 'in the first attempt when nobody counts',
      env: { AWS_REGION, GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_RUN_ID },
      mark: 'acme/payments@1a2b3c4 run 4711.1'
    },
    { name: 'as far as that is known', env: { AWS_REGION, GITHUB_REPOSITORY }, mark: 'acme/payments' },
    { name: 'or which action, outside of GitHub', env: { AWS_REGION }, mark: 'Lambda CodeDeploy' }
  ])('$name', ({ env, mark }) => {
    const { versionDescription, deploymentDescription } = requestOf({}, env)
    expect([versionDescription, deploymentDescription]).toEqual([mark, mark])
  })

  test('and a deployment description that is too long is cut with an ellipsis', () => {
    const input = 'codedeploy-deployment-description'
    expect(requestOf({ [input]: 'x'.repeat(257) }).deploymentDescription).toBe(`${'x'.repeat(255)}…`)
    expect(requestOf({ [input]: 'x'.repeat(256) }).deploymentDescription).toBe('x'.repeat(256))
  })

  test('and a deployment description is never cut within a character', () => {
    const description = `${'x'.repeat(254)}😀😀`
    expect(requestOf({ 'codedeploy-deployment-description': description }).deploymentDescription).toBe(
      `${'x'.repeat(254)}…`
    )
  })

  test('and a mark that is too long is cut in both', () => {
    const { versionDescription, deploymentDescription } = requestOf(
      {},
      { ...job, GITHUB_REPOSITORY: 'r'.repeat(300) }
    )
    expect([versionDescription, deploymentDescription]).toEqual([
      `${'r'.repeat(255)}…`,
      `${'r'.repeat(255)}…`
    ])
  })
})
