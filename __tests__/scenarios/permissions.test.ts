import { describe, expect, test } from '@jest/globals'
import { documentedStatements, type Statement } from '../../scripts/docs/deployingrole.ts'
import { diskOf } from '../../simulator/disk.ts'
import { deployEarlier } from '../../simulator/earlier.ts'
import { fleet } from '../../simulator/fleet.ts'
import type { Permissions } from '../../simulator/identity/permissions.ts'
import { Policy, type PolicyStatement } from '../../simulator/identity/policy.ts'
import { largeArchive } from '../packaging/noise.ts'
import { anotherIsRunning, fault, group, hooks, jobIsCancelled, later } from './incidents.ts'
import { betaWithGroup } from './oldversions.ts'
import { backInputs, past } from './past.ts'
import { type Play, type Played, play, release } from './play.ts'

/** The functions in the scenes, each with a deployment group `<name>-live`. */
const functions = { 'payments-api': 'payments-live', orders: 'orders-live', ledger: 'ledger-live' }

/** The deploying role's policy as on the page, filled in for these functions. */
const filled = (resource: string): string[] =>
  Object.entries(functions).map(([name, ofGroup]) =>
    resource
      .replace('REGION', 'eu-west-1')
      .replace('ACCOUNT', '123456789012')
      .replace('FUNCTION', name)
      .replace('APPLICATION', 'payments')
      .replace('GROUP', ofGroup)
      .replace('BUCKET', 'acme-packages')
      .replace('SERVICEROLE', 'CodeDeployLambda')
  )

const documented: readonly Statement[] = documentedStatements(filled)

/**
 * Uploading needs of a function what many functions need of each, and what is allowed on all groups of an application is allowed on the
 * one that is released.
 */
const includes: Record<string, string> = {
  OptionalCode: 'OptionalManyFunctions',
  Deployment: 'OptionalOtherGroups'
}

/** The policy with one action removed from one statement, and from the one that includes it. */
const without = (sid: string, action: string): Statement[] =>
  documented.map(each =>
    each.Sid === sid || each.Sid === includes[sid]
      ? { ...each, Action: each.Action.filter(other => other !== action) }
      : each
  )

const serviceRole = 'arn:aws:iam::123456789012:role/CodeDeployLambda'
const strategy = 'Linear25PercentEvery2Minutes'

const large = 'an upload of a large package'
const pruning = 'deleting old versions'
const beside = 'deleting old versions beside another alias'

/** What the page says the step can do, and how each ends when everything is allowed. */
const scenes = {
  'a canary with hooks': ending('succeeded 8', inputs(hooks)),
  "the group's strategy": ending('succeeded 8', inputs({ 'codedeploy-deployment-config': '' })),
  'a new strategy': ending('succeeded 8', inputs({ 'codedeploy-deployment-config': strategy })),
  'other alarms': ending('succeeded 8', inputs({ alarms: 'payments-errors' })),
  'a new alias': ending('created 8', { setting: { alias: 'missing' } }),
  'a failing hook': ending('rolled-back 7 HOOK_EXECUTION_FAILURE', {
    ...inputs(hooks),
    setting: { after: { behaviour: 'fail', log: 'Two were charged twice' } }
  }),
  'a cancel': ending('interrupted 7 JOB_CANCELLED', { before: later(2, jobIsCancelled) }),
  'another to wait for': ending('succeeded 8', { before: anotherIsRunning('6') }),
  'another to replace': ending('succeeded 8', {
    ...inputs({ 'if-in-progress': 'replace' }),
    before: anotherIsRunning('6', 'LambdaCanary10Percent30Minutes')
  }),
  'another to join': ending('succeeded 6', {
    ...inputs({ 'target-version': '6' }),
    before: anotherIsRunning('6')
  }),
  'a lost answer': ending('succeeded 8', {
    before: fault({ operation: 'CreateDeployment', kind: 'dropAfter' })
  }),
  'several functions': ending('succeeded', several()),
  'many functions': ending('succeeded', several(['orders', 'ledger', 'payments-api'])),
  'deployment-id': ending('succeeded 6', watching()),
  'deployment-id: active': ending('succeeded 6', watchingActive()),
  'an upload': ending('succeeded 8', uploading('dist')),
  [large]: ending('succeeded 8', uploading('large.zip')),
  'dry-run': ending('planned 7', inputs({ ...hooks, 'dry-run': 'true' })),
  'a test': ending('succeeded 8', inputs({ 'test-event': '{}' })),
  [pruning]: ending('succeeded 8', {
    ...inputs({ 'keep-versions': '3' }),
    setting: { published: { daysAgo: 2 } }
  }),
  [beside]: ending('succeeded 8', {
    ...inputs({ 'keep-versions': '3' }),
    setting: { published: { daysAgo: 2 } },
    earlier: async aws => {
      betaWithGroup('3')(aws)
      await deployEarlier(aws, { alias: 'beta', group: 'payments-beta', to: '5' })
    }
  }),
  'an older version': ending('succeeded 3', inputs({ 'target-version': '3' })),
  'the previous version': ending('succeeded 7', { inputs: backInputs, earlier: past({ to: '6' }) }),
  'what is missing': ending('succeeded 8', settingUp({ 'codedeploy-service-role': serviceRole })),
  'a missing group': ending('refused 7 DEPLOYMENT_GROUP_MISSING', settingUp({}, 'application')),
  'no previous version': ending('refused 7 NO_PREVIOUS_VERSION', { inputs: backInputs })
}

type Name = keyof typeof scenes

function settingUp(given: Record<string, string>, codedeploy: 'application' | 'nothing' = 'nothing'): Play {
  return { ...inputs(given), setting: { codedeploy } }
}

function ending(ends: string, scene: Play): { ends: string; scene: Play } {
  return { ends, scene }
}

function inputs(given: Record<string, string>): Play {
  return { inputs: { ...release, ...given } }
}

function several(names: readonly string[] = ['orders', 'ledger']): Play {
  const entries = names.map(name => ({
    'function-name': name,
    'codedeploy-deployment-group': functions[name as keyof typeof functions]
  }))
  const { alias = '', 'codedeploy-application': application = '' } = release
  return {
    inputs: { alias, 'codedeploy-application': application, functions: JSON.stringify(entries) },
    before: aws => fleet(aws, ['orders', 'ledger'])
  }
}

/** Uploads a package, through a bucket if it is too large for a request. */
function uploading(code: string): Play {
  return {
    ...inputs({ code, 'code-bucket': 's3://acme-packages/lambda' }),
    disk: diskOf({
      dist: { 'index.mjs': 'export const handler = async () => 9\n' },
      'large.zip': largeArchive()
    }),
    before: aws => void aws.s3.createBucket('acme-packages')
  }
}

/** Watches a deployment that somebody has just started. */
function watching(): Play {
  const given: Record<string, string> = {}
  return {
    inputs: given,
    before: (aws, clock, cancel) => {
      anotherIsRunning('6')(aws, clock, cancel)
      given['deployment-id'] = aws.codedeploy.listDeployments(group).deployments[0] ?? ''
    }
  }
}

/** Watches whatever runs in the group. */
function watchingActive(): Play {
  const { alias: _, 'function-name': __, 'codedeploy-deployment-config': ___, ...ofGroup } = release
  return { inputs: { ...ofGroup, 'deployment-id': 'active' }, before: anotherIsRunning('6') }
}

function playAllowed(
  scene: Play,
  Statement: readonly PolicyStatement[],
  revision: Permissions['revision'] = 'register'
): Promise<Played> {
  return play({
    ...scene,
    before: (aws, clock, cancel) => {
      scene.before?.(aws, clock, cancel)
      aws.permissions.policy = new Policy({ Version: '2012-10-17', Statement })
      aws.permissions.revision = revision
    }
  })
}

const endOf = ({ outputs }: Played): string =>
  [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')

const deniedOf = ({ aws }: Played): string[] => {
  const denied = aws.requests.filter(({ errorName }) => errorName === 'AccessDeniedException')
  return [...new Set(denied.map(({ operation }) => operation))]
}

const told = ({ annotations }: Played, level: string): string[] =>
  annotations.filter(each => each.level === level).map(({ message }) => message)

/** Nobody outside AWS knows which of the two permissions for the revision CreateDeployment requires. */
describe.each<Permissions['revision']>(['either', 'register'])(
  'the documented policy is enough when the permission for the revision is %s',
  revision => {
    test.each(Object.entries(scenes))('for %s', async (_, { scene, ends }) => {
      const played = await playAllowed(scene, documented, revision)
      expect([endOf(played), deniedOf(played)]).toEqual([ends, []])
    })
  }
)

const fn = 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api'
const hookFn = 'arn:aws:lambda:eu-west-1:123456789012:function:CodeDeployHook'
const codedeploy = 'arn:aws:codedeploy:eu-west-1:123456789012'
const groups = `${codedeploy}:deploymentgroup:payments`
const ofBeta = ' It tells what alias beta served before: this step does not release it.'
const ourGroup = `${codedeploy}:deploymentgroup:payments/payments-live`
const application = `${codedeploy}:application:payments`
const configuration = (name: string) => `${codedeploy}:deploymentconfig:${name}`
const canary = configuration('CodeDeployDefault.LambdaCanary10Percent5Minutes')
const linear = configuration(strategy)
const refused = 'refused AccessDeniedException'
const refusedOn7 = 'refused 7 AccessDeniedException'

interface Needed {
  sid: string
  action: string
  /** What cannot be done without the action. */
  scene: Name
  ends: string
  /** The ARN that AWS names, as in a regular expression. */
  on: string
}

const need = (sid: string, action: string, scene: Name, ends: string, on: string): Needed => ({
  sid,
  action,
  scene,
  ends,
  on
})

/** The error says to grant exactly this. */
const wellAdvised: Needed[] = [
  need('Function', 'lambda:GetFunctionConfiguration', 'an older version', refused, `${fn}:3`),
  need('Function', 'lambda:PublishVersion', 'a canary with hooks', refusedOn7, fn),
  need('Deployment', 'codedeploy:CreateDeployment', 'a canary with hooks', refusedOn7, ourGroup),
  need(
    'Deployment',
    'codedeploy:GetDeployment',
    'a canary with hooks',
    'lost AccessDeniedException',
    ourGroup
  ),
  need('OptionalNewStrategy', 'codedeploy:CreateDeploymentConfig', 'a new strategy', refusedOn7, linear),
  need('OptionalCode', 'lambda:GetFunction', 'an upload', refused, fn),
  need('OptionalCode', 'lambda:UpdateFunctionCode', 'an upload', refusedOn7, fn),
  need(
    'OptionalCodeBucket',
    's3:PutObject',
    large,
    'refused 7 AccessDenied',
    'arn:aws:s3:::acme-packages/lambda/payments-api/.'
  ),
  need(
    'OptionalCodeBucket',
    's3:GetObject',
    large,
    refusedOn7,
    'arn:aws:s3:::acme-packages/lambda/payments-api/.'
  ),
  ...['ListDeployments', 'ListDeploymentTargets', 'BatchGetDeploymentTargets'].map(name =>
    need('Deployment', `codedeploy:${name}`, 'the previous version', refused, ourGroup)
  ),
  need('OptionalTests', 'lambda:InvokeFunction', 'a test', refusedOn7, `${fn}:\\*`),
  need('OptionalSetUp', 'codedeploy:CreateApplication', 'what is missing', refusedOn7, application),
  need('OptionalSetUp', 'codedeploy:CreateDeploymentGroup', 'what is missing', refusedOn7, ourGroup),
  need('OptionalSetUpRole', 'iam:PassRole', 'what is missing', refusedOn7, serviceRole)
]

/** The error says to grant the action named like the request, or another resource, but AWS required something else. */
const misadvised: Needed[] = [
  need('Function', 'lambda:GetAlias', 'a canary with hooks', refused, fn),
  need('Revision', 'codedeploy:RegisterApplicationRevision', 'a canary with hooks', refusedOn7, application),
  need('Strategy', 'codedeploy:GetDeploymentConfig', 'a canary with hooks', refusedOn7, canary),
  need('OptionalNewAlias', 'lambda:CreateAlias', 'a new alias', refused, fn),
  need('OptionalAlarms', 'codedeploy:UpdateDeploymentGroup', 'other alarms', refusedOn7, ourGroup)
]

const stop = 'codedeploy:StopDeployment'

const needed: Needed[] = [
  ...wellAdvised,
  ...misadvised,
  need('Deployment', stop, 'a cancel', 'interrupted 7:0.9,8:0.1 JOB_CANCELLED', ourGroup),
  need('Deployment', stop, 'another to replace', 'refused 7 NOT_REPLACED', ourGroup)
]

test.each(needed)('without $action, $scene: $ends; the error names it and its resource', async row => {
  const { sid, action, scene, ends, on } = row
  const played = await playAllowed(scenes[scene].scene, without(sid, action))
  expect(endOf(played)).toBe(ends)
  // The annotation of a cancelled job is left to the post step.
  const error = [...told(played, 'error'), played.outputs['error-message']].join('\n')
  expect(error.replaceAll('on resource: ', 'on ')).toMatch(new RegExp(`${action} on ${on}[ .]`))
})

describe('weights by hand', () => {
  const byHand = documentedStatements(filled, 'Weights by hand')
  const ofFunction = documented.filter(({ Sid }) => Sid === 'Function')
  const scene: Play = {
    inputs: { 'function-name': 'payments-api', alias: 'live', weight: '10', 'target-version': '6' }
  }

  test('need the statement of the page and that of the function, and nothing else', async () => {
    const played = await playAllowed(scene, [...ofFunction, ...byHand])
    expect([endOf(played), deniedOf(played)]).toEqual(['weighted 7:0.9,6:0.1', []])
  })

  test('are refused without it, with the words that grant it', async () => {
    const played = await playAllowed(scene, documented)
    expect(endOf(played)).toBe(refusedOn7)
    expect(played.outputs['error-message']).toContain(`lambda:UpdateAlias on ${fn}.`)
  })
})

/** Does what the error says, and nothing else. */
async function grantAndPlayAgain({ sid, action, scene }: Needed): Promise<string> {
  const allowed = without(sid, action)
  const [error = ''] = told(await playAllowed(scenes[scene].scene, allowed), 'error')
  const [, Action = '', Resource = ''] = /Grant the role (\S+) on (\S+?)\.(?:\s|$)/.exec(error) ?? []
  return endOf(await playAllowed(scenes[scene].scene, [...allowed, { Effect: 'Allow', Action, Resource }]))
}

describe('what the error says to grant is all that was missing', () => {
  test.each(wellAdvised)('$action', async row => {
    expect(await grantAndPlayAgain(row)).toBe(scenes[row.scene].ends)
  })

  test.each(misadvised)('$action', async row => {
    expect(await grantAndPlayAgain(row)).toBe(scenes[row.scene].ends)
  })
})

interface Optional {
  sid: string
  action: string
  scene: Name
  /** Every line that mentions it, in warnings and in the error. */
  tells: string[]
}

const denied = (action: string): Optional => ({
  sid: 'Deployment',
  action,
  scene: 'a canary with hooks',
  tells: [`The credentials do not allow ${action} on ${ourGroup}.`]
})

const unread = (action: string, what: string): Optional => ({
  ...denied(action),
  tells: [`${action} on ${ourGroup} is denied: ${what}.`]
})

/** Without it, old versions stay. */
const keptBy = (sid: string, action: string, on: string, left?: number): Optional[] => [
  {
    sid,
    action,
    scene: pruning,
    tells: [
      `Old versions of payments-api were not deleted${left === undefined ? '' : ` (${left} left)`}: The credentials do not allow ${action} on ${on}. Grant the role ${action} on ${on}.`
    ]
  }
]

/** The same beside another alias. */
const keptBeside = (sid: string, action: string, on: string, why = ''): Optional[] =>
  keptBy(sid, action, on, 5).map(each => ({
    ...each,
    scene: beside,
    tells: each.tells.map(line => `${line}${why}`)
  }))

const optional: Optional[] = [
  unread(
    'codedeploy:GetDeploymentGroup',
    "the group's alarms, rollback events and configuration are not known to the plan"
  ),
  unread(
    'codedeploy:ListDeployments',
    'a deployment that is already running will be noticed only when CodeDeploy refuses this one'
  ),
  denied('codedeploy:ListDeploymentTargets'),
  denied('codedeploy:BatchGetDeploymentTargets'),
  { sid: 'OptionalManyFunctions', action: 'lambda:GetFunction', scene: 'many functions', tells: [] },
  // Each deployment is then read separately.
  { sid: 'Deployment', action: 'codedeploy:BatchGetDeployments', scene: 'several functions', tells: [] },
  { sid: 'Deployment', action: 'codedeploy:BatchGetDeployments', scene: 'the previous version', tells: [] },
  // The refusal has no list then.
  {
    sid: 'OptionalGroupList',
    action: 'codedeploy:ListDeploymentGroups',
    scene: 'a missing group',
    tells: []
  },
  // The refusal gives the command that lists them.
  {
    sid: 'OptionalVersionList',
    action: 'lambda:ListVersionsByFunction',
    scene: 'no previous version',
    tells: []
  },
  ...keptBy('OptionalVersionList', 'lambda:ListVersionsByFunction', fn),
  ...keptBy('OptionalVersionsInUse', 'lambda:ListAliases', fn, 5),
  ...keptBy('OptionalVersionsInUse', 'lambda:ListProvisionedConcurrencyConfigs', fn, 5),
  ...keptBy('OptionalDeletion', 'lambda:DeleteFunction', `${fn}:*`, 5),
  ...keptBeside('OptionalGroupList', 'codedeploy:ListDeploymentGroups', `${groups}/*`, ofBeta),
  ...['GetDeploymentGroup', 'GetDeployment'].flatMap(name =>
    keptBeside('OptionalOtherGroups', `codedeploy:${name}`, `${groups}/payments-beta`, ofBeta)
  ),
  ...['ListDeployments', 'ListDeploymentTargets', 'BatchGetDeploymentTargets'].flatMap(name =>
    keptBeside('OptionalOtherGroups', `codedeploy:${name}`, `${groups}/payments-beta`)
  ),
  // Each deployment is then read separately.
  { sid: 'OptionalOtherGroups', action: 'codedeploy:BatchGetDeployments', scene: beside, tells: [] },
  {
    sid: 'Revision',
    action: 'codedeploy:GetApplicationRevision',
    scene: 'deployment-id',
    tells: [
      `codedeploy:GetApplicationRevision on ${codedeploy}:application:payments is denied: the AppSpec and its hooks are not known.`
    ]
  },
  {
    sid: 'OptionalHooks',
    action: 'lambda:GetFunctionConfiguration',
    scene: 'a canary with hooks',
    tells: ['before', 'after'].map(
      hook =>
        `lambda:GetFunctionConfiguration on ${hookFn}_${hook} is denied: a missing hook CodeDeployHook_${hook} will be noticed only when CodeDeploy invokes it.`
    )
  },
  // The plan has a quiet line.
  { sid: 'OptionalFigures', action: 'cloudwatch:GetMetricData', scene: 'a canary with hooks', tells: [] },
  { sid: 'OptionalAlarmCheck', action: 'cloudwatch:DescribeAlarms', scene: 'a canary with hooks', tells: [] },
  {
    sid: 'OptionalHookLogs',
    action: 'logs:FilterLogEvents',
    scene: 'a failing hook',
    tells: [
      '│ (the log /aws/lambda/CodeDeployHook_after could not be read: grant logs:FilterLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/CodeDeployHook_after:log-stream:)'
    ]
  }
]

test.each(optional)('without $action, $scene ends the same, and says what it does without', async row => {
  const { sid, action, scene, tells } = row
  const played = await playAllowed(scenes[scene].scene, without(sid, action))
  expect([endOf(played), deniedOf(played)]).toEqual([scenes[scene].ends, [action.split(':')[1]]])
  const lines = [...told(played, 'warning'), ...told(played, 'error')].flatMap(each => each.split('\n'))
  // When one of the first requests is refused, the account is not known yet.
  const exact = lines.map(line => line.replace('eu-west-1:*:', 'eu-west-1:123456789012:'))
  expect(exact.filter(line => line.includes(action))).toEqual(tells)
})

test('without codedeploy:GetApplicationRevision, the AppSpec of a watched deployment is not known', async () => {
  const appspec = async (allowed: readonly Statement[]) =>
    (await playAllowed(scenes['deployment-id'].scene, allowed)).outputs.appspec
  expect(await appspec(documented)).toContain('"TargetVersion": "6"')
  expect(await appspec(without('Revision', 'codedeploy:GetApplicationRevision'))).toBe('')
})

test('the documented policy has only what is shown here to make a difference', () => {
  const pairs = (rows: readonly { sid: string; action: string }[]) =>
    [...new Set(rows.map(({ sid, action }) => `${sid} ${action}`))].sort()
  const all = documented.flatMap(({ Sid, Action }) => Action.map(action => ({ sid: Sid, action })))
  expect(pairs(all)).toEqual(pairs([...needed, ...optional]))
  expect(all.filter(({ action }) => /[*?]/.test(action))).toEqual([])
})

test.each([
  { half: 'the function', keep: (arn: string) => !arn.endsWith(':*'), scene: 'an older version' },
  {
    half: 'its versions and aliases',
    keep: (arn: string) => arn.endsWith(':*'),
    scene: 'a canary with hooks'
  }
] as const)('the statement Function on $half alone is not enough', async ({ keep, scene }) => {
  const half = documented.map(each =>
    each.Sid === 'Function' ? { ...each, Resource: each.Resource.filter(keep) } : each
  )
  expect(endOf(await playAllowed(scenes[scene].scene, half))).toBe(refused)
})

test('a service role may be passed to CodeDeploy only: the condition is part of the permission', async () => {
  const elsewhere = documented.map(each =>
    each.Condition
      ? { ...each, Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }
      : each
  )
  const played = await playAllowed(scenes['what is missing'].scene, elsewhere)
  expect([endOf(played), played.outputs['error-message']?.split('\n')[0]]).toEqual([
    refusedOn7,
    `The credentials do not allow iam:PassRole on ${serviceRole}.`
  ])
})

const notNeeded: { sid: string; action: string; when: string; scene: Play; ends: string }[] = [
  {
    sid: 'Function',
    action: 'lambda:PublishVersion',
    when: 'with target-version',
    scene: inputs({ 'target-version': '3' }),
    ends: 'succeeded 3'
  },
  {
    sid: 'Deployment',
    action: stop,
    when: 'with if-interrupted: continue',
    scene: { ...inputs({ 'if-interrupted': 'continue' }), before: later(2, jobIsCancelled) },
    ends: 'interrupted 7:0.9,8:0.1 JOB_CANCELLED'
  }
]

test.each(notNeeded)('$action is not needed $when, as the page says', async row => {
  const played = await playAllowed(row.scene, without(row.sid, row.action))
  expect([endOf(played), deniedOf(played)]).toEqual([row.ends, []])
})
