/** `keep-versions` when something goes wrong, or when somebody else is at work: the release passes, and nothing in use is deleted. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { Policy } from '../../simulator/identity/policy.ts'
import { everyFault, fault } from './incidents.ts'
import { killAfter } from './killed.ts'
import { beforeRequest, keep, old, otherAlias, provision, toldOf, versionsOf } from './oldversions.ts'
import { warningsOf } from './past.ts'
import { type Play, type Played, play } from './play.ts'
import { asked } from './services.ts'

const always = Number.POSITIVE_INFINITY
const operations = [
  'ListVersionsByFunction',
  'ListAliases',
  'ListProvisionedConcurrencyConfigs',
  'DeleteFunction'
] as const
const permanent = ['expiredToken', 'accessDenied', 'invalidToken']

const prune = (scene: Play = {}): Promise<Played> => play({ setting: old, inputs: keep(2), ...scene })

const ends = ({ outputs, aws }: Played): string => `${outputs.outcome}: ${versionsOf(aws)}`

/** How long the program waits for an answer. */
const lasting = (kind: string) => (kind === 'timeout' ? { ms: 20_000 } : {})

describe.each(operations)('%s', operation => {
  test.each(everyFault)('goes wrong once (%s)', async kind => {
    const played = await prune({ before: fault({ operation, kind, ...lasting(kind) }) })
    expect(played.passed).toBe(true)
    const isPermanent = permanent.includes(kind)
    expect(ends(played)).toBe(isPermanent ? 'succeeded: 1 2 3 4 5 6 7 8' : 'succeeded: 7 8')
    expect(warningsOf(played)).toHaveLength(isPermanent ? 1 : 0)
  })

  test.each(everyFault.filter(kind => !['isoDates', 'unknownStatus'].includes(kind)))(
    'goes wrong each time (%s)',
    async kind => {
      const before = fault({ operation, kind, times: always, ...lasting(kind) })
      const played = await prune({ before })
      expect(played.passed).toBe(true)
      expect(warningsOf(played)).toHaveLength(1)
      expect(warningsOf(played)[0]).toMatch(/^Old versions of payments-api were not deleted( \(\d left\))?: /)
      // Some answers are lost after Lambda has acted.
      if (operation !== 'DeleteFunction') expect(ends(played)).toBe('succeeded: 1 2 3 4 5 6 7 8')
      expect(asked(played.aws, operation).length).toBeLessThan(20)
      expect(tookMs(played)).toBeLessThan(90_000)
    }
  )
})

/** From the first request about old versions to the end of the step. */
const tookMs = ({ aws, endedAt }: Played): number =>
  endedAt - (asked(aws, 'ListVersionsByFunction')[0]?.at ?? endedAt)

test.each([
  {
    on: 'the function',
    deletion: 'function' as const,
    adds: ' This also allows it to delete the function itself.'
  },
  { on: 'its versions', deletion: 'version' as const, adds: '' }
])('a denied deletion is not repeated, and the warning says what to grant on $on', async row => {
  const allowed = { Effect: 'Allow' as const, Action: '*', Resource: '*' }
  const denied = { Effect: 'Deny' as const, Action: 'lambda:DeleteFunction', Resource: '*' }
  const played = await prune({
    before: aws => {
      aws.permissions.deletion = row.deletion
      aws.permissions.policy = new Policy({ Version: '2012-10-17', Statement: [allowed, denied] })
    }
  })
  const resource = `arn:aws:lambda:eu-west-1:123456789012:function:payments-api${row.deletion === 'version' ? ':*' : ''}`
  expect(ends(played)).toBe('succeeded: 1 2 3 4 5 6 7 8')
  expect(asked(played.aws, 'DeleteFunction')).toHaveLength(1)
  expect(warningsOf(played)).toEqual([
    `Old versions of payments-api were not deleted (6 left): The credentials do not allow lambda:DeleteFunction on ${resource}. Grant the role lambda:DeleteFunction on ${resource}.${row.adds}`
  ])
})

test('an unreadable second page of aliases keeps everything', async () => {
  const played = await prune({
    before: aws => {
      for (let index = 10; index < 90; index++) otherAlias('7', {}, `a-${index}`)(aws)
      aws.faults.add({ operation: 'ListAliases', kind: 'throttle', skip: 1, times: always })
    }
  })
  expect(ends(played)).toBe('succeeded: 1 2 3 4 5 6 7 8')
  expect(warningsOf(played)).toEqual([
    'Old versions of payments-api were not deleted (6 left): lambda:ListAliases got no usable answer: TooManyRequestsException. Run the step again; see the AWS Health Dashboard if it recurs.'
  ])
})

test('without permission to see what is running in the group, everything stays', async () => {
  const played = await prune({
    before: aws => {
      const allowed = { Effect: 'Allow' as const, Action: '*', Resource: '*' }
      const denied = { Effect: 'Deny' as const, Action: 'codedeploy:ListDeployments', Resource: '*' }
      aws.permissions.policy = new Policy({ Version: '2012-10-17', Statement: [allowed, denied] })
    }
  })
  expect(ends(played)).toBe('succeeded: 1 2 3 4 5 6 7 8')
  expect(toldOf(played.log)).toEqual([
    expect.stringContaining(
      'Old versions of payments-api were not deleted (6 left): The credentials do not allow'
    )
  ])
})

test('when Lambda refuses version after version, it is not asked for all of them', async () => {
  const error = { name: 'ResourceConflictException', message: 'busy', status: 409 }
  const played = await prune({
    setting: { unreleased: 100, ...old },
    before: fault({ operation: 'DeleteFunction', kind: 'custom', error, times: always })
  })
  expect(asked(played.aws, 'DeleteFunction')).toHaveLength(50)
  expect(warningsOf(played)).toEqual([])
  expect(toldOf(played.log)).toEqual([
    'Old versions of payments-api: Lambda kept 50 (1–6, 8–51); 55 left for the next release'
  ])
})

test('a step that is killed meanwhile has its outputs, and its post step deletes nothing', async () => {
  const { aws, main, post, at } = await killAfter(20, {
    inputs: keep(2),
    setting: old,
    before: fault({ operation: 'DeleteFunction', kind: 'slow', ms: 19_000, times: always })
  })
  expect(main.outputs).toMatchObject({ outcome: 'succeeded', version: '8', 'previous-version': '7' })
  expect(asked(aws, 'DeleteFunction')).toHaveLength(1)
  expect(asked(aws, 'DeleteFunction', at)).toEqual([])
  expect(post.summaries.join()).toContain('payments-api:live is wholly on v8')
})

test('a deletion whose answer is lost is sent again, and counts once', async () => {
  const played = await prune({ before: fault({ operation: 'DeleteFunction', kind: 'dropAfter', times: 2 }) })
  expect(ends(played)).toBe('succeeded: 7 8')
  expect(toldOf(played.log)).toEqual(['Old versions of payments-api: 6 deleted (1–6)'])
})

test('when answers stay lost, it is said what may have been deleted', async () => {
  const played = await prune({
    before: fault({ operation: 'DeleteFunction', kind: 'dropAfter', skip: 2, times: always })
  })
  expect(ends(played)).toBe('succeeded: 4 5 6 7 8')
  expect(toldOf(played.log)).toEqual([
    'Old versions of payments-api: 2 deleted (1, 2); 1 (3) may have been deleted: there was no answer; 3 more left for the next release',
    'Warning: Old versions of payments-api were not deleted (3 left): lambda:DeleteFunction got no usable answer: ECONNRESET. Run the step again; see the AWS Health Dashboard if it recurs.'
  ])
})

test('when deleting takes too long, the rest is left for the next release', async () => {
  const played = await prune({
    before: fault({ operation: 'DeleteFunction', kind: 'slow', ms: 19_000, times: always })
  })
  expect(ends(played)).toBe('succeeded: 5 6 7 8')
  expect(toldOf(played.log)).toEqual([
    'Old versions of payments-api: 4 deleted (1–4); 2 more left for the next release'
  ])
  expect(tookMs(played)).toBeLessThan(90_000)
})

test('a cancel ends it at once, and nothing is deleted after that', async () => {
  let cancelledAt = 0
  const played = await prune({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'DeleteFunction', kind: 'slow', ms: 5_000, skip: 2, times: always })
      beforeRequest(aws, 'deleteFunction', 2, () =>
        clock.at(clock.now() + 1_000, () => {
          cancelledAt = clock.now()
          cancel()
        })
      )
    }
  })
  expect(played.outputs.outcome).toBe('succeeded')
  expect(toldOf(played.log)).toEqual([
    'Old versions of payments-api: 2 deleted (1, 2); 1 (3) may have been deleted: there was no answer; 3 more left for the next release'
  ])
  expect(played.endedAt - cancelledAt).toBeLessThan(500)
  expect(asked(played.aws, 'DeleteFunction', cancelledAt)).toEqual([])
})

const deploy = (to: string) => (aws: Aws) =>
  void aws.codedeploy.createDeployment({
    applicationName: 'payments',
    deploymentGroupName: 'payments-live',
    deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent30Minutes',
    revision: {
      revisionType: 'AppSpecContent',
      appSpecContent: {
        content: JSON.stringify({
          version: '0.0',
          Resources: [
            {
              fn: {
                Type: 'AWS::Lambda::Function',
                Properties: { Name: 'payments-api', Alias: 'live', CurrentVersion: '8', TargetVersion: to }
              }
            }
          ]
        })
      }
    }
  })

/** What no deployment tells of another alias keeps the version below the one that it serves. */
const others: { name: string; happen: (aws: Aws) => void; stay: string }[] = [
  { name: 'an alias is moved to it', happen: otherAlias('4'), stay: '3 4 7 8' },
  { name: 'an alias gives it a weight', happen: otherAlias('7', { 4: 0.1 }), stay: '4 6 7 8' },
  { name: 'it gets provisioned concurrency', happen: provision('4'), stay: '4 7 8' },
  { name: 'a deployment to it begins in the group', happen: deploy('4'), stay: '4 7 8' }
]

describe.each(others)('when $name', ({ happen, stay }) => {
  const uncertain = { deletingWeighted: 'deleted', deletingProvisioned: 'deleted' } as const

  test('before anything is deleted, it stays', async () => {
    const played = await prune({
      uncertain,
      before: aws => beforeRequest(aws, 'listVersionsByFunction', 1, () => happen(aws))
    })
    expect(versionsOf(played.aws)).toBe(stay)
  })

  test('while others are being deleted for some seconds, it stays', async () => {
    const played = await prune({
      uncertain,
      before: aws => {
        aws.faults.add({ operation: 'DeleteFunction', kind: 'slow', ms: 3_000 })
        beforeRequest(aws, 'deleteFunction', 1, () => happen(aws))
      }
    })
    expect(versionsOf(played.aws)).toBe(stay)
  })
})

test('what took long to read is read again before anything is deleted', async () => {
  const played = await prune({
    uncertain: { deletingProvisioned: 'deleted' },
    before: (aws, clock) => {
      aws.faults.add({ operation: 'ListAliases', kind: 'slow', ms: 15_000 })
      // By then the answer about provisioned concurrency has come.
      beforeRequest(aws, 'listProvisionedConcurrencyConfigs', 1, () =>
        clock.at(clock.now() + 1_000, () => provision('4')(aws))
      )
    }
  })
  expect(versionsOf(played.aws)).toBe('4 7 8')
})

test('what an alias was moved to in that moment, Lambda itself does not delete', async () => {
  const played = await prune({
    before: aws => beforeRequest(aws, 'deleteFunction', 2, () => otherAlias('4')(aws))
  })
  expect(versionsOf(played.aws)).toBe('4 7 8')
  expect(warningsOf(played)).toEqual([])
})
