import { expect, test } from '@jest/globals'
import { colours, type Tone } from '../../src/report/paint.ts'

test.each<{ tone: Tone; painted: string }>([
  { tone: 'dim', painted: '\u001b[2mx\u001b[0m' },
  { tone: 'green', painted: '\u001b[32mx\u001b[0m' },
  { tone: 'yellow', painted: '\u001b[33mx\u001b[0m' },
  { tone: 'red', painted: '\u001b[31mx\u001b[0m' }
])('$tone begins and ends with its text', ({ tone, painted }) => {
  expect(colours({})(tone, 'x')).toBe(painted)
})

test.each<{ name: string; env: Record<string, string | undefined>; text: string; painted: string }>([
  { name: 'there are none when NO_COLOR is set', env: { NO_COLOR: '1' }, text: 'x', painted: 'x' },
  {
    name: 'an empty NO_COLOR has no effect',
    env: { NO_COLOR: '' },
    text: 'x',
    painted: '\u001b[31mx\u001b[0m'
  },
  { name: 'an empty text has no colour', env: {}, text: '', painted: '' }
])('$name', ({ env, text, painted }) => {
  expect(colours(env)('red', text)).toBe(painted)
})
