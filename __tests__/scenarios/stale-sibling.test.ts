/** One function of the step is Pending for minutes, and what was read of another grows old meanwhile. */
import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { addFunction, namesOf } from '../../simulator/setting.ts'
import { type Inputs, play } from './play.ts'
import { asked, ends, entry, somebodyDeploys, together } from './services.ts'

const moves = (version: string) => (aws: Aws) =>
  void aws.lambda.updateAlias({ FunctionName: 'orders', Name: 'live', FunctionVersion: version })

const currentVersions = (aws: Aws): Record<string, string> =>
  Object.fromEntries(
    asked(aws, 'CreateDeployment').map(({ input }) => {
      const { deploymentGroupName, revision } = input as {
        deploymentGroupName: string
        revision: { appSpecContent: { content: string } }
      }
      const [, version = ''] = /"CurrentVersion": "(\d+)"/.exec(revision.appSpecContent.content) ?? []
      return [deploymentGroupName, version]
    })
  )

const rows: { name: string; orders?: Inputs; meanwhile(aws: Aws): void; sent: object; ends: object }[] = [
  {
    name: 'somebody moves the alias of orders: its deployment starts from there',
    meanwhile: moves('5'),
    sent: { 'orders-live': '5', 'ledger-live': '7' },
    ends: { orders: 'succeeded 8 (8)', ledger: 'succeeded 8 (8)' }
  },
  {
    name: 'somebody deploys orders: it is waited for, and orders starts from what it left',
    meanwhile: aws => void somebodyDeploys(aws, 'orders', '5'),
    sent: { 'orders-live': '5', 'ledger-live': '7' },
    ends: { orders: 'succeeded 8 (8)', ledger: 'succeeded 8 (8)' }
  },
  {
    name: 'orders serves another version than current-version says by then: neither begins',
    orders: { 'current-version': '7' },
    meanwhile: moves('5'),
    sent: {},
    ends: { orders: 'refused CURRENT_VERSION_DIFFERS 5 (5)', ledger: 'refused HELD_BACK 7 (7)' }
  }
]

test.each(rows)('$name', async ({ orders = {}, meanwhile, sent, ends: expected }) => {
  const played = await play({
    inputs: together([entry('orders', orders), entry('ledger')]),
    before: (aws, clock) => {
      addFunction(aws, namesOf('orders'))
      addFunction(aws, namesOf('ledger'), { version: 'pending', pendingSeconds: 240 })
      clock.at(clock.now() + 60_000, () => meanwhile(aws))
    }
  })
  expect(currentVersions(played.aws)).toEqual(sent)
  expect(ends(played)).toEqual(expected)
})
