import { expect, test } from '@jest/globals'
import { alarmGoesOff, hooks, later } from './incidents.ts'
import { type Play, type Played, play, release } from './play.ts'

const rows = [
  { name: 'a five-minute canary', inputs: release, most: 55, figures: 8 },
  { name: 'a five-minute canary with two hooks', inputs: { ...release, ...hooks }, most: 58, figures: 9 },
  {
    name: 'ten percent every ten minutes, which is an hour and a half',
    inputs: { ...release, 'codedeploy-deployment-config': 'Linear10PercentEvery10Minutes' },
    most: 400,
    figures: 40
  },
  {
    name: 'all at once',
    inputs: { ...release, 'codedeploy-deployment-config': 'AllAtOnce' },
    most: 20,
    figures: 1
  }
]

test.each(rows)('$name takes at most $most requests, and $figures of CloudWatch', async row => {
  const { outputs, aws } = await play({ inputs: row.inputs })
  expect(outputs.outcome).toBe('succeeded')
  const figures = aws.requests.filter(({ service }) => service === 'cloudwatch').length
  expect(aws.requests.length - figures).toBeLessThanOrEqual(row.most)
  expect(figures).toBeLessThanOrEqual(row.figures)
})

test('a hook of an hour is watched as slowly when its event may no longer be read', async () => {
  const { aws, outputs } = await play({
    inputs: { ...release, ...hooks },
    setting: { after: { behaviour: 'silent' } },
    before: later(4, aws => {
      aws.faults.add({
        operation: 'BatchGetDeploymentTargets',
        kind: 'accessDenied',
        times: Number.POSITIVE_INFINITY
      })
    })
  })
  expect(outputs['error-code']).toBe('TIMEOUT')
  expect(aws.requests.length).toBeLessThanOrEqual(700)
})

const linear = { ...release, 'codedeploy-deployment-config': 'Linear10PercentEvery10Minutes' }
const withHooks = (seconds: number): Play => ({
  inputs: { ...release, ...hooks },
  setting: { before: { seconds: 5 }, after: { seconds } }
})

test.each<{ name: string; scene: Play; within: number }>([
  { name: 'the scheduled end of a canary', scene: {}, within: 2 },
  { name: 'the end of a hook of 10 seconds after a canary', scene: withHooks(10), within: 4.5 },
  { name: 'the end of a hook of 25 seconds after a canary', scene: withHooks(25), within: 4.5 },
  { name: 'the end of a hook of 39 seconds after a canary', scene: withHooks(39), within: 4.5 },
  { name: 'an alarm early in a canary', scene: { before: later(0.7, alarmGoesOff) }, within: 8.5 },
  { name: 'an alarm in the middle of a canary', scene: { before: later(2.6, alarmGoesOff) }, within: 8.5 },
  {
    name: 'an alarm in a shift of 90 minutes',
    scene: { inputs: linear, before: later(34.2, alarmGoesOff) },
    within: 15.5
  }
])('$name is told within $within seconds', async ({ scene, within }) => {
  expect(secondsUntilTold(await play(scene))).toBeLessThanOrEqual(within)
})

test('there are four round trips before CreateDeployment when nothing has to be waited for', async () => {
  const { aws } = await play({ inputs: { ...release, ...hooks } })
  const create = aws.requests.findIndex(({ operation }) => operation === 'CreateDeployment')
  expect(new Set(aws.requests.slice(0, create).map(({ at }) => at)).size).toBeLessThanOrEqual(4)
})

/** From the end of the deployment to the first look that saw it. */
function secondsUntilTold({ aws, outputs }: Played): number {
  const deploymentId = outputs['deployment-id'] ?? ''
  const ended = aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.completeTime
  const endedAt = typeof ended === 'number' ? ended * 1000 : Number(ended)
  const seen = aws.requests.find(({ operation, at }) => operation === 'GetDeployment' && at >= endedAt)
  return ((seen?.at ?? Number.POSITIVE_INFINITY) - endedAt) / 1000
}
