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
