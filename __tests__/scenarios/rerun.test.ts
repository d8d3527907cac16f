/** A job is run again after its runner was lost: the first attempt had already released one of the step's functions. */
import { describe, expect, test } from '@jest/globals'
import { fleet } from '../../simulator/fleet.ts'
import { jobIsCancelled, later } from './incidents.ts'
import { killAfter } from './killed.ts'
import type { Play } from './play.ts'
import { attempt1, attempt2 } from './running.ts'
import { ends, entry, releaseBoth, together } from './services.ts'

/** orders serves version 8 already, which has this description. */
const ordersIsOut =
  (Description: string): NonNullable<Play['before']> =>
  aws => {
    const { Version } = aws.lambda.publishVersion({ FunctionName: 'orders', Description })
    aws.lambda.updateAlias({ FunctionName: 'orders', Name: 'live', FunctionVersion: Version })
  }

const warning =
  'orders:live: Version 8 stays: an earlier attempt or another step of this run has published it, and now ledger:live was not released. A step takes back only what it has begun itself. To take this one back, too, release it with target-version: previous.'

const ledgerFails = later(2, aws =>
  aws.alarms.setAlarmState({ AlarmName: 'ledger-errors', StateValue: 'ALARM', StateReason: 'errors' })
)

describe('a step that fails', () => {
  test.each<{
    name: string
    description?: string
    incident?: Play['before']
    step?: Record<string, string>
    orders?: string
    ledger: string
    warnings: string[]
  }>([
    {
      name: 'names the function that stays on what an earlier attempt has released',
      incident: ledgerFails,
      ledger: 'rolled-back ALARM_ACTIVE 7 (7)',
      warnings: [warning]
    },
    {
      name: 'names it after a cancel, too',
      incident: later(2, jobIsCancelled),
      orders: 'unchanged (8)',
      ledger: 'interrupted JOB_CANCELLED 7 (7)',
      warnings: [warning]
    },
    {
      name: 'does not when another run had released that',
      description: attempt1.replace('4711.1', '4710.1'),
      incident: ledgerFails,
      ledger: 'rolled-back ALARM_ACTIVE 7 (7)',
      warnings: []
    },
    {
      name: 'does not when the other goes on to its new version',
      step: { 'if-interrupted': 'continue' },
      incident: later(2, jobIsCancelled),
      orders: 'unchanged (8)',
      ledger: 'interrupted JOB_CANCELLED 7:0.9,8:0.1 (split)',
      warnings: []
    },
    {
      name: 'is none when the other succeeds',
      ledger: 'succeeded 8 (8)',
      warnings: []
    }
  ])(
    '$name',
    async ({ description = attempt1, incident, step = {}, orders = 'unchanged 8 (8)', ledger, warnings }) => {
      const played = await releaseBoth({
        inputs: together([entry('orders'), entry('ledger')], step),
        env: attempt2,
        before: (aws, clock, cancel) => {
          ordersIsOut(description)(aws, clock, cancel)
          incident?.(aws, clock, cancel)
        }
      })
      expect(ends(played)).toEqual({ orders, ledger })
      expect(
        played.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
      ).toEqual(warnings)
    }
  )

  test('names it in post, when the second attempt is killed', async () => {
    const { post } = await killAfter(120, {
      inputs: together([entry('orders'), entry('ledger')]),
      env: { GITHUB_RUN_ID: '4711', ...attempt2 },
      before: (aws, clock, cancel) => {
        fleet(aws, ['orders', 'ledger'])
        ordersIsOut(attempt1)(aws, clock, cancel)
      }
    })
    expect(post.annotations.filter(([level]) => level === 'warning').map(([, , message]) => message)).toEqual(
      [warning]
    )
  })
})
