import { createHash } from 'node:crypto'
import type { Aws } from '../../simulator/aws.ts'
import { diskOf } from '../../simulator/disk.ts'
import type { Fault, FaultKind } from '../../simulator/faults.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { pack } from '../../src/packaging/package.ts'
import type { Actor } from './actors.ts'
import type { Chance } from './chance.ts'
import { requestTimeoutMs } from './faultschedule.ts'
import type { Scene } from './scene.ts'

/** What the job has built. */
export const disk = diskOf({
  dist: {
    'index.mjs': 'export const handler = async () => 9\n',
    bootstrap: { program: '#!/bin/sh\n' },
    'lib/latest': { link: '../index.mjs' }
  },
  'code.zip': zip('release 9'),
  empty: {}
})

const archived = zip('release 10')
const object = { Bucket: 'acme-builds', Key: 'orders/10.zip' }

/** Puts into S3 what a release may take from there. */
export function storeBuilds(aws: Aws): void {
  aws.s3.createBucket(object.Bucket)
  aws.s3.putObject({ ...object, Body: archived, ContentType: 'application/zip' })
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64')

const packed = await pack('dist', true, disk)

/** The SHA-256 of the code that an input names. */
export const digestOf: Readonly<Record<string, string>> = {
  dist: packed.kind === 'packed' ? packed.package.sha256 : '',
  'code.zip': digest(zip('release 9')),
  [`s3://${object.Bucket}/${object.Key}`]: digest(archived)
}

const [folder = '', archive = '', stored = ''] = Object.keys(digestOf)

/** What goes wrong between the program and Lambda while code is uploaded. */
const kinds: [FaultKind, number][] = [
  ['throttle', 3],
  ['serverErrorBefore', 2],
  ['serverErrorAfter', 4],
  ['dropBefore', 2],
  ['dropAfter', 5],
  ['timeout', 2],
  ['slow', 4],
  ['stall', 3],
  ['html', 2],
  ['emptyJson', 2]
]

/** Now and then, the step uploads code first. Drawn apart, so that the other worlds stay as they are. */
export function withCode(scene: Scene, chance: Chance): Scene {
  if (!chance.is(0.12)) return scene
  const code = chance.weighted([
    [folder, 6],
    [archive, 4],
    [stored, 3],
    ['empty', 1]
  ])
  const steps = scene.steps.map(step => {
    // A version that is asked for is there already.
    const isPublishing =
      !JSON.stringify(step.inputs).includes('target-version') && !step.inputs['deployment-id']
    return isPublishing ? { ...step, inputs: { ...step.inputs, code } } : step
  })
  return {
    ...scene,
    steps,
    faults: [...someFaults(chance), ...scene.faults],
    actors: [
      ...scene.actors,
      ...(chance.is(0.25) ? [someUploader(chance, scene)] : []),
      ...(code === stored && chance.is(0.8) ? overtaken(chance, scene) : [])
    ]
  }
}

function someFaults(chance: Chance): Fault[] {
  if (chance.is(0.5)) return []
  const kind = chance.weighted(kinds)
  return [
    {
      operation: chance.weighted([
        ['UpdateFunctionCode', 4],
        ['GetFunction', 2]
      ]),
      kind,
      skip: chance.is(0.7) ? 0 : chance.between(1, 4),
      times: chance.weighted([
        [1, 5],
        [3, 2],
        [8, 1]
      ]),
      ...(kind === 'timeout' && { ms: requestTimeoutMs }),
      ...(kind === 'slow' && { ms: chance.spread(100, 170_000) })
    }
  ]
}

/** The function has the object already, so that nothing but its revision tells ours; and after ours, somebody else uploads. */
function overtaken(chance: Chance, { functions }: Scene): Actor[] {
  const { functionName: FunctionName } = chance.pick(functions).names
  const ms = chance.spread(500, 5_000)
  return [
    {
      does: `somebody uploads the object to ${FunctionName}`,
      at: { after: 'start', ms: 0 },
      act: aws => void aws.lambda.updateFunctionCode({ FunctionName, ZipFile: archived })
    },
    {
      does: `somebody uploads other code to ${FunctionName}`,
      at: { after: 'upload', ms },
      act: aws => void aws.lambda.updateFunctionCode({ FunctionName, ZipFile: zip(`somebody's ${ms}`) })
    }
  ]
}

/** Somebody else uploads in the seconds in which the step does. */
function someUploader(chance: Chance, { functions, steps }: Scene): Actor {
  const { functionName } = chance.pick(functions).names
  const ms = (steps[0]?.afterMs ?? 0) + chance.spread(50, 20_000)
  return {
    does: `somebody uploads other code to ${functionName}`,
    at: { after: 'start', ms },
    act: aws =>
      void aws.lambda.updateFunctionCode({ FunctionName: functionName, ZipFile: zip(`somebody's ${ms}`) })
  }
}
