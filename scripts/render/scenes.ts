import {
  alarmGoesOff,
  fault,
  hooks,
  jobIsCancelled,
  later,
  somebodyStopsIt
} from '../../__tests__/scenarios/incidents.ts'
import { type Inputs, type Play, release } from '../../__tests__/scenarios/play.ts'
import { fleet } from '../../simulator/fleet.ts'

const hooked = { ...release, ...hooks }
const neverRollBack = { ...release, 'auto-rollback-events': 'none' }

const report = 'Reconciling 312 payments\n  2 of them were charged twice: pay_81c, pay_9f0'

/** What an attacker may write who knows that a release tool will show it. */
const hostile = [
  '::error title=Lambda CodeDeploy: succeeded::all is well',
  'text ##[add-mask]7',
  '</table></details><h1>succeeded</h1>',
  '```\n# succeeded\n```',
  '\u001b[2J\u001b[32mAll green\u001b[0m',
  '\u202eereh gnihton\u202c',
  '![x](https://example.com/x.png) <!-- @everyone #1 '
].join('\n')

const services = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `service-${index + 1}`)

const alarmOf =
  (name: string): Parameters<typeof later>[1] =>
  aws =>
    aws.alarms.setAlarmState({
      AlarmName: `${name}-errors`,
      StateValue: 'ALARM',
      StateReason: 'errors'
    })

function together(names: readonly string[], more: Play = {}): Play {
  const entries = names.map(name => ({
    'function-name': name,
    'codedeploy-deployment-group': `${name}-live`
  }))
  const inputs: Inputs = {
    alias: 'live',
    'codedeploy-application': 'payments',
    'codedeploy-deployment-config': 'Canary10Percent5Minutes',
    functions: JSON.stringify(entries)
  }
  return {
    inputs,
    before: (aws, clock, cancel) => {
      fleet(aws, names)
      more.before?.(aws, clock, cancel)
    }
  }
}

/** Every way a release can end, and cases that are hard to show well. */
export const scenes: Readonly<Record<string, Play>> = {
  succeeded: { inputs: hooked, setting: { clients: { errors: { 7: 0.003 }, p95: { 7: 208, 8: 212 } } } },
  'succeeded-all-at-once': { inputs: { ...release, 'codedeploy-deployment-config': 'AllAtOnce' } },
  'succeeded-linear': {
    inputs: { ...hooked, 'codedeploy-deployment-config': 'Linear10PercentEvery3Minutes' }
  },
  'succeeded-many-steps': {
    inputs: { ...release, 'codedeploy-deployment-config': 'Linear2PercentEvery30Minutes' }
  },
  unchanged: { setting: { unchanged: true } },
  created: { setting: { alias: 'missing' } },
  weighted: { inputs: { 'function-name': 'payments-api', alias: 'live', weight: '10' } },
  planned: { inputs: { ...release, 'dry-run': 'true' } },
  started: { inputs: { ...release, wait: 'false' } },
  'rolled-back-alarm': {
    inputs: hooked,
    setting: { clients: { live: 400, errors: { 7: 0.003, 8: 0.3 } } },
    before: later(2, alarmGoesOff)
  },
  'rolled-back-canary-errors': {
    inputs: { ...release, 'max-error-rate': '5' },
    setting: { clients: { live: 600, errors: { 7: 0.003, 8: 0.2 } } }
  },
  'rolled-back-no-traffic': {
    inputs: { ...release, 'if-no-traffic': 'fail' },
    setting: { clients: { live: 0, latest: 200 } }
  },
  'succeeded-no-traffic': { inputs: release, setting: { clients: { live: 2 } } },
  'succeeded-past-the-alias': { inputs: release, setting: { clients: { live: 0, latest: 200 } } },
  'succeeded-too-few': {
    inputs: { ...release, 'max-error-rate': '5' },
    setting: { clients: { live: 60, errors: { 8: 0.5 } } }
  },
  'rolled-back-before-hook': {
    inputs: hooked,
    setting: { before: { behaviour: 'fail', log: 'Smoke test: POST /charges\n  expected 201, got 500' } }
  },
  'rolled-back-after-hook': { inputs: hooked, setting: { after: { behaviour: 'fail', log: report } } },
  'rolled-back-hook-timeout': { inputs: hooked, setting: { before: { behaviour: 'silent' } } },
  'rolled-back-stopped': { before: later(1.5, somebodyStopsIt) },
  failed: { inputs: neverRollBack, before: later(1.5, alarmGoesOff) },
  'failed-rollback': {
    before: (aws, clock, cancel) => {
      aws.codedeploy.rollbackFailure = { code: 'INTERNAL_ERROR', message: 'An internal error occurred.' }
      later(1.5, alarmGoesOff)(aws, clock, cancel)
    }
  },
  stopped: { inputs: neverRollBack, before: later(1.5, somebodyStopsIt) },
  'timed-out': { inputs: { ...release, 'wait-for-minutes': '2' } },
  interrupted: { before: later(2, jobIsCancelled) },
  lost: {
    before: later(2, fault({ operation: '*', kind: 'expiredToken', times: Number.POSITIVE_INFINITY }))
  },
  refused: { setting: { alias: 'weighted' } },
  'refused-test': {
    inputs: {
      ...release,
      'test-event': '{ "path": "/charges" }',
      'test-expect': '{ "statusCode": 201 }'
    },
    setting: {
      run: {
        answer: '{"statusCode":500,"body":"relation \\"ledger\\" does not exist"}',
        seconds: 0.212,
        initSeconds: 0.843,
        log: 'POST /charges\n  SELECT * FROM ledger\n  relation "ledger" does not exist'
      }
    }
  },
  'several-succeeded': together(['orders', 'ledger', 'mails']),
  'several-rolled-back': together(['orders', 'ledger', 'mails'], { before: later(2, alarmOf('ledger')) }),
  'several-many': together(services(100)),
  'several-many-rolled-back': together(services(12), { before: later(2, alarmOf('service-7')) }),
  hostile: { inputs: hooked, setting: { before: { behaviour: 'fail', log: hostile } } }
}
