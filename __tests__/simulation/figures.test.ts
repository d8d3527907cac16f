import { expect, test } from '@jest/globals'
import { figureLines, noFigures } from '../../simulation/tell/figures.ts'

const broken = (...seeds: number[]) => ({
  ...noFigures(),
  violations: seeds.map(seed => ({ seed, run: '4711', invariant: '8a', claims: 'a claim', what: 'what' }))
})

const shown = (...seeds: number[]) => {
  const lines = figureLines(broken(...seeds), 1)
  return lines.slice(lines.findIndex(line => line.startsWith('violations')))
}

test('the first four violations of an invariant are shown whole, and every other seed is named', () => {
  expect(shown(6, 5, 4, 4, 3, 2, 1, 6)).toEqual([
    'violations         8',
    '8a is broken 8 times:',
    '  seed 1, run 4711: broke 8a (a claim): what',
    '  seed 2, run 4711: broke 8a (a claim): what',
    '  seed 3, run 4711: broke 8a (a claim): what',
    '  seed 4, run 4711: broke 8a (a claim): what',
    '  also seeds 5, 6'
  ])
})

test('after fifty names, the rest is counted', () => {
  const many = Array.from({ length: 60 }, (_, index) => index + 1)
  expect(shown(...many).at(-1)).toBe(`  also seeds ${many.slice(4, 54).join(', ')} and 6 more`)
})
