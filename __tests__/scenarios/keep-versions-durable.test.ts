/** `keep-versions` of a durable function: no version is deleted, and of those that stay, the log lists what nothing else keeps. */
import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { deployEarlier } from '../../simulator/earlier.ts'
import {
  beforeRequest,
  betaWithGroup,
  deny,
  keep,
  old,
  otherAlias,
  provision,
  toldOf,
  unseen,
  versionsOf
} from './oldversions.ts'
import { warningsOf } from './past.ts'
import { type Play, type Played, play } from './play.ts'
import { running } from './running.ts'
import { asked } from './services.ts'

const prune = (scene: Play = {}): Promise<Played> =>
  play({ setting: { ...old, isDurable: true }, inputs: keep(2), ...scene })

const all = '1 2 3 4 5 6 7 8'
const stay = (versions: string): string =>
  `Old versions of payments-api: ${versions} stay: durable executions may run on them`

/** Alias beta was deployed from version 3 to 5, in a group of its own. */
const betaDeployed = async (aws: Aws): Promise<void> => {
  betaWithGroup('3')(aws)
  await deployEarlier(aws, { alias: 'beta', group: 'payments-beta', to: '5' })
}

const betaAndProvisioned = async (aws: Aws): Promise<void> => {
  otherAlias('2')(aws)
  provision('4')(aws)
}

interface Row {
  name: string
  scene: Play
  tells: string[]
}

const rows: Row[] = [
  { name: 'all old ones when nothing else keeps any', scene: {}, tells: [stay('6 (1–6)')] },
  {
    name: 'none when none is old',
    scene: { inputs: keep(8) },
    tells: ['Old versions of payments-api: none to delete']
  },
  {
    name: 'none that another alias names or may need to go back, or that has provisioned concurrency',
    scene: { before: betaAndProvisioned },
    tells: [stay('3 (3, 5, 6)'), unseen('alias beta', 2)]
  },
  {
    name: 'none that another alias names with a weight of nothing',
    scene: { before: otherAlias('7', { 4: 0 }) },
    tells: [stay('4 (1–3, 5)'), unseen('alias beta', 2)]
  },
  {
    name: 'none that another alias served before its last deployment',
    scene: { earlier: betaDeployed },
    tells: [stay('4 (1, 2, 4, 6)')]
  },
  {
    name: 'none that a running deployment is about',
    scene: {
      before: aws =>
        beforeRequest(aws, 'listVersionsByFunction', 1, () => running({ from: '8', to: '4' })(aws))
    },
    tells: [stay('5 (1–3, 5, 6)')]
  },
  {
    name: 'none at all when each is kept by something else',
    scene: { inputs: keep(7), before: otherAlias('1') },
    tells: ['Old versions of payments-api: none to delete', unseen('alias beta', 7)]
  }
]

test.each(rows)('of the versions that stay, the log lists $name', async ({ scene, tells }) => {
  const played = await prune(scene)
  expect(`${played.outputs.outcome}: ${versionsOf(played.aws)}`).toBe(`succeeded: ${all}`)
  expect(toldOf(played.log)).toEqual(tells)
  expect(warningsOf(played)).toEqual([])
  expect(asked(played.aws, 'DeleteFunction')).toEqual([])
})

test.each<Row>([
  { name: 'all old ones', scene: {}, tells: [stay('6 (1–6)')] },
  {
    name: 'none that something else keeps',
    scene: { before: betaAndProvisioned },
    tells: [stay('3 (3, 5, 6)'), unseen('alias beta', 2)]
  }
])('a dry run lists the same: $name', async ({ scene, tells }) => {
  const played = await prune({ inputs: keep(2, { 'dry-run': 'true' }), ...scene })
  expect(played.outputs.outcome).toBe('planned')
  expect(toldOf(played.log)).toEqual(tells)
})

const lambda = 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api'
const groups = 'arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:payments/*'

test.each([
  { action: 'lambda:ListAliases', resource: lambda, adds: '' },
  { action: 'lambda:ListProvisionedConcurrencyConfigs', resource: lambda, adds: '' },
  {
    action: 'codedeploy:ListDeploymentGroups',
    resource: groups,
    adds: ' It tells what alias beta served before: this step does not release it.'
  }
])('without $action, it lists none, and a warning says what to grant', async ({ action, resource, adds }) => {
  for (const inputs of [keep(2), keep(2, { 'dry-run': 'true' })]) {
    const played = await prune({ inputs, earlier: betaAndProvisioned, before: deny(action, resource) })
    expect(toldOf(played.log)).toEqual([
      `Warning: Old versions of payments-api were not deleted: The credentials do not allow ${action} on ${resource}. Grant the role ${action} on ${resource}.${adds}`
    ])
  }
})
