import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { Fault } from '../../simulator/faults.ts'
import { fleet } from '../../simulator/fleet.ts'
import { fault, jobIsCancelled, later } from './incidents.ts'
import { type Play, type Played, play } from './play.ts'
import { ends, entry, ordersFirst, together } from './services.ts'

const names = ['orders', 'ledger', 'mails']

function release(scene: Play): Promise<Played> {
  return play({
    inputs: together(names.map(name => entry(name))),
    ...scene,
    before: (aws, clock, cancel) => {
      fleet(aws, names)
      scene.before?.(aws, clock, cancel)
    }
  })
}

const alarm = (name: string) => (aws: Aws) =>
  aws.alarms.setAlarmState({ AlarmName: `${name}-errors`, StateValue: 'ALARM', StateReason: 'errors' })

describe('functions: all of them, or none', () => {
  test('all succeed', async () => {
    const played = await release({})
    expect(ends(played)).toEqual({
      orders: 'succeeded 8 (8)',
      ledger: 'succeeded 8 (8)',
      mails: 'succeeded 8 (8)'
    })
    expect([played.passed, played.outputs.outcome, played.outputs.version]).toEqual([true, 'succeeded', ''])
  })

  test('one is rolled back in the middle: the others are stopped and shifted back', async () => {
    const played = await release({ before: later(2, alarm('ledger')) })
    expect(ends(played)).toEqual({
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'rolled-back ALARM_ACTIVE 7 (7)',
      mails: 'rolled-back HELD_BACK 7 (7)'
    })
    expect([played.passed, played.outputs.outcome]).toEqual([false, 'rolled-back'])
  })

  test('one is rolled back late: those that had succeeded are reverted', async () => {
    const played = await release({
      inputs: together([
        entry('orders', { 'codedeploy-deployment-config': 'AllAtOnce' }),
        entry('ledger'),
        entry('mails', { 'codedeploy-deployment-config': 'AllAtOnce' })
      ]),
      before: later(2, alarm('ledger'))
    })
    expect(ends(played)).toEqual({
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'rolled-back ALARM_ACTIVE 7 (7)',
      mails: 'rolled-back HELD_BACK 7 (7)'
    })
    expect(played.log.filter(line => line.startsWith('All or none'))).toEqual([
      'All or none: ledger:live ended rolled-back; reverting orders:live from v8 to v7',
      'All or none: ledger:live ended rolled-back; reverting mails:live from v8 to v7'
    ])
  })

  test('a cancel while one that had succeeded is reverted: main does not say that it serves the new version, and blames nobody', async () => {
    const { aws, outputs, log } = await release({
      inputs: together(ordersFirst),
      before: (aws, clock, cancel) => {
        later(2, alarm('ledger'))(aws, clock, cancel)
        const create = aws.codedeploy.createDeployment.bind(aws.codedeploy)
        aws.codedeploy.createDeployment = input => {
          if (input.description?.startsWith('revert')) clock.at(clock.now() + 5_000, cancel)
          return create(input)
        }
      }
    })
    expect(ends({ aws, outputs })).toEqual({
      orders: 'interrupted JOB_CANCELLED (7)',
      ledger: 'rolled-back ALARM_ACTIVE 7 (7)'
    })
    expect(log.filter(line => line.includes('somebody'))).toEqual([])
  })

  test.each<{ name: string; search: Omit<Fault, 'operation'>; orders: string }>([
    {
      name: 'and the search is denied: it says that there may be one, not that there is none',
      search: { kind: 'accessDenied', times: Number.POSITIVE_INFINITY },
      orders: 'lost NOT_TAKEN_BACK (8)'
    },
    {
      name: 'and CodeDeploy is silent for eleven minutes: the alias shows that it is back',
      search: { kind: 'dropBefore', times: Number.POSITIVE_INFINITY },
      orders: 'rolled-back HELD_BACK 7 (7)'
    }
  ])('the answer to the revert is lost, $name', async ({ search, orders }) => {
    const played = await play({
      inputs: together(ordersFirst),
      before: (aws, clock, cancel) => {
        fleet(aws, ['orders', 'ledger'])
        later(2, alarm('ledger'))(aws, clock, cancel)
        const from = clock.now() + 120_000
        const when = { from, to: from + 11 * 60_000 }
        aws.faults.add({ operation: 'CreateDeployment', kind: 'dropAfter', when })
        aws.faults.add({ operation: 'ListDeployments', when, ...search })
      }
    })
    expect(ends(played)).toEqual({ orders, ledger: 'rolled-back ALARM_ACTIVE 7 (7)' })
    const told = played.annotations.map(({ message }) => message).join('\n')
    expect(told).not.toContain('could not be reverted')
    const [advised] = told.split('update-alias')
    if (orders.startsWith('lost')) {
      expect(told).toContain('CodeDeploy may have created the deployment anyway.')
      expect(advised).toContain(
        'When nothing is running there, alias live should serve version 7. If it does not: '
      )
    } else expect(advised).toBe(told)
  })

  test('when somebody stops the revert, its deployment is named', async () => {
    let id = ''
    const played = await play({
      inputs: together(ordersFirst),
      before: (aws, clock, cancel) => {
        fleet(aws, ['orders', 'ledger'])
        later(2, alarm('ledger'))(aws, clock, cancel)
        const watch = () => {
          const [newest = ''] = aws.codedeploy.listDeployments({
            applicationName: 'payments',
            deploymentGroupName: 'orders-live'
          }).deployments
          const { description = '' } = aws.codedeploy.deployments.find(newest).settings
          if (description.startsWith('reverts')) {
            id = newest
            aws.codedeploy.stopDeployment({ deploymentId: id })
          } else clock.at(clock.now() + 500, watch)
        }
        clock.at(clock.now() + 120_000, watch)
      }
    })
    expect(ends(played).orders).toBe('failed NOT_TAKEN_BACK 8 (8)')
    expect(played.annotations.map(({ message }) => message).join('\n')).toContain(
      `orders:live could not be reverted by deployment ${id}: Somebody stopped the deployment. It serves version 8.`
    )
  })

  test('what somebody else has moved since then is not reverted, and is named', async () => {
    const played = await release({
      inputs: together([entry('orders', { 'codedeploy-deployment-config': 'AllAtOnce' }), entry('ledger')]),
      before: (aws, clock, cancel) => {
        later(1, () =>
          aws.lambda.updateAlias({ FunctionName: 'orders', Name: 'live', FunctionVersion: '5' })
        )(aws, clock, cancel)
        later(2, alarm('ledger'))(aws, clock, cancel)
      }
    })
    expect(ends(played)).toEqual({
      orders: 'failed NOT_TAKEN_BACK 5 (5)',
      ledger: 'rolled-back ALARM_ACTIVE 7 (7)'
    })
    expect(played.annotations.map(({ message }) => message).join('\n')).toMatch(
      /orders:live could not be reverted: somebody else has moved the alias in the meantime\. It serves version 5\./
    )
  })

  test('one would be refused: none is published', async () => {
    const played = await release({
      inputs: together([entry('orders'), entry('ledger', { 'current-version': '6' }), entry('mails')])
    })
    expect(ends(played)).toEqual({
      orders: 'refused HELD_BACK 7 (7)',
      ledger: 'refused CURRENT_VERSION_DIFFERS 7 (7)',
      mails: 'refused HELD_BACK 7 (7)'
    })
    expect(played.aws.requests.filter(({ operation }) => /^(Publish|Create)/.test(operation))).toEqual([])
  })

  test('one deployment cannot be created: those that were are stopped and shifted back', async () => {
    const played = await release({
      before: fault({ operation: 'CreateDeployment', kind: 'accessDenied', skip: 1, times: 1 })
    })
    expect(Object.values(ends(played)).sort()).toEqual([
      'refused AccessDeniedException 7 (7)',
      'rolled-back HELD_BACK 7 (7)',
      'rolled-back HELD_BACK 7 (7)'
    ])
  })

  test('a stop that is denied names the group of its own deployment, not the one that was read last', async () => {
    const { log } = await release({
      before: (aws, clock, cancel) => {
        aws.faults.add({ operation: 'StopDeployment', kind: 'accessDenied' })
        later(1, jobIsCancelled)(aws, clock, cancel)
      }
    })
    const told = log.flatMap(line => /StopDeployment on ([\w:/-]+)/.exec(line)?.[1] ?? [])
    expect([...new Set(told)]).toEqual([
      'arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:payments/orders-live'
    ])
  })

  test('a cancel applies to all; post reverts what had succeeded', async () => {
    const played = await release({
      inputs: together([
        entry('orders', { 'codedeploy-deployment-config': 'AllAtOnce' }),
        entry('ledger'),
        entry('mails')
      ]),
      before: later(2, jobIsCancelled)
    })
    for (const name of names) {
      const alias = played.aws.lambda.getAlias({ FunctionName: name, Name: 'live' })
      expect([name, alias.FunctionVersion, alias.RoutingConfig]).toEqual([name, '7', undefined])
    }
  })

  test('the looks at thirty functions come together, however much jitter spreads them', async () => {
    const many = Array.from({ length: 30 }, (_, index) => `service-${index + 1}`)
    let seed = 1
    const { outputs, aws } = await play({
      inputs: together(many.map(name => entry(name))),
      before: aws => fleet(aws, many),
      // A linear congruential generator: as uneven as real randomness, and the same each time.
      random: () => {
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
        return seed / 2 ** 31
      }
    })
    expect(outputs.outcome).toBe('succeeded')
    const looks = aws.requests.filter(({ operation }) =>
      /^(BatchGetDeployments|GetDeployment)$/.test(operation)
    )
    expect(looks.length).toBeLessThanOrEqual(90)
  })

  test('thirty functions stay within the limits of the control plane, and are looked at 25 at a time', async () => {
    const many = Array.from({ length: 30 }, (_, index) => `service-${index + 1}`)
    const { outputs, aws } = await play({
      inputs: together(many.map(name => entry(name))),
      before: aws => fleet(aws, many)
    })
    expect(outputs.outcome).toBe('succeeded')
    const limited = aws.requests.filter(
      ({ service, operation }) => service === 'lambda' && operation !== 'GetFunction'
    )
    const busiest = Math.max(
      ...limited.map(({ at }) => limited.filter(each => each.at >= at && each.at < at + 1_000).length)
    )
    expect(busiest).toBeLessThanOrEqual(12)
    expect(
      aws.requests.filter(({ operation }) => operation === 'BatchGetDeployments').length
    ).toBeGreaterThan(10)
  })
})
