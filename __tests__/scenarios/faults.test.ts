import { describe, expect, test } from '@jest/globals'
import { everyFault, fault, group, hooks } from './incidents.ts'
import { type Played, play, release } from './play.ts'

const operations = [
  'GetAlias',
  'GetFunctionConfiguration',
  'PublishVersion',
  'GetDeploymentGroup',
  'GetDeploymentConfig',
  'ListDeployments',
  'CreateDeployment',
  'GetDeployment',
  'ListDeploymentTargets',
  'BatchGetDeploymentTargets',
  'FilterLogEvents',
  '*'
]

const times = [1, Number.POSITIVE_INFINITY]

describe.each(operations)('faults of %s', operation => {
  test.each(everyFault)(
    '%s: at most one deployment, and nothing passes that Lambda does not confirm',
    async kind => {
      for (const count of times)
        for (const skip of [0, 2]) {
          const played = await play({
            inputs: { ...release, ...hooks },
            setting: { after: { behaviour: skip === 0 ? 'succeed' : 'fail' } },
            before: fault({ operation, kind, skip, times: count })
          })
          expect({ operation, kind, count, skip, ...promises(played) }).toEqual({
            operation,
            kind,
            count,
            skip,
            createdAtMostOne: true,
            passedOnlyOnTarget: true,
            hasAnOutcome: true,
            servingIsTrueOrEmpty: true
          })
        }
    }
  )
})

/** What every run promises, compared with the final state in AWS. */
function promises({ aws, passed, outputs }: Played) {
  const ours = aws.codedeploy
    .listDeployments(group)
    .deployments.filter(
      deploymentId =>
        !aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.rollbackInfo
          ?.rollbackTriggeringDeploymentId
    )
  const alias = aws.lambda.getAlias({ FunctionName: 'payments-api', Name: 'live' })
  const whole = alias.RoutingConfig ? '' : alias.FunctionVersion
  const serving = outputs['serving-version'] ?? ''
  return {
    createdAtMostOne: ours.length <= 1,
    passedOnlyOnTarget: !passed || whole === '8',
    hasAnOutcome: outputs.outcome !== '',
    servingIsTrueOrEmpty: serving === '' || serving.includes(',') || serving === whole
  }
}

const lost = ['dropAfter', 'serverErrorAfter', 'timeout', 'stall', 'html', 'emptyJson'] as const

test.each(lost)(
  'when the answer to CreateDeployment is lost (%s), the deployment is found and watched',
  async kind => {
    const { outputs, log, aws } = await play({ before: fault({ operation: 'CreateDeployment', kind }) })
    expect([outputs.outcome, outputs['serving-version']]).toEqual(['succeeded', '8'])
    expect(aws.codedeploy.listDeployments(group).deployments).toEqual([outputs['deployment-id']])
    expect(log.join('\n')).toMatch(/found our deployment d-[A-Z0-9]{9}|trying again/)
  }
)

test('throttling in the middle is reported once, and once more when sight is regained', async () => {
  const { outputs, log } = await play({
    before: fault({ operation: 'GetDeployment', kind: 'throttle', skip: 6, times: 5 })
  })
  expect(outputs.outcome).toBe('succeeded')
  expect(log.filter(line => /sight lost|sight regained/.test(line)).map(line => line.slice(10))).toEqual([
    'sight lost          codedeploy:GetDeployment: ThrottlingException; the deployment goes on, retrying',
    expect.stringMatching(/^sight regained {6}after 1m \d\ds$/)
  ])
})

test('lifecycle events are read on when the first answers about the target do not know the deployment yet', async () => {
  const { outputs, log, annotations } = await play({
    inputs: { ...release, ...hooks },
    before: aws => {
      for (const operation of ['ListDeploymentTargets', 'BatchGetDeploymentTargets'])
        aws.faults.add({ operation, kind: 'stale', ms: 6_000, times: 3 })
    }
  })
  expect(outputs.outcome).toBe('succeeded')
  expect(annotations.map(({ level }) => level)).toEqual(['notice'])
  expect(log.filter(line => / CodeDeployHook_\w+ Succeeded/.test(line))).toHaveLength(2)
})
