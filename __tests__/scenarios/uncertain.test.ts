import { describe, expect, test } from '@jest/globals'
import { answers, type Uncertain } from '../../simulator/uncertain.ts'
import { alarmGoesOff, hooks, later, somebodyStopsIt } from './incidents.ts'
import { type Play, play, release } from './play.ts'

/** What nobody outside AWS knows: every answer is tried on every story, which ends the same except where it really differs. */
const stories: { name: string; scene: Play; ends: string; but?: Partial<Record<string, string>> }[] = [
  {
    name: 'a canary with hooks succeeds',
    scene: { inputs: { ...release, ...hooks } },
    ends: 'succeeded 8'
  },
  {
    name: 'an alarm rolls a canary back',
    scene: { before: later(1.5, alarmGoesOff) },
    ends: 'rolled-back 7',
    but: { 'firstDeploymentRollback none': 'failed 7:0.9,8:0.1' }
  },
  {
    name: 'the hook after the shift rolls it back',
    scene: { inputs: { ...release, ...hooks }, setting: { after: { behaviour: 'fail' } } },
    ends: 'rolled-back 7',
    but: { 'firstDeploymentRollback none': 'failed 8' }
  },
  {
    name: 'somebody stops it, and nothing rolls back',
    scene: { inputs: { ...release, 'auto-rollback-events': 'none' }, before: later(1.5, somebodyStopsIt) },
    ends: 'stopped 7:0.9,8:0.1',
    but: { 'stopEndsSucceeded true': 'succeeded 8' }
  },
  {
    name: 'what is missing is set up, and a release succeeds',
    scene: {
      inputs: { ...release, 'codedeploy-service-role': 'arn:aws:iam::123456789012:role/CodeDeployLambda' },
      setting: { codedeploy: 'nothing' }
    },
    ends: 'succeeded 8'
  },
  {
    name: 'a linear shift succeeds',
    scene: { inputs: { ...release, 'codedeploy-deployment-config': 'Linear25PercentEvery2Minutes' } },
    ends: 'succeeded 8'
  }
]

const every = Object.entries(answers).flatMap(([behaviour, values]) =>
  values.map(value => ({ behaviour, value: value as Uncertain[keyof Uncertain] }))
)

describe.each(stories)('$name', ({ scene, ends, but = {} }) => {
  test.each(every)('whether $behaviour is $value', async ({ behaviour, value }) => {
    const { outputs } = await play({ ...scene, uncertain: { [behaviour]: value } })
    expect(`${outputs.outcome} ${outputs['serving-version']}`).toBe(but[`${behaviour} ${value}`] ?? ends)
  })
})
