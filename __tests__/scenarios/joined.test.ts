/** A deployment that does already what was asked for is joined, and stays what it is. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { jobIsCancelled, later } from './incidents.ts'
import { killAfter } from './killed.ts'
import { play } from './play.ts'
import { attempt1, attempt2, type Running, running, stops, to6 } from './running.ts'
import { asked, serves } from './services.ts'

const alias = (aws: Aws): string => serves(aws, 'payments-api')

test('a run with AllAtOnce joins a canary of half an hour, waits for it, and passes', async () => {
  const played = await play({ inputs: to6, before: running() })
  expect([played.passed, played.outputs.outcome, alias(played.aws)]).toEqual([true, 'succeeded', '6'])
  expect([stops(played.aws), asked(played.aws, 'CreateDeployment')]).toEqual([[], []])
})

const ours = { description: attempt1 }

describe.each([
  {
    way: 'the job is cancelled',
    scene: { before: later(2, jobIsCancelled) },
    inputs: {},
    outcome: 'interrupted'
  },
  { way: 'the wait is over', scene: {}, inputs: { 'wait-for-minutes': '2' }, outcome: 'timed-out' }
])('$way', ({ scene, inputs, outcome }) => {
  const rows: { name: string; other: Running; given?: string; stops: boolean[]; serves: string }[] = [
    { name: 'what another run began is left alone', other: {}, stops: [], serves: 'split' },
    {
      name: 'with if-interrupted: rollback it is shifted back',
      other: {},
      given: 'rollback',
      stops: [true],
      serves: '7'
    },
    {
      name: 'with if-interrupted: stop it is stopped',
      other: {},
      given: 'stop',
      stops: [false],
      serves: 'split'
    },
    {
      name: 'with if-interrupted: continue it goes on',
      other: {},
      given: 'continue',
      stops: [],
      serves: 'split'
    },
    {
      name: 'what an earlier attempt began is ours, and shifted back',
      other: ours,
      stops: [true],
      serves: '7'
    },
    {
      name: 'what an earlier attempt began goes on with if-interrupted: continue',
      other: ours,
      given: 'continue',
      stops: [],
      serves: 'split'
    }
  ]
  test.each(rows)('$name', async ({ other, given, stops: expected, serves: served }) => {
    const played = await play({
      inputs: { ...to6, ...inputs, ...(given && { 'if-interrupted': given }) },
      env: attempt2,
      before: (aws, clock, cancel) => {
        running(other)(aws)
        scene.before?.(aws, clock, cancel)
      }
    })
    expect({ outcome: played.outputs.outcome, stops: stops(played.aws), serves: alias(played.aws) }).toEqual({
      outcome,
      stops: expected,
      serves: served
    })
  })
})

describe('the step is killed', () => {
  test.each([
    { name: 'what another run began is left alone by post', other: {}, stops: [], serves: 'split' },
    {
      name: 'what an earlier attempt began is shifted back by post',
      other: { description: attempt1.replace(/\.1$/, '.9') },
      stops: [true],
      serves: '7'
    }
  ])('$name', async ({ other, stops: expected, serves: served }) => {
    const { aws } = await killAfter(60, { inputs: to6, before: running(other) })
    expect({ stops: stops(aws), serves: alias(aws) }).toEqual({ stops: expected, serves: served })
  })
})
