import type { Chance } from './chance.ts'
import { hostileText } from './hostile.ts'

/** The step's inputs. */
export type StepInputs = Readonly<Record<string, string>>

/** A placeholder for the id of the group's newest deployment, which is known only when the step starts. */
export const newestDeployment = 'NEWEST'

/** The usual release: payments-api, live on 7, `$LATEST` newer. */
export const release: StepInputs = {
  'function-name': 'payments-api',
  alias: 'live',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-group': 'payments-live',
  'codedeploy-deployment-config': 'Canary10Percent5Minutes'
}

export const strategies: [string, number][] = [
  ['Canary10Percent5Minutes', 60],
  ['AllAtOnce', 35],
  ['', 20],
  ['Linear10PercentEvery1Minute', 15],
  ['Canary25Percent7Minutes', 10],
  ['Linear40PercentEvery2Minutes', 10],
  ['CodeDeployDefault.LambdaCanary10Percent30Minutes', 3],
  ['Linear10PercentEvery3Minutes', 2],
  ['our-canary', 1]
]

/** The inputs that one workflow gives the step. */
export function someInputs(chance: Chance, run: string): StepInputs {
  if (chance.is(0.03))
    return { 'deployment-id': newestDeployment, ...some(chance, 'if-interrupted', 0.5, leavings) }
  return {
    ...release,
    'codedeploy-deployment-config': chance.weighted(strategies),
    ...some(chance, 'before-allow-traffic-hook', 0.2, [['CodeDeployHook_before', 1]]),
    ...some(chance, 'after-allow-traffic-hook', 0.25, [['CodeDeployHook_after', 1]]),
    ...some(chance, 'if-in-progress', 0.5, [
      ['wait', 4],
      ['fail', 2],
      ['replace', 3]
    ]),
    ...some(chance, 'if-interrupted', 0.5, leavings),
    ...some(chance, 'auto-rollback-events', 0.25, [
      ['none', 3],
      ['group', 2],
      ['DEPLOYMENT_FAILURE', 1],
      ['DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_FAILURE', 1]
    ]),
    ...some(chance, 'alarms', 0.2, [
      ['none', 2],
      ['payments-errors', 2],
      [`payments-errors\n${hostileText(chance).replace(/[\r\n\u2028\u0085]/g, ' ')}`, 1]
    ]),
    ...(chance.is(0.2) && { 'wait-for-minutes': String(chance.between(1, 9)) }),
    ...versions(chance),
    ...some(chance, 'wait', 0.04, [['false', 1]]),
    ...some(chance, 'dry-run', 0.03, [['true', 1]]),
    ...some(chance, 'create-alias', 0.05, [['false', 1]]),
    ...some(chance, 'codedeploy-deployment-description', 0.1, [
      [`release by ${run}.1`, 2],
      [`${hostileText(chance)} by ${run}.1`, 1]
    ]),
    ...(chance.is(0.01) && { 'wait-for-minutes': `soon ${hostileText(chance)}`, alias: 'no alias' })
  }
}

/** The same inputs, as run 4711 has them, in another run of the workflow. */
export const ofRun = (inputs: StepInputs, run: string): StepInputs =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, value.replaceAll('4711', run)]))

export const leavings: [string, number][] = [
  ['rollback', 3],
  ['stop', 3],
  ['continue', 2]
]

export function versions(chance: Chance): StepInputs {
  return {
    ...some(chance, 'current-version', 0.08, [
      ['7', 4],
      ['6', 1]
    ]),
    ...(chance.is(0.2)
      ? some(chance, 'target-version', 1, [
          ['6', 4],
          ['3', 3],
          ['7', 2],
          ['8', 1],
          ['99', 1]
        ])
      : some(chance, 'code-sha256', 0.02, [['n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=', 1]]))
  }
}

export const some = (
  chance: Chance,
  name: string,
  probability: number,
  values: [string, number][]
): StepInputs => (chance.is(probability) ? { [name]: chance.weighted(values) } : {})
