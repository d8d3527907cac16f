import { describe, expect, test } from '@jest/globals'
import { readEntries } from '../../src/inputs/functions.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { type FileContent, InputError } from '../../src/inputs/reader.ts'
import type { TestChoice } from '../../src/inputs/tests.ts'
import { job, required } from './given.ts'

const files: Record<string, FileContent> = {
  'events/charge.json': { text: '{"path": "/charges"}\n' },
  'events/all.json': { text: '[{"path": "/a"}, {"path": "/b"}]' },
  'events/broken.json': { text: '{"token": "hunter2",\n  path}' },
  events: { problem: 'it is a folder' },
  'events/empty.json': { text: '[]' },
  'events/none.json': { text: '[ ]\n' }
}

async function parse(
  inputs: Record<string, string>
): Promise<readonly (TestChoice | undefined)[] | string[]> {
  const given = { ...required, ...inputs }
  const entries = await readEntries(inputs.functions ?? '')
  try {
    const parsed = parseInputs({
      input: name => (given as Record<string, string>)[name] ?? '',
      env: job,
      file: path => files[path] ?? { problem: 'there is no such file' },
      ...(entries && { entries })
    })
    return parsed.kind === 'release' ? parsed.requests.map(({ tests }) => tests) : []
  } catch (error) {
    if (error instanceof InputError) return [...error.problems]
    throw error
  }
}

describe('test-event', () => {
  test.each<{ name: string; given: string; events: TestChoice['events'] }>([
    {
      name: 'is a JSON object',
      given: '{"path": "/charges"}',
      events: [{ name: 'the test event', payload: '{"path":"/charges"}' }]
    },
    {
      name: 'is any other JSON value but a list',
      given: 'null',
      events: [{ name: 'the test event', payload: 'null' }]
    },
    {
      name: 'holds several events in a list',
      given: '[{"path": "/a"}, "ping"]',
      events: [
        { name: 'test event 1 of 2', payload: '{"path":"/a"}' },
        { name: 'test event 2 of 2', payload: '"ping"' }
      ]
    },
    {
      name: 'that is a list itself stands in a list',
      given: '[[1, 2]]',
      events: [{ name: 'the test event', payload: '[1,2]' }]
    },
    {
      name: 'keeps numbers as they are written',
      given: '[{"id": 12345678901234567890, "rate": 1.0, "big": 1e400}]',
      events: [{ name: 'the test event', payload: '{"id":12345678901234567890,"rate":1.0,"big":1e400}' }]
    },
    {
      name: 'is in a file',
      given: 'events/charge.json',
      events: [{ name: 'the test event (events/charge.json)', payload: '{"path":"/charges"}' }]
    },
    {
      name: 'is in several files, each of which may have several',
      given: 'events/all.json\n  events/charge.json',
      events: [
        { name: 'test event 1 of 3 (events/all.json)', payload: '{"path":"/a"}' },
        { name: 'test event 2 of 3 (events/all.json)', payload: '{"path":"/b"}' },
        { name: 'test event 3 of 3 (events/charge.json)', payload: '{"path":"/charges"}' }
      ]
    }
  ])('$name', async ({ given, events }) => {
    expect(await parse({ 'test-event': given })).toEqual([{ events }])
  })

  test('is not tested when it is not given', async () => {
    expect(await parse({})).toEqual([undefined])
  })

  test('has six megabytes at most, and one byte more is a problem', async () => {
    const most = JSON.stringify('x'.repeat(6 * 1024 * 1024 - 2))
    expect(await parse({ 'test-event': most })).toEqual([
      { events: [{ name: 'the test event', payload: most }] }
    ])
    expect(await parse({ 'test-event': `${most.slice(0, -1)}y"` })).toEqual([
      "test-event: got 'an event of 6291457 bytes'; accepted is at most 6291456"
    ])
  })
})

const accepted = 'accepted is JSON, or the path of a file with JSON (one path per line)'

test.each<{ name: string; given: Record<string, string>; problems: string[] }>([
  {
    name: 'JSON that is broken',
    given: { 'test-event': '{"path": "/charges",\n}' },
    problems: [`test-event: got '{"path": "/charges",…'; ${accepted}: this is no JSON (line 2, column 1)`]
  },
  {
    name: 'JSON that ends early',
    given: { 'test-event': '[{}' },
    problems: [`test-event: got '[{}'; ${accepted}: this is no JSON (line 1, column 4)`]
  },
  {
    name: 'a file that is not there, among others',
    given: { 'test-event': 'events/charge.json\nevents/refund.json' },
    problems: [`test-event: got 'events/refund.json'; ${accepted}: there is no such file`]
  },
  {
    name: 'a folder',
    given: { 'test-event': 'events' },
    problems: [`test-event: got 'events'; ${accepted}: it is a folder`]
  },
  {
    name: 'a file without JSON, of which nothing is shown',
    given: { 'test-event': 'events/broken.json' },
    problems: [`test-event: got 'events/broken.json'; ${accepted}: the file holds no JSON (line 2, column 3)`]
  },
  {
    name: 'a list without events',
    given: { 'test-event': '[]' },
    problems: [`test-event: got '[]'; ${accepted}: the list has no events`]
  },
  {
    name: 'a file whose list has no events',
    given: { 'test-event': 'events/empty.json' },
    problems: [`test-event: got 'events/empty.json'; ${accepted}: the list has no events`]
  },
  {
    name: 'files whose lists have no events, among others',
    given: { 'test-event': 'events/empty.json\nevents/charge.json\nevents/none.json' },
    problems: [
      `test-event: got 'events/empty.json'; ${accepted}: the list has no events`,
      `test-event: got 'events/none.json'; ${accepted}: the list has no events`
    ]
  },
  {
    name: 'more than a hundred events',
    given: { 'test-event': JSON.stringify(Array.from({ length: 101 }, () => 1)) },
    problems: ["test-event: got '101 events'; accepted is at most 100"]
  },
  {
    name: 'an expectation without an event',
    given: { 'test-expect': '{"statusCode": 200}' },
    problems: [`test-expect: got '{"statusCode": 200}'; accepted is nothing without test-event`]
  },
  {
    name: 'an expectation that is no JSON',
    given: { 'test-event': '{}', 'test-expect': 'OK' },
    problems: [`test-expect: got 'OK'; accepted is JSON, such as {"statusCode": 200}: this is no JSON`]
  },
  {
    name: 'beside a deployment-id',
    given: { 'deployment-id': 'd-1A2B3C4D5', 'test-event': '{}' },
    problems: [
      "test-event: got '{}'; accepted is nothing together with deployment-id: that deployment has been started already"
    ]
  }
])('a problem: $name', async ({ given, problems }) => {
  expect(await parse(given)).toEqual(problems)
})

test.each([
  ['an object', '{"statusCode": 200}', { statusCode: 200 }],
  ['a word', '"ok"', 'ok'],
  ['null', 'null', null]
])('test-expect may be %s', async (_, given, value) => {
  expect(await parse({ 'test-event': '1', 'test-expect': given })).toEqual([
    { events: [{ name: 'the test event', payload: '1' }], expected: { value } }
  ])
})

test.each([
  ['as JSON', { 'test-expect': '{"id": 12345678901234567891, "rate": 1.0}' }],
  [
    'in an entry of functions',
    { functions: '[{"test-expect": {"id": 12345678901234567891, "rate": 1.0}}]', 'test-event': '1' }
  ]
])('test-expect keeps the digits of its numbers %s', async (_, given: Record<string, string>) => {
  const [tests] = await parse({ 'test-event': '1', ...given })
  expect(JSON.stringify(tests)).toContain('"id":12345678901234567891')
})

describe('an entry of functions', () => {
  const functions = (entry: string) =>
    [
      '- function-name: orders',
      '  codedeploy-deployment-group: orders-live',
      ...entry.split('\n').map(line => `  ${line}`)
    ].join('\n')

  test.each<{ name: string; entry: string; tests: TestChoice | undefined }>([
    {
      name: 'may give JSON as YAML',
      entry: 'test-event: { path: /charges }\ntest-expect: { statusCode: 200 }',
      tests: {
        events: [{ name: 'the test event', payload: '{"path":"/charges"}' }],
        expected: { value: { statusCode: 200 } }
      }
    },
    {
      name: 'keeps long numbers in YAML as they are written',
      entry: 'test-event: { id: 12345678901234567891, count: 3 }',
      tests: { events: [{ name: 'the test event', payload: '{"id":12345678901234567891,"count":3}' }] }
    },
    {
      name: 'may give several events as a YAML list',
      entry: 'test-event:\n  - path: /a\n  - path: /b',
      tests: {
        events: [
          { name: 'test event 1 of 2', payload: '{"path":"/a"}' },
          { name: 'test event 2 of 2', payload: '{"path":"/b"}' }
        ]
      }
    },
    {
      name: 'may give paths as a YAML list',
      entry: 'test-event: [events/charge.json]',
      tests: { events: [{ name: 'the test event (events/charge.json)', payload: '{"path":"/charges"}' }] }
    },
    {
      name: "takes the step's own",
      entry: 'create-alias: true',
      tests: { events: [{ name: 'the test event', payload: '"ping"' }] }
    },
    { name: 'may do without', entry: 'test-event:', tests: undefined }
  ])('$name', async ({ entry, tests }) => {
    expect(await parse({ functions: functions(entry), 'test-event': '"ping"' })).toEqual([tests])
  })
})
