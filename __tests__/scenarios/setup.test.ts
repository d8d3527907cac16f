import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { diskOf } from '../../simulator/disk.ts'
import { fleet } from '../../simulator/fleet.ts'
import { everyFault, fault, hooks } from './incidents.ts'
import { type Inputs, type Play, type Played, play, playInTurn, playTogether, release } from './play.ts'
import { ends, serves } from './services.ts'

const role = 'arn:aws:iam::123456789012:role/CodeDeployLambda'

/** All that a new function needs. */
const short: Inputs = { 'function-name': 'payments-api', alias: 'live', 'codedeploy-service-role': role }
const creating: Inputs = { ...release, 'codedeploy-service-role': role }

const disk = diskOf({
  first: { 'index.mjs': 'export const handler = async () => 9\n' },
  second: { 'index.mjs': 'export const handler = async () => 10\n' }
})

const nothing: Play = { setting: { codedeploy: 'nothing' } }

/** The applications and groups that there are, such as `payments/payments-live`. */
const groups = ({ codedeploy }: Aws): string[] =>
  codedeploy
    .listApplications({})
    .applications.flatMap(applicationName =>
      codedeploy
        .listDeploymentGroups({ applicationName })
        .deploymentGroups.map(group => `${applicationName}/${group}`)
    )

const writes = /^(Create|Update|Publish|Delete|Put)/
/** What changed AWS, in order, with its error when it was refused. */
const changes = ({ requests }: Aws): string[] =>
  requests
    .filter(({ operation }) => writes.test(operation))
    .map(({ operation, errorName }) => [operation, errorName].filter(Boolean).join(' '))

const endOf = ({ outputs }: Played): string =>
  [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')

const warnings = ({ annotations }: Played): string[] =>
  annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)

const groupOf = ({ codedeploy }: Aws, applicationName: string, deploymentGroupName: string) =>
  codedeploy.getDeploymentGroup({ applicationName, deploymentGroupName }).deploymentGroupInfo

describe('an account with nothing but a function and the service role', () => {
  test('is released to, and the next release shifts', async () => {
    const [first, second] = await playInTurn({ disk, setting: { codedeploy: 'nothing', alias: 'missing' } }, [
      { ...short, code: 'first' },
      { ...short, code: 'second', 'codedeploy-deployment-config': 'Canary10Percent5Minutes' }
    ])
    expect([first, second].map(each => each && endOf(each))).toEqual(['created 8', 'succeeded 9'])
    expect(changes((first as Played).aws)).toEqual([
      'UpdateFunctionCode',
      'PublishVersion',
      'CreateApplication',
      'CreateDeploymentGroup',
      'CreateAlias',
      'UpdateFunctionCode',
      'PublishVersion',
      'CreateDeployment'
    ])
    expect(groups((first as Played).aws)).toEqual(['payments-api/live'])
    expect(first?.log).toEqual(
      expect.arrayContaining([
        'payments-api has no alias live yet: it will be created on the version published from $LATEST, and no traffic will be shifted',
        `  set-up     creates application payments-api and group live, with service role ${role}`,
        'Application payments-api created',
        'Deployment group live of application payments-api created'
      ])
    )
    expect([first, second].flatMap(each => each && warnings(each))).toEqual([])
  })

  test('gets a group that rolls back in every case and shifts all at once', async () => {
    const { aws } = await play({ ...nothing, inputs: short })
    const { deploymentGroupId, lastAttemptedDeployment, lastSuccessfulDeployment, ...group } = groupOf(
      aws,
      'payments-api',
      'live'
    )
    expect(group).toEqual({
      applicationName: 'payments-api',
      deploymentGroupName: 'live',
      computePlatform: 'Lambda',
      serviceRoleArn: role,
      deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']
      },
      alarmConfiguration: { enabled: false, ignorePollAlarmFailure: false, alarms: [] },
      triggerConfigurations: []
    })
  })

  test('gets a group with the alarms and the strategy that were given, which are created first', async () => {
    const { aws } = await play({
      ...nothing,
      inputs: {
        ...short,
        alarms: 'payments-errors\npayments-slow',
        'ignore-poll-alarm-failure': 'true',
        'auto-rollback-events': 'none',
        'codedeploy-deployment-config': 'Canary25Percent7Minutes'
      }
    })
    expect(groupOf(aws, 'payments-api', 'live')).toMatchObject({
      deploymentConfigName: 'Canary25Percent7Minutes',
      autoRollbackConfiguration: { enabled: true },
      alarmConfiguration: {
        enabled: true,
        ignorePollAlarmFailure: true,
        alarms: [{ name: 'payments-errors' }, { name: 'payments-slow' }]
      }
    })
    expect(changes(aws)).toEqual([
      'PublishVersion',
      'CreateDeploymentConfig',
      'CreateApplication',
      'CreateDeploymentGroup',
      'CreateDeployment'
    ])
  })
})

const ten = Array.from({ length: 10 }, (_, index) => `service-${index + 1}`)
const step = { alias: 'live', 'codedeploy-service-role': role }
const bare: Play['before'] = aws => fleet(aws, ten, { codedeploy: 'nothing' })

test('ten functions are ten names', async () => {
  const { outputs, aws } = await play({
    ...nothing,
    inputs: { ...step, functions: ten.map(name => `- function-name: ${name}`).join('\n') },
    before: bare
  })
  expect(outputs.outcome).toBe('succeeded')
  expect(groups(aws)).toEqual(ten.map(name => `${name}/live`))
  expect(ten.map(name => serves(aws, name))).toEqual(ten.map(() => '8'))
})

test('an application that several functions share is created once', async () => {
  const entries = ten.map(name => ({ 'function-name': name, 'codedeploy-deployment-group': name }))
  const { outputs, aws, log } = await play({
    ...nothing,
    inputs: { ...step, 'codedeploy-application': 'shop', functions: JSON.stringify(entries) },
    before: bare
  })
  expect(outputs.outcome).toBe('succeeded')
  expect(groups(aws)).toEqual(ten.map(name => `shop/${name}`))
  expect(changes(aws).filter(each => each.startsWith('CreateApplication'))).toEqual(['CreateApplication'])
  expect(log.filter(line => line === 'Application shop created')).toHaveLength(1)
})

describe('what exists is used as it is:', () => {
  test('a group with the same role, without a word', async () => {
    const played = await play({ inputs: creating })
    expect([endOf(played), warnings(played)]).toEqual(['succeeded 8', []])
    expect(changes(played.aws)).toEqual(['PublishVersion', 'CreateDeployment'])
  })

  test('a group with another role, with a warning', async () => {
    const other = 'arn:aws:iam::123456789012:role/other'
    const played = await play({ inputs: { ...creating, 'codedeploy-service-role': other } })
    expect([endOf(played), warnings(played)]).toEqual([
      'succeeded 8',
      [
        `Deployment group payments-live has service role ${role}, not ${other} as codedeploy-service-role says. It stays as it is: what exists is never changed.`
      ]
    ])
    expect(groupOf(played.aws, 'payments', 'payments-live').serviceRoleArn).toBe(role)
    expect(changes(played.aws)).toEqual(['PublishVersion', 'CreateDeployment'])
  })

  test('an application without the group', async () => {
    const played = await play({ inputs: creating, setting: { codedeploy: 'application' } })
    expect(endOf(played)).toBe('succeeded 8')
    expect(changes(played.aws)).toEqual(['PublishVersion', 'CreateDeploymentGroup', 'CreateDeployment'])
    expect(played.log).toContain(`  set-up     creates group payments-live, with service role ${role}`)
  })
})

test.each(['Server', 'ECS'] as const)(
  'an application for %s takes no group for Lambda, and the error says that this may be why',
  async computePlatform => {
    const played = await play({
      inputs: { ...creating, 'codedeploy-application': 'web' },
      before: aws => void aws.codedeploy.createApplication({ applicationName: 'web', computePlatform })
    })
    expect(endOf(played)).toBe('refused 7 InvalidInputException')
    const error = played.annotations.find(({ level }) => level === 'error')?.message.split('\n') ?? []
    expect(error.filter(line => /^(Why|Next):/.test(line))).toEqual([
      'Why:  AWS refused codedeploy:CreateDeploymentGroup: InvalidInputException. (InvalidInputException)',
      'Next: Correct what the AWS message names. Application web may be for EC2 or ECS: then give one whose compute platform is Lambda as codedeploy-application, or a new name, which is created.'
    ])
  }
)

describe('nothing is created', () => {
  const rows: { name: string; scene: Play; end: string }[] = [
    { name: 'in a dry run', scene: { inputs: { ...creating, 'dry-run': 'true' } }, end: 'planned 7' },
    {
      name: 'when the alias is on the target already',
      scene: { inputs: { ...creating, 'target-version': '7' } },
      end: 'unchanged 7'
    },
    {
      name: 'for a release that is refused',
      scene: { inputs: { ...creating, 'current-version': '6' } },
      end: 'refused 7 CURRENT_VERSION_DIFFERS'
    },
    {
      name: 'before a version has passed its test',
      scene: { inputs: { ...creating, 'test-event': '{}' }, setting: { run: { throws: 'no' } } },
      end: 'refused 7 TEST_FAILED'
    },
    {
      name: 'when there is nothing to go back to: a new group has no deployments',
      scene: { inputs: { ...creating, 'target-version': 'previous' } },
      end: 'refused 7 NO_PREVIOUS_VERSION'
    },
    {
      name: 'with a role of another account',
      scene: {
        inputs: { ...creating, 'codedeploy-service-role': role.replace('123456789012', '999999999999') }
      },
      end: 'refused 7 WRONG_ACCOUNT'
    },
    {
      name: 'when it cannot be known that it is missing',
      scene: {
        inputs: creating,
        before: fault({ operation: 'GetDeploymentGroup', kind: 'accessDenied', times: 99 })
      },
      end: 'refused 7 ApplicationDoesNotExistException'
    }
  ]

  test.each(rows)('$name', async ({ scene, end }) => {
    const played = await play({ ...scene, setting: { codedeploy: 'nothing', ...scene.setting } })
    expect(endOf(played)).toBe(end)
    expect(groups(played.aws)).toEqual([])
    expect(changes(played.aws).filter(each => /^Create(Application|DeploymentGroup)/.test(each))).toEqual([])
  })

  test('when another function of the step is refused', async () => {
    const entries = [
      { 'function-name': 'service-1' },
      { 'function-name': 'service-2', 'current-version': '6' }
    ]
    const played = await play({
      ...nothing,
      inputs: { ...step, functions: JSON.stringify(entries) },
      before: bare
    })
    expect(ends(played)).toEqual({
      'service-1': 'refused HELD_BACK 7 (7)',
      'service-2': 'refused CURRENT_VERSION_DIFFERS 7 (7)'
    })
    expect(changes(played.aws)).toEqual([])
  })
})

test('a dry run says what would be created', async () => {
  const { log } = await play({ ...nothing, inputs: { ...creating, 'dry-run': 'true' } })
  expect(log).toContain(
    `  set-up     creates application payments and group payments-live, with service role ${role}`
  )
})

describe('two runs at once', () => {
  test('both release, and what one has created the other finds', async () => {
    const played = await playTogether({ ...nothing, uncertain: { newGroupMs: 3000 } }, [creating, creating])
    expect(played.map(endOf)).toEqual(['succeeded 8', 'succeeded 8'])
    expect(groups((played[0] as Played).aws)).toEqual(['payments/payments-live'])
  })

  test('a group that somebody has made meanwhile is read, and used as it is', async () => {
    const other = 'arn:aws:iam::123456789012:role/other'
    const played = await play({
      ...nothing,
      inputs: { ...creating, 'codedeploy-deployment-config': '' },
      before: (aws, clock) => {
        const makeIt = () => {
          if (!aws.requests.some(({ operation }) => operation === 'PublishVersion'))
            return void clock.at(clock.now() + 5, makeIt)
          aws.codedeploy.createApplication({ applicationName: 'payments', computePlatform: 'Lambda' })
          aws.codedeploy.createDeploymentGroup({
            applicationName: 'payments',
            deploymentGroupName: 'payments-live',
            serviceRoleArn: other,
            deploymentConfigName: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute',
            deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' }
          })
        }
        makeIt()
      }
    })
    expect(endOf(played)).toBe('succeeded 8')
    expect(warnings(played)).toEqual([
      expect.stringContaining(`Deployment group payments-live has service role ${other}, not ${role}`)
    ])
    expect(played.log).toEqual(
      expect.arrayContaining([
        'Application payments exists by now',
        'Deployment group payments-live of application payments exists by now'
      ])
    )
    expect(played.outputs['duration-seconds']).toBe('544')
  })
})

describe.each(['CreateApplication', 'CreateDeploymentGroup', 'CreateDeploymentConfig'])('%s', operation => {
  const inputs = { ...creating, 'codedeploy-deployment-config': 'Canary25Percent7Minutes' }
  const lasting = ['expiredToken', 'accessDenied', 'invalidToken']

  test.each(everyFault)('hit by %s once, the release ends as it should', async kind => {
    const played = await play({ ...nothing, inputs, before: fault({ operation, kind }) })
    const code = played.aws.requests.find(each => each.operation === operation)?.errorName
    expect(endOf(played)).toBe(lasting.includes(kind) ? `refused 7 ${code}` : 'succeeded 8')
    if (!lasting.includes(kind)) expect(groups(played.aws)).toEqual(['payments/payments-live'])
  })

  test('under way when the job is cancelled: no deployment is created', async () => {
    const played = await play({
      ...nothing,
      inputs,
      before: (aws, clock, cancel) => {
        aws.faults.add({ operation, kind: 'slow', ms: 2_000 })
        const wait = () => {
          if (aws.requests.some(each => each.operation === operation)) return cancel()
          clock.at(clock.now() + 5, wait)
        }
        wait()
      }
    })
    expect(endOf(played)).toBe('interrupted 7 JOB_CANCELLED')
    expect(changes(played.aws)).not.toContain('CreateDeployment')
  })
})

describe('a service role that CodeDeploy cannot assume', () => {
  const untrusting = 'arn:aws:iam::123456789012:role/NoTrust'

  test('refuses the release, and says what the role lacks', async () => {
    const { outputs, annotations, aws } = await play({
      ...nothing,
      inputs: { ...creating, 'codedeploy-service-role': untrusting }
    })
    expect([outputs.outcome, outputs['error-code']]).toEqual(['refused', 'SERVICE_ROLE_NOT_ASSUMED'])
    expect(annotations.at(-1)?.message.split('\n').slice(1)).toEqual([
      `Why:  CodeDeploy cannot assume role ${untrusting}, so deployment group payments-live was not created. (SERVICE_ROLE_NOT_ASSUMED)`,
      'AWS:  Cannot assume role provided.',
      'Next: Correct codedeploy-service-role, or let the trust policy of the role admit codedeploy.amazonaws.com (docs/permissions.md, the service role).'
    ])
    expect(changes(aws)).not.toContain('CreateDeployment')
  })

  test('is waited for when it was made just now', async () => {
    const played = await play({
      ...nothing,
      inputs: creating,
      before: (aws, clock) => {
        aws.codedeploy.applications.rolesKnownFrom = clock.now() + 10_000
      }
    })
    expect(endOf(played)).toBe('succeeded 8')
  })
})

test('the summary says which group the step has created', async () => {
  const { summary } = await play({ ...nothing, inputs: creating })
  expect(summary).toContain(
    '| Deployment group | <code>payments</code> / <code>payments-live</code>, created by this step |'
  )
})

describe('a group that is missing without the role', () => {
  const missing = { ...release, 'codedeploy-deployment-group': 'payment-live' }
  const more: Play['before'] = aws => fleet(aws, ['payments-beta', 'payment-old', 'orders'])
  const next = ({ annotations }: Played) =>
    annotations
      .at(-1)
      ?.message.split('\n')
      .find(line => line.startsWith('Next:'))

  test('is refused with the groups that there are, the nearest first', async () => {
    const played = await play({ inputs: missing, before: more })
    expect(endOf(played)).toBe('refused 7 DEPLOYMENT_GROUP_MISSING')
    expect(next(played)).toBe(
      'Next: Correct codedeploy-deployment-group (the nearest that there are: payments-live, payment-old-live, orders-live, payments-beta-live), or create the group. With codedeploy-service-role, the step creates it.'
    )
  })

  test('is refused with ten of hundreds, of which the nearest are on a later page', async () => {
    const many = Array.from({ length: 250 }, (_, index) => `service-${index}`)
    const played = await play({
      inputs: { ...release, 'codedeploy-deployment-group': 'service-242-life' },
      before: aws => fleet(aws, many)
    })
    expect(next(played)).toContain(
      '(the nearest that there are: service-242-live, service-142-live, service-202-live, service-212-live, service-22-live, service-222-live, service-232-live, service-24-live, service-240-live, service-241-live)'
    )
    const pages = played.aws.requests.filter(({ operation }) => operation === 'ListDeploymentGroups')
    expect(pages).toHaveLength(3)
  })

  test('is refused without them when they cannot be read', async () => {
    const played = await play({
      inputs: missing,
      before: fault({ operation: 'ListDeploymentGroups', kind: 'accessDenied' })
    })
    expect(next(played)).toBe(
      'Next: Correct codedeploy-deployment-group, or create the group. With codedeploy-service-role, the step creates it.'
    )
    expect(warnings(played)).toEqual([])
  })
})

test('a new group is found at once by what looks into it, however late CodeDeploy finds it', async () => {
  const played = await play({
    ...nothing,
    inputs: { ...creating, ...hooks, 'codedeploy-deployment-description': 'by hand' },
    uncertain: { newGroupMs: 15_000 }
  })
  expect(endOf(played)).toBe('succeeded 8')
})
