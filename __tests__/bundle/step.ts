import { join } from 'node:path'
import type { Ending } from '../../simulator/demo/ending.ts'
import { endings } from '../../simulator/demo/endings.ts'
import {
  baseInputs,
  type RehearsalOptions,
  type Rehearsed,
  rehearse
} from '../../simulator/demo/rehearsal.ts'

/** dist/ as users run it: as a step in the model of GitHub's runner, over HTTP, with a clock that runs fast. */
export function step(
  ending: Ending,
  {
    speed = ending.speed,
    ...more
  }: Partial<
    Pick<RehearsalOptions, 'speed' | 'env' | 'os' | 'graceScale' | 'container' | 'signal' | 'onLine'>
  > = {}
): Promise<Rehearsed> {
  const inputs = Object.entries({ ...baseInputs, ...ending.inputs }).filter(([, value]) => value !== '')
  return rehearse({
    ...more,
    ending,
    speed,
    inputs: Object.fromEntries(inputs),
    action: join(import.meta.dirname, '..', '..'),
    uses: 'your-org/lambda-codedeploy@v1'
  })
}

/** One of the demo's endings, changed. */
export function like(name: string, changes: Partial<Ending>): Ending {
  const ending = endings.find(each => each.name === name)
  if (!ending) throw new Error(`There is no ending ${name}`)
  return { ...ending, ...changes }
}
