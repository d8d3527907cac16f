/** Deployments that can no longer be seen, and what becomes of their stops. */
import { describe, expect, test } from '@jest/globals'
import type { StopResult } from '../../src/deployment/leaving.ts'
import { causeOf } from '../../src/deployment/outcome.ts'
import {
  canary,
  minute,
  shareOn8,
  shiftingSince,
  subject,
  view,
  whollyOn
} from '../deployment/observations.ts'
import { denied, throttled } from './readings.ts'
import { type Scene, type Watched, watched } from './script.ts'

const [a, b] = ['a', 'b'].map(name =>
  subject({ deploymentId: `d-${name}`, functionName: name, schedule: canary })
) as [ReturnType<typeof subject>, ReturnType<typeof subject>]

const running = (id: string) => view('InProgress', { id, createdAt: 0, startedAt: 1_500 })
const shifting = { lifecycle: shiftingSince(5_000), traffic: shareOn8(0.1) }
const bothRun: Scene = { from: 0, deployments: { 'd-a': running('d-a'), 'd-b': running('d-b') }, ...shifting }
const hidden = (from: number, ...ids: string[]): Scene => ({
  from,
  deployments: Object.fromEntries(ids.map(id => [id, denied]))
})
const failing: StopResult = { kind: 'failed', reason: 'CodeDeploy throttles.', isPassing: true }
const unanswered: StopResult = { ...failing, reason: 'No answer.', mayHaveActed: true }
const refused: StopResult = { kind: 'failed', reason: 'You may not.', isPassing: false }

const stopsOf = ({ stops }: Watched, of: string) => stops.filter(({ id }) => id === of)
const whatOf = ({ ended }: Watched, id: string): string => causeOf(ended[id]?.outcome as never)?.what ?? ''
const nextOf = ({ ended }: Watched, id: string): string => causeOf(ended[id]?.outcome as never)?.next ?? ''

describe('when none can be seen any more', () => {
  const lost = [bothRun, hidden(minute, 'd-a', 'd-b')]

  test('each is asked to stop, once', async () => {
    const told = await watched(lost, [a, b])
    expect(told.stops.map(({ id, rollBack }) => `${id} ${rollBack}`)).toEqual(['d-a true', 'd-b true'])
    expect(whatOf(told, 'd-b')).toContain(
      'All or none: a:live can no longer be seen, so CodeDeploy was asked to stop deployment d-b, whose end was not seen.'
    )
  })

  test.each([
    { name: 'long before the deadline', deadline: 60 * minute },
    { name: 'over the deadline', deadline: minute + 30_000 }
  ])('a stop that a passing fault hits is asked for again for a minute, $name', async ({ deadline }) => {
    const told = await watched(lost, [a, b], { deadline, stop: () => failing })
    const [first, ...more] = stopsOf(told, 'd-a')
    expect(more.length).toBeGreaterThan(4)
    expect(told.at - (first?.at ?? 0)).toBeGreaterThan(50_000)
    expect(told.at - (first?.at ?? 0)).toBeLessThan(65_000)
    expect(nextOf(told, 'd-a')).toContain('aws deploy stop-deployment --deployment-id d-a')
  })

  test('a stop that is never answered is told as what it is', async () => {
    const told = await watched(lost, [a, b], { stop: () => unanswered })
    expect(whatOf(told, 'd-a')).toContain(
      'and has not answered. It may continue in AWS and still move traffic.'
    )
  })

  test('a cancel ends that after six seconds, and leaves the rest to post', async () => {
    const told = await watched(lost, [a, b], { cancelAt: minute + 20_000, stop: () => failing })
    expect(told.at).toBeLessThanOrEqual(minute + 26_000)
    expect(told.ended['d-a']).toMatchObject({ unfinished: true, outcome: { kind: 'lost' } })
  })
})

describe('one of two', () => {
  test('is not stopped when the other was left to go on', async () => {
    const told = await watched(
      [
        { from: 0, deployments: { 'd-a': running('d-a'), 'd-b': throttled }, ...shifting },
        hidden(9 * minute + 30_000, 'd-b')
      ],
      [a, b],
      { deadline: 9 * minute, leaving: () => 'continue' }
    )
    expect(told.stops).toEqual([])
    expect(nextOf(told, 'd-b')).toContain('Deployment d-b continues in AWS without being watched')
  })

  test('is not waited for when CodeDeploy does not know it', async () => {
    const unknown = {
      kind: 'permanent' as const,
      cause: { code: 'DeploymentDoesNotExistException', what: 'Missing.', next: 'Check.' }
    }
    const told = await watched(
      [
        bothRun,
        {
          from: 20_000,
          deployments: { 'd-a': view('Succeeded', { id: 'd-a', completedAt: 20_000 }) },
          traffic: whollyOn('8')
        },
        { from: minute, deployments: { 'd-b': unknown } }
      ],
      [a, b],
      { stop: () => failing }
    )
    expect(told.stops).toEqual([])
    expect(told.at).toBeLessThan(2 * minute)
  })

  test('that was stopped at a cancel, and refused, is told by that reason', async () => {
    const told = await watched([bothRun, hidden(minute + 500, 'd-b')], [a, b], {
      cancelAt: minute,
      stop: () => refused
    })
    expect(whatOf(told, 'd-b')).toContain(
      'The step was interrupted, so CodeDeploy was asked to stop deployment d-b, and that failed: You may not. It continues in AWS and may still move traffic.'
    )
  })

  test('that the user wants to go on after a cancel is stopped for the other, and that is the reason', async () => {
    const told = await watched([hidden(0, 'd-a', 'd-b')], [a, b], {
      cancelAt: 1_000,
      leaving: () => 'continue'
    })
    const reasons = told.events.flatMap(event => (event.kind === 'stop-asked' ? [event.reason] : []))
    expect(reasons).toEqual(['blocked', 'blocked'])
    expect(whatOf(told, 'd-b')).toContain(
      'All or none: a:live can no longer be seen, so CodeDeploy was asked'
    )
  })

  test('whose stop is refused after that was told', async () => {
    let stops = 0
    const told = await watched([bothRun, hidden(minute + 500, 'd-b')], [a, b], {
      cancelAt: minute,
      stop: async (_now, clock) => {
        stops += 1
        if (stops === 2) await clock.sleep(3_000)
        return refused
      }
    })
    expect(whatOf(told, 'd-b')).toMatch(
      /CodeDeploy was asked to stop deployment d-b; .* The stop failed: You may not\. It continues in AWS/
    )
  })

  test('both are asked to stop at the same moment', async () => {
    const told = await watched([bothRun, hidden(minute, 'd-b')], [a, b], {
      stop: () => new Promise<never>(() => {}),
      deadline: 2 * minute
    })
    expect(stopsOf(told, 'd-a')[0]?.at).toBe(stopsOf(told, 'd-b')[0]?.at)
  })
})

test('one that is watched alone, but released with others, is stopped; one that is released alone is not', async () => {
  const scenes = [bothRun, hidden(minute, 'd-a')]
  expect((await watched(scenes, [a], { isOneOfMany: true })).stops).toHaveLength(1)
  expect((await watched(scenes, [a])).stops).toEqual([])
})
