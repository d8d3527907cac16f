/** The version that was asked for is deleted by somebody else between its survey and its release. */
import { expect, test } from '@jest/globals'
import { fault } from './incidents.ts'
import { keep, old } from './oldversions.ts'
import { type Played, play, playTogether, release } from './play.ts'
import { running } from './running.ts'
import { asked } from './services.ts'

const toldOf = ({ outputs }: Played): unknown => [
  outputs.outcome,
  outputs['error-code'],
  outputs['error-message'],
  outputs['serving-version']
]

const deleted =
  'Version 3 of payments-api has been deleted since this step began, perhaps by keep-versions of another release.'

test('the release that was waited for deletes the target as an old version: nothing is deployed', async () => {
  const [first, second] = await playTogether({ setting: old }, [
    keep(2, {
      'target-version': '6',
      'codedeploy-deployment-config': 'CodeDeployDefault.LambdaCanary10Percent30Minutes'
    }),
    { ...release, 'target-version': '3', 'wait-for-minutes': '60' }
  ])
  expect(first?.outputs.outcome).toBe('succeeded')
  expect(second && toldOf(second)).toEqual(['refused', 'VERSION_MISSING', deleted, '6'])
  const created = first && asked(first.aws, 'CreateDeployment').filter(({ status }) => status === 200)
  expect(created).toHaveLength(1)
})

const somebodyDeploys = running({ configuration: 'LambdaCanary10Percent5Minutes' })

test('a target that Lambda does not show at once after the wait is released all the same', async () => {
  const { outputs, aws } = await play({
    inputs: { ...release, 'target-version': '3' },
    before: (aws, clock, cancel) => {
      somebodyDeploys(aws)
      // The first read after the wait is that of the version.
      fault({
        operation: 'GetFunctionConfiguration',
        kind: 'custom',
        error: { name: 'ResourceNotFoundException', message: 'Function not found', status: 404 },
        when: { from: clock.now() + 290_000 }
      })(aws, clock, cancel)
    }
  })
  expect([outputs.outcome, outputs['serving-version']]).toEqual(['succeeded', '3'])
  expect(asked(aws, 'CreateDeployment')).toHaveLength(1)
})

test('the target is deleted just before it would get its weight: the error is about the version', async () => {
  const played = await play({
    inputs: { 'function-name': 'payments-api', alias: 'live', weight: '10', 'target-version': '3' },
    before: aws => {
      const update = aws.lambda.updateAlias.bind(aws.lambda)
      aws.lambda.updateAlias = input => {
        aws.lambda.deleteFunction({ FunctionName: 'payments-api', Qualifier: '3' })
        return update(input)
      }
    }
  })
  expect(toldOf(played)).toEqual(['refused', 'VERSION_MISSING', deleted, '7'])
})
