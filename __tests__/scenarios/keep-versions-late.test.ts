/** The release has ended before old versions are deleted: whatever happens while that goes on changes no outcome, and takes nothing back. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import type { PaymentsOptions } from '../../simulator/setting.ts'
import { beforeRequest, keep, old } from './oldversions.ts'
import { past, warningsOf } from './past.ts'
import { type Inputs, type Play, type Played, play } from './play.ts'
import { asked, ends, entry, together } from './services.ts'

const always = Number.POSITIVE_INFINITY
const many: PaymentsOptions = { unreleased: 60, ...old }

/** After forty deletions, which take almost a second each, something happens. */
const afterForty =
  (happen: (aws: Aws) => void): NonNullable<Play['before']> =>
  aws => {
    aws.faults.add({ operation: 'DeleteFunction', kind: 'slow', ms: 900, times: always })
    beforeRequest(aws, 'deleteFunction', 40, () => happen(aws))
  }

const moveTo =
  (FunctionVersion: string, FunctionName = 'payments-api') =>
  (aws: Aws): void =>
    void aws.lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion })

const readingIs = (kind: 'accessDenied' | 'serverErrorBefore') => (aws: Aws) =>
  aws.faults.add({ operation: 'GetAlias', kind, times: always })

const ended = ({ passed, outputs }: Played): unknown => [
  passed,
  outputs.outcome,
  outputs['error-code'],
  outputs['serving-version']
]

/** How the step is told to have ended. */
const headlineOf = ({ annotations }: Played): string | undefined =>
  annotations.find(({ level }) => level === 'notice')?.message.split('\n')[0]

/** The warnings that are not about the versions themselves. */
const told = (played: Played): string[] =>
  warningsOf(played).filter(warning => !warning.startsWith('Old versions of'))

const unread = 'payments-api:live was shifted to v68 in 4s; what it serves now was not read again.'

const rows: { name: string; happens(aws: Aws): void; serving: string; headline: string; warns: string[] }[] =
  [
    {
      name: 'the credentials expire',
      happens: aws => aws.faults.add({ operation: '*', kind: 'expiredToken', times: always }),
      serving: '',
      headline: unread,
      warns: []
    },
    {
      name: 'GetAlias is denied',
      happens: readingIs('accessDenied'),
      serving: '',
      headline: unread,
      warns: []
    },
    {
      name: 'Lambda answers with errors from then on',
      happens: readingIs('serverErrorBefore'),
      serving: '',
      headline: unread,
      warns: []
    },
    {
      name: 'Lambda throttles the first two answers about the alias',
      happens: aws => aws.faults.add({ operation: 'GetAlias', kind: 'throttle', times: 2 }),
      serving: '68',
      headline: 'payments-api:live is wholly on v68 in 4s.',
      warns: []
    },
    {
      name: 'somebody goes back by hand',
      happens: moveTo('7'),
      serving: '7',
      headline: 'payments-api:live was shifted to v68 in 4s; it serves v7 by now.',
      warns: [
        'Alias live of payments-api was on version 68 when the release had ended, and serves version 7 by now: somebody else has changed it since. The outcome stays as it was.'
      ]
    },
    {
      name: 'somebody deletes the alias',
      happens: aws => void aws.lambda.deleteAlias({ FunctionName: 'payments-api', Name: 'live' }),
      serving: '',
      headline: unread,
      warns: [
        'Alias live of payments-api was on version 68 when the release had ended, and does not exist by now: somebody else has changed it since. The outcome stays as it was.'
      ]
    }
  ]

describe('while old versions are deleted after a release that succeeded:', () => {
  test.each(rows)('$name', async ({ happens, serving, headline, warns }) => {
    const played = await play({ setting: many, inputs: keep(2), before: afterForty(happens) })
    expect(ended(played)).toEqual([true, 'succeeded', '', serving])
    expect([headlineOf(played), told(played)]).toEqual([headline, warns])
  })
})

test('what was unchanged stays so, although nothing can be read after its old versions were deleted', async () => {
  const played = await play({
    setting: many,
    inputs: keep(2, { 'target-version': '7' }),
    earlier: past({ to: '3' }, { to: '7' }),
    before: afterForty(aws => aws.faults.add({ operation: '*', kind: 'expiredToken', times: always }))
  })
  expect(ended(played)).toEqual([true, 'unchanged', '', ''])
})

test('an alias that was created stays so, although somebody has moved it while old versions were deleted', async () => {
  const played = await play({
    setting: { ...many, alias: 'missing' },
    inputs: keep(2),
    before: afterForty(moveTo('67'))
  })
  expect(ended(played)).toEqual([true, 'created', '', '67'])
})

test('a cancel while old versions are deleted leaves the outcome, and tells what serves', async () => {
  const played = await play({
    setting: many,
    inputs: keep(2),
    before: (aws, clock, cancel) => afterForty(cancel)(aws, clock, cancel)
  })
  expect(ended(played)).toEqual([true, 'succeeded', '', '68'])
})

describe('of two functions whose old versions are deleted,', () => {
  const both: Inputs = together([entry('orders'), entry('ledger')], {
    'codedeploy-deployment-config': 'AllAtOnce',
    'keep-versions': '2'
  })

  test.each([
    {
      name: 'the alias of one can no longer be read',
      happens: (aws: Aws) =>
        aws.faults.add({ operation: 'GetAlias', about: 'ledger', kind: 'serverErrorBefore', times: always }),
      ledger: 'succeeded (68)'
    },
    {
      name: 'somebody goes back on one',
      happens: moveTo('7', 'ledger'),
      ledger: 'succeeded 7 (7)'
    }
  ])('none is taken back when $name', async ({ happens, ledger }) => {
    const played = await play({
      inputs: both,
      before: (aws, clock, cancel) => {
        fleet(aws, ['orders', 'ledger'], many)
        afterForty(happens)(aws, clock, cancel)
      }
    })
    expect(ends(played)).toEqual({ orders: 'succeeded 68 (68)', ledger })
    expect(asked(played.aws, 'CreateDeployment')).toHaveLength(2)
  })
})
