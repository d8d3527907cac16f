/** CodeDeploy says that traffic shifts, and waits minutes for a version that is Pending before it moves any. */
import { expect, test } from '@jest/globals'
import { anotherIsRunning } from './incidents.ts'
import { type Played, play } from './play.ts'
import { asked } from './services.ts'

const minute = 60_000
const start = Date.parse('2026-11-20T14:00:00Z')

/** Somebody else's canary of five minutes to version 8, which this step watches; with so many calls a minute. */
const watched = (pendingSeconds: number, live: number): Promise<Played> =>
  play({
    inputs: {
      'deployment-id': 'active',
      'codedeploy-application': 'payments',
      'codedeploy-deployment-group': 'payments-live',
      'if-no-traffic': 'fail'
    },
    setting: { version: 'pending', pendingSeconds, clients: { live } },
    before: (...world) => {
      world[0].lambda.publishVersion({ FunctionName: 'payments-api' })
      anotherIsRunning('8')(...world)
    }
  })

/** How it ended, and after how many minutes it was stopped, if it was. */
const endOf = ({ outputs, aws }: Played): string => {
  const stoppedAt = asked(aws, 'StopDeployment').map(({ at }) => `at ${((at - start) / minute).toFixed(1)}`)
  return [outputs.outcome, outputs['serving-version'], outputs['error-code'], ...stoppedAt]
    .filter(Boolean)
    .join(' ')
}

test.each([
  { name: 'that began late', pendingSeconds: 200, live: 8 },
  { name: 'that begins after it should have been over', pendingSeconds: 400, live: 8 }
])(
  'a shift $name is not stopped because nobody had come by its planned end',
  async ({ pendingSeconds, live }) => {
    expect(endOf(await watched(pendingSeconds, live))).toBe('succeeded 8')
  }
)

test.each([
  { pendingSeconds: 200, ends: 'rolled-back 7 NO_TRAFFIC at 7.8' },
  { pendingSeconds: 400, ends: 'rolled-back 7 NO_TRAFFIC at 11.3' }
])(
  'when nobody comes in a shift that begins after $pendingSeconds s, it is stopped right before its real end',
  async ({ pendingSeconds, ends }) => {
    expect(endOf(await watched(pendingSeconds, 0))).toBe(ends)
  }
)
