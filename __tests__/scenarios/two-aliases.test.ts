/** Two aliases of one function, in one step: they have one `$LATEST`. */

import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { diskOf } from '../../simulator/disk.ts'
import { fleet } from '../../simulator/fleet.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { fault, jobIsCancelled, later } from './incidents.ts'
import { type Inputs, type Play, type Played, play } from './play.ts'
import { asked, entry, together } from './services.ts'

const aliases: readonly ('live' | 'beta')[] = ['live', 'beta']
const otherRevision = '0f8fad5b-d9cb-469f-a165-70867728950e'
const revisionOf = (aws: Aws): string =>
  aws.lambda.getFunctionConfiguration({ FunctionName: 'orders' }).RevisionId ?? ''

/** Releases orders to both of its aliases. `inputs` is what each adds to its entry, by what is there when the step begins. */
async function releaseBothAliases(
  inputs: (aws: Aws) => Partial<Record<'live' | 'beta', Inputs>>,
  scene: Play = {}
): Promise<Played> {
  const step: Inputs = {}
  return await play({
    ...scene,
    inputs: step,
    before: (aws, clock, cancel) => {
      fleet(aws, ['orders', 'ledger'])
      aws.lambda.createAlias({ FunctionName: 'orders', Name: 'beta', FunctionVersion: '7' })
      const more = inputs(aws)
      const [live, beta] = aliases.map(alias => more[alias])
      const place = { 'codedeploy-deployment-group': 'ledger-live' }
      Object.assign(
        step,
        together([entry('orders', { ...live }), entry('orders', { alias: 'beta', ...place, ...beta })])
      )
      scene.before?.(aws, clock, cancel)
    }
  })
}

/** How each alias ended, with what Lambda says that it serves. */
const endsOf = ({ aws, outputs }: Played): string[] =>
  JSON.parse(outputs.results ?? '[]').map((each: Inputs) => {
    const { Aliases } = aws.lambda.listAliases({ FunctionName: 'orders' })
    const serves = Aliases.find(({ Name }) => Name === each.alias)?.FunctionVersion
    return [each.alias, each.outcome, each['error-code'], `(${serves})`].filter(Boolean).join(' ')
  })

const bothSucceeded = ['live succeeded (8)', 'beta succeeded (8)']

describe('$LATEST is published once for both', () => {
  test.each<{
    name: string
    inputs(aws: Aws): Partial<Record<'live' | 'beta', Inputs>>
    scene?: Play
    ends: string[]
    publications: number
  }>([
    { name: 'without a condition', inputs: () => ({}), ends: bothSucceeded, publications: 1 },
    {
      name: 'at the revision that both ask for',
      inputs: aws => {
        const revision = { 'revision-id': revisionOf(aws) }
        return { live: revision, beta: revision }
      },
      ends: bothSucceeded,
      publications: 1
    },
    {
      name: 'at the revision that only the second asks for',
      inputs: aws => ({ beta: { 'revision-id': revisionOf(aws) } }),
      ends: bothSucceeded,
      publications: 1
    },
    {
      name: 'with the first description, as Lambda would have it',
      inputs: aws => {
        const revision = { 'revision-id': revisionOf(aws) }
        return {
          live: { ...revision, 'version-description': 'for all' },
          beta: { ...revision, 'version-description': 'for testers' }
        }
      },
      ends: bothSucceeded,
      publications: 1
    },
    {
      name: 'and not at all for one that asks for a version',
      inputs: aws => ({ live: { 'revision-id': revisionOf(aws) }, beta: { 'target-version': '6' } }),
      ends: ['live succeeded (8)', 'beta succeeded (6)'],
      publications: 1
    },
    {
      name: 'and refused for both when it is at another revision',
      inputs: () => {
        const revision = { 'revision-id': otherRevision }
        return { live: revision, beta: revision }
      },
      ends: ['live refused REVISION_DIFFERS (7)', 'beta refused REVISION_DIFFERS (7)'],
      publications: 1
    },
    {
      name: 'and refused for both when that may not be done',
      inputs: () => ({}),
      scene: { before: fault({ operation: 'PublishVersion', kind: 'accessDenied' }) },
      ends: ['live refused AccessDeniedException (7)', 'beta refused AccessDeniedException (7)'],
      publications: 1
    },
    {
      name: 'and begun for neither when the job is cancelled meanwhile',
      inputs: () => ({}),
      scene: {
        before: (aws, clock, cancel) => {
          aws.lambda.updateFunctionCode({ FunctionName: 'orders', ZipFile: zip('newer') })
          later(0.01, jobIsCancelled)(aws, clock, cancel)
        }
      },
      ends: ['live interrupted JOB_CANCELLED (7)', 'beta interrupted JOB_CANCELLED (7)'],
      publications: 0
    }
  ])('$name', async ({ inputs, scene, ends, publications }) => {
    const played = await releaseBothAliases(inputs, scene)
    expect({ ends: endsOf(played), publications: asked(played.aws, 'PublishVersion').length }).toEqual({
      ends,
      publications
    })
  })

  test('and not at all when they ask for different revisions', async () => {
    const played = await releaseBothAliases(aws => ({
      live: { 'revision-id': revisionOf(aws) },
      beta: { 'revision-id': otherRevision }
    }))
    expect([played.outputs['error-code'], played.aws.requests.length]).toEqual(['INVALID_INPUT', 0])
  })
})

describe('code is uploaded once, under the conditions of both', () => {
  const disk = diskOf({ dist: { 'index.mjs': 'export const handler = async () => 8\n' } })
  const stored = zip('from a bucket')
  const storedIs = createHash('sha256').update(stored).digest('base64')
  const otherCode = createHash('sha256').update('other').digest('base64')
  const both = (more: Inputs): Record<'live' | 'beta', Inputs> => ({ live: more, beta: more })
  const allAtOnce = { 'codedeploy-deployment-config': 'AllAtOnce' }
  const folder = { ...allAtOnce, code: 'dist' }
  const object = { ...allAtOnce, code: 's3://acme-builds/8.zip' }

  test.each<{
    name: string
    inputs(aws: Aws): Record<'live' | 'beta', Inputs>
    before?(aws: Aws): void
    ends: string[]
    uploads: number
  }>([
    { name: 'none', inputs: () => both(folder), ends: bothSucceeded, uploads: 1 },
    {
      name: 'the revision that only the second asks for',
      inputs: aws => ({ live: folder, beta: { ...folder, 'revision-id': revisionOf(aws) } }),
      ends: bothSucceeded,
      uploads: 1
    },
    {
      name: 'another revision that only the second asks for',
      inputs: () => ({ live: folder, beta: { ...folder, 'revision-id': otherRevision } }),
      ends: ['live refused REVISION_DIFFERS (7)', 'beta refused REVISION_DIFFERS (7)'],
      uploads: 0
    },
    {
      name: 'the digest that only the second gives, and that is there',
      inputs: () => ({ live: object, beta: { ...object, 'code-sha256': storedIs } }),
      before: aws => void aws.lambda.updateFunctionCode({ FunctionName: 'orders', ZipFile: stored }),
      ends: bothSucceeded,
      uploads: 0
    },
    {
      name: 'another digest that only the second gives',
      inputs: () => ({ live: object, beta: { ...object, 'code-sha256': otherCode } }),
      ends: ['live refused CODE_DIFFERS (7)', 'beta refused CODE_DIFFERS (7)'],
      uploads: 1
    },
    {
      name: 'the digest of the package that only the second gives',
      inputs: () => ({ live: folder, beta: { ...folder, 'code-sha256': otherCode } }),
      ends: ['live refused CODE_DIFFERS (7)', 'beta refused CODE_DIFFERS (7)'],
      uploads: 0
    }
  ])('$name', async ({ inputs, before, ends, uploads }) => {
    const played = await releaseBothAliases(inputs, {
      disk,
      before: aws => {
        aws.s3.createBucket('acme-builds')
        const ContentType = 'application/zip'
        aws.s3.putObject({ Bucket: 'acme-builds', Key: '8.zip', Body: stored, ContentType })
        before?.(aws)
      }
    })
    expect({ ends: endsOf(played), uploads: asked(played.aws, 'UpdateFunctionCode').length }).toEqual({
      ends,
      uploads
    })
  })
})
