import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { diskOf } from '../../simulator/disk.ts'
import { Policy, type PolicyDocument } from '../../simulator/identity/policy.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { anotherIsRunning, group, hooks } from './incidents.ts'
import { keep, old } from './oldversions.ts'
import { type Play, play, release } from './play.ts'

/** The policy of the role that only plans, as on the page, filled in for payments-api. */
function documented(): PolicyDocument {
  const [, json = ''] =
    /## A role that only plans\n.*?```json\n(.*?)```/s.exec(readFileSync('docs/permissions.md', 'utf8')) ?? []
  const filled = json
    .replaceAll('REGION', 'eu-west-1')
    .replaceAll('ACCOUNT', '123456789012')
    .replaceAll('FUNCTION', 'payments-api')
    .replaceAll('APPLICATION', 'payments')
    .replaceAll('GROUP', 'payments-live')
    .replaceAll('BUCKET', 'packages')
  return JSON.parse(filled) as PolicyDocument
}

async function played(scene: Play) {
  const { outputs, aws } = await play({
    ...scene,
    before: (aws, clock, cancel) => {
      scene.before?.(aws, clock, cancel)
      aws.permissions.policy = new Policy(documented())
    }
  })
  const denied = aws.requests.filter(({ errorName }) => errorName === 'AccessDeniedException')
  return [outputs.outcome, [...new Set(denied.map(({ operation }) => operation))]]
}

const disk = diskOf({ dist: { 'index.mjs': 'export const handler = async () => 9\n' } })

const stored: Play['before'] = aws => {
  aws.s3.createBucket('packages')
  const Body = zip('release 9')
  aws.s3.putObject({ Bucket: 'packages', Key: 'api.zip', Body, ContentType: 'application/zip' })
}

describe('the role that only plans', () => {
  test.each<Play & { name: string }>([
    { name: 'with hooks', inputs: hooks },
    { name: 'with a package', inputs: { code: 'dist' }, disk },
    { name: 'with a package in a bucket', inputs: { code: 's3://packages/api.zip' }, before: stored },
    { name: 'that says which old versions would be deleted', inputs: keep(2), setting: old },
    { name: 'with a gate', inputs: { 'max-error-rate': '5' } },
    { name: 'of a version', inputs: { 'target-version': '5' } },
    { name: 'while another deployment is running', inputs: {}, before: anotherIsRunning('6') }
  ])('is enough for a plan $name', async ({ inputs, ...scene }) => {
    expect(await played({ ...scene, inputs: { ...release, ...inputs, 'dry-run': 'true' } })).toEqual([
      'planned',
      []
    ])
  })

  test('is enough to look again at a deployment after a bake', async () => {
    const inputs: Record<string, string> = { 'if-interrupted': 'continue' }
    const before: Play['before'] = (aws, clock, cancel) => {
      anotherIsRunning('6')(aws, clock, cancel)
      inputs['deployment-id'] = aws.codedeploy.listDeployments(group).deployments[0] ?? ''
    }
    expect(await played({ inputs, before })).toEqual(['succeeded', []])
  })

  test('cannot release', async () => {
    expect(await played({ inputs: release })).toEqual(['refused', ['PublishVersion']])
  })
})
