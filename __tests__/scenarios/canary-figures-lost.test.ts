/** A gate that has seen figures, and then CloudWatch gives none. */
import { expect, test } from '@jest/globals'
import type { FaultKind } from '../../simulator/faults.ts'
import { fault, later } from './incidents.ts'
import { type Inputs, type Played, play, release } from './play.ts'

const gated: Inputs = { ...release, 'max-error-rate': '5' }
const lost = (kind: FaultKind) => fault({ operation: 'GetMetricData', kind, times: Number.POSITIVE_INFINITY })

const endOf = ({ outputs }: Pick<Played, 'outputs'>): string =>
  [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')

test.each<FaultKind>(['throttle', 'accessDenied'])(
  'what it has seen is judged once it is old enough, also when CloudWatch gives no answer by then: %s',
  async kind => {
    const played = await play({
      inputs: { ...gated, 'codedeploy-deployment-config': 'Canary10Percent10Minutes' },
      setting: { clients: { live: 60, errors: { 8: 0.2 } } },
      before: later(6, lost(kind))
    })
    expect(endOf(played)).toBe('rolled-back 7 CANARY_ERRORS')
  }
)
