/** `if-in-progress: replace` with several functions: nobody is stopped while another function may yet be refused. */
import { describe, expect, test } from '@jest/globals'
import { fleet } from '../../simulator/fleet.ts'
import { type Inputs, type Play, type Played, play } from './play.ts'
import { asked, ends, entry, somebodyDeploys, together } from './services.ts'

/** The deployments of orders and ledger that were running before, by their functions, and when each was asked to stop, in minutes. */
interface Met {
  played: Played
  statuses: Record<string, string | undefined>
  stoppedAt: number[]
}

/** Somebody releases version 6 of orders and of ledger, with canaries of ten minutes, when the step begins. */
async function meets(
  ledger: Inputs,
  before: Play['before'] = () => undefined,
  step: Inputs = {}
): Promise<Met> {
  const ids: Record<string, string> = {}
  let begunAt = 0
  const played = await play({
    inputs: together([entry('orders', { 'if-in-progress': 'replace' }), entry('ledger', ledger)], {
      'wait-for-minutes': '30',
      ...step
    }),
    before: (aws, clock, cancel) => {
      fleet(aws, ['orders', 'ledger'])
      for (const name of ['orders', 'ledger']) ids[name] = somebodyDeploys(aws, name, '6')
      begunAt = clock.now()
      before(aws, clock, cancel)
    }
  })
  const statusOf = (deploymentId: string) =>
    played.aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.status
  return {
    played,
    statuses: Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, statusOf(id)])),
    stoppedAt: asked(played.aws, 'StopDeployment').map(({ at }) => Math.floor((at - begunAt) / 60_000))
  }
}

/** What runs in the group of ledger is stopped by somebody, and goes back. */
const ledgerGoesBack =
  (afterMs: number): NonNullable<Play['before']> =>
  (aws, clock) =>
    void clock.at(clock.now() + afterMs, () => {
      const [deploymentId = ''] = aws.codedeploy.listDeployments({
        applicationName: 'payments',
        deploymentGroupName: 'ledger-live'
      }).deployments
      aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
    })

/** For so long, a fault hides what runs in the group of ledger. */
const hidden =
  (ms: number): NonNullable<Play['before']> =>
  (aws, clock) =>
    aws.faults.add({
      operation: 'BatchGetDeploymentTargets',
      about: 'ledger',
      kind: 'throttle',
      when: { to: clock.now() + ms },
      times: 999
    })

describe('the deployment of orders is not stopped for a step that ledger keeps from beginning', () => {
  test.each<{ name: string; ledger: Inputs; before?: Play['before']; code: string; statuses: object }>([
    {
      name: 'which is not to wait',
      ledger: { 'if-in-progress': 'fail' },
      code: 'DEPLOYMENT_IN_PROGRESS 7 (7)',
      statuses: { orders: 'InProgress', ledger: 'InProgress' }
    },
    {
      name: 'which is not to wait, also while a fault hides for a minute what its deployment does',
      ledger: { 'if-in-progress': 'fail' },
      before: hidden(60_000),
      code: 'DEPLOYMENT_IN_PROGRESS 7:0.9,6:0.1 (split)',
      statuses: { orders: 'InProgress', ledger: 'InProgress' }
    },
    {
      name: 'which waits for what no end allows',
      ledger: { 'if-in-progress': 'wait', 'current-version': '3' },
      code: 'CURRENT_VERSION_DIFFERS 6 (6)',
      statuses: { orders: 'Succeeded', ledger: 'Succeeded' }
    },
    {
      name: 'which waits for a success that does not come',
      ledger: { 'if-in-progress': 'wait', 'current-version': '6' },
      before: ledgerGoesBack(120_000),
      code: 'CURRENT_VERSION_DIFFERS 7 (7)',
      statuses: { orders: 'InProgress', ledger: 'Stopped' }
    },
    {
      name: 'which would replace, but may begin only after a success, and that does not come',
      ledger: { 'if-in-progress': 'replace', 'current-version': '6' },
      before: ledgerGoesBack(120_000),
      code: 'CURRENT_VERSION_DIFFERS 7 (7)',
      statuses: { orders: 'InProgress', ledger: 'Stopped' }
    }
  ])('$name', async ({ ledger, before, code, statuses }) => {
    const met = await meets(ledger, before)
    expect([ends(met.played).ledger, met.statuses, met.stoppedAt]).toEqual([`refused ${code}`, statuses, []])
    expect(ends(met.played).orders).toMatch(/^refused HELD_BACK /)
  })
})

describe('the deployment of orders is stopped once ledger waits no longer', () => {
  const both = { orders: 'succeeded 8 (8)', ledger: 'succeeded 8 (8)' }

  test.each<{ name: string; ledger: Inputs; before?: Play['before']; statuses: object; stoppedAt: number[] }>(
    [
      {
        name: 'because its deployment has gone back',
        ledger: { 'if-in-progress': 'wait' },
        before: ledgerGoesBack(240_000),
        statuses: { orders: 'Stopped', ledger: 'Stopped' },
        stoppedAt: [4]
      },
      {
        name: 'because its deployment is to be stopped, too',
        ledger: { 'if-in-progress': 'replace' },
        statuses: { orders: 'Stopped', ledger: 'Stopped' },
        stoppedAt: [0, 0]
      },
      {
        name: 'because it joins what runs',
        ledger: { 'if-in-progress': 'wait', 'target-version': '6' },
        statuses: { orders: 'Stopped', ledger: 'Succeeded' },
        stoppedAt: [0]
      },
      {
        name: 'because what hid what its deployment does is over',
        ledger: { 'if-in-progress': 'replace' },
        before: hidden(130_000),
        statuses: { orders: 'Stopped', ledger: 'Stopped' },
        stoppedAt: [2, 2]
      }
    ]
  )('$name', async ({ ledger, before, statuses, stoppedAt }) => {
    const met = await meets(ledger, before)
    const version = ledger['target-version'] ?? '8'
    expect([ends(met.played), met.statuses, met.stoppedAt]).toEqual([
      { ...both, ledger: `succeeded ${version} (${version})` },
      statuses,
      stoppedAt
    ])
  })

  test('and the log says what it waits for', async () => {
    const { played } = await meets({ 'if-in-progress': 'wait' }, ledgerGoesBack(60_000))
    expect(played.log.filter(line => line.includes('is stopped only once'))).toEqual([
      expect.stringMatching(
        /^orders:live: Deployment d-\w{9} is stopped only once no other function of the step has to wait$/
      )
    ])
  })
})

test.each([460, 470])(
  'what is stopped %d s into a wait of eight minutes gets the time to shift back, and both are released',
  async seconds => {
    const wait = { 'wait-for-minutes': '8' }
    const { played, statuses } = await meets({}, ledgerGoesBack(seconds * 1_000), wait)
    expect(statuses).toEqual({ orders: 'Stopped', ledger: 'Stopped' })
    expect(ends(played)).toEqual({ orders: 'succeeded 8 (8)', ledger: 'succeeded 8 (8)' })
  }
)
