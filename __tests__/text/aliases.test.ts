import { expect, test } from '@jest/globals'
import { aliasesText } from '../../src/text/aliases.ts'

test.each([
  { names: ['beta'], text: 'alias beta' },
  { names: ['beta', 'gamma'], text: 'aliases beta and gamma' },
  { names: ['a', 'b', 'c'], text: 'aliases a, b and c' },
  { names: ['a', 'b', 'c', 'd', 'e'], text: 'aliases a, b, c and 2 more' }
])('$names are told as: $text', ({ names, text }) => {
  expect(aliasesText(names)).toBe(text)
})
