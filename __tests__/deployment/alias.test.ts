import { describe, expect, test } from '@jest/globals'
import { manualRemedy } from '../../src/deployment/alias.ts'
import type { Traffic } from '../../src/deployment/observation.ts'
import { shareOn8, subject, view, whollyOn } from './observations.ts'

/** The empty map drops the weights, which UpdateAlias would keep otherwise. */
const command =
  'a step with target-version: 7 and weight: 100, or aws lambda update-alias --function-name payments-api --name live --function-version 7 --routing-config AdditionalVersionWeights={}'

describe('what to do by hand about an alias', () => {
  test.each<{ name: string; serving: Traffic | undefined; remedy: string }>([
    {
      name: 'that is split',
      serving: shareOn8(0.1),
      remedy: `Later deployments fail while the alias is split. To give all traffic to version 7: ${command}`
    },
    {
      name: 'on the new version',
      serving: whollyOn('8'),
      remedy: `Version 8 has all the traffic. To give all traffic to version 7: ${command}`
    },
    {
      name: 'that could not be read',
      serving: undefined,
      remedy: `Version 8 may be serving. To give all traffic to version 7: ${command}`
    },
    {
      name: 'that somebody else has moved: nothing but to ask',
      serving: whollyOn('5'),
      remedy: 'Somebody else has moved the alias to version 5; find out who and why.'
    },
    {
      name: 'that somebody else has split, perhaps by a canary: nothing but to ask',
      serving: { version: '7', weights: { '9': 0.1 } },
      remedy:
        'Somebody else has moved the alias to version 7 (90%) and version 9 (10%); find out who and why.'
    }
  ])('$name', ({ serving, remedy }) => {
    expect(manualRemedy(serving, subject())).toBe(remedy)
  })

  test('that is split after a rollback that succeeded: only if no later deployment shifts the same version', () => {
    expect(manualRemedy(shareOn8(0.1), subject(), { rollback: view('Succeeded') })).toBe(
      `Look in the CodeDeploy console whether another deployment has moved the alias since, or is moving it. Only if none is there: Later deployments fail while the alias is split. To give all traffic to version 7: ${command}`
    )
  })
})
