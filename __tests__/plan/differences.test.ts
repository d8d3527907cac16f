import { expect, test } from '@jest/globals'
import type { Strategy } from '../../src/deployment/strategy.ts'
import type { ReleaseRequest } from '../../src/inputs/request.ts'
import { differences } from '../../src/plan/differences.ts'
import type { Holdings } from '../../src/plan/holdings.ts'
import { bothHooks, everyRollback, subject } from '../deployment/observations.ts'
import { request } from '../inputs/asked.ts'
import { holdings } from './holdings.ts'

const canary: Strategy = { type: 'TimeBasedCanary', percentage: 10, minutes: 5 }
/** As the group has it, and as the request asks for. */
const same = { alarms: ['payments-errors'], rollbackEvents: everyRollback }
const named = (...names: string[]): Partial<ReleaseRequest> => ({
  alarms: { names, ignorePollFailure: false }
})

interface Row {
  name: string
  asked?: Partial<ReleaseRequest>
  held?: Partial<Holdings>
  has?: Parameters<typeof subject>[0]
  strategy?: Strategy
  hasOwnAlarms?: boolean
  differs: string[]
}

const rows: Row[] = [
  { name: 'the same in all', differs: [] },
  {
    name: 'another strategy',
    strategy: { type: 'AllAtOnce' },
    differs: ['all traffic at once instead of 10%, then all after 5 minutes']
  },
  {
    name: 'a strategy that could not be read here',
    held: { strategy: 'denied', configuration: undefined },
    differs: []
  },
  {
    name: 'hooks that it does not have',
    asked: { hooks: bothHooks },
    differs: [
      'BeforeAllowTraffic hook none instead of CodeDeployHook_before',
      'AfterAllowTraffic hook none instead of CodeDeployHook_after'
    ]
  },
  {
    name: 'a hook that only it has',
    has: { hooks: { AfterAllowTraffic: 'CodeDeployHook_after' } },
    differs: ['AfterAllowTraffic hook CodeDeployHook_after instead of none']
  },
  {
    name: 'the same hook by ARN',
    asked: {
      hooks: { AfterAllowTraffic: 'arn:aws:lambda:eu-west-1:123456789012:function:CodeDeployHook_after' }
    },
    has: { hooks: { AfterAllowTraffic: 'CodeDeployHook_after' } },
    differs: []
  },
  { name: 'hooks that nobody knows', asked: { hooks: bothHooks }, has: { hooksUnknown: true }, differs: [] },
  {
    name: 'other alarms',
    has: { alarms: ['a', 'b'] },
    asked: named('b', 'c'),
    differs: ['alarms a, b instead of b, c']
  },
  {
    name: 'the same alarms in another order',
    has: { alarms: ['b', 'a'] },
    asked: named('a', 'b'),
    differs: []
  },
  { name: 'no alarms', has: { alarms: [] }, differs: ['alarms none instead of payments-errors'] },
  {
    name: 'a group that may not be read, with no own alarms',
    held: { group: 'denied' },
    has: { alarms: [] },
    asked: named('a'),
    differs: []
  },
  {
    name: 'a group that may not be read, with own alarms and others asked for',
    held: { group: 'denied' },
    has: { alarms: ['b'] },
    asked: named('a'),
    hasOwnAlarms: true,
    differs: ['alarms b instead of a']
  },
  {
    name: 'a group that may not be read, and whose alarms were asked for',
    held: { group: 'denied' },
    hasOwnAlarms: true,
    differs: []
  },
  {
    name: 'fewer rollback events',
    has: { rollbackEvents: [] },
    differs: [
      'rollback events none instead of DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST'
    ]
  }
]

test.each(rows)('$name', ({ asked, held, has, strategy = canary, hasOwnAlarms = false, differs }) => {
  const running = { subject: subject({ ...same, ...has }), strategy, hasOwnAlarms }
  expect(differences({ ...request(), ...asked }, holdings(held), running)).toEqual(differs)
})
