import { describe, expect, test } from '@jest/globals'
import { wrap } from '../../../simulator/demo/wrap.ts'

describe('a long line', () => {
  test.each<[claim: string, line: string, rows: string[]]>([
    ['that fits is left alone', 'one   two', ['one   two']],
    ['is broken at spaces', 'one two three four', ['one two', 'three four']],
    ['keeps its indentation', '  one two three', ['  one two', '  three']],
    [
      'is indented to its text after a label',
      'Why:  one two three',
      ['Why:  one', '      two', '      three']
    ],
    ['repeats its bars', '│ one two three', ['│ one two', '│ three']],
    ['may have a word that is too long', 'a extraordinarily b', ['a', 'extraordinarily', 'b']],
    ['is measured without its colours', '\x1b[31mone two\x1b[0m', ['\x1b[31mone two\x1b[0m']]
  ])('%s', (_, line, rows) => {
    expect(wrap(line, 10)).toEqual(rows)
  })
})
