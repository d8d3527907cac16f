/** A gate in a shift that is over before CloudWatch has shown enough of it. */
import { describe, expect, test } from '@jest/globals'
import type { PaymentsOptions } from '../../simulator/setting.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'
import { running, to6 } from './running.ts'

const failing: PaymentsOptions = { clients: { live: 600, errors: { 6: 0.5, 8: 0.5 } } }
const shift = (minutes: number): Inputs => ({
  ...release,
  'codedeploy-deployment-config': `Canary10Percent${minutes}Minutes`
})
const tooShortFor = {
  errors:
    'A shift of 2m 00s is too short for max-error-rate: all traffic may have moved before anything is judged. Choose one of 4 minutes or more.',
  absence:
    'A shift of 2m 00s is too short for if-no-traffic: fail, which stops nothing then. Choose one of 5 minutes or more.'
}

const told = async (scene: Play): Promise<string[]> => {
  const { outputs, annotations, log }: Played = await play(scene)
  const end = [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')
  const warnings = annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
  return [end, ...warnings, ...log.filter(line => / gate {3}|^No verdict|^Not judged|^Judged/.test(line))]
}

describe('a gate that cannot see in time says so before the release begins,', () => {
  const noVerdict = (version: string) => `No verdict: a shift of 2m 00s is too short to judge v${version}.`

  test('and promises nothing', async () => {
    const played = await told({ inputs: { ...shift(2), 'max-error-rate': '5' }, setting: failing })
    expect(played).toEqual([
      'succeeded 8',
      tooShortFor.errors,
      '  gate       at most 5% errors of the new version, but the shift is too short to judge them in time',
      noVerdict('8')
    ])
  })

  test('also in a dry run', async () => {
    const inputs = { ...shift(2), 'max-error-rate': '5', 'dry-run': 'true' }
    expect((await told({ inputs, setting: failing }))[1]).toBe(tooShortFor.errors)
  })

  test('and at the end that nobody was seen to come', async () => {
    const played = await told({
      inputs: { ...shift(2), 'if-no-traffic': 'fail' },
      setting: { clients: { live: 0 } }
    })
    expect(played).toEqual([
      'succeeded 8',
      tooShortFor.absence,
      'No invocation of v8 is known; a shift of 2m 00s is too short to measure.',
      '  gate       not rolled back if nobody invokes the new version'
    ])
  })

  const others: { name: string; inputs: Inputs }[] = [
    { name: 'joined', inputs: { ...to6, ...shift(2) } },
    {
      name: 'watched',
      inputs: {
        'deployment-id': 'active',
        'codedeploy-application': 'payments',
        'codedeploy-deployment-group': 'payments-live'
      }
    }
  ]
  test.each(others)("of another run's deployment that is $name", async ({ inputs }) => {
    const played = await told({
      inputs: { ...inputs, 'max-error-rate': '5', 'if-no-traffic': 'fail' },
      setting: failing,
      before: aws => {
        aws.codedeploy.createDeploymentConfig({
          deploymentConfigName: 'Brief',
          computePlatform: 'Lambda',
          trafficRoutingConfig: {
            type: 'TimeBasedCanary',
            timeBasedCanary: { canaryPercentage: 10, canaryInterval: 2 }
          }
        })
        running({ configuration: 'Brief' })(aws)
      }
    })
    expect(played).toEqual(['succeeded 6', tooShortFor.errors, tooShortFor.absence, noVerdict('6')])
  })
})

test('a version that fails is stopped in four minutes, about which there is nothing to say before', async () => {
  const played = await told({ inputs: { ...shift(4), 'max-error-rate': '5' }, setting: failing })
  expect(played).toEqual([
    'rolled-back 7 CANARY_ERRORS',
    '  gate       at most 5% errors of the new version, judged from 20 invocations on'
  ])
})
