import { describe, expect, test } from '@jest/globals'
import { Failure } from '../../src/failure.ts'
import type { DeploymentDescription } from '../../src/operations/existing.ts'
import { type VersionsInUsePort, VersionsUnknown, versionsInUse } from '../../src/operations/versionsinuse.ts'
import { appSpec } from '../../src/plan/appspec.ts'

interface Running {
  target?: { functionName?: string; currentVersion?: string; targetVersion?: string }
  /** What its AppSpec says: from, to. */
  specified?: [string, string]
  specifiedFunction?: string
  rollsBack?: string
}

interface Scene {
  aliases?: { version: string; weights?: Record<string, number> }[]
  provisioned?: string[]
  /** By id; those whose id begins with `over` are listed no more. */
  deployments?: Record<string, Running>
}

function portsOf({ aliases = [], provisioned = [], deployments = {} }: Scene) {
  const asked: string[] = []
  const ports: VersionsInUsePort = {
    lambda: {
      aliases: async () => {
        asked.push('aliases')
        return aliases.map(({ version, weights = {} }, index) => ({
          alias: `alias-${index}`,
          version,
          weights
        }))
      },
      provisioned: async () => {
        asked.push('provisioned')
        return provisioned
      }
    },
    codedeploy: {
      running: async (_, group) => {
        asked.push(`running in ${group}`)
        return Object.keys(deployments).filter(id => !id.startsWith('over'))
      },
      describe: async id => {
        const deployment = deployments[id]
        if (!deployment) return undefined
        const { target, rollsBack } = deployment
        return {
          id,
          status: 'InProgress',
          description: '',
          hasOwnAlarms: false,
          alarms: [],
          application: 'payments',
          sha256: id,
          ...(rollsBack !== undefined && { rollsBack }),
          ...(target && { target: { lifecycle: [], ...target } })
        } satisfies DeploymentDescription
      },
      appSpec: async (_, sha256) => {
        const { specified, specifiedFunction: functionName = 'payments-api' } = deployments[sha256] ?? {}
        if (!specified) return undefined
        const [currentVersion, targetVersion] = specified
        return appSpec({ functionName, alias: 'live', currentVersion, targetVersion, hooks: {} }).content
      }
    }
  }
  return { ports, asked }
}

const of = { functionName: 'payments-api', groups: [{ application: 'payments', group: 'payments-live' }] }

const whole = (currentVersion: string, targetVersion: string, functionName = 'payments-api') => ({
  target: { functionName, currentVersion, targetVersion }
})

describe('in use are', () => {
  test.each<{ name: string; scene: Scene; are: string[] }>([
    { name: 'none of nothing', scene: {}, are: [] },
    {
      name: 'what aliases name, with any weight',
      scene: {
        aliases: [{ version: '7' }, { version: '$LATEST' }, { version: '5', weights: { 6: 0.1, 4: 0 } }]
      },
      are: ['7', '$LATEST', '5', '4', '6']
    },
    { name: 'what has provisioned concurrency', scene: { provisioned: ['3', 'live'] }, are: ['3', 'live'] },
    {
      name: 'what running deployments are about',
      scene: { deployments: { 'd-1': whole('7', '8'), 'd-2': whole('3', '2') } },
      are: ['7', '8', '3', '2']
    },
    {
      name: 'not what a deployment of another function in the group is about',
      scene: { deployments: { 'd-1': whole('7', '8', 'orders') } },
      are: []
    },
    {
      name: 'those of an AppSpec while a deployment has no target yet',
      scene: { deployments: { 'd-1': { specified: ['7', '4'] } } },
      are: ['7', '4']
    },
    {
      name: 'not those of an AppSpec for another function',
      scene: { deployments: { 'd-1': { specified: ['7', '4'], specifiedFunction: 'orders' } } },
      are: []
    },
    {
      name: 'those of the deployment that a rollback without any details takes back',
      scene: { deployments: { 'd-2': { rollsBack: 'over-1' }, 'over-1': whole('6', '8') } },
      are: ['6', '8']
    }
  ])('$name', async ({ scene, are }) => {
    expect([...(await versionsInUse(of, portsOf(scene).ports)).versions]).toEqual(are)
  })
})

test('the aliases are read last, and once', async () => {
  const { ports, asked } = portsOf({ deployments: { 'd-1': whole('7', '8') } })
  await versionsInUse(of, ports)
  expect(asked.at(-1)).toBe('aliases')
  expect(asked.toSorted()).toEqual(['aliases', 'provisioned', 'running in payments-live'])
})

test.each<{ name: string; deployments: Record<string, Running> }>([
  { name: 'says nothing', deployments: { 'd-1': {} } },
  {
    name: 'names only one version',
    deployments: { 'd-1': { target: { functionName: 'payments-api', currentVersion: '7' } } }
  },
  { name: 'rolls back one that is not known', deployments: { 'd-1': { rollsBack: 'over-1' } } },
  { name: 'rolls itself back', deployments: { 'd-1': { rollsBack: 'd-1' } } }
])('when a running deployment $name, it is not known what is in use', async ({ deployments }) => {
  await expect(versionsInUse(of, portsOf({ deployments }).ports)).rejects.toThrow(VersionsUnknown)
})

test('a group that is gone has nothing running', async () => {
  const { ports } = portsOf({ aliases: [{ version: '7' }] })
  ports.codedeploy.running = async () => {
    throw new Failure('no group', {
      kind: 'missing',
      code: 'DeploymentGroupDoesNotExistException',
      action: 'codedeploy:ListDeployments',
      resource: '*',
      mayHaveActed: false
    })
  }
  expect([...(await versionsInUse(of, ports)).versions]).toEqual(['7'])
})
