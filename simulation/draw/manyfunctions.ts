import type { Names } from '../../simulator/setting.ts'
import type { Chance } from './chance.ts'
import { leavings, type StepInputs, some, strategies, versions } from './inputs.ts'

/** The inputs that one workflow gives a step that releases several functions. */
export function manyFunctionsInputs(chance: Chance, run: string, functions: readonly Names[]): StepInputs {
  const chosen = chance.is(0.15) ? functions.slice(0, chance.between(1, functions.length)) : functions
  // With many unusual entries, one of them would always be refused.
  const odd = 0.8 / chosen.length
  return {
    alias: 'live',
    'codedeploy-application': 'payments',
    'codedeploy-deployment-config': chance.weighted(strategies),
    functions: JSON.stringify(chosen.map(names => entry(chance, run, names, odd))),
    ...some(chance, 'if-in-progress', 0.5, [
      ['wait', 4],
      ['fail', 2],
      ['replace', 3]
    ]),
    ...some(chance, 'if-interrupted', 0.5, leavings),
    ...some(chance, 'auto-rollback-events', 0.15, [
      ['none', 3],
      ['group', 2],
      ['DEPLOYMENT_FAILURE', 1]
    ]),
    ...(chance.is(0.15) && { 'wait-for-minutes': String(chance.between(1, 9)) }),
    ...some(chance, 'wait', 0.04, [['false', 1]]),
    ...some(chance, 'dry-run', 0.03, [['true', 1]])
  }
}

function entry(
  chance: Chance,
  run: string,
  { functionName, group, before, after }: Names,
  odd: number
): StepInputs {
  return {
    'function-name': functionName,
    'codedeploy-deployment-group': group,
    ...some(chance, 'codedeploy-deployment-config', 0.4, strategies),
    ...some(chance, 'before-allow-traffic-hook', 0.2, [[before, 1]]),
    ...some(chance, 'after-allow-traffic-hook', 0.25, [[after, 1]]),
    ...some(chance, 'alarms', odd / 4, [['none', 1]]),
    ...(chance.is(odd) && versions(chance)),
    ...some(chance, 'create-alias', odd / 4, [['false', 1]]),
    ...some(chance, 'codedeploy-deployment-description', odd / 4, [[`release by ${run}.1`, 1]])
  }
}
