import { expect, test } from '@jest/globals'
import type { Replaced } from '../../src/deployment/record.ts'
import { leftBehind } from '../../src/report/words.ts'
import { record, rolledBack, succeeded } from './records.ts'

const asks = 'Note: This step asked CodeDeploy to stop deployment d-1, to replace it'

test.each<[name: string, replaced: Omit<Replaced, 'deploymentId'>, told: string]>([
  ['no end of it was seen', {}, `${asks}; the end of that was not seen.`],
  [
    'no rollback of it was seen',
    { status: 'Stopped' },
    `${asks}. It ended Stopped, and no rollback of it was seen.`
  ],
  [
    'the end of its rollback was not seen',
    { status: 'Stopped', rollback: { deploymentId: 'd-2' } },
    `${asks}. It ended Stopped, and the end of its rollback d-2 was not seen.`
  ],
  [
    'it failed before it was stopped, and was rolled back',
    { status: 'Failed', rollback: { deploymentId: 'd-2', status: 'Succeeded' } },
    `${asks}. It ended Failed, and its rollback d-2 ended Succeeded.`
  ],
  [
    'its rollback failed, as CodeDeploy says on two lines',
    {
      status: 'Stopped',
      rollback: { deploymentId: 'd-2', status: 'Failed', error: { code: 'X', message: 'one\n::error::two' } }
    },
    `${asks}. It ended Stopped, and its rollback d-2 ended Failed (X: one / ::error::two).`
  ]
])('what was stopped to be replaced is told when the release did not succeed: %s', (_, replaced, told) => {
  const of = { replaced: [{ deploymentId: 'd-1', ...replaced }] }
  expect(leftBehind(record({ ...of, outcome: rolledBack }))).toEqual([told])
  expect(leftBehind(record({ ...of, outcome: succeeded }))).toEqual([])
})
