import { describe, expect, test } from '@jest/globals'
import { parseCommand } from '../../../simulator/runner/commands.ts'

const parsed = (line: string, token?: string) => {
  const command = parseCommand(line, token)
  return command && [command.name, Object.fromEntries(command.properties), command.data]
}

describe('a line that is a command', () => {
  test.each<[claim: string, line: string, command: unknown[]]>([
    ['needs no properties', '::error::text', ['error', {}, 'text']],
    ['needs no data', '::endgroup::', ['endgroup', {}, '']],
    [
      'has comma-separated properties',
      '::error title=T,line=3::text',
      ['error', { title: 'T', line: '3' }, 'text']
    ],
    ['may end its properties with a comma', '::error title=T,::text', ['error', { title: 'T' }, 'text']],
    ['loses properties without a value', '::error title=,line=,::', ['error', {}, '']],
    ['may have equals signs in a value', '::error title==a==b::', ['error', { title: 'a==b' }, '']],
    ['has property names of any case', '::error Title=T::', ['error', { title: 'T' }, '']],
    ['has a name of any case', '::ERROR::text', ['ERROR', {}, 'text']],
    ['decodes its data once', '::error::%253A-%0D-%0A-]-:-,', ['error', {}, '%3A-\r-\n-]-:-,']],
    [
      'decodes its properties once',
      '::error title=%2C=%0D=%0A=%3A=%253A::',
      ['error', { title: ',=\r=\n=:=%3A' }, '']
    ],
    ['keeps colons in its data', '::error::a::b::', ['error', {}, 'a::b::']],
    ['may be indented', ' \t ::error::text', ['error', {}, 'text']],
    [
      'may be indented by U+0085, U+00A0, U+3000 and U+2028',
      '\x85\xa0\u3000\u2028::error::text',
      ['error', {}, 'text']
    ],
    ['may end its head with an invisible character', '::error:\u200b:text', ['error', {}, ':text']],
    ['has an older form', '##[error title=T;]text', ['error', { title: 'T' }, 'text']],
    ['has an older form that may stand anywhere', '>>> ##[error]text', ['error', {}, 'text']],
    ['has an older form that may follow colons', ':: ##[error]text', ['error', {}, 'text']],
    [
      'decodes the older form',
      '##[error title=%3B=%0D=%0A=%5D=%253B]%3B-%0D-%0A-%5D-%253B',
      ['error', { title: ';=\r=\n=]=%3B' }, ';-\r-\n-]-%3B']
    ],
    ['is the newer form when it is both', '::error::##[warning]text', ['error', {}, '##[warning]text']]
  ])('%s', (_, line, command) => {
    expect(parsed(line)).toEqual(command)
  })

  test('may be the token that resumes commands, in any case', () => {
    expect(parsed('::TOKEN::', 'token')).toEqual(['TOKEN', {}, ''])
    expect(parsed('::token::')).toBeUndefined()
  })
})

describe('a line that is plain text', () => {
  test.each<[claim: string, line: string]>([
    ['may be empty', ''],
    ['may have two colons after visible text', '| ::error::text'],
    ['may name a command that does not exist', '::deploy::text'],
    ['may have colons without an end', '::error'],
    ['may put a tab behind the name', '::error\ttitle=T::text'],
    ['may start with a byte order mark', '\ufeff ::error::text'],
    ['may have a zero-width space before the colons', '\u200b::error::text'],
    ['may hide a zero-width space in the name', '::err\u200bor::text'],
    ['may have a bracket without an end', '##[error text'],
    ['may have a broken bracket', '#\\#[error]text'],
    ['may have a command in its second bracket only', '##[x]##[error]text']
  ])('%s', (_, line) => {
    expect(parsed(line)).toBeUndefined()
  })
})
