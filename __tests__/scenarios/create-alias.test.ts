/** A missing alias is created, and what Lambda shows of it may be some seconds old. */
import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import { endOf } from './past.ts'
import { type Play, play } from './play.ts'
import { asked, entry, together } from './services.ts'

const always = Number.POSITIVE_INFINITY
const missing: Play = { setting: { alias: 'missing' } }

/** The alias is created, and the answer is lost; Lambda does not show it for so long, ms. */
const hidden =
  (ms: number) =>
  (aws: Aws): void => {
    aws.faults.add({ operation: 'CreateAlias', kind: 'dropAfter' })
    aws.faults.add({ operation: 'GetAlias', kind: 'stale', ms, times: always })
  }

test('the alias was created, its answer was lost, and Lambda shows it only some seconds later', async () => {
  const played = await play({
    ...missing,
    before: hidden(6_000)
  })
  expect(endOf(played)).toBe('created 8')
})

test('of several functions, none is taken back for that', async () => {
  const played = await play({
    inputs: together([entry('orders'), entry('ledger')], { 'codedeploy-deployment-config': 'AllAtOnce' }),
    earlier: async aws => {
      fleet(aws, ['orders', 'ledger'])
      aws.lambda.deleteAlias({ FunctionName: 'ledger', Name: 'live' })
      await aws.clock.sleep(20_000)
    },
    before: hidden(6_000)
  })
  const results = JSON.parse(played.outputs.results ?? '[]') as Record<string, string>[]
  expect(results.map(({ outcome }) => outcome)).toEqual(['succeeded', 'created'])
})

test('an alias that somebody else created in that moment is seen, however late', async () => {
  const played = await play({
    ...missing,
    before: aws => {
      const create = aws.lambda.createAlias.bind(aws.lambda)
      aws.lambda.createAlias = input => {
        create({ ...input, FunctionVersion: '6' })
        return create(input)
      }
      aws.faults.add({ operation: 'GetAlias', kind: 'stale', ms: 6_000, times: always })
    }
  })
  expect(endOf(played)).toBe('refused 6 ALIAS_CREATED_ELSEWHERE')
})

test('an alias that exists, and is never shown, is not waited for without end', async () => {
  const played = await play({
    ...missing,
    before: hidden(600_000)
  })
  expect(endOf(played)).toBe('refused ResourceConflictException')
  const [first] = asked(played.aws, 'CreateAlias')
  expect(played.endedAt - (first?.at ?? 0)).toBeLessThan(13_000)
})

test('a cancel before it is shown does not hide that this step may have created it', async () => {
  const played = await play({
    ...missing,
    before: (aws, clock, cancel) => {
      hidden(6_000)(aws)
      clock.at(clock.now() + 4_000, cancel)
    }
  })
  expect(endOf(played)).toBe('interrupted JOB_CANCELLED')
  expect(played.outputs['error-message']).toBe(
    'The job was cancelled before Lambda showed alias live, which exists by now. This step may have created it.'
  )
})
