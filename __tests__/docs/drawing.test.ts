import { describe, expect, test } from '@jest/globals'
import { drawing } from '../../scripts/docs/drawing.ts'
import type { Looks } from '../../scripts/docs/looks.ts'
import { filled } from '../../scripts/docs/page.ts'

/** Two minutes: a hook of ten seconds, a tenth of the traffic, and all of it after a minute and a half. */
const looks: Looks = {
  end: 118,
  known: 120,
  looks: [0, 10, 60, 119],
  status: [0, 1, 10, 60, 119],
  events: [1],
  alias: [100],
  requests: 7,
  lifecycle: [
    { name: 'BeforeAllowTraffic', from: 0, to: 10 },
    { name: 'AllowTraffic', from: 10, to: 100 },
    { name: 'AfterAllowTraffic', from: 100, to: 100.2 }
  ],
  traffic: [
    { at: 0, share: 0 },
    { at: 10, share: 0.1 },
    { at: 100, share: 1 }
  ]
}

describe('the drawing of a release', () => {
  test('shows hooks, shares and requests above a time axis, each in its column', () => {
    expect(drawing(looks)).toEqual([
      '```text',
      '     hooks  ━━━━━━',
      '     100 %                                                    ▄▄▄▄▄▄▄▄▄▄▄',
      '      10 %       ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄',
      '',
      '    status  2····│························│····························│·',
      '    events  │····························································',
      '     alias  ··················································│··········',
      '            0:00                          1:00                          2:00',
      '',
      '            one column is 2 seconds;  │ one request,  2 two requests',
      '```'
    ])
  })

  test.each([
    { name: 'minutes', seconds: 300 },
    { name: 'an hour and a half', seconds: 5_400 }
  ])('is at most 100 columns wide for $name', ({ seconds }) => {
    const widest = Math.max(...drawing({ ...looks, known: seconds }).map(line => line.length))
    expect(widest).toBeLessThanOrEqual(100)
    expect(widest).toBeGreaterThan(60)
  })
})

describe('a generated part of a page', () => {
  const page = 'before\n<!-- part -->\nold\n<!-- /part -->\nafter\n'

  test('takes the place of what stands between its markers', () => {
    expect(filled('page.md', page, { part: ['new', '$& $1'] })).toBe(
      'before\n<!-- part -->\n\nnew\n$& $1\n\n<!-- /part -->\nafter\n'
    )
  })

  test('is not silently dropped when the page has no markers for it', () => {
    expect(() => filled('page.md', page, { other: [] })).toThrow(
      'page.md has no <!-- other --> … <!-- /other -->'
    )
  })
})
