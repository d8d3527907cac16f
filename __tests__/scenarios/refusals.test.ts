import { expect, test } from '@jest/globals'
import { zip } from '../../simulator/lambda/zip.ts'
import { fault, hooks, plainFunction, somebodyMovesTheAlias } from './incidents.ts'
import { type Play, play, release } from './play.ts'
import { running } from './running.ts'

const always = Number.POSITIVE_INFINITY

/** Each refusal: its code, what it says, and what to do next. */
const rows: { name: string; scene: Play; code: string; says: RegExp; next: RegExp }[] = [
  {
    name: 'the alias points to $LATEST',
    scene: { setting: { alias: '$LATEST' } },
    code: 'ALIAS_ON_LATEST',
    says: /Alias live points to \$LATEST/,
    next: /aws lambda update-alias --function-name payments-api --name live/
  },
  {
    name: 'the alias is split and no deployment is running',
    scene: { setting: { alias: 'weighted' } },
    code: 'ALIAS_SPLIT',
    says: /split between v6 80% and v7 20%/,
    next: /--function-version 6 --routing-config AdditionalVersionWeights=\{\}/
  },
  {
    name: 'the alias has a weight of 0 for another version',
    scene: { setting: { alias: 'emptied' } },
    code: 'ALIAS_SPLIT',
    says: /Alias live points to version 7 and still has a weight of 0 for version 6: CodeDeploy starts only/,
    next: /Take the weight away, by a step with target-version: 7 and weight: 100, or aws lambda update-alias/
  },
  {
    name: 'the alias serves another version than expected',
    scene: { inputs: { ...release, 'current-version': '6' } },
    code: 'CURRENT_VERSION_DIFFERS',
    says: /serves version 7, not 6/,
    next: /Somebody has released in the meantime/
  },
  {
    name: 'the function does not exist',
    scene: { inputs: { ...release, 'function-name': 'payment-api' } },
    code: 'FUNCTION_MISSING',
    says: /Function payment-api does not exist/,
    next: /function-name or aws-region/
  },
  {
    name: 'the target version does not exist',
    scene: { inputs: { ...release, 'target-version': '99' } },
    code: 'VERSION_MISSING',
    says: /no version 99/,
    next: /list-versions-by-function/
  },
  {
    name: 'the function is in another account',
    scene: { inputs: { ...release, 'function-name': '999999999999:function:payments-api' } },
    code: 'WRONG_ACCOUNT',
    says: /in account 999999999999/,
    next: /credentials of that account/
  },
  {
    name: 'the alias does not exist and may not be created',
    scene: { inputs: { ...release, 'create-alias': 'false' }, setting: { alias: 'missing' } },
    code: 'ALIAS_MISSING',
    says: /has no alias live/,
    next: /create-alias: 'true'/
  },
  {
    name: 'the application does not exist',
    scene: { inputs: { ...release, 'codedeploy-application': 'payment' } },
    code: 'APPLICATION_MISSING',
    says: /no CodeDeploy application payment /,
    next: /create-application/
  },
  {
    name: 'the deployment group does not exist',
    scene: { inputs: { ...release, 'codedeploy-deployment-group': 'payments-prod' } },
    code: 'DEPLOYMENT_GROUP_MISSING',
    says: /has no deployment group payments-prod/,
    next: /codedeploy-deployment-group/
  },
  {
    name: 'the deployment configuration does not exist and is no strategy',
    scene: { inputs: { ...release, 'codedeploy-deployment-config': 'our-canary' } },
    code: 'STRATEGY_MISSING',
    says: /no deployment configuration our-canary/,
    next: /Canary25Percent7Minutes/
  },
  {
    name: 'a predefined configuration that CodeDeploy does not have',
    scene: {
      inputs: {
        ...release,
        'codedeploy-deployment-config': 'CodeDeployDefault.LambdaCanary10Percent20Minutes'
      }
    },
    code: 'STRATEGY_MISSING',
    says: /no deployment configuration CodeDeployDefault\.LambdaCanary10Percent20Minutes/,
    next: /codedeploy-deployment-config/
  },
  ...['ECSCanary10Percent5Minutes', 'ECSAllAtOnce', 'OneAtATime'].map(name => ({
    name: `the deployment configuration ${name} is for another compute platform`,
    scene: { inputs: { ...release, 'codedeploy-deployment-config': `CodeDeployDefault.${name}` } },
    code: 'WRONG_COMPUTE_PLATFORM',
    says: new RegExp(
      `Deployment configuration CodeDeployDefault\\.${name} is for compute platform (ECS|Server), not Lambda\\.`
    ),
    next: /CodeDeployDefault\.Lambda/
  })),
  {
    name: 'a hook does not exist',
    scene: { inputs: { ...release, 'before-allow-traffic-hook': 'CodeDeployHook_smoke' } },
    code: 'HOOK_MISSING',
    says: /BeforeAllowTraffic hook CodeDeployHook_smoke does not exist/,
    next: /deploy the hook first/
  },
  {
    name: 'the versions have different execution roles',
    scene: { setting: { otherRole: true } },
    code: 'ROLES_DIFFER',
    says: /payments-api-next/,
    next: /AllAtOnce/
  },
  {
    name: 'the versions have different dead-letter queues',
    scene: { setting: { otherQueue: true } },
    code: 'DEAD_LETTER_QUEUES_DIFFER',
    says: /Version 7 has no dead-letter queue, the new one has arn:aws:sqs:eu-west-1:123456789012:payments-failed\./,
    next: /AllAtOnce/
  },
  {
    name: '$LATEST has other code than expected',
    scene: { inputs: { ...release, 'code-sha256': 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=' } },
    code: 'CODE_DIFFERS',
    says: /not n4bQgYhMfWWaL/,
    next: /Upload the code again/
  },
  {
    name: '$LATEST is at another revision than expected',
    scene: { inputs: { ...release, 'revision-id': '00000000-0000-4000-8000-000000000000' } },
    code: 'REVISION_DIFFERS',
    says: /not at revision 00000000/,
    next: /Read RevisionId again/
  },
  {
    name: 'the new version fails to become active',
    scene: { setting: { version: 'failed' } },
    code: 'VERSION_FAILED',
    says: /Version 8 of payments-api failed to become active/,
    next: /release again/
  },
  {
    name: 'an old version has been idle for so long that Lambda has made it Inactive',
    scene: { inputs: { ...release, 'target-version': '3' }, setting: { olderVersions: 'Inactive' } },
    code: 'VERSION_INACTIVE',
    says: /Version 3 of payments-api is Inactive/,
    next: /aws lambda invoke --function-name payments-api --qualifier 3 /
  },
  ...(['ActiveNonInvocable', 'Deactivating', 'Deactivated', 'Deleting'] as const).map(state => ({
    name: `an old version is ${state}`,
    scene: { inputs: { ...release, 'target-version': '3' }, setting: { olderVersions: state } },
    code: 'VERSION_NOT_INVOCABLE',
    says: new RegExp(`Version 3 of payments-api is ${state}`),
    next: /Release a version that is Active/
  })),
  {
    name: 'a needed permission is missing',
    scene: { before: fault({ operation: 'PublishVersion', kind: 'accessDenied', times: always }) },
    code: 'AccessDeniedException',
    says: /do not allow lambda:PublishVersion on arn:aws:lambda:eu-west-1:123456789012:function:payments-api\./,
    next: /Grant the role lambda:PublishVersion on arn:aws:lambda:eu-west-1:123456789012:function:payments-api\./
  },
  {
    name: 'the credentials are not valid',
    scene: { before: fault({ operation: '*', kind: 'invalidToken', times: always }) },
    code: 'UnrecognizedClientException',
    says: /AWS does not accept the credentials/,
    next: /configure-aws-credentials before this step/
  }
]

test.each(rows)('refused, and nothing is deployed: $name', async ({ scene, code, says, next }) => {
  const { passed, outputs, annotations, aws } = await play(scene)
  const error = annotations.find(({ level }) => level === 'error')?.message ?? ''
  expect({ passed, outcome: outputs.outcome, code: outputs['error-code'] }).toEqual({
    passed: false,
    outcome: 'refused',
    code
  })
  expect(error).toMatch(says)
  expect(error.split('\n').find(line => line.startsWith('Next:'))).toMatch(next)
  expect(aws.requests.filter(({ operation }) => operation === 'CreateDeployment')).toEqual([])
})

test('what is known beforehand is refused before anything is published', async () => {
  const late = ['CODE_DIFFERS', 'REVISION_DIFFERS', 'VERSION_FAILED', 'AccessDeniedException']
  for (const { name, scene, code } of rows.filter(row => !late.includes(row.code))) {
    const { aws } = await play(scene)
    const published = aws.requests.some(({ operation }) => operation === 'PublishVersion')
    expect({ name, code, published }).toEqual({ name, code, published: false })
  }
})

test.each(['codedeploy-application', 'codedeploy-deployment-group'])(
  'what belongs to %s is not warned of when there is none of that name',
  async input => {
    const { annotations } = await play({
      inputs: { ...release, [input]: 'payments-prod', 'codedeploy-deployment-config': '' }
    })
    expect(annotations.map(({ level }) => level)).toEqual(['error'])
  }
)

test('code that changes between reading and publishing is refused, not released by accident', async () => {
  const { outputs, aws } = await play({
    before: (aws, clock) => {
      const change = () => {
        if (!aws.requests.some(({ operation }) => operation === 'GetFunctionConfiguration'))
          return void clock.at(clock.now() + 5, change)
        aws.lambda.updateFunctionCode({ FunctionName: 'payments-api', ZipFile: zip('somebody else') })
      }
      change()
    }
  })
  expect([outputs.outcome, outputs['error-code'], outputs['serving-version']]).toEqual([
    'refused',
    'CODE_CHANGED',
    '7'
  ])
  expect(aws.lambda.listVersionsByFunction({ FunctionName: 'payments-api' }).Versions?.at(-1)?.Version).toBe(
    '7'
  )
})

test('a weight of 0 that somebody leaves while the new version is tested is noticed before the deployment', async () => {
  const { outputs, aws } = await play({
    inputs: { ...release, 'test-event': '{}' },
    setting: { run: { seconds: 10, timeout: 60 } },
    before: (aws, clock) => {
      const leave = () => {
        if (!aws.requests.some(({ operation }) => operation === 'Invoke'))
          return void clock.at(clock.now() + 500, leave)
        aws.lambda.updateAlias({
          FunctionName: 'payments-api',
          Name: 'live',
          RoutingConfig: { AdditionalVersionWeights: { 6: 0 } }
        })
      }
      leave()
    }
  })
  expect([outputs.outcome, outputs['error-code'], outputs['serving-version']]).toEqual([
    'refused',
    'ALIAS_SPLIT',
    '7'
  ])
  expect(aws.requests.filter(({ operation }) => operation === 'CreateDeployment')).toEqual([])
})

test("whoever may not list what is running is not told to fight somebody's canary", async () => {
  const { outputs, annotations } = await play({
    earlier: async aws => {
      running()(aws)
      await aws.clock.sleep(60_000)
    },
    before: fault({ operation: 'ListDeployments', kind: 'accessDenied', times: always })
  })
  expect([outputs.outcome, outputs['error-code'], outputs['serving-version']]).toEqual([
    'refused',
    'ALIAS_SPLIT',
    '7:0.9,6:0.1'
  ])
  const error = annotations.find(({ level }) => level === 'error')?.message ?? ''
  expect(error.split('\n').slice(-2)).toEqual([
    'Why:  Alias live is split between v7 90% and v6 10%, and whether a deployment of group payments-live is running could not be seen: codedeploy:ListDeployments is denied. (ALIAS_SPLIT)',
    'Next: Look in the CodeDeploy console whether one is running, or grant codedeploy:ListDeployments and run the step again. Only if none is running, give all traffic to the version that should serve, by a step with target-version: 7 and weight: 100, or aws lambda update-alias --function-name payments-api --name live --function-version 7 --routing-config AdditionalVersionWeights={}. Then run the step again.'
  ])
})

test('what serves is not called what served before when somebody has moved the alias meanwhile', async () => {
  const { outputs, annotations } = await play({
    before: (aws, clock) => {
      const move = () => {
        if (!aws.requests.some(({ operation }) => operation === 'CreateDeployment'))
          return void clock.at(clock.now() + 5, move)
        somebodyMovesTheAlias('1')(aws, clock, () => {})
      }
      move()
    }
  })
  expect(outputs).toMatchObject({ outcome: 'refused', 'serving-version': '1', 'previous-version': '7' })
  expect(annotations[0]?.message.split('\n')[0]).toBe(
    'payments-api:live was not released; it serves v1, no longer v7.'
  )
})

test('a hook without the CodeDeployHook_ prefix is a warning that names what to grant', async () => {
  const { annotations } = await play({
    inputs: { ...release, 'before-allow-traffic-hook': 'smoke-test' },
    before: plainFunction('smoke-test')
  })
  expect(annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)).toEqual([
    'Hook smoke-test is not named CodeDeployHook_…: the managed policy AWSCodeDeployRoleForLambda does not let CodeDeploy invoke it, so the service role also needs lambda:InvokeFunction on it.'
  ])
})

test("a group's own configuration is read under its own name, even if that is also short for one of CodeDeploy's", async () => {
  const { log, outputs, annotations } = await play({
    inputs: { ...release, 'codedeploy-deployment-config': '' },
    before: aws => {
      aws.codedeploy.createDeploymentConfig({
        deploymentConfigName: 'Canary10Percent5Minutes',
        computePlatform: 'Lambda',
        trafficRoutingConfig: {
          type: 'TimeBasedCanary',
          timeBasedCanary: { canaryPercentage: 10, canaryInterval: 30 }
        }
      })
      aws.codedeploy.updateDeploymentGroup({
        applicationName: 'payments',
        currentDeploymentGroupName: 'payments-live',
        deploymentConfigName: 'Canary10Percent5Minutes'
      })
    }
  })
  expect(outputs.outcome).toBe('succeeded')
  expect(log.find(line => line.includes('strategy'))).toBe(
    '  strategy   Canary10Percent5Minutes: 10%, then all after 30 minutes; 30m 00s in all'
  )
  expect(annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)).toEqual([
    "Deployment configuration Canary10Percent5Minutes is not what its name says: CodeDeploy holds '10%, then all after 30 minutes' under it, and that is what happens."
  ])
})

const optional = [
  'GetDeploymentGroup',
  'GetDeploymentConfig',
  'ListDeployments',
  'FilterLogEvents',
  'ListDeploymentTargets'
]

test.each(optional)(
  'without permission for %s a release goes on, and says what it does without',
  async operation => {
    const { outputs, annotations, log } = await play({
      // CodeDeploy is not asked what its own configurations do.
      inputs: { ...release, ...hooks, 'codedeploy-deployment-config': 'Canary20Percent3Minutes' },
      setting: { after: { behaviour: 'fail' } },
      before: (aws, ...world) => {
        aws.codedeploy.createDeploymentConfig({
          deploymentConfigName: 'Canary20Percent3Minutes',
          computePlatform: 'Lambda',
          trafficRoutingConfig: {
            type: 'TimeBasedCanary',
            timeBasedCanary: { canaryPercentage: 20, canaryInterval: 3 }
          }
        })
        fault({ operation, kind: 'accessDenied', times: always })(aws, ...world)
      }
    })
    expect([outputs.outcome, outputs['serving-version']]).toEqual(['rolled-back', '7'])
    const told = [...log, ...annotations.map(({ message }) => message)].join('\n')
    expect(told).toMatch(new RegExp(`(do not allow|grant|codedeploy:${operation} on).*`))
    expect(told).toContain(operation)
  }
)

test('a weight of 0 is no reason to refuse when the alias is on what $LATEST gives: nothing has to be deployed', async () => {
  const { outputs } = await play({ setting: { unchanged: true, alias: 'emptied' } })
  expect([outputs.outcome, outputs['serving-version']]).toEqual(['unchanged', '7'])
})
