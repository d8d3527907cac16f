import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { warmUp } from '../../simulation/play/warmup.ts'
import { tables } from '../../simulation/tell/reliability.ts'

test('docs/reliability.md has the results of the simulation', async () => {
  await warmUp()
  const page = await readFile(new URL('../../docs/reliability.md', import.meta.url), 'utf8')
  expect(page).toContain(await tables())
}, 120_000)
