/** `weight` when an answer is lost or late, and what Lambda shows is older or newer than what the step began from. */
import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import { somebodyMovesTheAlias } from './incidents.ts'
import { endOf } from './past.ts'
import { type Inputs, type Play, type Played, play } from './play.ts'
import { asked } from './services.ts'

const by = (weight: string, more: Inputs = {}): Inputs => ({
  'function-name': 'payments-api',
  alias: 'live',
  weight,
  'target-version': '6',
  ...more
})

/** Version 6 has had a tenth since this moment; before, it had nothing. */
const tenth = (aws: Aws, FunctionName = 'payments-api'): void => give(aws, { 6: 0.1 }, FunctionName)

const give = (aws: Aws, AdditionalVersionWeights: Record<string, number>, FunctionName = 'payments-api') =>
  void aws.lambda.updateAlias({
    FunctionName,
    Name: 'live',
    FunctionVersion: '7',
    RoutingConfig: { AdditionalVersionWeights }
  })

/** The survey and what comes right before the weights are set see the alias as it is. */
const staleLater = (aws: Aws, ms: number, times = 1): void =>
  aws.faults.add({ operation: 'GetAlias', kind: 'stale', ms, skip: 2, times })

const lose = (aws: Aws): void => aws.faults.add({ operation: 'UpdateAlias', kind: 'dropAfter' })

const half = (before: (aws: Aws) => void): Promise<Played> => play({ inputs: by('50'), before })

test('the weights are set, and by nobody else', async () => {
  const played = await half(aws => {
    tenth(aws)
    lose(aws)
    staleLater(aws, 5_000)
  })
  expect(endOf(played)).toBe('weighted 7:0.5,6:0.5')
})

test('also when Lambda has refused to set them twice before it shows them', async () => {
  const played = await half(aws => {
    tenth(aws)
    lose(aws)
    staleLater(aws, 6_000, 5)
  })
  expect(endOf(played)).toBe('weighted 7:0.5,6:0.5')
})

test('denied after an answer was lost, when Lambda shows what was before for a moment: nothing says that they were not set', async () => {
  const played = await half(aws => {
    tenth(aws)
    lose(aws)
    aws.faults.add({ operation: 'UpdateAlias', kind: 'accessDenied', times: 9 })
    staleLater(aws, 2_100)
  })
  expect(endOf(played)).toBe('lost ECONNRESET')
})

test.each([
  { name: 'in the pause', weights: { 6: 0.2 } },
  { name: 'back to what it was before', weights: {} }
])('somebody else changed the alias $name: refused, and nothing is overwritten', async ({ weights }) => {
  const played = await half(aws => {
    tenth(aws)
    aws.faults.add({ operation: 'UpdateAlias', kind: 'dropBefore' })
    const { clock } = aws
    clock.at(clock.now() + 1_500, () => give(aws, weights))
  })
  const serving = Object.keys(weights).length > 0 ? '7:0.8,6:0.2' : '7'
  expect(endOf(played)).toBe(`refused ${serving} ALIAS_CHANGED`)
  const sent = asked(played.aws, 'UpdateAlias')
  expect(played.endedAt - (sent[0]?.at ?? 0)).toBeLessThan(16_000)
})

test('of several functions, one that is shown as it was long before gets back what it had', async () => {
  const scene: Play = {
    inputs: {
      alias: 'live',
      weight: '50',
      'target-version': '6',
      functions: JSON.stringify([{ 'function-name': 'orders' }, { 'function-name': 'ledger' }])
    },
    before: aws => {
      fleet(aws, ['orders', 'ledger'])
      aws.lambda.settle()
      tenth(aws, 'orders')
      aws.faults.add({ operation: 'UpdateAlias', kind: 'accessDenied', skip: 1 })
      aws.faults.add({ operation: 'GetAlias', kind: 'stale', ms: 5_000, skip: 4, times: 2 })
    }
  }
  const { outputs, aws } = await play(scene)
  const results = JSON.parse(outputs.results ?? '[]') as Record<string, string>[]
  expect(results.map(each => `${each.outcome} ${each['error-code']} ${each['serving-version']}`)).toEqual([
    'rolled-back HELD_BACK 7:0.9,6:0.1',
    'refused AccessDeniedException 7'
  ])
  expect(
    aws.lambda.getAlias({ FunctionName: 'orders', Name: 'live' }).RoutingConfig?.AdditionalVersionWeights
  ).toEqual({ 6: 0.1 })
})

test('somebody moves the alias while its first answer is lost: its new version is asked whether it can share the alias', async () => {
  const played = await play({
    inputs: { 'function-name': 'payments-api', alias: 'live', weight: '10' },
    setting: { otherRole: true },
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'GetAlias', kind: 'dropBefore' })
      clock.at(clock.now() + 500, () => somebodyMovesTheAlias('6')(aws, clock, cancel))
    }
  })
  expect(endOf(played)).toBe('refused 6 ROLES_DIFFER')
  expect(asked(played.aws, 'UpdateAlias')).toEqual([])
})

test('what Lambda shows at first is from before an earlier step: the weights of that step are no change by others', async () => {
  const played = await play({
    inputs: by('50'),
    earlier: async aws => {
      await aws.clock.sleep(60_000)
      tenth(aws)
      await aws.clock.sleep(2_000)
    },
    before: aws => aws.faults.add({ operation: 'GetAlias', kind: 'stale', ms: 5_000 })
  })
  expect(endOf(played)).toBe('weighted 7:0.5,6:0.5')
})
