import { expect, test } from '@jest/globals'
import { movedOnWarning, noPrevious } from '../../src/plan/previous.ts'
import { request } from '../inputs/asked.ts'

const why = 'nobody knows.'
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1))

test.each<{ name: string; versions?: readonly string[]; next: string }>([
  { name: 'some', versions: ['5', '7', '9'], next: 'There are 5, 9.' },
  { name: 'one', versions: ['5', '7'], next: 'There is 5.' },
  { name: 'none', versions: ['7'], next: 'There is none but 7.' },
  {
    name: 'twenty',
    versions: numbers(21),
    next: `There are ${numbers(21)
      .filter(n => n !== '7')
      .join(', ')}.`
  },
  {
    name: 'very many: the newest',
    versions: numbers(100),
    next: `There are 99 others, the newest of which are ${numbers(100).slice(80).join(', ')}.`
  },
  {
    name: 'nobody knows which',
    next: 'List what there is: aws lambda list-versions-by-function --function-name payments-api'
  }
])('a refusal to go back names the other versions that there are: $name', ({ versions, next }) => {
  const asked = request({ targetVersion: 'previous' })
  expect(noPrevious(asked, '7', { kind: 'unknown', why, ...(versions && { versions }) })).toEqual([
    'NO_PREVIOUS_VERSION',
    'What served before version 7 cannot be told: nobody knows.',
    `Give the number of a version in target-version. ${next}`
  ])
})

test('nothing is warned of when the deployments explain what serves', () => {
  const previous = { kind: 'found', version: '6', foundIn: { deploymentId: 'd-1', at: 0 } } as const
  expect(movedOnWarning(request(), '7', previous)).toEqual([])
  expect(
    movedOnWarning(request(), '7', { ...previous, movedOn: { deploymentId: 'd-2', at: 0, version: '8' } })
  ).toEqual([
    'Deployment d-2 has shifted payments-api:live to version 8 since (1970-01-01 00:00 UTC), and no deployment of group payments-live has brought version 7 back: somebody moved the alias by hand. Version 6 is what served before version 7 was released by deployment d-1.'
  ])
})
