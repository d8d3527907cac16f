import { describe, expect, test } from '@jest/globals'
import { giveBackBy, manualRemedy } from '../../src/deployment/alias.ts'
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
      name: 'back on the old version when it was last read',
      serving: whollyOn('7'),
      remedy: `To give all traffic to version 7: ${command}`
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

describe('how to give an alias its weights again, v7 90 % and v6 10 %,', () => {
  const before: Traffic = { version: '7', weights: { '6': 0.1 } }
  const byHand =
    'aws lambda update-alias --function-name payments-api --name live --function-version 7 --routing-config AdditionalVersionWeights={6=0.1}'
  test.each<{ name: string; before?: Traffic; now: Traffic; remedy: string }>([
    {
      name: 'when it is split otherwise: by the share of the smaller one',
      now: { version: '7', weights: { '6': 0.5 } },
      remedy: `a step with target-version: 6 and weight: 10, or ${byHand}`
    },
    {
      name: 'when it is wholly on the smaller one, which a step could not share with itself: by the share of the other',
      now: whollyOn('6'),
      remedy: `a step with target-version: 7 and weight: 90, or ${byHand}`
    },
    {
      name: 'when a third version serves, which a step would share with: by hand only',
      now: whollyOn('9'),
      remedy: byHand
    },
    {
      name: 'when the share is not in whole percent: by hand only',
      before: { version: '7', weights: { '6': 0.004 } },
      now: whollyOn('6'),
      remedy: byHand.replace('0.1', '0.004')
    }
  ])('$name', ({ before: had = before, now, remedy }) => {
    expect(giveBackBy(subject(), had, now)).toBe(remedy)
  })
})
