/** Between the end of a deployment and its rollback lies a moment in which nothing tells that the rollback will come. */
import { describe, expect, test } from '@jest/globals'
import { appSpec } from '../../src/plan/appspec.ts'
import { alarmGoesOff, anotherIsRunning, group } from './incidents.ts'
import { type Play, play, release } from './play.ts'

const endsOf = async (scene: Play): Promise<string> => {
  const { outputs } = await play(scene)
  return `${outputs.outcome} ${outputs['error-code']} ${outputs['serving-version']}`
}

const gaps = [300, 1_000, 5_000]

/** Somebody's canary of half an hour, which an alarm stops so many milliseconds after the step began. */
const alarmAfter =
  (ms: number): NonNullable<Play['before']> =>
  (aws, clock, cancel) => {
    anotherIsRunning('6', 'LambdaCanary10Percent30Minutes')(aws, clock, cancel)
    clock.at(clock.now() + ms, () => alarmGoesOff(aws, clock, cancel))
  }

describe.each(gaps)('a rollback that begins %i ms after the end', rollbackGapMs => {
  test('wait: whenever an alarm stops the other, ours succeeds after its rollback', async () => {
    const inputs = { ...release, alarms: 'none' }
    const phases = Array.from({ length: 40 }, (_, index) => 20_000 + index * 370)
    const all = await Promise.all(
      phases.map(ms =>
        endsOf({ inputs, uncertain: { rollbackGapMs, alarmPollMs: 1_000 }, before: alarmAfter(ms) })
      )
    )
    expect([...new Set(all)]).toEqual(['succeeded  8'])
  })

  test('replace: whenever the step began, ours succeeds after its rollback', async () => {
    const phases = Array.from({ length: 30 }, (_, index) => index * 170)
    const all = await Promise.all(
      phases.map(ms =>
        endsOf({
          inputs: { ...release, 'if-in-progress': 'replace' },
          uncertain: { rollbackGapMs },
          before: (aws, clock, cancel) => {
            // A first answer that is late shifts the whole step.
            aws.faults.add({ operation: 'GetAlias', kind: 'slow', ms: ms + 1 })
            anotherIsRunning('6', 'LambdaCanary10Percent30Minutes')(aws, clock, cancel)
          }
        })
      )
    )
    expect([...new Set(all)]).toEqual(['succeeded  8'])
  })

  test('the survey looks into the very gap: ours succeeds after the rollback', async () => {
    const phases = Array.from({ length: 30 }, (_, index) => 3_750 + index * 50)
    const all = await Promise.all(
      phases.map(ms =>
        endsOf({
          uncertain: { rollbackGapMs, stopResponse: 'Succeeded' },
          before: (aws, clock, cancel) => {
            // The step hears of its aliases only when the other one was stopped.
            aws.faults.add({ operation: 'ListDeployments', kind: 'slow', ms: 5_000 })
            aws.faults.add({ operation: 'GetAlias', kind: 'slow', ms: 5_000 })
            anotherIsRunning('6', 'LambdaCanary10Percent30Minutes')(aws, clock, cancel)
            clock.at(clock.now() + ms, () => {
              const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
              aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
            })
          }
        })
      )
    )
    expect([...new Set(all)]).toEqual(['succeeded  8'])
  })

  test('the other is stopped in its hook, so that no traffic has moved: ours begins only after its rollback', async () => {
    const phases = Array.from({ length: 20 }, (_, index) => 20_000 + index * 370)
    const { content } = appSpec({
      functionName: 'payments-api',
      alias: 'live',
      currentVersion: '7',
      targetVersion: '6',
      hooks: { BeforeAllowTraffic: 'CodeDeployHook_before' }
    })
    const all = await Promise.all(
      phases.map(ms =>
        endsOf({
          // Where a rollback does not keep its group busy, ours would be accepted, and the rollback would undo it.
          uncertain: { rollbackGapMs, rollbackBusy: false },
          setting: { before: { seconds: 600 } },
          before: (aws, clock) => {
            const { deploymentId = '' } = aws.codedeploy.createDeployment({
              ...group,
              deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
              revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
            })
            clock.at(clock.now() + ms, () => aws.codedeploy.stopDeployment({ deploymentId }))
          }
        })
      )
    )
    expect([...new Set(all)]).toEqual(['succeeded  8'])
  })
})

test('a split that nothing rolls back is refused, some seconds after the other has ended', async () => {
  let at = 0
  const played = await play({
    setting: { group: { autoRollbackConfiguration: { enabled: false } } },
    before: (aws, clock) => {
      anotherIsRunning('6', 'LambdaCanary10Percent30Minutes')(aws, clock, () => {})
      const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
      at = clock.now() + 20_000
      clock.at(at, () => aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: false }))
    }
  })
  expect([played.outputs.outcome, played.outputs['error-code'], played.outputs['serving-version']]).toEqual([
    'refused',
    'ALIAS_SPLIT',
    '7:0.9,6:0.1'
  ])
  const after = (played.endedAt - at) / 1_000
  expect(after).toBeGreaterThan(10)
  expect(after).toBeLessThan(100)
})
