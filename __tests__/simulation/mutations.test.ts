import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { mutations } from '../../simulation/mutations/mutations.ts'
import { mutated } from '../../simulation/mutations/plant.ts'

const root = new URL('../../', import.meta.url)

test.each(mutations)('the place of the planted bug is still there: $name', async mutation => {
  const source = await readFile(new URL(mutation.path, root), 'utf8')
  expect(source.split(mutation.from)).toHaveLength(2)
  expect(mutated(source, mutation)).not.toBe(source)
})

test('a planted bug whose place is gone is reported', () => {
  const mutation = { name: 'is gone', path: 'src/gone.ts', from: 'once', to: 'twice' }
  expect(() => mutated('here it is not', mutation)).toThrow("src/gone.ts holds 'once' 0 times, not once")
})

test('more than a dozen bugs are planted, each with its own name', () => {
  expect(mutations.length).toBeGreaterThanOrEqual(12)
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
})
