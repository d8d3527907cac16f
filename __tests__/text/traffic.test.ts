import { describe, expect, test } from '@jest/globals'
import type { Traffic } from '../../src/deployment/observation.ts'
import { servingText, shareList, versionText } from '../../src/text/traffic.ts'

describe('what serves is shown', () => {
  test.each<{ name: string; serving: Traffic | undefined; says: string }>([
    { name: 'as one version', serving: { version: '8', weights: {} }, says: 'v8' },
    {
      name: 'as the shares of a split',
      serving: { version: '7', weights: { '8': 0.1 } },
      says: 'v7 90% and v8 10%'
    },
    {
      name: 'as $LATEST where an alias points to it',
      serving: { version: '$LATEST', weights: {} },
      says: '$LATEST'
    },
    { name: 'as unknown when it could not be read', serving: undefined, says: 'unknown' }
  ])('$name', ({ serving, says }) => {
    expect(servingText(serving)).toBe(says)
  })
})

test('a version has a v, and $LATEST has none', () => {
  expect([versionText('8'), versionText('$LATEST'), versionText('?')]).toEqual(['v8', '$LATEST', '?'])
})

test('each version that gets traffic is listed with its share', () => {
  expect(shareList({ version: '7', weights: { '8': 0.125, '9': 0 } })).toBe('v7 87.5%  v8 12.5%')
})
