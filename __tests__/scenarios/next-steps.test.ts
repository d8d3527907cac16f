/** What the error tells whoever is on call to do fits what the alias serves. */
import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { hooks, jobIsCancelled, later } from './incidents.ts'
import { type Play, play, release } from './play.ts'

/** The alias points to 7, but its weights give everything to 6. */
const everythingTo6 = (aws: Aws) =>
  void aws.lambda.updateAlias({
    FunctionName: 'payments-api',
    Name: 'live',
    FunctionVersion: '7',
    RoutingConfig: { AdditionalVersionWeights: { 6: 1 } }
  })

const byStep = (version: string) =>
  `a step with target-version: ${version} and weight: 100, or aws lambda update-alias --function-name payments-api --name live --function-version ${version} --routing-config AdditionalVersionWeights={}`

test.each<{ name: string; scene: Play; what: RegExp; next: string }>([
  {
    name: 'stopped when all traffic had moved: nothing is split, and the error says how to shift it back',
    scene: {
      inputs: { ...release, ...hooks, 'if-interrupted': 'stop' },
      setting: { after: { seconds: 60 } },
      before: later(5.3, jobIsCancelled)
    },
    what: /^Why: {2}The step was interrupted, so deployment d-\w{9} was stopped, and the alias is left at version 8\. \(JOB_CANCELLED\)$/,
    next: `Version 8 has all the traffic. To give all traffic to version 7: ${byStep('7')}`
  },
  {
    name: 'stopped in the middle: the alias is split, and the error says how to shift it back',
    scene: { inputs: { ...release, 'if-interrupted': 'stop' }, before: later(2, jobIsCancelled) },
    what: /^Why: {2}The step was interrupted, so deployment d-\w{9} was stopped, and the alias is left at version 7 \(90%\) and version 8 \(10%\)\. \(JOB_CANCELLED\)$/,
    next: `Later deployments fail while the alias is split. To give all traffic to version 7: ${byStep('7')}`
  },
  {
    name: 'the weights give everything to another version than the alias points to: that version should be kept',
    scene: { before: everythingTo6 },
    what: /^Why: {2}Alias live points to version 7, and its weights give everything to version 6, and no deployment of group payments-live is known to shift it: /,
    next: `Choose the version that should serve and give it all traffic, by ${byStep('6')}. Then run the step again.`
  }
])('$name', async ({ scene, what, next }) => {
  const { annotations } = await play(scene)
  const [why, then] = annotations.flatMap(({ message }) => message.split('\n').slice(1))
  expect(why).toMatch(what)
  expect(then).toBe(`Next: ${next}`)
})

test('an alias whose weights give everything to the requested version is reported as serving it', async () => {
  const { outputs, annotations } = await play({
    inputs: { ...release, 'target-version': '6' },
    before: everythingTo6
  })
  expect({
    outcome: outputs.outcome,
    version: outputs.version,
    previous: outputs['previous-version'],
    serving: outputs['serving-version'],
    told: annotations.map(({ message }) => message)
  }).toEqual({
    outcome: 'unchanged',
    version: '6',
    previous: '6',
    serving: '6',
    told: ['payments-api:live was already wholly on v6; nothing was deployed.']
  })
})
