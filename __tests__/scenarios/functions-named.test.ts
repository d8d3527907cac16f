/** What a step says of one of its functions names it, in the log and in annotations. */
import { expect, test } from '@jest/globals'
import type { FaultKind } from '../../simulator/faults.ts'
import { fault, later } from './incidents.ts'
import { type Inputs, type Play, play, release } from './play.ts'
import { entry, releaseBoth, somebodyDeploys, together } from './services.ts'

const both = (step: Inputs): Inputs => together([entry('orders'), entry('ledger')], step)
const gated = both({ 'max-error-rate': '5' })
const failing = (operation: string, kind: FaultKind, times = Number.POSITIVE_INFINITY) =>
  fault({ operation, kind, times })

test.each<{ name: string; scene: Play; about: RegExp; log: string[]; warnings?: string[] }>([
  {
    name: 'a verdict that came too late, and one on the other function',
    scene: { inputs: gated, before: later(2.2, aws => aws.metrics.traffic.fails('orders', '8', 0.9)) },
    about: /v8 failed/,
    log: [
      'Warning: orders:live: v8 failed 14 of 58 invocations until 14:03 UTC (24 %, allowed 5 %); v7 failed 0 of 541 in the same minutes. This was seen only when all traffic had moved, so nothing was stopped.',
      'ledger:live: Judged until 14:03 UTC: v8 failed 0 of 58 invocations, which is allowed.'
    ],
    warnings: [
      'orders:live: v8 failed 14 of 58 invocations until 14:03 UTC (24 %, allowed 5 %); v7 failed 0 of 541 in the same minutes. This was seen only when all traffic had moved, so nothing was stopped.'
    ]
  },
  {
    name: 'that a request for it is sent again',
    scene: { before: failing('CreateDeployment', 'throttle', 8) },
    about: /CreateDeployment/,
    log: [
      'orders:live: CreateDeployment was not answered (ThrottlingException); trying again',
      'ledger:live: CreateDeployment was not answered (ThrottlingException); trying again'
    ]
  },
  {
    name: 'that a request for its weights is sent again',
    scene: {
      inputs: {
        alias: 'live',
        weight: '10',
        functions: JSON.stringify([{ 'function-name': 'orders' }, { 'function-name': 'ledger' }])
      },
      before: failing('UpdateAlias', 'throttle', 8)
    },
    about: /UpdateAlias/,
    log: [
      'orders:live: UpdateAlias was not answered (TooManyRequestsException); trying again',
      'ledger:live: UpdateAlias was not answered (TooManyRequestsException); trying again'
    ]
  },
  {
    name: 'that it joins a deployment, and how that differs',
    scene: {
      inputs: both({ 'target-version': '5' }),
      before: aws => void somebodyDeploys(aws, 'ledger', '5')
    },
    about: /busy|Joining|differs/,
    log: [
      "ledger:live: Group ledger-live is busy with deployment d-LBKS5991L; if-in-progress is 'wait'",
      'ledger:live: Joining deployment d-LBKS5991L, which already shifts to the same version',
      'Warning: ledger:live: Deployment d-LBKS5991L was started earlier and differs from what this step asks for: 10%, then all after 10 minutes instead of 10%, then all after 5 minutes.'
    ],
    warnings: [
      'ledger:live: Deployment d-LBKS5991L was started earlier and differs from what this step asks for: 10%, then all after 10 minutes instead of 10%, then all after 5 minutes.'
    ]
  },
  {
    name: 'that it waits for a deployment that could not be read at first',
    scene: {
      inputs: both({ 'wait-for-minutes': '1' }),
      before: (aws, ...world) => {
        somebodyDeploys(aws, 'ledger', '5')
        failing('BatchGetDeploymentTargets', 'throttle', 5)(aws, ...world)
      }
    },
    about: /^(?!Why).*d-LBKS5991L.*(again|to end)/,
    log: [
      'ledger:live: Deployment d-LBKS5991L could not be read yet (codedeploy:BatchGetDeploymentTargets: ThrottlingException); trying again',
      'ledger:live: Waiting for deployment d-LBKS5991L (ledger:live v7 → v5, InProgress) to end, at most 34s'
    ]
  },
  {
    name: 'several of them are named by a warning that is about all',
    scene: {
      inputs: both({ 'keep-versions': '2' }),
      before: failing('ListVersionsByFunction', 'accessDenied')
    },
    about: /Old versions/,
    log: [
      'Warning: Old versions of orders and of 1 more functions were not deleted: The credentials do not allow lambda:ListVersionsByFunction on arn:aws:lambda:eu-west-1:123456789012:function:orders. Grant the role lambda:ListVersionsByFunction on arn:aws:lambda:eu-west-1:123456789012:function:orders.'
    ],
    warnings: [
      'Old versions of orders and of 1 more functions were not deleted: The credentials do not allow lambda:ListVersionsByFunction on arn:aws:lambda:eu-west-1:123456789012:function:orders. Grant the role lambda:ListVersionsByFunction on arn:aws:lambda:eu-west-1:123456789012:function:orders.'
    ]
  }
])('$name', async ({ scene, about, log, warnings = [] }) => {
  const played = await releaseBoth(scene)
  const untimed = played.log.filter(line => /^\S/.test(line))
  expect({
    log: untimed.filter(line => about.test(line)),
    warnings: played.annotations.flatMap(({ level, message }) => (level === 'warning' ? message : []))
  }).toEqual({ log, warnings })
})

test('the summary has what was judged in the section of the function, which needs no name', async () => {
  const inputs = both({ 'max-error-rate': '5' })
  const { summary } = await releaseBoth({
    inputs,
    before: later(2, failing('GetMetricData', 'accessDenied'))
  })
  const told = summary
    .split('<details>')
    .map(section => [
      /<code>(\w+:live)<\/code>/.exec(section)?.[1],
      ...section.split('\n').filter(line => line.startsWith('> ⚠️'))
    ])
  expect(told.filter(([, ...warnings]) => warnings.length > 0)).toEqual(
    ['orders:live', 'ledger:live'].map(name => [name, expect.stringMatching(/^> ⚠️ CloudWatch&#39;s figures/)])
  )
})

test('a step with one function does not name it', async () => {
  const { log } = await play({
    inputs: { ...release, 'max-error-rate': '5' },
    before: later(2, failing('GetMetricData', 'accessDenied'))
  })
  expect(log.filter(line => /nobody judged/.test(line))).toEqual([
    "Warning: CloudWatch's figures could not be read from 14:02 UTC on (The credentials do not allow cloudwatch:GetMetricData on *): nobody judged v8 after that."
  ])
})
