/** `deployment-id`: what the step cannot know about a deployment that somebody else has started. */
import { describe, expect, test } from '@jest/globals'
import { ServiceError } from '../../simulator/error.ts'
import { fault, group } from './incidents.ts'
import { type Play, type Played, play } from './play.ts'
import { running } from './running.ts'

const yaml = `version: 0.0
Resources:
  - f:
      Type: AWS::Lambda::Function
      Properties:
        Name: payments-api
        Alias: live
        CurrentVersion: "7"
        TargetVersion: "6"
Hooks:
  - AfterAllowTraffic: CodeDeployHook_after
`

/** Watches a five-minute canary whose AppSpec is YAML. */
async function watchYaml({
  content = yaml,
  stoppedAtOnce = false,
  ...scene
}: Pick<Play, 'setting' | 'before'> & { content?: string; stoppedAtOnce?: boolean }): Promise<Played> {
  const inputs: Record<string, string> = {}
  return await play({
    ...scene,
    inputs,
    before: (aws, clock, cancel) => {
      const { deploymentId = '' } = aws.codedeploy.createDeployment({
        ...group,
        deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
      })
      inputs['deployment-id'] = deploymentId
      if (stoppedAtOnce) aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: false })
      scene.before?.(aws, clock, cancel)
    }
  })
}

const ends = ({ passed, outputs }: Played) => ({
  passed,
  outcome: outputs.outcome,
  code: outputs['error-code'],
  serving: outputs['serving-version']
})

const appSpecIsDenied = fault({
  operation: 'GetApplicationRevision',
  kind: 'accessDenied',
  times: Number.POSITIVE_INFINITY
})

test('the hooks of an AppSpec in YAML are told like those of any other', async () => {
  const { log } = await watchYaml({ setting: { after: { seconds: 9 } } })
  expect(log.filter(line => line.includes('CodeDeployHook_after'))).toEqual([
    '    5:03  AfterAllowTraffic   CodeDeployHook_after started',
    '    5:12  AfterAllowTraffic   CodeDeployHook_after Succeeded in 9s'
  ])
})

test('an AppSpec that was read and names no versions is the reason, and no advice is about permissions', async () => {
  const fromLatest = yaml.replace('CurrentVersion: "7"', 'CurrentVersion: $LATEST')
  const { outputs, annotations } = await watchYaml({ content: fromLatest, stoppedAtOnce: true })
  const [id] = /d-\w{9}/.exec(outputs['error-message'] ?? '') ?? []
  expect(outputs['error-message']).toBe(
    `CodeDeploy ended deployment ${id} as Stopped with MANUAL_STOP. Neither CodeDeploy nor the AppSpec says which function, alias and versions deployment ${id} is about.\nThe deployment was stopped by a user.`
  )
  expect(annotations.at(-1)?.message).toContain('Look at its AppSpec in the CodeDeploy console')
  expect(annotations.at(-1)?.message).not.toContain('Grant')
})

test('unknown hooks get their time: one that takes a quarter of an hour is waited for', async () => {
  const played = await watchYaml({ setting: { after: { seconds: 890 } }, before: appSpecIsDenied })
  expect(ends(played)).toEqual({
    passed: true,
    outcome: 'succeeded',
    code: '',
    serving: '6'
  })
})

test('unknown hooks get their time: one that never reports back ends when CodeDeploy ends it', async () => {
  const played = await watchYaml({ setting: { after: { behaviour: 'silent' } }, before: appSpecIsDenied })
  expect(ends(played)).toEqual({
    passed: false,
    outcome: 'rolled-back',
    code: 'TIMEOUT',
    serving: '7'
  })
})

test.each([
  { name: 'the credentials have expired', kind: 'expiredToken', code: 'ExpiredTokenException' },
  { name: 'it may not be read', kind: 'accessDenied', code: 'AccessDeniedException' }
] as const)(
  'lost, not refused, when $name: the deployment goes on, and the error says how to watch it',
  async ({ kind, code }) => {
    const played = await watchYaml({
      before: fault({ operation: 'GetDeployment', kind, times: Number.POSITIVE_INFINITY })
    })
    expect(ends(played)).toEqual({ passed: false, outcome: 'lost', code, serving: '' })
    const [id] = played.aws.codedeploy.listDeployments(group).deployments
    expect(played.annotations.at(-1)?.message).toContain(
      `to watch it again, run the step with deployment-id: ${id} and if-interrupted: continue`
    )
  }
)

describe('when CodeDeploy tells neither the target nor the AppSpec', () => {
  const hidden: NonNullable<Play['before']> = (aws, clock, cancel) => {
    for (const operation of ['ListDeploymentTargets', 'GetApplicationRevision'])
      fault({ operation, kind: 'accessDenied', times: Number.POSITIVE_INFINITY })(aws, clock, cancel)
  }

  test('a canary that runs is lost, not refused: its traffic moves, whatever the step may read', async () => {
    const played = await watchYaml({ before: hidden })
    expect(ends(played)).toEqual({
      passed: false,
      outcome: 'lost',
      code: 'DEPLOYMENT_UNREADABLE',
      serving: ''
    })
    expect(played.outputs['error-message']).not.toContain('traffic was moved')
    expect(played.annotations.at(-1)?.message).toMatch(
      /Grant codedeploy:ListDeploymentTargets .* run the step with deployment-id: d-\w{9}/
    )
  })

  test('a deployment whose AppSpec CodeDeploy refused is told with that reason, and no advice about permissions', async () => {
    const inputs: Record<string, string> = {}
    const played = await play({
      inputs,
      before: (aws, clock, cancel) => {
        hidden(aws, clock, cancel)
        inputs['deployment-id'] =
          aws.codedeploy.createDeployment({
            ...group,
            deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
            revision: {
              revisionType: 'AppSpecContent',
              appSpecContent: { content: yaml.replace('CurrentVersion: "7"', 'CurrentVersion: "3"') }
            }
          }).deploymentId ?? ''
      }
    })
    expect(ends(played)).toEqual({
      passed: false,
      outcome: 'refused',
      code: 'INVALID_LAMBDA_CONFIGURATION',
      serving: ''
    })
    expect(played.annotations.at(-1)?.message).not.toContain('Grant')
  })
})

test('a fault of a minute that hides what a deployment does ends no watch', async () => {
  const played = await watchYaml({
    before: (aws, clock) =>
      aws.faults.add({
        operation: 'ListDeploymentTargets',
        kind: 'serverErrorBefore',
        when: { to: clock.now() + 60_000 },
        times: Number.POSITIVE_INFINITY
      })
  })
  expect(ends(played)).toEqual({ passed: true, outcome: 'succeeded', code: '', serving: '6' })
})

describe('the rollback of a deployment, watched by its own id, is told as what it does', () => {
  test.each([
    { name: 'names its versions the other way round', rollbackTarget: 'swapped' },
    { name: 'names its versions as those of what it rolls back', rollbackTarget: 'same' },
    {
      name: 'says nothing of its versions, and has no AppSpec',
      rollbackTarget: 'absent',
      rollbackRevision: 'absent'
    }
  ] as const)('when CodeDeploy $name', async ({ name: _, ...uncertain }) => {
    expect(await watchRollback(3_000, uncertain)).toEqual({
      passed: true,
      outcome: 'succeeded',
      code: '',
      serving: '7',
      told: 'Watching: v6 → v7, all traffic at once'
    })
  })

  test('when a fault of a minute hides what it rolls back, and CodeDeploy names its versions the wrong way round', async () => {
    const hidden: NonNullable<Play['before']> = (aws, clock) => {
      const [, undone = ''] = aws.codedeploy.listDeployments(group).deployments ?? []
      const handle = aws.codedeploy.batchGetDeploymentTargets.bind(aws.codedeploy)
      const until = clock.now() + 60_000
      aws.codedeploy.batchGetDeploymentTargets = input => {
        if (input.deploymentId !== undone || clock.now() > until) return handle(input)
        throw new ServiceError('ThrottlingException', 'Rate exceeded')
      }
    }
    expect(await watchRollback(3_000, { rollbackTarget: 'same' }, hidden)).toMatchObject({
      outcome: 'succeeded',
      serving: '7',
      told: 'Watching: v6 → v7, all traffic at once'
    })
  })

  test('when CodeDeploy says for a moment that what it rolls back has not started, and names its versions the wrong way round', async () => {
    const notStarted: NonNullable<Play['before']> = (aws, clock) => {
      const [, undone = ''] = aws.codedeploy.listDeployments(group).deployments ?? []
      const list = aws.codedeploy.listDeploymentTargets.bind(aws.codedeploy)
      const until = clock.now() + 2_000
      aws.codedeploy.listDeploymentTargets = input => {
        if (input.deploymentId !== undone || clock.now() > until) return list(input)
        throw new ServiceError('DeploymentNotStartedException', 'The deployment has not started')
      }
    }
    const uncertain = { rollbackTarget: 'same', rollbackRevision: 'absent' } as const
    expect(await watchRollback(3_000, uncertain, notStarted)).toMatchObject({
      outcome: 'succeeded',
      serving: '7',
      told: 'Watching: v6 → v7, all traffic at once'
    })
  })

  test('when it was stopped before CodeDeploy had read its AppSpec, and neither of the two has a target', async () => {
    expect(await watchRollback(500, { rollbackTarget: 'absent', rollbackRevision: 'absent' })).toMatchObject({
      passed: true,
      outcome: 'succeeded',
      told: 'Watching: v6 → v7, all traffic at once'
    })
  })
})

/** Watches the rollback of a canary from 7 to 6 that is stopped `afterMs` after its creation. */
async function watchRollback(
  afterMs: number,
  uncertain: NonNullable<Play['uncertain']>,
  before?: NonNullable<Play['before']>
) {
  const inputs: Record<string, string> = {}
  const played = await play({
    inputs,
    uncertain,
    ...(before && { before }),
    earlier: async aws => {
      running()(aws)
      const [id = ''] = aws.codedeploy.listDeployments(group).deployments ?? []
      await aws.clock.sleep(afterMs)
      aws.codedeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: true })
      let rollbackId: string | undefined
      while (rollbackId === undefined) {
        await aws.clock.sleep(200)
        rollbackId = aws.codedeploy.getDeployment({ deploymentId: id }).deploymentInfo?.rollbackInfo
          ?.rollbackDeploymentId
      }
      inputs['deployment-id'] = rollbackId
    }
  })
  return { ...ends(played), told: played.log.find(line => line.startsWith('Watching')) }
}

test('a cancel before the deployment could be read says that it was not stopped, and where it is', async () => {
  const played = await watchYaml({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'GetDeployment', kind: 'dropBefore', times: Number.POSITIVE_INFINITY })
      clock.at(clock.now() + 5_000, cancel)
    }
  })
  expect(ends(played)).toEqual({ passed: false, outcome: 'interrupted', code: 'JOB_CANCELLED', serving: '' })
  expect(played.outputs['error-message']).toMatch(/could be read, so it was not stopped\./)
})

test('nothing that is only nice to know holds the watch up: an alias that does not answer for minutes', async () => {
  const played = await watchYaml({
    before: fault({ operation: 'GetAlias', kind: 'stall', times: 6 })
  })
  const firstLine = played.log.findIndex(line => line.includes('Watching: v7'))
  expect(played.log[firstLine - 2]).toMatch(/^Deployment d-/)
  expect(played.log.join('\n')).toContain('next 100% in 5m 00s')
  expect([played.outputs['alias-arn'], played.outputs['function-arn']]).toEqual([
    'arn:aws:lambda:eu-west-1:123456789012:function:payments-api:live',
    'arn:aws:lambda:eu-west-1:123456789012:function:payments-api:6'
  ])
})
