import { describe, expect, it, test } from '@jest/globals'
import { Masks } from '../../../simulator/runner/masks.ts'

const masked = (secrets: string[], text: string) => {
  const masks = new Masks()
  for (const secret of secrets) masks.add(secret)
  return masks.apply(text)
}

describe('a secret', () => {
  const secret = `it's <a> "b" & c/d`
  test.each<[spelling: string, text: string]>([
    ['as it is', secret],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 after one or two other bytes', Buffer.from(secret).subarray(1).toString('base64')],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in a URL', 'it%27s%20%3Ca%3E%20%22b%22%20%26%20c%2Fd'],
    ['in XML', 'it&apos;s &lt;a&gt; &quot;b&quot; &amp; c/d'],
    ['in an expression', `it''s <a> "b" & c/d`]
  ])('is hidden %s', (_, text) => {
    expect(masked([secret], `before ${text} after`)).toBe('before *** after')
  })

  it('is hidden line by line, too', () => {
    expect(masked(['first\r\n  second'], 'second, then first')).toBe('***, then ***')
  })

  it('that overlaps or touches another is hidden with it', () => {
    expect(masked(['abcd', 'cdef', 'gh'], 'abcdefgh-gh')).toBe('***-***')
  })

  it('that is empty hides nothing', () => {
    expect(masked(['', '\n'], 'text')).toBe('text')
  })
})
