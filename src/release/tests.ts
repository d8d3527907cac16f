import type { ReleaseRecord } from '../deployment/record.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import type { TestChoice } from '../inputs/tests.ts'
import { joins } from '../operations/conflict.ts'
import { type TestResult, testVersion } from '../operations/testversion.ts'
import type { FunctionVersion } from '../plan/holdings.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { whenKnown } from './arrivals.ts'
import { isUnready } from './goback.ts'
import { lookAgain } from './readagain.ts'
import { isTakenAway, type Release, refuse, stage } from './release.ts'

/** A version that is being tested, or was. */
interface Tested {
  told: NonNullable<ReleaseRecord['tests']>
  result: Promise<TestResult>
}

/**
 * The stage that invokes each version that is to be released with its test events, before a deployment of somebody else is waited for or
 * stopped, and before anything is created. A version is tested once, however many aliases get it and however often the stage runs: what
 * an event does, it does for real. When one fails, the tests of the others are cut short.
 */
export function testingOnce(): ReturnType<typeof stage> {
  const testedBefore = new Map<string, Tested>()
  return async (releases, world) => {
    const failed = new AbortController()
    const signal = AbortSignal.any([world.cancelled, failed.signal])
    const act = stage(async release => {
      try {
        if (!(await mayGoOn(release, testedBefore, signal, world))) failed.abort()
      } catch (failure) {
        failed.abort()
        throw failure
      }
    })
    await act(releases, world)
  }
}

/** There are tests, and none has been begun. */
export const isUntested = ({ request, record }: Release): boolean =>
  request.tests !== undefined && record.tests === undefined

async function mayGoOn(
  release: Release,
  testedBefore: Map<string, Tested>,
  signal: AbortSignal,
  world: World
): Promise<boolean> {
  const { request, target, record } = release
  const { tests } = request
  // Another version served before by now: that one is tested, once it is ready.
  if (isUnready(release) || isTakenAway(release)) return true
  if (!tests || !target || record.tests || (await isLeftToAnother(release, world))) return true
  const key = JSON.stringify([request.functionName, target.version, tests])
  const tested = testedBefore.get(key) ?? begin(request, tests, target, signal, world)
  testedBefore.set(key, tested)
  record.tests = tested.told
  const result = await tested.result
  if (result.kind !== 'failed') return true
  await lookAgain(release, world)
  refuse(release, result.cause)
  return false
}

function begin(
  request: ReleaseRequest,
  tests: TestChoice,
  target: FunctionVersion,
  signal: AbortSignal,
  { lambda, clock, reporter }: World
): Tested {
  const told: Tested['told'] = { count: tests.events.length, passed: [] }
  const options = { lambda, clock, signal, tell: (line: string) => reporter.say(plain(line)) }
  return { told, result: testVersion(request, tests, target, test => told.passed.push(test), options) }
}

/** Another deployment of the group is running, and it will be joined, or is reason enough to refuse. */
async function isLeftToAnother(release: Release, world: World): Promise<boolean> {
  const { decision, request, target } = release
  if (decision?.kind !== 'busy') return false
  if (request.ifInProgress === 'fail') return true
  const other = await whenKnown(decision.deploymentIds[0], release, world)
  return other !== undefined && joins(other, request, target?.version)
}
