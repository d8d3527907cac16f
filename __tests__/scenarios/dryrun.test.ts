/** `dry-run` refuses what a release refuses, and nothing else. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { changes, dryRun, end, type Row } from './dryrun.ts'
import { errorOf, past } from './past.ts'
import { type Played, play, release } from './play.ts'
import { running } from './running.ts'

const FunctionName = 'payments-api'
const otherCode = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg='

/** An update of the function, which takes some seconds and fails. */
const failingUpdate = async (aws: Aws, seconds: string): Promise<void> => {
  const Environment = { Variables: { SIMULATOR_UPDATE: 'fail', SIMULATOR_UPDATE_SECONDS: seconds } }
  aws.lambda.updateFunctionConfiguration({ FunctionName, Environment })
  await aws.clock.sleep(5_000)
  aws.lambda.updateFunctionConfiguration({ FunctionName, Description: 'fails' })
  await aws.clock.sleep(5_000)
}

/** Why it was refused and what to do, without AWS's own words. */
const said = (played: Played): string[] =>
  errorOf(played)
    .split('\n')
    .filter(line => /^(Why|Next):/.test(line))

describe('a dry run refuses what a release refuses', () => {
  test.each<Row>([
    { name: 'other code than code-sha256', inputs: { 'code-sha256': otherCode }, ends: 'CODE_DIFFERS' },
    { name: 'another revision than revision-id', inputs: { 'revision-id': '0-1' }, ends: 'REVISION_DIFFERS' },
    {
      name: 'a function whose last update failed',
      scene: { earlier: aws => failingUpdate(aws, '1') },
      ends: 'UPDATE_FAILED'
    },
    {
      name: 'a version that Lambda has put to rest',
      inputs: { 'target-version': '5' },
      scene: { setting: { olderVersions: 'Inactive' } },
      ends: 'VERSION_INACTIVE'
    },
    {
      name: 'a version that has failed',
      inputs: { 'target-version': '5' },
      scene: { setting: { olderVersions: 'Failed' } },
      ends: 'VERSION_FAILED'
    },
    {
      name: 'a version that is inactive, for an alias that does not exist yet',
      inputs: { 'target-version': '5' },
      scene: { setting: { olderVersions: 'Inactive', alias: 'missing' } },
      ends: 'VERSION_INACTIVE'
    },
    {
      name: 'a version that is inactive, with a weight',
      inputs: { 'target-version': '5', weight: '10', 'codedeploy-deployment-config': '' },
      scene: { setting: { olderVersions: 'Inactive' } },
      ends: 'VERSION_INACTIVE'
    },
    {
      name: 'a previous version that Lambda has put to rest',
      inputs: { 'target-version': 'previous' },
      scene: {
        earlier: past({ to: '6' }, { to: '7' }),
        before: aws => aws.lambda.setVersionState(FunctionName, '6', 'Inactive')
      },
      ends: 'VERSION_INACTIVE'
    },
    {
      name: 'another deployment that is running',
      inputs: { 'if-in-progress': 'fail' },
      scene: { before: running() },
      ends: 'DEPLOYMENT_IN_PROGRESS'
    }
  ])('$name', async ({ inputs, scene, ends }) => {
    const [planned, released] = [
      await dryRun({ ...scene, ...(inputs && { inputs }) }),
      await play({ ...scene, inputs: { ...release, ...inputs } })
    ]
    expect([end(planned), end(released), changes(planned)]).toEqual([
      `refused ${ends}`,
      `refused ${ends}`,
      []
    ])
    expect(said(planned)).toEqual(said(released))
  })
})

describe('a dry run does not refuse', () => {
  test.each<Row>([
    {
      name: 'a function that is being updated',
      scene: { earlier: aws => failingUpdate(aws, '60') },
      ends: 'planned'
    },
    {
      name: 'a version that is not ready yet',
      inputs: { 'target-version': '5' },
      scene: { setting: { olderVersions: 'Pending' } },
      ends: 'planned'
    },
    {
      name: 'another deployment that it would join',
      inputs: { 'if-in-progress': 'fail', 'target-version': '6' },
      scene: { before: running() },
      ends: 'planned'
    },
    {
      name: 'another deployment of the code that is in $LATEST, which it would join',
      inputs: { 'if-in-progress': 'fail' },
      scene: {
        setting: { unchanged: true },
        before: aws => {
          aws.lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion: '6' })
          running({ from: '6', to: '7' })(aws)
        }
      },
      ends: 'planned'
    }
  ])('$name', async ({ inputs, scene, ends }) => {
    const played = await dryRun({ ...scene, ...(inputs && { inputs }) })
    expect([end(played), changes(played)]).toEqual([ends, []])
  })

  test('what was uploaded right before, when Lambda first answers with what was there before that', async () => {
    const newest = zip('newest')
    const played = await dryRun({
      inputs: { 'code-sha256': createHash('sha256').update(newest).digest('base64') },
      earlier: async aws => {
        await aws.clock.sleep(60_000)
        aws.lambda.updateFunctionCode({ FunctionName, ZipFile: newest })
        await aws.clock.sleep(5_000)
      },
      before: aws =>
        aws.faults.add({ operation: 'GetFunctionConfiguration', kind: 'stale', ms: 8_000, times: 3 })
    })
    expect([end(played), changes(played)]).toEqual(['planned', []])
  })
})
