import { zip } from '../../simulator/lambda/zip.ts'
import { ofGroup } from './active.ts'
import type { Chance } from './chance.ts'
import { release } from './inputs.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

/**
 * Now and then, another step of the job has uploaded the code seconds before the release, and Lambda's first answers to the release are
 * from before that. Drawn apart, as all the others are.
 */
export function withStaleLatest(scene: Scene, chance: Chance): Scene {
  const [first, ...others] = scene.steps
  if (!first || scene.history || scene.functions.length > 1 || !chance.is(0.012)) return scene
  const [{ names, options }] = scene.functions
  const uploadedMs = chance.between(1_000, 2_000)
  const beforeMs = chance.between(5_000, 6_500)
  const { 'wait-for-minutes': _, ...place } = ofGroup(first.inputs)
  return {
    ...scene,
    functions: [{ names, options: undisturbed(options) }],
    faults: [
      ...['GetFunction', 'GetFunctionConfiguration'].map(operation => ({
        operation,
        kind: 'stale' as const,
        ms: 7_000,
        times: chance.between(1, 2)
      })),
      ...(chance.is(0.3) ? scene.faults : [])
    ],
    actors: [
      {
        does: `an earlier step uploads the code of ${names.functionName}`,
        at: { after: 'start', ms: uploadedMs },
        act: aws =>
          void aws.lambda.updateFunctionCode({ FunctionName: names.functionName, ZipFile: zip('release 9') })
      }
    ],
    steps: [{ ...first, inputs: { ...release, ...place }, afterMs: uploadedMs + beforeMs }, ...others]
  }
}
