/** A cancel leaves ten seconds, even for a release of very many functions whose requests are rate-limited. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import { later } from './incidents.ts'
import { type Played, play } from './play.ts'
import { asked, ends, entry, serves, together } from './services.ts'

const many = Array.from({ length: 100 }, (_, index) => `service-${index + 1}`)

interface Cancelled extends Played {
  /** When the job was cancelled, epoch ms. */
  at: number
}

async function cancelledAfter(seconds: number): Promise<Cancelled> {
  let at = 0
  const played = await play({
    inputs: together(many.map(name => entry(name))),
    before: (aws, clock, cancel) => {
      fleet(aws, many)
      clock.at(clock.now() + seconds * 1_000, () => {
        at = clock.now()
        cancel()
      })
    }
  })
  return { ...played, at }
}

describe('a hundred functions, and the job is cancelled', () => {
  test.each([
    { name: 'at the beginning of the survey', seconds: 2, publishes: false },
    { name: 'in the middle of the survey', seconds: 6, publishes: false },
    { name: 'while their versions are published', seconds: 14, publishes: true }
  ])(
    '$name: the step reports its end, and requests that were waiting are not sent',
    async ({ seconds, publishes }) => {
      const { aws, at, endedAt, outputs, ...played } = await cancelledAfter(seconds)
      const outcomes = Object.values(ends({ aws, outputs })).map(each =>
        each.split(' ').slice(0, 2).join(' ')
      )
      expect(new Set(outcomes)).toEqual(new Set(['interrupted JOB_CANCELLED']))
      expect(endedAt - at).toBeLessThan(5_000)
      expect(asked(aws, 'PublishVersion').length > 0).toBe(publishes)
      expect(asked(aws, 'CreateDeployment')).toEqual([])
      expect(asked(aws, 'GetFunction', at + 1_000)).toEqual([])
      expect(played.annotations.filter(({ level }) => level === 'error').length).toBe(1)
    }
  )

  test('while they are shifting: all are asked to stop in the same second, and the step reports its end', async () => {
    const { aws, at, endedAt, outputs } = await cancelledAfter(120)
    const stops = asked(aws, 'StopDeployment').filter(each => each.at < at + 1_000)
    expect(new Set(stops.map(({ input }) => JSON.stringify(input))).size).toBe(100)
    expect(outputs.outcome).toBe('interrupted')
    expect(endedAt - at).toBeLessThan(10_000)
  })
})

test.each([
  { count: 25, withinMs: 3_000 },
  { count: 100, withinMs: 6_000 }
])(
  'the end of $count functions is reported within $withinMs ms, with one read of each alias',
  async ({ count, withinMs }) => {
    const names = many.slice(0, count)
    const { aws, outputs, endedAt } = await play({
      inputs: together(names.map(name => entry(name))),
      before: aws => fleet(aws, names)
    })
    const completed = names.map(name => {
      const of = { applicationName: 'payments', deploymentGroupName: `${name}-live` }
      const [deploymentId = ''] = aws.codedeploy.listDeployments(of).deployments ?? []
      return Number(aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.completeTime)
    })
    expect(outputs.outcome).toBe('succeeded')
    expect(endedAt - Math.max(...completed)).toBeLessThanOrEqual(withinMs)
    expect(asked(aws, 'GetAlias', Math.min(...completed))).toHaveLength(count)
  }
)

describe('many functions begin soon, within what AWS grants an account', () => {
  /** The most that began within a second. */
  const busiest = (times: readonly number[]) =>
    Math.max(0, ...times.map(at => times.filter(each => each >= at && each < at + 1_000).length))
  /** What Lambda limits to fifteen a second. */
  const control = ({ aws }: Played) =>
    aws.requests.filter(({ service, operation }) => service === 'lambda' && operation !== 'GetFunction')

  async function released(count: number, before: (aws: Aws) => void = () => {}) {
    let begun = 0
    const played = await play({
      inputs: together(
        many.slice(0, count).map(name => entry(name)),
        { wait: 'false' }
      ),
      before: (aws, clock) => {
        begun = clock.now()
        fleet(aws, many.slice(0, count))
        before(aws)
      }
    })
    const [first] = asked(played.aws, 'CreateDeployment')
    return { ...played, beganAfterMs: (first?.at ?? Number.NaN) - begun }
  }

  test.each([
    { count: 10, withinMs: 2_500 },
    { count: 100, withinMs: 25_000 }
  ])('$count of them within $withinMs ms', async ({ count, withinMs }) => {
    const played = await released(count)
    expect(played.outputs.outcome).toBe('started')
    expect(played.beganAfterMs).toBeLessThanOrEqual(withinMs)
    expect(busiest(control(played).map(({ at }) => at))).toBeLessThanOrEqual(12)
  })

  test('without lambda:GetFunction later, and only one request is denied', async () => {
    const played = await released(100, aws => {
      const forever = { times: Number.POSITIVE_INFINITY }
      aws.faults.add({ operation: 'GetFunction', kind: 'accessDenied', ...forever })
    })
    expect(played.outputs.outcome).toBe('started')
    expect(asked(played.aws, 'GetFunction')).toHaveLength(1)
    expect(played.beganAfterMs).toBeLessThanOrEqual(45_000)
    expect(busiest(control(played).map(({ at }) => at))).toBeLessThanOrEqual(12)
  })

  test.each([
    { service: 'lambda', left: 4 },
    { service: 'codedeploy', left: 5 }
  ] as const)(
    'others leave $left requests a second of $service: all begin, later',
    async ({ service, left }) => {
      const played = await released(100, aws => {
        const take = aws.faults.take.bind(aws.faults)
        const letThrough: number[] = []
        aws.faults.take = (operation, now) => {
          const request = aws.requests.at(-1)
          // GetFunction has a limit of its own.
          if (request?.service !== service || operation === 'GetFunction') return take(operation, now)
          if (letThrough.filter(at => at > now - 1_000).length >= left) return { operation, kind: 'throttle' }
          letThrough.push(now)
          return take(operation, now)
        }
      })
      expect(played.outputs.outcome).toBe('started')
      expect(asked(played.aws, 'CreateDeployment').filter(({ status }) => status === 200)).toHaveLength(100)
    }
  )
})

test('a dry run that is cancelled calls nothing planned that it has not read', async () => {
  let at = 0
  const played = await play({
    inputs: together(
      many.map(name => entry(name)),
      { 'dry-run': 'true' }
    ),
    before: (aws, clock, cancel) => {
      fleet(aws, many)
      at = clock.now() + 5_000
      clock.at(at, cancel)
    }
  })
  const told = Object.values(ends(played))
  expect(told.filter(each => each.startsWith('planned')).every(each => each === 'planned 7 (7)')).toBe(true)
  expect(told.filter(each => each.startsWith('interrupted')).length).toBeGreaterThan(10)
  expect([played.outputs.outcome, played.passed]).toEqual(['interrupted', false])
})

describe('thirty functions, one of them rolled back, and the job is cancelled while the others are reverted', () => {
  const names = many.slice(0, 30)
  const rows = ['rollback', 'stop', 'continue'].flatMap(leaving =>
    [0, 200, 1_500, 3_000, 4_500].map(ms => ({ leaving, ms }))
  )

  test.each(rows)(
    'if-interrupted: $leaving, $ms ms after that began: all serve what they served before',
    async ({ leaving, ms }) => {
      const release = (cancelAt?: number) =>
        play({
          inputs: together(
            names.map((name, index) =>
              entry(name, index === 0 ? {} : { 'codedeploy-deployment-config': 'AllAtOnce' })
            ),
            { 'if-interrupted': leaving }
          ),
          before: (aws, clock, cancel) => {
            fleet(aws, names)
            later(2, world => {
              world.alarms.setAlarmState({
                AlarmName: 'service-1-errors',
                StateValue: 'ALARM',
                StateReason: 'errors'
              })
            })(aws, clock, cancel)
            if (cancelAt !== undefined) clock.at(cancelAt, cancel)
          }
        })
      const begun = asked((await release()).aws, 'CreateDeployment').find(({ input }) =>
        JSON.stringify(input).includes('reverts d-')
      )
      const cancelAt = (begun?.at ?? 0) + ms
      const { aws, endedAt, annotations } = await release(cancelAt)
      expect(names.filter(name => serves(aws, name) !== '7')).toEqual([])
      expect(endedAt - cancelAt).toBeLessThan(10_000)
      expect(Math.max(...aws.requests.map(({ at }) => at)) - cancelAt).toBeLessThan(60_000)
      expect(annotations.filter(({ level }) => level === 'error').length).toBe(1)
    }
  )
})

test('with wait: false, what a hundred aliases serve is read at the same time, also when each answer takes a second', async () => {
  const { aws, endedAt, outputs } = await play({
    inputs: together(
      many.map(name => entry(name)),
      { wait: 'false' }
    ),
    before: aws => {
      fleet(aws, many)
      aws.faults.add({ operation: 'GetAlias', kind: 'slow', ms: 1_000, times: Number.POSITIVE_INFINITY })
    }
  })
  const created = aws.requests.findLast(({ operation }) => operation === 'CreateDeployment')
  expect(outputs.outcome).toBe('started')
  expect(endedAt - (created?.at ?? 0)).toBeLessThan(12_000)
})
