import { describe, expect, it, test } from '@jest/globals'
import { lines, pairs, paths } from '../../../simulator/runner/filecommands.ts'

describe('an environment file on Windows', () => {
  test.each<[claim: string, text: string, found: [string, string][]]>([
    [
      'may end its lines with CRLF or LF',
      'a=1\r\nb=2\nc=3\r\n',
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '3']
      ]
    ],
    [
      'holds heredocs as the toolkit writes them there',
      'a<<EOF\r\none\ntwo\r\nEOF\r\nb<<EOF\r\nEOF\r\n',
      [
        ['a', 'one\ntwo'],
        ['b', '']
      ]
    ],
    ['keeps the line ends within a value', 'a<<EOF\r\none\r\n\r\ntwo\r\nEOF\n', [['a', 'one\r\n\r\ntwo']]],
    ['keeps a lone CR', 'a=1\r2\r\n', [['a', '1\r2']]],
    ['has empty lines', '\r\n\r\na=1\r\n', [['a', '1']]]
  ])('%s', (_, text, found) => {
    expect([...pairs(text, true)]).toEqual(found)
  })

  it('needs a line end before the delimiter', () => {
    expect(() => [...pairs('a<<EOF\r\none', true)]).toThrow('EOF marker missing new line')
  })
})

describe('an environment file', () => {
  test.each<[claim: string, text: string, found: [string, string][]]>([
    ['may be empty', '', []],
    [
      'holds NAME=VALUE lines',
      'a=1\nb=2\n',
      [
        ['a', '1'],
        ['b', '2']
      ]
    ],
    ['may lack the last line end', 'a=1', [['a', '1']]],
    ['may have empty lines', '\n\na=1\n\n', [['a', '1']]],
    [
      'may have empty values',
      'a=\nb=2',
      [
        ['a', ''],
        ['b', '2']
      ]
    ],
    ['splits at the first equals sign', 'a==b=c=', [['a', '=b=c=']]],
    ['keeps a carriage return: lines end at LF only', 'a=1\r\n', [['a', '1\r']]],
    [
      'holds heredocs',
      'a<<EOF\none\ntwo\nEOF\nb=2',
      [
        ['a', 'one\ntwo'],
        ['b', '2']
      ]
    ],
    ['may have empty heredocs', 'a<<EOF\nEOF\n', [['a', '']]],
    ['keeps the empty lines of a heredoc', 'a<<EOF\n\none\n\nEOF', [['a', '\none\n']]],
    [
      'takes any line for the delimiter',
      'a<<=EOF\none\n=EOF\nb<<<EOF\ntwo\n<EOF\n',
      [
        ['a', 'one'],
        ['b', 'two']
      ]
    ],
    ['ends a heredoc only at the exact delimiter', 'a<<EOF\n EOF\nEOF \nEOF', [['a', ' EOF\nEOF ']]],
    [
      'is decided by the first of = and <<',
      'a=b<<EOF\nc<<E=F\nd=1\nE=F',
      [
        ['a', 'b<<EOF'],
        ['c', 'd=1']
      ]
    ],
    [
      'may hold a name twice',
      'a=1\na=2',
      [
        ['a', '1'],
        ['a', '2']
      ]
    ],
    ['may hold an empty name', '=1', [['', '1']]]
  ])('%s', (_, text, found) => {
    expect([...pairs(text)]).toEqual(found)
  })

  test.each<[claim: string, text: string, message: string]>([
    ['a line with neither = nor <<', 'a=1\nnonsense', "Invalid format 'nonsense'"],
    [
      'a heredoc without a name',
      'a=1\n<<EOF\nEOF',
      "Invalid format '<<EOF'. Name must not be empty and delimiter must not be empty"
    ],
    [
      'a heredoc without a delimiter',
      'a=1\nb<<\n',
      "Invalid format 'b<<'. Name must not be empty and delimiter must not be empty"
    ],
    ['a heredoc that does not end', 'a=1\nb<<EOF\nx\n', "Invalid value. Matching delimiter not found 'EOF'"],
    ['a heredoc whose last line has no end', 'a=1\nb<<EOF\nx', 'Invalid value. EOF marker missing new line.'],
    [
      'a delimiter with a carriage return',
      'a=1\nb<<EOF\nx\nEOF\r\n',
      "Invalid value. Matching delimiter not found 'EOF'"
    ]
  ])('refuses %s, after what came before it', (_, text, message) => {
    const found: [string, string][] = []
    expect(() => {
      for (const pair of pairs(text)) found.push(pair)
    }).toThrow(new Error(message))
    expect(found).toEqual([['a', '1']])
  })
})

describe('a path file', () => {
  it('has a folder in each line, and the later of two equal ones counts', () => {
    expect(paths('/a\r\n\n/b\n/a')).toEqual(['/b', '/a'])
  })
})

describe('a text', () => {
  it('has lines that end at LF, CRLF or a lone CR, and nowhere else', () => {
    expect(lines('a\nb\r\nc\rd\n\ne\u2028f\x85g\n')).toEqual(['a', 'b', 'c', 'd', '', 'e\u2028f\x85g'])
  })
})
