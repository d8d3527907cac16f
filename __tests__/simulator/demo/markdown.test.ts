import { describe, expect, test } from '@jest/globals'
import { renderMarkdown } from '../../../simulator/demo/markdown.ts'

const render = (text: string, width = 40) => renderMarkdown(text, width, (style, part) => `${style}(${part})`)

describe('a job summary in a terminal', () => {
  test.each<[claim: string, markdown: string, shown: string[]]>([
    ['has bold headings', '### Done\n\ntext', ['bold(Done)', '', 'text']],
    [
      'has its tags and character references resolved',
      '<a href="x">a&#45;b</a> <code>c&amp;d</code><br>&#x2d; &unknown;',
      ['a-b cyan(c&d) - &unknown;']
    ],
    ['marks strong text and code', '**a** `b`', ['bold(a) cyan(b)']],
    [
      'has aligned tables',
      '| n | text |\n| ---: | --- |\n| 1 | a |\n| 10 | b \\| c |',
      [' n  text', ' 1  a', '10  b | c']
    ],
    ['leaves out an empty table header', '| | |\n| --- | --- |\n| a | b |', ['a  b']],
    [
      'shows code as it is',
      '```json\n{\n  "a": "&amp;"\n}\n```',
      ['dim(  {)', 'dim(    "a": "&amp;")', 'dim(  })']
    ],
    [
      'folds details',
      'a\n\n<details><summary>More &amp; more</summary>\n\nhidden\n\n</details>\nb',
      ['a', '', '▸ More & more', 'b']
    ],
    [
      'breaks long lines',
      'one two three four five six seven eight nine',
      ['one two three four five six seven eight', 'nine']
    ],
    ['has no blank lines at its end', 'a\n\n\n\nb\n\n', ['a', '', 'b']]
  ])('%s', (_, markdown, shown) => {
    expect(render(markdown)).toEqual(shown)
  })
})
