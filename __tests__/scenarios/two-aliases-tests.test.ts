/** Two aliases of one function, in one step, get the same version. What its tests do, they do for real, so they run once. */

import type { InvokeCommandInput } from '@aws-sdk/client-lambda'
import { expect, test } from '@jest/globals'
import { fleet } from '../../simulator/fleet.ts'
import { jobIsCancelled, later } from './incidents.ts'
import { type Inputs, type Play, type Played, play } from './play.ts'
import { asked, entry, somebodyDeploys, together } from './services.ts'

interface Scene extends Pick<Play, 'setting' | 'before'> {
  /** What the step gives for both aliases, and what each gives by itself. */
  step?: Inputs
  live?: Inputs
  beta?: Inputs
}

const releaseTested = ({ setting, before, step = {}, live = {}, beta = {} }: Scene): Promise<Played> => {
  const ofBeta = { alias: 'beta', 'codedeploy-deployment-group': 'ledger-live', ...beta }
  return play({
    inputs: together([entry('orders', live), entry('orders', ofBeta)], {
      'codedeploy-deployment-config': 'AllAtOnce',
      ...step
    }),
    before: (aws, clock, cancel) => {
      fleet(aws, ['orders', 'ledger'], setting)
      aws.lambda.createAlias({ FunctionName: 'orders', Name: 'beta', FunctionVersion: '7' })
      before?.(aws, clock, cancel)
    }
  })
}

/** How each alias ended, and the tests that are told of it. */
const endsOf = ({ outputs, summary }: Played): string[] => {
  const tests = [...summary.matchAll(/\| Tests \| (.*?) \|/g)].map(([, told = '']) => told)
  return JSON.parse(outputs.results ?? '[]').map((each: Inputs, index: number) =>
    [each.alias, each.outcome, each['error-code'], tests[index]].filter(Boolean).join(', ')
  )
}

/** Version and event of each invocation, in order. */
const invoked = ({ aws }: Played): string[] =>
  asked(aws, 'Invoke').map(({ input }) => {
    const { Qualifier, Payload } = input as InvokeCommandInput
    return `${Qualifier} ${new TextDecoder().decode(Payload as Uint8Array)}`
  })

const charge = { 'test-event': '{"charge":1}' }
const run = { answer: '{"ok":true}', seconds: 0.2 }

test.each<{ name: string; scene: Scene; ends: string[]; events: string[] }>([
  {
    name: 'with the events that the step gives for both',
    scene: { step: charge, setting: { run } },
    ends: ['live, succeeded, 1 of 1 passed: 200 ms', 'beta, succeeded, 1 of 1 passed: 200 ms'],
    events: ['8 {"charge":1}']
  },
  {
    name: 'but with all events that the aliases have of their own',
    scene: { live: charge, beta: { 'test-event': '[{"charge":1},{"refund":1}]' }, setting: { run } },
    ends: ['live, succeeded, 1 of 1 passed: 200 ms', 'beta, succeeded, 2 of 2 passed: 200 ms, 200 ms'],
    events: ['8 {"charge":1}', '8 {"charge":1}', '8 {"refund":1}']
  },
  {
    name: 'unless the aliases go back to different versions',
    scene: {
      step: charge,
      live: { 'target-version': '6' },
      beta: { 'target-version': '5' },
      setting: { run }
    },
    ends: ['live, succeeded, 1 of 1 passed: 0 ms', 'beta, succeeded, 1 of 1 passed: 0 ms'],
    events: ['6 {"charge":1}', '5 {"charge":1}']
  },
  {
    name: 'and released to neither alias when it fails',
    scene: { step: charge, setting: { run: { ...run, throws: 'no' } } },
    ends: ['live, refused, TEST_FAILED, 0 of 1 passed', 'beta, refused, TEST_FAILED, 0 of 1 passed'],
    events: ['8 {"charge":1}']
  },
  {
    name: 'and a cancel meanwhile ends the release to both',
    scene: {
      step: charge,
      setting: { run: { ...run, seconds: 600, timeout: 900 } },
      before: later(2, jobIsCancelled)
    },
    ends: [
      'live, interrupted, JOB_CANCELLED, 0 of 1 passed',
      'beta, interrupted, JOB_CANCELLED, 0 of 1 passed'
    ],
    events: ['8 {"charge":1}']
  },
  {
    name: 'also when one alias was left to a deployment that has ended instead',
    scene: {
      step: charge,
      setting: { run },
      before: aws => {
        aws.lambda.publishVersion({ FunctionName: 'orders' })
        const deploymentId = somebodyDeploys(aws, 'orders', '8')
        const describe = aws.codedeploy.getDeployment.bind(aws.codedeploy)
        let looks = 0
        // Stopped right after the first look at it, which finds that it could be joined.
        aws.codedeploy.getDeployment = input => {
          const answer = describe(input)
          if (input.deploymentId === deploymentId && ++looks === 1)
            aws.codedeploy.stopDeployment({ deploymentId })
          return answer
        }
      }
    },
    ends: ['live, succeeded, 1 of 1 passed: 200 ms', 'beta, succeeded, 1 of 1 passed: 200 ms'],
    events: ['8 {"charge":1}']
  }
])('a version that two aliases get is tested once $name', async ({ scene, ends, events }) => {
  const played = await releaseTested(scene)
  expect({ ends: endsOf(played), events: invoked(played) }).toEqual({ ends, events })
})
