import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { killAfter } from './killed.ts'
import { play, release } from './play.ts'
import { asked, ends, entry, releaseBoth, together } from './services.ts'

// What was judged first stays the cause, however the watch ends.

const minute = 60_000
const slowly = { 'codedeploy-deployment-config': 'Linear10PercentEvery10Minutes' }
const gated = { ...release, ...slowly, 'max-error-rate': '5' }
const setting = { clients: { live: 600, errors: { 7: 0.01, 8: 0.2 } } }
const mayNotStop = (aws: Aws) =>
  aws.faults.add({ operation: 'StopDeployment', kind: 'accessDenied', times: 99 })
const counts =
  /^v8 failed \d+ of \d+ invocations until \d\d:\d\d UTC \(.*\); v7 failed \d+ of \d+ in the same minutes/

test('it is watched to the end of the wait, less often after some minutes, and told as what it was judged for', async () => {
  const played = await play({
    inputs: { ...gated, 'wait-for-minutes': '40' },
    setting,
    before: mayNotStop
  })
  expect(played.outputs).toMatchObject({ outcome: 'timed-out', 'error-code': 'CANARY_ERRORS' })
  const what = played.outputs['error-message'] ?? ''
  expect(what).toMatch(counts)
  expect(what).toMatch(/, and deployment d-\w+ could not be stopped: The credentials do not allow/)
  const judgedAt = asked(played.aws, 'StopDeployment')[0]?.at ?? 0
  const calm = asked(played.aws, 'GetDeployment').filter(
    ({ at }) => at > judgedAt + 6 * minute && at < judgedAt + 16 * minute
  )
  expect(calm.length).toBeLessThanOrEqual(45)
})

test('a stop that takes effect after ten minutes is waited for', async () => {
  const passing = { operation: 'StopDeployment', kind: 'throttle', times: Number.POSITIVE_INFINITY } as const
  const played = await play({
    inputs: gated,
    setting,
    before: (aws, clock: VirtualClock) =>
      aws.faults.add({ ...passing, when: { from: clock.now(), to: clock.now() + 14 * minute } })
  })
  expect(played.outputs).toMatchObject({
    outcome: 'rolled-back',
    'serving-version': '7',
    'error-code': 'CANARY_ERRORS'
  })
})

test('another function of the step is stopped for its sake, and it is asked for only once', async () => {
  const played = await releaseBoth({
    inputs: together([entry('orders', { 'max-error-rate': '5' }), entry('ledger')], slowly),
    before: aws => {
      aws.metrics.traffic.fails('orders', '8', 0.3)
      mayNotStop(aws)
    }
  })
  expect(ends(played)).toEqual({
    orders: 'failed CANARY_ERRORS 7:0.9,8:0.1 (split)',
    ledger: 'failed HELD_BACK 7:0.9,8:0.1 (split)'
  })
  // By main: what is refused for good is not left to post.
  expect(asked(played.aws, 'StopDeployment').length).toBe(2)
})

test('post names it too, when it does not see the end either', async () => {
  const scene = { inputs: gated, setting, before: mayNotStop }
  const main = await play(scene)
  const [stop] = asked(main.aws, 'StopDeployment')
  const begun = main.aws.requests[0]?.at ?? 0
  const { post } = await killAfter(((stop?.at ?? 0) - begun) / 1_000 + 1, scene)
  expect(post.outputs).toMatchObject({ outcome: 'interrupted', 'error-code': 'CANARY_ERRORS' })
})
