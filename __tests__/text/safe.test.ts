import { describe, expect, test } from '@jest/globals'
import { attribute, code, fenced, inert, label, markdown, plain, quoted } from '../../src/text/safe.ts'

describe('foreign text in a sentence of ours', () => {
  test.each<{ name: string; text: string; shown: string }>([
    {
      name: 'is unchanged when it is plain',
      text: 'Alarm payments-errors went off.',
      shown: 'Alarm payments-errors went off.'
    },
    {
      name: 'keeps the letters of every script',
      text: 'Zahlung fällig – 支払い 💶',
      shown: 'Zahlung fällig – 支払い 💶'
    },
    {
      name: 'is one line, whatever its line ends',
      text: 'a\nb\r\nc\rd\u2028e\u0085f',
      shown: 'a / b / c / d / e / f'
    },
    { name: 'loses its empty lines', text: 'a\n\n\nb\n', shown: 'a / b' },
    {
      name: 'keeps a mark of an empty first line, so that the second cannot pass for the first',
      text: '\n::error::x',
      shown: ' / ::error::x'
    },
    { name: 'may be empty', text: '', shown: '' },
    { name: 'has its tabs as spaces', text: 'a\tb', shown: 'a  b' },
    { name: 'shows the codes of foreign colours', text: '\u001b[31mred', shown: '\\x1b[31mred' },
    { name: 'shows a backspace instead of hiding the character before it', text: 'a\bb', shown: 'a\\x08b' },
    { name: 'shows what is invisible', text: 'pay\u200bments', shown: 'pay\\u{200b}ments' },
    { name: 'shows what changes the direction of text', text: 'gpj.\u202eexe', shown: 'gpj.\\u{202e}exe' },
    { name: 'cannot be a command in the older syntax', text: 'x ##[error]y', shown: 'x #\\#[error]y' },
    { name: 'has half a character replaced', text: 'a\ud83db', shown: 'a\ufffdb' }
  ])('$name', ({ text, shown }) => {
    expect(plain(text)).toBe(shown)
  })

  test('is cut where the live log would cut it', () => {
    expect(plain('x'.repeat(1_001))).toBe(`${'x'.repeat(1_000)}…`)
    expect(plain('x'.repeat(1_000))).toBe('x'.repeat(1_000))
  })
})

describe('foreign lines in the log', () => {
  test.each<{ name: string; text: string | string[]; shown: string[] }>([
    { name: 'come after a bar', text: '::error::x', shown: ['│ ::error::x'] },
    { name: 'stay lines, empty ones too', text: 'a\n\nb', shown: ['│ a', '│ ', '│ b'] },
    { name: 'end where the runner ends them', text: 'a\rb\r\nc', shown: ['│ a', '│ b', '│ c'] },
    { name: 'may come one by one', text: ['a', 'b\nc'], shown: ['│ a', '│ b', '│ c'] },
    { name: 'may be none', text: [], shown: [] },
    { name: 'are made visible', text: 'a\u001b[0m ##[group]', shown: ['│ a\\x1b[0m #\\#[group]'] }
  ])('$name', ({ text, shown }) => {
    expect(quoted(text)).toEqual(shown)
  })
})

describe('a line of ours on its way into the log', () => {
  test.each<{ name: string; line: string; shown: string }>([
    {
      name: 'is left alone',
      line: '    0:03  deployment          InProgress',
      shown: '    0:03  deployment          InProgress'
    },
    {
      name: 'keeps our own colours',
      line: '\u001b[31mfailed\u001b[0m',
      shown: '\u001b[31mfailed\u001b[0m'
    },
    { name: 'cannot be a command', line: '  ::error::x', shown: '│   ::error::x' },
    { name: 'cannot hide a command behind a lone CR', line: 'a\r::error::x', shown: 'a\n│ ::error::x' },
    { name: 'cannot contain a command in the older syntax', line: 'a ##[error]b', shown: 'a #\\#[error]b' }
  ])('$name', ({ line, shown }) => {
    expect(inert(line)).toBe(shown)
  })
})

describe('foreign text in the summary', () => {
  test.each<{ name: string; text: string; shown: string }>([
    { name: 'is not a tag', text: '<img src=x>', shown: '&#60;img src&#61;x&#62;' },
    { name: 'does not break a table', text: 'a|b\nc', shown: 'a&#124;b / c' },
    {
      name: 'is not emphasised',
      text: '*a* _b_ ~c~ `d`',
      shown: '&#42;a&#42; &#95;b&#95; &#126;c&#126; &#96;d&#96;'
    },
    { name: 'mentions nobody and no issue', text: '@root #1', shown: '&#64;root &#35;1' },
    {
      name: 'links nowhere',
      text: '[a](b) https://c www.d.e WWW.f.g',
      shown: '&#91;a&#93;&#40;b&#41; https&#58;//c www&#46;d.e WWW&#46;f.g'
    },
    { name: 'is not an entity', text: '&lt;', shown: '&#38;lt;' },
    {
      name: 'keeps names readable in the source',
      text: 'payments-api:live v8 90%',
      shown: 'payments-api:live v8 90%'
    }
  ])('$name', ({ text, shown }) => {
    expect(markdown(text)).toBe(shown)
  })

  test('is inline code if it is a name', () => {
    expect(code('a<b')).toBe('<code>a&#60;b</code>')
  })

  test('stays inside the quotes of an attribute', () => {
    expect(attribute('https://a?b=1&c="\'>')).toBe('https://a?b=1&#38;c=&#34;&#39;&#62;')
  })

  test.each<{ name: string; text: string; language?: string; shown: string }>([
    { name: 'is a block in a fence', text: '{\n}', language: 'json', shown: '```json\n{\n}\n```' },
    {
      name: 'is fenced by more backticks than it contains',
      text: 'a\n````\nb',
      shown: '`````\na\n````\nb\n`````'
    },
    {
      name: 'has what is invisible spelled out in a block too',
      text: 'a\u200bb',
      shown: '```\na\\u{200b}b\n```'
    }
  ])('$name', ({ text, language, shown }) => {
    expect(fenced(text, language)).toBe(shown)
  })
})

describe('a name in a Mermaid chart', () => {
  test.each<{ name: string; text: string; shown: string }>([
    { name: 'stays what AWS allows', text: 'payments-api_2 live', shown: 'payments-api_2 live' },
    { name: 'keeps a version and its shares', text: 'v7 90%, $LATEST 10%', shown: 'v7 90%, $LATEST 10%' },
    { name: 'loses what ends a field or a line', text: 'a:b;c\nd#35;', shown: 'a_b_c _ d_35_' },
    { name: 'cannot be a directive or a comment', text: '%%{init: {}}%%', shown: '_%_init_ ____%' },
    { name: 'is cut when it is long', text: 'x'.repeat(41), shown: `${'x'.repeat(37)}...` },
    { name: 'is never empty', text: '', shown: '_' }
  ])('$name', ({ text, shown }) => {
    expect(label(text)).toBe(shown)
  })
})
