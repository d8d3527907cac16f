import { beforeAll, expect, test } from '@jest/globals'
import { warmUp } from '../../simulation/play/warmup.ts'
import { createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import type { FaultKind } from '../../simulator/faults.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { createAws as createClients } from '../../src/aws/aws.ts'
import { anotherIsRunning, group } from '../scenarios/incidents.ts'

beforeAll(warmUp)

const rows: { name: string; first?: FaultKind; second: string }[] = [
  { name: 'our own, when the first request was answered', second: 'asked' },
  {
    name: 'our own, while the first request, on which CodeDeploy has acted, is unanswered',
    first: 'stall',
    second: 'asked'
  },
  { name: "somebody else's, when the first request was refused", first: 'accessDenied', second: 'over' }
]

test.each(rows)('a deployment that a second request finds stopped is $name', async ({ first, second }) => {
  const clock = new VirtualClock()
  const aws = createAws({ clock, uncertain: { stopResponse: 'Pending' } })
  payments(aws)
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  const options = { region: aws.region, requestHandler: requestHandler(aws), credentials }
  const { codedeploy } = createClients(options, clock)
  const result = await clock.run(async () => {
    anotherIsRunning('6')(aws, clock, () => {})
    const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
    await clock.sleep(10_000)
    if (first) aws.faults.add({ operation: 'StopDeployment', kind: first })
    const asking = codedeploy.stop(deploymentId, true, true)
    await clock.sleep(3_000)
    if (first === 'accessDenied') aws.codedeploy.stopDeployment({ deploymentId })
    await clock.sleep(3_000)
    const again = await codedeploy.stop(deploymentId, true)
    await asking
    return again
  })
  expect(result.kind).toBe(second)
})

test('a deployment that was stopped is our own, though the throttling of a first request was heard while a second was lost', async () => {
  const clock = new VirtualClock()
  const aws = createAws({ clock, uncertain: { stopResponse: 'Pending' } })
  payments(aws)
  const wire = requestHandler(aws)
  const delaysMs = [6_000, 3_000]
  const handle: typeof wire.handle = async (request, options) => {
    const delayMs = request.headers['x-amz-target']?.endsWith('.StopDeployment') ? delaysMs.shift() : 0
    const answer = wire.handle(request, options)
    await answer.catch(() => undefined)
    await clock.sleep(delayMs ?? 0)
    return await answer
  }
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  const options = { region: aws.region, requestHandler: { ...wire, handle }, credentials }
  const { codedeploy } = createClients(options, clock)
  const results = await clock.run(async () => {
    anotherIsRunning('6')(aws, clock, () => {})
    const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
    await clock.sleep(10_000)
    aws.faults.add({ operation: 'StopDeployment', kind: 'throttle' })
    aws.faults.add({ operation: 'StopDeployment', kind: 'dropAfter' })
    const first = codedeploy.stop(deploymentId, true, true)
    await clock.sleep(5_000)
    return await Promise.all([first, codedeploy.stop(deploymentId, true)])
  })
  expect(results.map(({ kind }) => kind)).toEqual(['failed', 'asked'])
})
