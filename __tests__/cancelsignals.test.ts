import { constants } from 'node:os'
import { expect, test } from '@jest/globals'
import { cancelSignals } from '../src/cancelsignals.ts'

// actions/runner, ProcessInvoker.cs: Ctrl-C and Ctrl-Break on Windows, SIGINT and SIGTERM elsewhere. SIGHUP: a terminal is closed.
test.each([
  { platform: 'linux', signals: ['SIGINT', 'SIGTERM', 'SIGHUP'] },
  { platform: 'darwin', signals: ['SIGINT', 'SIGTERM', 'SIGHUP'] },
  { platform: 'win32', signals: ['SIGINT', 'SIGBREAK', 'SIGHUP'] }
] as const)('on $platform a cancel comes as one of $signals', ({ platform, signals }) => {
  expect(cancelSignals(platform)).toEqual(signals)
})

test('this platform has each of its signals', () => {
  const known = Object.keys(constants.signals)
  expect(cancelSignals(process.platform).filter(each => !known.includes(each))).toEqual([])
})
