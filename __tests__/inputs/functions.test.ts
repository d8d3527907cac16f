import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { readEntries } from '../../src/inputs/functions.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

/** Everything that is written to stderr while the list is read, by whichever way. */
async function saidWhileReading(text: string): Promise<string[]> {
  const said: string[] = []
  const hear = (what: unknown) => void said.push(String(what))
  jest.spyOn(process, 'emitWarning').mockImplementation(hear)
  jest.spyOn(console, 'warn').mockImplementation(hear)
  jest.spyOn(console, 'error').mockImplementation(hear)
  jest.spyOn(process.stderr, 'write').mockImplementation(what => {
    hear(what)
    return true
  })
  await readEntries(text)
  return said
}

describe('the runner reads stderr for workflow commands, so that reading functions writes nothing there', () => {
  test.each([
    { name: 'a tag that YAML does not know', text: '- function-name: !x orders' },
    { name: 'a command for a key', text: '::set-output name=outcome::succeeded: !x y' },
    { name: 'a command for a tag', text: '- function-name: !##[error]hi orders' },
    { name: 'a mapping for a key', text: '? {a: 1}\n: "::error::pwned"' },
    { name: 'text that is not YAML', text: 'a: [::error::pwned' }
  ])('for $name', async ({ text }) => {
    expect(await saidWhileReading(text)).toEqual([])
  })
})

test('a tag that YAML does not know is passed over', async () => {
  expect(await readEntries('- function-name: !x orders')).toEqual({
    kind: 'list',
    entries: [{ 'function-name': 'orders' }]
  })
})

describe('an entry gives an input as it is written', () => {
  test.each<{ name: string; written: string; given: Record<string, string> }>([
    {
      name: 'points above the version before',
      written: 'max-error-rate: +2',
      given: { 'max-error-rate': '+2' }
    },
    { name: 'a fraction', written: 'max-error-rate: 2.5', given: { 'max-error-rate': '2.5' } },
    { name: 'digits that are no number', written: 'revision-id: 0012', given: { 'revision-id': '0012' } },
    {
      name: 'a fraction that ends in 0',
      written: 'version-description: 1.10',
      given: { 'version-description': '1.10' }
    },
    {
      name: 'a commit that YAML takes for a huge number',
      written: 'version-description: 1234e567',
      given: { 'version-description': '1234e567' }
    },
    {
      name: 'more digits than a number has',
      written: 'version-description: 12345678901234567890',
      given: { 'version-description': '12345678901234567890' }
    },
    {
      name: 'a number in hex',
      written: 'version-description: 0x1F',
      given: { 'version-description': '0x1F' }
    },
    { name: 'a boolean', written: 'version-description: True', given: { 'version-description': 'True' } },
    { name: 'the lines of a list', written: 'alarms: [007, +1]', given: { alarms: '007\n+1' } },
    { name: 'a text in quotes', written: "max-error-rate: '+2'", given: { 'max-error-rate': '+2' } },
    {
      name: 'what an anchor names',
      written: '{ max-error-rate: &points +2, version-description: *points }',
      given: { 'max-error-rate': '+2', 'version-description': '+2' }
    },
    { name: 'JSON', written: '{"max-error-rate": 2.50}', given: { 'max-error-rate': '2.50' } },
    { name: 'nothing', written: 'alarms: ~', given: { alarms: '' } },
    { name: 'but not what a tag turns into a number', written: 'weight: !!int +5', given: { weight: '5' } },
    { name: 'but as a text when a tag says so', written: 'weight: !!str +5', given: { weight: '+5' } }
  ])('$name', async ({ written, given }) => {
    expect(await readEntries(`- ${written}`)).toEqual({ kind: 'list', entries: [given] })
  })
})

describe('an entry that gives a test event as YAML', () => {
  test.each<{ name: string; event: string; json: string }>([
    { name: 'keeps a long id', event: '{ id: 9007199254740993 }', json: '{"id":9007199254740993}' },
    {
      name: 'keeps numbers that JavaScript does not have',
      event: '{ "big": 1e400, "rate": 1.10, "zero": -0 }',
      json: '{"big":1e400,"rate":1.10,"zero":-0}'
    },
    {
      name: 'keeps keys',
      event: '{ 0012: 1, 1.10: 2, [1, 2]: 3 }',
      json: '{"0012":1,"1.10":2,"[ 1, 2 ]":3}'
    },
    {
      name: 'keeps what an anchor names',
      event: '{ id: &id 9007199254740993, again: *id }',
      json: '{"id":9007199254740993,"again":9007199254740993}'
    },
    {
      name: 'has the JSON of what only YAML writes so',
      event: '[0x1F, 0o17, 0012, +5, .5, 5., True, ~]',
      json: '[31,15,12,5,0.5,5,true,null]'
    },
    { name: 'may be a number alone', event: '9007199254740993', json: '9007199254740993' },
    { name: 'may be a fraction alone', event: '2.50', json: '2.50' },
    { name: 'may be a number that only YAML writes so, alone', event: '+5', json: '5' },
    { name: 'may be a boolean alone', event: 'True', json: 'true' },
    { name: 'leaves alone what is JSON in a text', event: `'{"id": 1.0}'`, json: '{"id": 1.0}' }
  ])('$name', async ({ event, json }) => {
    expect(await readEntries(`- test-event: ${event}`)).toEqual({
      kind: 'list',
      entries: [{ 'test-event': json }]
    })
  })

  test.each(['.inf', '.nan', '+9007199254740993', '0x20000000000001', '+1e400'])(
    'may not have the number %s, which would become another',
    async number => {
      const given = (event: string) => readEntries(`- test-event: ${event}`)
      const refused = {
        kind: 'problem',
        problem: `functions: test-event of entry 1 has ${number}; accepted is a number as JSON writes it`
      }
      expect([await given(`{ id: ${number} }`), await given(number)]).toEqual([refused, refused])
    }
  )
})

test.each([
  { list: '5', problem: 'got a number' },
  { list: '- 5', problem: 'entry 1 is a number' },
  { list: '- true', problem: 'entry 1 is a boolean' }
])('$list is no list of entries', async ({ list, problem }) => {
  expect(await readEntries(list)).toEqual({
    kind: 'problem',
    problem: `functions: ${problem}; accepted is a YAML or JSON list whose entries give inputs by name, such as '- function-name: orders'`
  })
})
