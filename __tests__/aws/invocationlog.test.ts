import { expect, test } from '@jest/globals'
import { type InvocationLog, readInvocationLog } from '../../src/aws/invocationlog.ts'

const read = (text: string): InvocationLog => readInvocationLog(Buffer.from(text).toString('base64'))

const report =
  'REPORT RequestId: 8f5\tDuration: 212.41 ms\tBilled Duration: 213 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB'

test.each<{ name: string; text: string; log: InvocationLog }>([
  {
    name: 'of a warm start',
    text: `START RequestId: 8f5 Version: 8\none\ntwo\nEND RequestId: 8f5\n${report}\t\n`,
    log: { lines: ['one', 'two'], durationMs: 212.41 }
  },
  {
    name: 'of a cold start',
    text: `INIT_START Runtime Version: nodejs:24\nSTART RequestId: 8f5 Version: 8\n${report}\tInit Duration: 843.02 ms\t\n`,
    log: { lines: [], durationMs: 212.41, initMs: 843.02 }
  },
  {
    name: 'of a start from a snapshot',
    text: `RESTORE_START Runtime Version: java:21\n${report}\tRestore Duration: 301.5 ms\tBilled Restore Duration: 302 ms\t\nXRAY TraceId: 1-2\t\n`,
    log: { lines: [], durationMs: 212.41, initMs: 301.5 }
  },
  {
    name: 'in JSON',
    text: [
      '{"time":"2026-11-20T14:00:00Z","type":"platform.start","record":{"requestId":"8f5","version":"8"}}',
      '{"level":"INFO","message":"one"}',
      '{"time":"2026-11-20T14:00:01Z","type":"platform.report","record":{"requestId":"8f5","metrics":{"durationMs":212.4,"initDurationMs":843},"status":"success"}}'
    ].join('\n'),
    log: { lines: ['{"level":"INFO","message":"one"}'], durationMs: 212.4, initMs: 843 }
  },
  {
    name: 'in JSON without a report, as a log level may have it',
    text: '{"level":"INFO","message":"about \\"platform.report\\""}\n{"type":"platform.report"}\nnull "platform.x"',
    log: { lines: ['{"level":"INFO","message":"about \\"platform.report\\""}', 'null "platform.x"'] }
  },
  {
    name: 'with a report that says nothing',
    text: 'REPORT RequestId: 8f5\tStatus: timeout',
    log: { lines: [] }
  },
  {
    name: 'in JSON with a time-out, of which the answer tells',
    text: '{"type":"platform.report","record":{"metrics":{"durationMs":3000},"status":"timeout"}}',
    log: { lines: [], durationMs: 3000 }
  },
  {
    name: 'of many lines: the last twenty',
    text: Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n'),
    log: { lines: Array.from({ length: 20 }, (_, index) => `line ${index + 10}`) }
  },
  {
    name: 'that Lambda has cut: the rest of the first line, in which half a secret may be left, is dropped',
    text: `${'ret-of-the-team '.repeat(4)}\n${'x'.repeat(4_100)}\nlast`.slice(-4_096),
    log: { lines: ['last'] }
  },
  {
    name: 'that Lambda has cut within its only line: the rest of the first word is dropped',
    text: `${'x'.repeat(4_090)} last`,
    log: { lines: [' last'] }
  },
  { name: 'that is empty', text: '', log: { lines: [] } }
])('the log of an invocation $name', ({ text, log }) => {
  expect(read(text)).toEqual(log)
})

test('an invocation may have no log', () => {
  expect(readInvocationLog(undefined)).toEqual({ lines: [] })
})
