/** `keep-versions` when others choose what is being deleted: what is told of it is true, even if what Lambda lists is some seconds old. */
import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import { beforeRequest, keep, old, otherAlias, toldOf, unseen, versionsOf } from './oldversions.ts'
import { warningsOf } from './past.ts'
import { type Play, type Played, play } from './play.ts'
import { asked, entry, together } from './services.ts'

const always = Number.POSITIVE_INFINITY

const prune = (scene: Play): Promise<Played> =>
  play({ setting: old, inputs: keep(2), uncertain: { deletingWeighted: 'deleted' }, ...scene })

const staleLists = (aws: Aws, skip = 0): void =>
  aws.faults.add({ operation: 'ListAliases', kind: 'stale', ms: 6_000, skip, times: always })

/** Alias beta has had a weight on it for a while. */
const longSince =
  (version: string) =>
  async (aws: Aws): Promise<void> => {
    otherAlias('7', { [version]: 0.1 })(aws)
    await aws.clock.sleep(20_000)
  }

const chosen = (versions: string) =>
  `Version ${versions} of payments-api was deleted in the moment in which somebody else chose it: an alias or a deployment names it now. Give the alias another version.`

test('what somebody chose in the very moment in which it was deleted is told', async () => {
  const played = await prune({
    before: aws => beforeRequest(aws, 'deleteFunction', 2, () => otherAlias('7', { 4: 0.1 })(aws))
  })
  expect(versionsOf(played.aws)).toBe('7 8')
  expect(warningsOf(played)).toEqual([chosen('4')])
})

test('it is told as well when a later reading shows it, and the last one gets no answer', async () => {
  const played = await prune({
    before: aws => {
      aws.faults.add({ operation: 'DeleteFunction', kind: 'slow', ms: 3_000 })
      aws.faults.add({
        operation: 'ListProvisionedConcurrencyConfigs',
        kind: 'serverErrorBefore',
        skip: 2,
        times: always
      })
      beforeRequest(aws, 'deleteFunction', 1, () => otherAlias('7', { 1: 0.1 })(aws))
    }
  })
  expect(warningsOf(played)).toContain(chosen('1'))
})

test('what may have been deleted without an answer, and was not, is not called deleted', async () => {
  const played = await prune({
    before: (aws, clock) => {
      aws.faults.add({ operation: 'DeleteFunction', kind: 'serverErrorBefore', skip: 3, times: 2 })
      beforeRequest(aws, 'deleteFunction', 3, () =>
        clock.at(clock.now() + 700, () => otherAlias('7', { 4: 0.1 })(aws))
      )
    }
  })
  expect(versionsOf(played.aws)).toBe('4 6 7 8')
  expect(toldOf(played.log)).toEqual([
    'Old versions of payments-api: 4 deleted (1–3, 5); 1 (4) may have been deleted: there was no answer',
    unseen('alias beta', 2)
  ])
  expect(warningsOf(played)).toEqual([
    'Version 4 of payments-api may have been deleted in the moment in which somebody else chose it: an alias or a deployment names it now. If it is gone (aws lambda list-versions-by-function --function-name payments-api), give the alias another version.'
  ])
})

test('what somebody chose while it was deleted is told, although the list shows it only seconds later', async () => {
  const played = await prune({
    before: aws => {
      staleLists(aws)
      beforeRequest(aws, 'deleteFunction', 2, () => otherAlias('7', { 4: 0.1 })(aws))
    }
  })
  expect(versionsOf(played.aws)).toBe('7 8')
  expect(warningsOf(played)).toEqual([chosen('4')])
})

test('that is told as well when the credentials may no longer read what a deployment is about', async () => {
  const played = await prune({
    before: aws => {
      staleLists(aws)
      beforeRequest(aws, 'deleteFunction', 2, () => {
        otherAlias('7', { 4: 0.1 })(aws)
        aws.faults.add({ operation: 'ListDeployments', kind: 'accessDenied', times: always })
      })
    }
  })
  expect(warningsOf(played)).toContain(chosen('4'))
})

test('what an alias had left before it was deleted is not told, although an old list still names it', async () => {
  const played = await prune({
    earlier: longSince('4'),
    before: aws => {
      staleLists(aws, 2)
      beforeRequest(aws, 'listVersionsByFunction', 1, () => otherAlias('7')(aws))
    }
  })
  expect(versionsOf(played.aws)).toBe('6 7 8')
  expect(warningsOf(played)).toEqual([])
})

test('what a look in between took for chosen is taken back by the last one', async () => {
  const played = await prune({
    earlier: longSince('1'),
    before: aws => {
      staleLists(aws, 2)
      aws.faults.add({ operation: 'DeleteFunction', kind: 'slow', ms: 3_000 })
      beforeRequest(aws, 'listVersionsByFunction', 1, () => otherAlias('7')(aws))
    }
  })
  expect(versionsOf(played.aws)).toBe('6 7 8')
  expect(warningsOf(played)).toEqual([])
})

test('the last look is waited for once, however many functions there are', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `service-${index}`)
  const played = await prune({
    inputs: together(
      names.map(name => entry(name)),
      { 'codedeploy-deployment-config': 'AllAtOnce', 'keep-versions': '2' }
    ),
    before: aws => {
      fleet(aws, names)
      for (const name of names) aws.lambda.backdate(name, 2 * 86_400_000)
    }
  })
  const deletedAt = asked(played.aws, 'DeleteFunction').at(-1)?.at ?? 0
  const looks = asked(played.aws, 'ListAliases', deletedAt)
  expect(looks).toHaveLength(names.length)
  expect((looks[0]?.at ?? 0) - deletedAt).toBeGreaterThanOrEqual(10_000)
  expect(played.endedAt - deletedAt).toBeLessThan(15_000)
})

test.each([
  { name: 'nothing is old', scene: { inputs: keep(8) } },
  { name: 'it is a dry run', scene: { inputs: keep(2, { 'dry-run': 'true' }) } },
  { name: 'Lambda refuses', scene: { before: refuseAll } }
])('nothing is waited for when $name', async ({ scene }) => {
  const { aws, endedAt, log } = await prune(scene)
  expect(toldOf(log)).toHaveLength(1)
  expect(endedAt - (asked(aws, 'ListVersionsByFunction')[0]?.at ?? 0)).toBeLessThan(5_000)
})

function refuseAll(aws: Aws): void {
  const error = { name: 'ResourceConflictException', message: 'busy', status: 409 }
  aws.faults.add({ operation: 'DeleteFunction', kind: 'custom', error, times: always })
}

test('a cancel ends the wait for the last look at once', async () => {
  let cancelledAt = 0
  const played = await prune({
    before: (aws, clock, cancel) =>
      beforeRequest(aws, 'deleteFunction', 6, () =>
        clock.at(clock.now() + 3_000, () => {
          cancelledAt = clock.now()
          cancel()
        })
      )
  })
  expect(toldOf(played.log)).toEqual(['Old versions of payments-api: 6 deleted (1–6)'])
  expect(played.outputs.outcome).toBe('succeeded')
  expect(played.endedAt - cancelledAt).toBeLessThan(500)
  expect(asked(played.aws, 'ListAliases', cancelledAt)).toEqual([])
})
