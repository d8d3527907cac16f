import { describe, expect, test } from '@jest/globals'
import { diskOf } from '../../simulator/disk.ts'
import { Policy } from '../../simulator/identity/policy.ts'
import { templates } from '../contract/templates.ts'
import { fault, hooks, jobIsCancelled, later } from './incidents.ts'
import { type Inputs, type Play, play } from './play.ts'

const given = {
  functionName: 'payments-api',
  alias: 'live',
  repository: 'acme/payments',
  environment: 'production',
  hooks: Object.values(hooks)
}

/** What the workflow gives when a template has made everything: names are left out, and nothing is created. */
const short: Inputs = {
  'function-name': 'payments-api',
  alias: 'live',
  'codedeploy-service-role': 'arn:aws:iam::123456789012:role/CodeDeployLambda'
}

const rows: { name: string; scene: Play; ends: string }[] = [
  { name: 'a canary with hooks', scene: { inputs: { ...short, ...hooks } }, ends: 'succeeded 8' },
  {
    name: 'code and a test',
    scene: {
      inputs: { ...short, code: 'dist', 'test-event': '{}' },
      disk: diskOf({ dist: { 'index.mjs': 'export const handler = async () => 9\n' } })
    },
    ends: 'succeeded 8'
  },
  {
    name: 'a new strategy',
    scene: { inputs: { ...short, 'codedeploy-deployment-config': 'Linear25PercentEvery2Minutes' } },
    ends: 'succeeded 8'
  },
  { name: 'a first release', scene: { inputs: short, setting: { alias: 'missing' } }, ends: 'created 8' },
  {
    name: 'a failing hook, whose log is shown',
    scene: { inputs: { ...short, ...hooks }, setting: { after: { behaviour: 'fail', log: 'no' } } },
    ends: 'rolled-back 7 HOOK_EXECUTION_FAILURE'
  },
  {
    name: 'a cancel',
    scene: { inputs: short, before: later(1, jobIsCancelled) },
    ends: 'interrupted 7 JOB_CANCELLED'
  },
  {
    name: 'a lost answer',
    scene: { inputs: short, before: fault({ operation: 'CreateDeployment', kind: 'dropAfter' }) },
    ends: 'succeeded 8'
  },
  {
    name: 'no previous version',
    scene: { inputs: { ...short, 'target-version': 'previous' } },
    ends: 'refused 7 NO_PREVIOUS_VERSION'
  }
]

describe.each(Object.entries(templates))('the deploying role of %s is allowed', (_, render) => {
  test.each(rows)('$name', async ({ scene, ends }) => {
    const { outputs, aws } = await play({
      ...scene,
      setting: { ...scene.setting, codedeploy: 'nothing' },
      before: (aws, clock, cancel) => {
        aws.codedeploy.createApplication({ applicationName: 'payments-api', computePlatform: 'Lambda' })
        aws.codedeploy.createDeploymentGroup({
          applicationName: 'payments-api',
          deploymentGroupName: 'live',
          serviceRoleArn: short['codedeploy-service-role'],
          deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
          deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
          autoRollbackConfiguration: {
            enabled: true,
            events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']
          },
          alarmConfiguration: { enabled: true, alarms: [{ name: 'payments-errors' }] }
        })
        scene.before?.(aws, clock, cancel)
        aws.permissions.policy = new Policy(render(given).deploying)
      }
    })
    const end = [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')
    const denied = aws.requests.filter(({ errorName }) => errorName === 'AccessDeniedException')
    expect([end, denied.map(({ operation }) => operation)]).toEqual([ends, []])
  })
})
