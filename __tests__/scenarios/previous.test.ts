import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { deployEarlier, type EarlierDeployment } from '../../simulator/earlier.ts'
import { type Play, type Played, play, release } from './play.ts'

const inputs = { ...release, 'codedeploy-deployment-config': 'AllAtOnce', 'target-version': 'previous' }

/** Moves the alias by hand. */
type ByHand = { hand: string }

/** What happened before the step begins; the alias serves version 7 at first. */
const past =
  (...steps: readonly (EarlierDeployment | ByHand)[]) =>
  async (aws: Aws): Promise<void> => {
    for (const step of steps)
      if ('hand' in step)
        aws.lambda.updateAlias({ FunctionName: 'payments-api', Name: 'live', FunctionVersion: step.hand })
      else await deployEarlier(aws, step)
  }

const endOf = ({ outputs }: Played): string =>
  [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')

const errorOf = ({ annotations }: Played): string =>
  annotations.find(({ level }) => level === 'error')?.message ?? ''

const warningsOf = ({ annotations }: Played): string[] =>
  annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)

const back = (steps: readonly (EarlierDeployment | ByHand)[], scene: Play = {}): Promise<Played> =>
  play({ inputs, earlier: past(...steps), ...scene })

describe('target-version: previous goes back to what served before', () => {
  test.each<{ name: string; steps: (EarlierDeployment | ByHand)[]; ends: string }>([
    { name: 'the last deployment shifted to what serves', steps: [{ to: '6' }], ends: 'succeeded 7' },
    {
      name: 'a newer deployment failed and was rolled back',
      steps: [{ to: '5' }, { to: '6' }, { to: '3', ends: 'rolledBack' }],
      ends: 'succeeded 5'
    },
    {
      name: 'a newer deployment was stopped, and the alias was put right by hand',
      steps: [{ to: '5' }, { to: '6' }, { to: '3', ends: 'stopped' }, { hand: '6' }],
      ends: 'succeeded 5'
    },
    {
      name: 'what serves came by several deployments: the newest counts',
      steps: [{ to: '6' }, { to: '4' }, { to: '6' }],
      ends: 'succeeded 4'
    },
    {
      name: 'gone back once, it goes forth again',
      steps: [{ to: '6' }, { to: '7' }],
      ends: 'succeeded 6'
    },
    {
      name: 'another alias was shifted in the same group',
      steps: [{ to: '6' }, { alias: 'beta', to: '6' }],
      ends: 'succeeded 7'
    },
    {
      name: 'a deployment moved nothing',
      steps: [{ to: '6' }, { to: '6' }],
      ends: 'succeeded 7'
    }
  ])('$name', async ({ steps, ends }) => {
    const played = await back(steps, {
      earlier: async aws => {
        aws.lambda.createAlias({ FunctionName: 'payments-api', Name: 'beta', FunctionVersion: '2' })
        await past(...steps)(aws)
      }
    })
    expect([endOf(played), warningsOf(played)]).toEqual([ends, []])
  })
})
