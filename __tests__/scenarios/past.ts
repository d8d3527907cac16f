import type { Aws } from '../../simulator/aws.ts'
import { deployEarlier, type EarlierDeployment } from '../../simulator/earlier.ts'
import { type Play, type Played, play, release } from './play.ts'

export const backInputs = {
  ...release,
  'codedeploy-deployment-config': 'AllAtOnce',
  'target-version': 'previous'
}

/** A deployment, or somebody who moves the alias by hand. */
export type Step = EarlierDeployment | { hand: string }

/** What happened before the step begins; the alias serves version 7 at first. */
export const past =
  (...steps: readonly Step[]) =>
  async (aws: Aws): Promise<void> => {
    for (const step of steps)
      if ('hand' in step)
        aws.lambda.updateAlias({
          FunctionName: 'payments-api',
          Name: 'live',
          FunctionVersion: step.hand,
          RoutingConfig: { AdditionalVersionWeights: {} }
        })
      else await deployEarlier(aws, step)
  }

export const endOf = ({ outputs }: Played): string =>
  [outputs.outcome, outputs['serving-version'], outputs['error-code']].filter(Boolean).join(' ')

export const errorOf = ({ annotations }: Played): string =>
  annotations.find(({ level }) => level === 'error')?.message ?? ''

export const warningsOf = ({ annotations }: Played): string[] =>
  annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)

export const back = (steps: readonly Step[], scene: Play = {}): Promise<Played> =>
  play({ inputs: backInputs, earlier: past(...steps), ...scene })
