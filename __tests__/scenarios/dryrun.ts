/** `dry-run`, for the rows about it. */
import { type Inputs, type Play, type Played, play, release } from './play.ts'

export const dryRun = ({ inputs, ...scene }: Play = {}): Promise<Played> =>
  play({ ...scene, inputs: { ...release, ...inputs, 'dry-run': 'true' } })

/** The requests that change something, in order. */
export const changes = ({ aws }: Played): string[] =>
  aws.requests.flatMap(({ operation }) => (/^(Update|Publish|Create|Stop)/.test(operation) ? operation : []))

/** The outcome, and the error code if there is one. */
export const end = ({ outputs }: Played): string =>
  [outputs.outcome, outputs['error-code']].filter(Boolean).join(' ')

export interface Row {
  name: string
  inputs?: Inputs
  scene?: Omit<Play, 'inputs'>
  ends: string
}
