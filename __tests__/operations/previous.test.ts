import { describe, expect, test } from '@jest/globals'
import type { DeploymentDescription } from '../../src/operations/existing.ts'
import { type PastDeployment, readPrevious } from '../../src/operations/previous.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { request } from '../inputs/asked.ts'
import { alias, version } from '../plan/holdings.ts'

type Target = DeploymentDescription['target']

const target = (
  currentVersion: string,
  targetVersion: string,
  over: Partial<Target & object> = {}
): Target => ({
  lifecycle: [],
  functionName: 'payments-api',
  alias: 'live',
  currentVersion,
  targetVersion,
  ...over
})

interface Past {
  /** What its target says; undefined when it says nothing. */
  target?: Target
  /** The text of its AppSpec, if CodeDeploy has kept it. */
  content?: string
  over?: Partial<PastDeployment>
}

/** The deployments that have succeeded, newest first, and one that is running. */
interface Scene {
  past: Past[]
  running?: Target
  rollsBack?: string
  missing?: string[]
}

function find({ past, running, rollsBack, missing = [] }: Scene) {
  const asked: string[] = []
  const described = (id: string): DeploymentDescription => ({
    id,
    status: 'Succeeded',
    description: '',
    hasOwnAlarms: false,
    alarms: [],
    application: 'payments',
    sha256: id
  })
  const ports = {
    lambda: {
      version: async (_: string, qualifier?: string) => {
        asked.push(`version ${qualifier ?? '$LATEST'}`)
        return missing.includes(qualifier ?? '$LATEST') ? undefined : version(qualifier ?? '$LATEST')
      },
      versions: async () => ['6', '7']
    },
    codedeploy: {
      async *succeeded() {
        for (const [index, { over }] of past.entries()) {
          asked.push(`deployment ${index}`)
          yield { ...described(`d-${index}`), createdAt: 60_000 * (100 - index), isRollback: false, ...over }
        }
      },
      target: async (id: string) => past[Number(id.slice(2))]?.target,
      describe: async (id: string) => ({
        ...described(id),
        ...(running && { target: running }),
        ...(rollsBack !== undefined && { rollsBack })
      }),
      appSpec: async (_: string, sha256: string) => past[Number(sha256.slice(2))]?.content
    }
  }
  const held = { alias: alias('7'), running: running || rollsBack ? ['d-9'] : [], group: 'denied' as const }
  return {
    asked,
    result: (over = {}) => readPrevious(request({ targetVersion: 'previous' }), { ...held, ...over }, ports)
  }
}

const spec = (currentVersion: string, targetVersion: string): string =>
  appSpec({ functionName: 'payments-api', alias: 'live', currentVersion, targetVersion, hooks: {} }).content

describe('what served before', () => {
  test.each<{ name: string; scene: Scene; found: string; asked?: string[] }>([
    {
      name: 'is found in the newest deployment, and nothing older is looked at',
      scene: { past: [{ target: target('6', '7') }, { target: target('5', '7') }] },
      found: '6 in d-0',
      asked: ['deployment 0', 'version 6']
    },
    {
      name: 'is found by the AppSpec when the target says nothing',
      scene: { past: [{ content: spec('6', '7') }] },
      found: '6 in d-0'
    },
    {
      name: 'is found by the AppSpec when the target does not say all',
      scene: { past: [{ target: { lifecycle: [], functionName: 'payments-api' }, content: spec('6', '7') }] },
      found: '6 in d-0'
    },
    {
      name: 'is found when the AppSpec names the function by its ARN',
      scene: {
        past: [
          {
            target: target('6', '7', {
              functionName: 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api'
            })
          }
        ]
      },
      found: '6 in d-0'
    },
    {
      name: 'is what served before the running deployment of the same alias began',
      scene: {
        past: [{ target: target('4', '5') }, { target: target('6', '7') }],
        running: target('5', '7')
      },
      found: '4 in d-0'
    },
    {
      name: 'is not what CloudFormation has taken back',
      scene: {
        past: [
          { target: target('8', '7'), over: { isRollback: true } },
          { target: target('7', '8') },
          { target: target('6', '7') }
        ]
      },
      found: '6 in d-2'
    },
    {
      name: 'does not depend on a running deployment of another alias',
      scene: { past: [{ target: target('6', '7') }], running: target('5', '7', { alias: 'beta' }) },
      found: '6 in d-0'
    },
    {
      name: 'does not depend on a rollback that is running',
      scene: { past: [{ target: target('6', '7') }], running: target('5', '7'), rollsBack: 'd-8' },
      found: '6 in d-0'
    }
  ])('$name', async ({ scene, found, asked }) => {
    const { result, asked: sent } = find(scene)
    const { previous, source } = await result()
    expect(previous?.kind === 'found' && `${previous.version} in ${previous.foundIn.deploymentId}`).toBe(
      found
    )
    expect(source?.version).toBe(found.split(' ')[0])
    expect(previous).not.toHaveProperty('movedOn')
    if (asked) expect(sent).toEqual(asked)
  })

  test.each<{ name: string; scene: Scene; why: RegExp }>([
    {
      name: 'because a newer deployment does not say what it was about: it might be the one that counts',
      scene: { past: [{}, { target: target('6', '7') }] },
      why: /^deployment d-0 of group payments-live has succeeded \(1970-01-01 01:40 UTC\), and CodeDeploy does not say/
    },
    {
      name: 'because its AppSpec cannot be understood',
      scene: { past: [{ content: 'version: 0.0' }] },
      why: /^deployment d-0 /
    },
    { name: 'because there are no deployments', scene: { past: [] }, why: /^no deployment of group/ },
    {
      name: 'because the version is gone',
      scene: { past: [{ target: target('6', '7'), over: { completedAt: 0 } }], missing: ['6'] },
      why: /^version 6 did, until deployment d-0 \(1970-01-01 00:00 UTC\), and it has been deleted since\.$/
    }
  ])('cannot be told $name', async ({ scene, why }) => {
    const { previous, source } = await find(scene).result()
    expect([previous?.kind, source]).toEqual(['unknown', undefined])
    expect(previous?.kind === 'unknown' && previous.why).toMatch(why)
    expect(previous?.kind === 'unknown' && previous.versions).toEqual(['6', '7'])
  })

  test.each([
    { name: 'the alias is split', over: { alias: alias('7', { 8: 0.1 }) } },
    { name: 'the weights give everything to another version', over: { alias: alias('7', { 8: 1 }) } },
    { name: 'the alias has a weight of 0 for another version', over: { alias: alias('7', { 8: 0 }) } },
    { name: 'the alias points to $LATEST', over: { alias: alias('$LATEST') } },
    { name: 'there is no such group', over: { group: 'no-group' } }
  ])('is not asked when $name, which is refused anyway', async ({ over }) => {
    const { result, asked } = find({ past: [{ target: target('6', '7') }] })
    expect([await result(over), asked]).toEqual([{ source: undefined, previous: undefined }, []])
  })

  test('is found from an alias with a weight on its own version, which moves nothing', async () => {
    const { previous } = await find({ past: [{ target: target('6', '7') }] }).result({
      alias: alias('7', { 7: 1 })
    })
    expect(previous).toEqual({ kind: 'found', version: '6', foundIn: { deploymentId: 'd-0', at: 6_000_000 } })
  })

  test('without an alias, only whether there is such a function is asked', async () => {
    const { result, asked } = find({ past: [] })
    expect((await result({ alias: undefined })).source?.version).toBe('$LATEST')
    expect(asked).toEqual(['version $LATEST'])
  })
})
