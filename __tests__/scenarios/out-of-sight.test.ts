/** Of two functions that are released together, the role may not read what one of their deployments does. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { Fault } from '../../simulator/faults.ts'
import type { Play, Played } from './play.ts'
import { asked, ends, entry, ordersFirst, releaseBoth, serves, together } from './services.ts'

const always = Number.POSITIVE_INFINITY

const deny = (aws: Aws, operation: string, when: Fault['when'] = {}) =>
  aws.faults.add({ operation, about: 'ledger', kind: 'accessDenied', times: always, when })

/** Nobody may look at the deployment of ledger any more, from `afterMs` on. */
const hide = (aws: Aws, afterMs = 0) => {
  const when = { from: aws.clock.now() + afterMs }
  for (const operation of ['GetDeployment', 'BatchGetDeployments']) deny(aws, operation, when)
}

/** What the step says about ledger. */
const toldOf = ({ outputs }: Played): string =>
  JSON.parse(outputs.results ?? '[]').find(
    (each: Record<string, string>) => each['function-name'] === 'ledger'
  )['error-message']

/** What the step says, and what is so twenty minutes later. */
const endsOf = async (scene: Play) => {
  let later = async () => {}
  const played = await releaseBoth({
    ...scene,
    before: (aws, clock, cancel) => {
      later = () => clock.advance(20 * 60_000)
      scene.before?.(aws, clock, cancel)
    }
  })
  await later()
  const { aws } = played
  return { played, ends: { ...ends(played), atLast: `${serves(aws, 'orders')} ${serves(aws, 'ledger')}` } }
}

describe('all or none:', () => {
  test('what cannot be seen from the beginning is taken back with the other', async () => {
    const { played, ends } = await endsOf({ before: aws => hide(aws) })
    expect(ends).toEqual({
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'lost AccessDeniedException (7)',
      atLast: '7 7'
    })
    const [told = ''] = toldOf(played).split('\n')
    const id = /deployment (d-\w+)/.exec(told)?.[1]
    expect(told).toBe(
      `The credentials do not allow codedeploy:GetDeployment on arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:payments/ledger-live. All or none: ledger:live can no longer be seen, so CodeDeploy was asked to stop deployment ${id}, whose end was not seen.`
    )
    expect(played.log.join('\n')).toContain('All or none: ledger:live can no longer be seen; shifting back')
  })

  test('what can no longer be seen is taken back, also when the other has succeeded before', async () => {
    const scene = { inputs: together(ordersFirst), before: (aws: Aws) => hide(aws, 120_000) }
    expect((await endsOf(scene)).ends).toEqual({
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'lost AccessDeniedException (7)',
      atLast: '7 7'
    })
  })

  test('also when the other has no alias yet, which is then not created', async () => {
    const { ends } = await endsOf({
      before: aws => {
        hide(aws)
        aws.lambda.deleteAlias({ FunctionName: 'orders', Name: 'live' })
      }
    })
    expect(ends).toEqual({
      orders: 'refused HELD_BACK (no alias)',
      ledger: 'lost AccessDeniedException (7)',
      atLast: 'no alias 7'
    })
  })

  test('a stop that meets throttling is sent again', async () => {
    const { ends } = await endsOf({
      before: aws => {
        hide(aws, 60_000)
        aws.faults.add({ operation: 'StopDeployment', about: 'ledger', kind: 'throttle', times: 12 })
      }
    })
    expect(ends.atLast).toBe('7 7')
  })

  test('what may not be stopped either is reported with the command that stops it', async () => {
    const { played, ends } = await endsOf({
      before: aws => {
        hide(aws)
        deny(aws, 'StopDeployment')
      }
    })
    expect(ends.atLast).toBe('7 8')
    expect(toldOf(played)).toMatch(
      /All or none: ledger:live can no longer be seen, so CodeDeploy was asked to stop deployment d-\w+, and that failed: The credentials do not allow codedeploy:StopDeployment .*It continues in AWS and may still move traffic\./
    )
    expect(played.annotations.map(({ message }) => message).join('\n')).toMatch(
      /Stop it and shift back: aws deploy stop-deployment --deployment-id d-\w+ --auto-rollback-enabled\. To watch it again, run the step with deployment-id: d-\w+/
    )
  })
})

test('a deployment that is released alone goes on', async () => {
  const { played, ends } = await endsOf({ inputs: together([entry('ledger')]), before: aws => hide(aws) })
  expect(ends).toEqual({ ledger: 'lost AccessDeniedException (8)', atLast: '7 8' })
  expect(asked(played.aws, 'StopDeployment')).toEqual([])
})
