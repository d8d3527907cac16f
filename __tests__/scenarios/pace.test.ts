import { expect, test } from '@jest/globals'
import { alarmGoesOff, hooks, later } from './incidents.ts'
import { type Played, play, release } from './play.ts'

const rows = [
  { name: 'a five-minute canary', inputs: release, most: 40 },
  { name: 'a five-minute canary with two hooks', inputs: { ...release, ...hooks }, most: 48 },
  {
    name: 'ten percent every ten minutes, which is an hour and a half',
    inputs: { ...release, 'codedeploy-deployment-config': 'Linear10PercentEvery10Minutes' },
    most: 430
  },
  { name: 'all at once', inputs: { ...release, 'codedeploy-deployment-config': 'AllAtOnce' }, most: 20 }
]

test.each(rows)('$name takes at most $most requests', async ({ inputs, most }) => {
  const { outputs, aws } = await play({ inputs })
  expect(outputs.outcome).toBe('succeeded')
  expect(aws.requests.length).toBeLessThanOrEqual(most)
})

test('a scheduled end is reported within seconds, an unscheduled one within one slow interval', async () => {
  const scheduled = await play()
  const unscheduled = await play({ before: later(2.6, alarmGoesOff) })
  expect(secondsUntilTold(scheduled)).toBeLessThanOrEqual(3)
  expect(secondsUntilTold(unscheduled)).toBeLessThanOrEqual(16)
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
