/** A gate in a shift that is over before CloudWatch has shown enough of it, or of which it is not known when it is over. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { PaymentsOptions } from '../../simulator/setting.ts'
import { fault } from './incidents.ts'
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

const create = (aws: Aws, name: string, minutes: number): void =>
  void aws.codedeploy.createDeploymentConfig({
    deploymentConfigName: name,
    computePlatform: 'Lambda',
    trafficRoutingConfig: {
      type: 'TimeBasedCanary',
      timeBasedCanary: { canaryPercentage: 10, canaryInterval: minutes }
    }
  })

const told = async (scene: Play): Promise<string[]> => {
  const { outputs, annotations, log }: Played = await play(scene)
  const end = [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')
  const warnings = annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
  return [end, ...warnings, ...log.filter(line => / gate {3}|^No verdict|^Not judged|^Judged/.test(line))]
}

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

  test.each(others)("of another run's deployment that is $name", async ({ inputs }) => {
    const played = await told({
      inputs: { ...inputs, 'max-error-rate': '5', 'if-no-traffic': 'fail' },
      setting: failing,
      before: aws => {
        create(aws, 'Brief', 2)
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

describe('when it is not known when the last step is due, and nobody comes, nothing promises a stop,', () => {
  const dueUnknown =
    'It is not known when the last step is due, so if-no-traffic: fail stops nothing: it is decided right before that step.'
  const nobody = (version: string) =>
    `Nobody called payments-api:live during the shift until 14:04 UTC, so v${version} was not tried at all. The canary tested nothing. Most often the clients invoke $LATEST or another alias. Nothing was stopped, because it was not known when the last step was due.`
  const notKnown: NonNullable<Play['before']> = (...world) => {
    create(world[0], 'Mine', 6)
    fault({ operation: 'GetDeploymentConfig', kind: 'accessDenied', times: Number.POSITIVE_INFINITY })(
      ...world
    )
  }

  test('nor the plan', async () => {
    const played = await told({
      inputs: { ...release, 'codedeploy-deployment-config': 'Mine', 'if-no-traffic': 'fail' },
      setting: { clients: { live: 0 } },
      before: notKnown
    })
    expect(played).toEqual([
      'succeeded 8',
      expect.stringContaining('GetDeploymentConfig'),
      dueUnknown,
      nobody('8'),
      '  gate       not rolled back if nobody invokes the new version'
    ])
  })

  test.each(others)("of another run's deployment that is $name", async ({ inputs }) => {
    const played = await told({
      inputs: { ...inputs, 'if-no-traffic': 'fail' },
      setting: { clients: { live: 0 } },
      before: (...world) => {
        notKnown(...world)
        running({ configuration: 'Mine' })(world[0])
      }
    })
    const about = played.filter(line => !line.includes('GetDeploymentConfig'))
    expect(about).toEqual(['succeeded 6', dueUnknown, nobody('6')])
  })
})
