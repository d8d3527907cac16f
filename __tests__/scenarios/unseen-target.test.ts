/** A role that may not see deployment targets: what the running deployment does is known from its AppSpec, before anything is decided. */
import { describe, expect, test } from '@jest/globals'
import { fleet } from '../../simulator/fleet.ts'
import { ofOurCommit, publishNewer } from './commits.ts'
import { changes, dryRun, end } from './dryrun.ts'
import { fault } from './incidents.ts'
import { endOf } from './past.ts'
import { type Play, type Played, play, release } from './play.ts'
import { running, stops } from './running.ts'
import { ends, entry, somebodyDeploys, together } from './services.ts'

const denied = fault({
  operation: 'BatchGetDeploymentTargets',
  kind: 'accessDenied',
  times: Number.POSITIVE_INFINITY
})

/** After this has happened in the account. */
const after = (happen: NonNullable<Play['before']>): Pick<Play, 'before'> => ({
  before: (...world) => {
    happen(...world)
    denied(...world)
  }
})

const to6 = { ...release, 'target-version': '6' }
const canaryTo6 = after(running({ configuration: 'LambdaCanary10Percent5Minutes' }))

const planOf = ({ log }: Played): string[] => log.filter(line => line.startsWith('  running '))

describe('one that shifts to the same version', () => {
  test.each(['fail', 'wait', 'replace'])('%s: a dry run says that it would be joined', async mode => {
    const played = await dryRun({ inputs: { ...to6, 'if-in-progress': mode }, ...canaryTo6 })
    expect([end(played), planOf(played)]).toEqual([
      'planned',
      [
        expect.stringMatching(
          /^ {2}running {4}deployment d-\w{9}, which shifts to the same version: it would be joined, /
        )
      ]
    ])
  })

  test.each(['fail', 'wait', 'replace'])('%s: a release joins it', async mode => {
    const played = await play({ inputs: { ...to6, 'if-in-progress': mode }, ...canaryTo6 })
    expect([endOf(played), changes(played)]).toEqual(['succeeded 6', []])
  })
})

test('with several functions: one that is refused stops no deployment of another', async () => {
  const played = await play({
    inputs: together([entry('orders'), entry('ledger', { 'current-version': '3' })], {
      'if-in-progress': 'replace'
    }),
    ...after(aws => {
      fleet(aws, ['orders', 'ledger'])
      for (const name of ['orders', 'ledger']) somebodyDeploys(aws, name, '6')
    })
  })
  expect(ends(played)).toEqual({
    orders: 'refused HELD_BACK 7 (7)',
    ledger: 'refused CURRENT_VERSION_DIFFERS 7 (7)'
  })
  expect(stops(played.aws)).toEqual([])
})

test('if-outdated skip: nothing is published while a newer commit is being released', async () => {
  const played = await play(
    ofOurCommit({
      inputs: { ...release, 'if-outdated': 'skip' },
      ...after(aws => running({ to: publishNewer(aws), configuration: 'LambdaCanary10Percent5Minutes' })(aws))
    })
  )
  expect([endOf(played), changes(played)]).toEqual(['unchanged 7', []])
})
