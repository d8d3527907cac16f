import { fleet } from '../fleet.ts'
import type { Ending } from './ending.ts'

const MINUTE = 60_000
const NAMES = ['orders', 'ledger', 'mails']

/** Names for `count` functions: three familiar ones, then numbered ones. */
export const namesFor = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => NAMES[index] ?? `service-${index + 1}`)

/** Endings that can be rehearsed with several functions in one step. */
export const severalEndings = ['succeeded', 'alarm', 'interrupted'] as const
type Name = (typeof severalEndings)[number]

const endings: Record<Name, Pick<Ending, 'about' | 'speed' | 'expect'>> = {
  succeeded: {
    about: 'All functions are released together, and all of them succeed.',
    speed: 20,
    expect: { step: 'success', outcome: 'succeeded', serves: '8' }
  },
  alarm: {
    about: 'All or none: most have succeeded when an alarm of ledger goes off, and all are reverted.',
    speed: 10,
    expect: { step: 'failure', outcome: 'rolled-back', serves: '7' }
  },
  interrupted: {
    about: 'Somebody cancels the job when most functions have succeeded; all are reverted.',
    speed: 10,
    expect: { step: 'cancelled', outcome: 'interrupted', serves: '7' }
  }
}

/** The release of several functions: except in `succeeded`, only the second one, ledger, shifts gradually. */
export function endingOfSeveral(name: Name, count: number): Ending {
  const names = namesFor(count)
  const gradual = (index: number) => name === 'succeeded' || index === 1
  return {
    name,
    ...endings[name],
    functions: names,
    inputs: {
      'function-name': '',
      'codedeploy-deployment-group': '',
      'codedeploy-deployment-config': '',
      'before-allow-traffic-hook': '',
      'after-allow-traffic-hook': '',
      functions: names
        .map((each, index) =>
          [
            `- function-name: ${each}`,
            `  codedeploy-deployment-group: ${each}-live`,
            `  codedeploy-deployment-config: ${gradual(index) ? 'Canary10Percent5Minutes' : 'AllAtOnce'}`
          ].join('\n')
        )
        .join('\n')
    },
    prepare: aws => fleet(aws, names),
    meanwhile: ({ aws, after, cancel }) => {
      if (name === 'interrupted') after(2 * MINUTE, cancel)
      if (name === 'alarm')
        after(2 * MINUTE, () =>
          aws.alarms.setAlarmState({
            AlarmName: 'ledger-errors',
            StateValue: 'ALARM',
            StateReason: 'Threshold Crossed: 1 datapoint [37.0] was greater than the threshold (5.0).'
          })
        )
    }
  }
}
