import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../simulator/clock.ts'
import { Arns } from '../../src/aws/arns.ts'
import { Logs } from '../../src/aws/logs.ts'
import { Network } from '../../src/aws/network.ts'

const group = '/aws/lambda/CodeDeployHook_after'

/** One answer from FilterLogEvents. */
interface Page {
  lines?: string[]
  nextToken?: string
}

/** CloudWatch Logs that returns these pages by token, the first one without a token; and what it was asked. */
function logsOf(pages: (token: string) => Page) {
  const clock = new VirtualClock(0)
  const asked: { at: number; token: string }[] = []
  const requestHandler = {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async ({ body }: { body?: Uint8Array }) => {
      const { nextToken: token = '' } = JSON.parse(new TextDecoder().decode(body))
      asked.push({ at: clock.now(), token })
      const { lines = [], nextToken } = pages(token)
      const answer = { events: lines.map(message => ({ message })), nextToken }
      const headers = { 'content-type': 'application/x-amz-json-1.1' }
      return {
        response: { statusCode: 200, headers, body: new TextEncoder().encode(JSON.stringify(answer)) }
      }
    }
  }
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  const network = new Network({ clock })
  const options = { region: 'eu-west-1', credentials, requestHandler }
  const logs = new Logs(options, network, clock, new Arns('eu-west-1'))
  return { asked, tail: () => clock.run(() => logs.tail(group, 60_000, 90_000)) }
}

/** Numbered pages, one after the other; the last one has no token. */
const inOrder =
  (...pages: string[][]) =>
  (token: string): Page => {
    const index = Number(token || 0)
    const lines = pages[index] ?? []
    return index + 1 < pages.length ? { lines, nextToken: String(index + 1) } : { lines }
  }

const start = 'START RequestId: 1 Version: $LATEST\n'
const end = 'END RequestId: 1\n'

// AWS returns at most 1 MB or 10,000 events at once, and says that a page may be empty although there are more.
describe('the end of a log that comes in pages', () => {
  test.each<{ name: string; pages: string[][]; gives: string[]; requests: number }>([
    { name: 'one page', pages: [[start, 'a\n', end]], gives: ['a'], requests: 1 },
    {
      name: 'three pages',
      pages: [[start, 'a\n'], ['b\n'], ['c\n', end]],
      gives: ['a', 'b', 'c'],
      requests: 3
    },
    { name: 'empty pages before the first line', pages: [[], [], ['a\n']], gives: ['a'], requests: 3 },
    { name: 'an empty page in between', pages: [['a\n'], [], ['b\n']], gives: ['a', 'b'], requests: 3 },
    {
      name: "Lambda's own lines, also of a snapshot, an extension or a trace",
      pages: [
        [
          'RESTORE_START Runtime Version: java:21\n',
          start,
          'a\n',
          end,
          'RESTORE_REPORT Restore Duration: 301.5 ms\n',
          'XRAY TraceId: 1-2\n',
          'EXTENSION\tName: agent\tState: Ready\n'
        ]
      ],
      gives: ['a'],
      requests: 1
    },
    {
      name: "Lambda's own lines as JSON",
      pages: [
        [
          '{"level":"ERROR","message":"a"}\n',
          '{"time":"2026-11-20T14:00:05.2Z","type":"platform.runtimeDone","record":{"status":"success"}}\n',
          '{"time":"2026-11-20T14:00:05.2Z","type":"platform.report","record":{"metrics":{"durationMs":12}}}\n'
        ]
      ],
      gives: ['{"level":"ERROR","message":"a"}'],
      requests: 1
    },
    ...[
      {
        name: 'a time-out',
        line: 'REPORT RequestId: 1\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\tStatus: timeout'
      },
      {
        name: 'a lack of memory',
        line: 'REPORT RequestId: 1\tDuration: 93.10 ms\tStatus: error\tError Type: Runtime.OutOfMemory'
      },
      {
        name: 'a start that failed',
        line: 'INIT_REPORT Init Duration: 137.69 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError'
      },
      {
        name: 'a time-out, as JSON',
        line: '{"type":"platform.report","record":{"requestId":"1","metrics":{"durationMs":3000},"status":"timeout"}}'
      },
      {
        name: 'a crash, as JSON',
        line: '{"type":"platform.fault","record":"RequestId: 1 Error: Runtime exited with error: exit status 1\\nRuntime.ExitError"}'
      }
    ].map(({ name, line }) => ({
      name: `Lambda's own line about ${name}, when the function wrote nothing`,
      pages: [[start, end, `${line}\n`]],
      gives: [line],
      requests: 1
    })),
    {
      name: "Lambda's own lines about what went well",
      pages: [
        [
          'a\n',
          'INIT_REPORT Init Duration: 412.55 ms\tPhase: init\tStatus: success\n',
          'REPORT RequestId: 1\tDuration: 12.10 ms\tStatus: success\n'
        ]
      ],
      gives: ['a'],
      requests: 1
    },
    {
      name: "lines that only begin like Lambda's own",
      pages: [['END-to-end: failed\n', 'REPORT: 3 of 4\n', 'START again\n', 'XRAY is off\n']],
      gives: ['END-to-end: failed', 'REPORT: 3 of 4', 'START again', 'XRAY is off'],
      requests: 1
    },
    { name: "a first page of Lambda's own lines", pages: [[start], ['a\n', end]], gives: ['a'], requests: 2 }
  ])('$name', async ({ pages, gives, requests }) => {
    const { asked, tail } = logsOf(inOrder(...pages))
    expect(await tail()).toEqual(gives)
    expect(asked).toHaveLength(requests)
  })

  test('is the last twenty lines of all pages', async () => {
    const numbered = (from: number) => Array.from({ length: 15 }, (_, index) => `line ${from + index}\n`)
    const { tail } = logsOf(inOrder(numbered(1), numbered(16)))
    expect(await tail()).toEqual(Array.from({ length: 20 }, (_, index) => `line ${index + 11}`))
  })

  test("is waited for while there are only Lambda's own lines: others may come late", async () => {
    const answers = [[start], [start], [start, 'a\n', end]]
    const { asked, tail } = logsOf(() => ({ lines: answers.shift() ?? [] }))
    expect(await tail()).toEqual(['a'])
    expect(asked.map(({ at }) => at)).toEqual([0, 5_000, 10_000])
  })

  test('is not looked for forever when every page names another one', async () => {
    const { asked, tail } = logsOf(token => ({ lines: ['a\n'], nextToken: `${token}.` }))
    expect(await tail()).toEqual(Array(10).fill('a'))
    expect(asked).toHaveLength(10)
  })
})
