import type { ReleaseRecord } from '../deployment/record.ts'
import { joins } from '../operations/conflict.ts'
import { testVersion } from '../operations/testversion.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { whenKnown } from './arrivals.ts'
import { isUnready } from './goback.ts'
import { lookAgain } from './readagain.ts'
import { type Release, refuse, stage } from './release.ts'

/**
 * Invokes each version that is to be released with its test events, before a deployment of somebody else is waited for or stopped, and
 * before anything is created. Each version is tested once. When one fails, the tests of the others are cut short.
 */
export async function testAll(releases: readonly Release[], world: World): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([world.cancelled, failed.signal])
  const act = stage(async release => {
    try {
      if (!(await mayGoOn(release, signal, world))) failed.abort()
    } catch (failure) {
      failed.abort()
      throw failure
    }
  })
  await act(releases, world)
}

/** There are tests, and none has been begun. */
export const isUntested = ({ request, record }: Release): boolean =>
  request.tests !== undefined && record.tests === undefined

async function mayGoOn(release: Release, signal: AbortSignal, world: World): Promise<boolean> {
  const { request, target, record } = release
  const { tests } = request
  // Another version served before by now: that one is tested, once it is ready.
  if (isUnready(release)) return true
  if (!tests || !target || record.tests || (await isLeftToAnother(release, world))) return true
  const told: NonNullable<ReleaseRecord['tests']> = { count: tests.events.length, passed: [] }
  record.tests = told
  const options = {
    lambda: world.lambda,
    clock: world.clock,
    signal,
    tell: (line: string) => world.reporter.say(plain(line))
  }
  const result = await testVersion(request, tests, target, test => told.passed.push(test), options)
  if (result.kind !== 'failed') return true
  await lookAgain(release, world)
  refuse(release, result.cause)
  return false
}

/** Another deployment of the group is running, and it will be joined, or is reason enough to refuse. */
async function isLeftToAnother(release: Release, world: World): Promise<boolean> {
  const { decision, request, target } = release
  if (decision?.kind !== 'busy') return false
  if (request.ifInProgress === 'fail') return true
  const other = await whenKnown(decision.deploymentIds[0], release, world)
  return other !== undefined && joins(other, request, target?.version)
}
