import { beforeAll, describe, expect, test } from '@jest/globals'
import { sceneFrom } from '../../simulation/draw/scene.ts'
import { invariants, stepInvariants, violations } from '../../simulation/invariants/invariants.ts'
import { play, trace } from '../../simulation/play/play.ts'
import { warmUp } from '../../simulation/play/warmup.ts'
import { figuresOf } from '../../simulation/tell/figures.ts'
import { playSeeds } from '../../simulation/tell/seeds.ts'

const patience = 120_000

beforeAll(warmUp, patience)

test(
  'no promise is broken in the worlds of 250 seeds',
  async () => {
    const { violations, seeds, outcomes, happened } = await playSeeds(1, 250)
    expect(violations).toEqual([])
    expect(seeds).toBe(250)
    // Worlds in which little happens would prove nothing.
    expect(Object.keys(outcomes).length).toBeGreaterThanOrEqual(12)
    expect(happened['several functions']).toBeGreaterThanOrEqual(25)
    expect(happened.renewed).toBeGreaterThanOrEqual(3)
    expect(happened['tested first']).toBeGreaterThanOrEqual(20)
    expect(happened['trouble with GitHub']).toBeGreaterThanOrEqual(8)
    expect(happened.judged).toBeGreaterThanOrEqual(4)
  },
  patience
)

test.each([7, 31, 93, 234, 1032, 8770])(
  'seed %i gives the same world twice, to the last line',
  async seed => {
    const first = trace(await play(sceneFrom(seed)))
    const second = trace(await play(sceneFrom(seed)))
    expect(first.length).toBeGreaterThan(10)
    expect(second).toEqual(first)
  },
  patience
)

test('seeds give different worlds', () => {
  const worlds = Array.from({ length: 500 }, (_, seed) => JSON.stringify({ ...sceneFrom(seed), seed: 0 }))
  expect(new Set(worlds).size).toBe(worlds.length)
})

describe('a world that breaks a promise is reported', () => {
  const rows = [
    {
      name: 'a step that passes although it failed',
      seed: 25,
      broken: '3a',
      tamper: (world: Awaited<ReturnType<typeof play>>) => {
        for (const { main } of world.played) main.exitCode = main.exitCode === 0 ? 1 : 0
      }
    },
    {
      name: 'an output that is not true',
      seed: 25,
      broken: '3b',
      tamper: (world: Awaited<ReturnType<typeof play>>) => {
        for (const { main } of world.played) main.job.outputs['serving-version'] = '42'
      }
    },
    {
      name: 'a process that is kept alive',
      seed: 25,
      broken: '5b',
      tamper: (world: Awaited<ReturnType<typeof play>>) => {
        for (const { main } of world.played) main.pausesLeft = 1
      }
    },
    {
      name: 'a line that is a command',
      seed: 25,
      broken: '6a',
      tamper: (world: Awaited<ReturnType<typeof play>>) => {
        for (const { main } of world.played)
          main.job.forgeries.push({ line: '::error::forged', why: 'forged' })
      }
    }
  ]

  test.each(rows)('$name', async ({ seed, broken, tamper }) => {
    const world = await play(sceneFrom(seed))
    expect(figuresOf(world).violations).toEqual([])
    tamper(world)
    expect(violations(world).map(({ invariant }) => invariant)).toContain(broken)
  })
})

test('every promise has an id of its own', () => {
  const ids = [...invariants, ...stepInvariants].map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})
