import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { diskOf } from '../../simulator/disk.ts'
import { fleet } from '../../simulator/fleet.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { addFunction, namesOf } from '../../simulator/setting.ts'
import { largeArchive } from '../packaging/noise.ts'
import { anotherIsRunning, fault, jobIsCancelled } from './incidents.ts'
import { type Inputs, type Play, type Played, play, release } from './play.ts'
import { ends, entry, together } from './services.ts'

const FunctionName = 'payments-api'
const ours = zip('release 9')
const oursIs = createHash('sha256').update(ours).digest('base64')
const large = largeArchive()
const disk = diskOf({ 'code.zip': ours, 'large.zip': large })
const inputs: Inputs = { ...release, code: 'code.zip', 'codedeploy-deployment-config': 'AllAtOnce' }
const stored: Inputs = { ...inputs, code: 's3://acme-builds/9.zip' }
const wrongRevision = '0f8fad5b-d9cb-469f-a165-70867728950e'

const send = (scene: Play): Promise<Played> =>
  play({
    disk,
    inputs,
    ...scene,
    before: (aws, clock, cancel) => {
      aws.s3.createBucket('acme-builds')
      aws.s3.putObject({ Bucket: 'acme-builds', Key: '9.zip', Body: ours, ContentType: 'application/zip' })
      scene.before?.(aws, clock, cancel)
    }
  })

/** `then`, `ms` after this operation was asked for the nth time. */
const when =
  (operation: string, then: (aws: Aws, clock: VirtualClock, cancel: () => void) => void, ms = 0, nth = 1) =>
  (aws: Aws, clock: VirtualClock, cancel: () => void) => {
    const look = () => {
      if (aws.requests.filter(each => each.operation === operation).length >= nth)
        clock.at(clock.now() + ms, () => then(aws, clock, cancel))
      else clock.at(clock.now() + 2, look)
    }
    look()
  }

const all =
  (...incidents: NonNullable<Play['before']>[]): NonNullable<Play['before']> =>
  (aws, clock, cancel) => {
    for (const each of incidents) each(aws, clock, cancel)
  }

const somebodyUploads = (aws: Aws, name = FunctionName): void =>
  void aws.lambda.updateFunctionCode({ FunctionName: name, ZipFile: zip('somebody else') })

const count = ({ aws }: Played, operation: string): number =>
  aws.requests.filter(each => each.operation === operation).length

const statuses = ({ aws }: Played): number[] =>
  aws.requests.flatMap(({ operation, status }) => (operation === 'UpdateFunctionCode' ? [status] : []))

const noteOf = ({ annotations }: Played): string | undefined =>
  annotations
    .at(-1)
    ?.message.split('\n')
    .find(line => line.startsWith('Note:'))

const codeOf = (aws: Aws, Qualifier: string): string | undefined =>
  aws.lambda.getFunctionConfiguration({ FunctionName, Qualifier }).CodeSha256

describe('Lambda shows for some seconds what was there before', () => {
  const stale = (ms: number) =>
    fault({ operation: 'GetFunction', kind: 'stale', ms, times: Number.POSITIVE_INFINITY })

  test('and nobody is blamed for it: our own code is waited for', async () => {
    const played = await send({ before: stale(4_000) })
    expect(ends(played)).toEqual({ [FunctionName]: 'succeeded 8 (8)' })
    expect(codeOf(played.aws, '8')).toBe(oursIs)
  })

  test('and when it does so for good, nothing is released', async () => {
    const played = await send({ before: stale(3_600_000) })
    expect(played.outputs['error-code']).toBe('CODE_CHANGED')
  })
})

describe('revision-id beside code', () => {
  test('is not forgotten after a passing fault, also when the digest of the code is not known', async () => {
    const played = await send({
      inputs: { ...stored, 'revision-id': wrongRevision },
      before: fault({ operation: 'UpdateFunctionCode', kind: 'serverErrorBefore' })
    })
    expect(played.outputs['error-code']).toBe('REVISION_DIFFERS')
    expect(statuses(played)).toEqual([])
  })

  test('is checked when the code is there already, and in a dry run', async () => {
    const endOf = async (more: Inputs, before?: Play['before']) =>
      (
        await send({
          inputs: { ...inputs, 'revision-id': wrongRevision, ...more },
          ...(before && { before })
        })
      ).outputs['error-code']
    const there = (aws: Aws) => void aws.lambda.updateFunctionCode({ FunctionName, ZipFile: ours })
    expect([await endOf({}, there), await endOf({ 'dry-run': 'true' })]).toEqual([
      'REVISION_DIFFERS',
      'REVISION_DIFFERS'
    ])
  })
})

describe("somebody else's upload", () => {
  const tagged = (aws: Aws): string => {
    aws.ecr.push('payments', '9', 'ours')
    aws.ecr.push('payments', 'theirs', 'somebody else')
    return aws.ecr.uri('payments', '9')
  }
  const imageInputs = (of: 'tag' | 'digest'): Play => {
    const given: Inputs = { ...inputs }
    return {
      inputs: given,
      setting: { packageType: 'Image' },
      before: aws => {
        const byTag = tagged(aws)
        given.code = of === 'tag' ? byTag : aws.ecr.uri('payments', aws.ecr.push('payments', '9', 'ours'))
      }
    }
  }
  const theirs = (aws: Aws): void =>
    void aws.lambda.updateFunctionCode({ FunctionName, ImageUri: aws.ecr.uri('payments', 'theirs') })

  test('of another image is not released as ours, when ours was given by its tag', async () => {
    const scene = imageInputs('tag')
    const { outputs } = await send({
      ...scene,
      before: all(scene.before as NonNullable<Play['before']>, when('UpdateFunctionCode', theirs, 1_100))
    })
    expect([outputs.outcome, outputs['error-code']]).toEqual(['refused', 'CODE_CHANGED'])
  })

  test('is not overwritten after a fault, when ours is an image that was given by its digest', async () => {
    const scene = imageInputs('digest')
    const { outputs } = await send({
      ...scene,
      before: all(
        scene.before as NonNullable<Play['before']>,
        fault({ operation: 'UpdateFunctionCode', kind: 'serverErrorBefore' }),
        when('UpdateFunctionCode', theirs, 100)
      )
    })
    expect([outputs.outcome, outputs['error-code']]).toEqual(['refused', 'CODE_CHANGED'])
  })

  test('is not overwritten when it came while another update was waited for', async () => {
    const { outputs } = await send({ setting: { updatingSeconds: 8 } })
    expect(outputs.outcome).toBe('succeeded')
    const late = await send({
      setting: { updatingSeconds: 8 },
      before: (aws, clock) => void clock.at(clock.now() + 8_001, () => somebodyUploads(aws))
    })
    expect([late.outputs.outcome, late.outputs['error-code']]).toEqual(['refused', 'CODE_CHANGED'])
  })

  test('is not called ours in the note at the end', async () => {
    const played = await send({ before: when('UpdateFunctionCode', aws => somebodyUploads(aws), 1_050) })
    expect([played.outputs['error-code'], noteOf(played)]).toEqual(['CODE_CHANGED', undefined])
  })
})

describe('two aliases of one function', () => {
  const both = (more: Inputs = {}) =>
    together(
      [
        entry(FunctionName, { 'codedeploy-deployment-group': 'payments-live' }),
        entry(FunctionName, { alias: 'beta', 'codedeploy-deployment-group': 'beta', ...more })
      ],
      { code: 's3://acme-builds/9.zip' }
    )
  const beta = (aws: Aws): void => {
    aws.lambda.createAlias({ FunctionName, Name: 'beta', FunctionVersion: '7' })
    aws.codedeploy.createDeploymentGroup({
      applicationName: 'payments',
      deploymentGroupName: 'beta',
      serviceRoleArn: 'arn:aws:iam::123456789012:role/codedeploy',
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' }
    })
  }

  test('share one upload', async () => {
    const played = await send({ inputs: both(), before: beta })
    expect([played.outputs.outcome, count(played, 'UpdateFunctionCode')]).toEqual(['succeeded', 1])
  })

  test('cannot have different code', async () => {
    const { outputs } = await send({ inputs: both({ code: 'code.zip' }), before: beta })
    expect(outputs['error-message']).toContain(
      "code: got different code for 'payments-api' in entries 1 and 2 of functions; accepted is the same for all aliases of a function"
    )
  })
})

describe('a cancel while a package is sent', () => {
  const minute = { ms: 60_000 }

  test('hangs up on S3 at once: that changes no function', async () => {
    const played = await send({
      inputs: { ...inputs, code: 'large.zip', 'code-bucket': 'acme-builds' },
      before: all(
        fault({ operation: 'PutObject', kind: 'slow', ...minute }),
        when('PutObject', jobIsCancelled, 1_000)
      )
    })
    expect([played.outputs.outcome, count(played, 'UpdateFunctionCode'), noteOf(played)]).toEqual([
      'interrupted',
      0,
      undefined
    ])
    expect(
      played.endedAt - (played.aws.requests.find(each => each.operation === 'PutObject')?.at ?? 0)
    ).toBeLessThan(3_000)
  })

  test('waits seconds for Lambda, and says that the code may be there', async () => {
    const played = await send({
      before: all(
        fault({ operation: 'UpdateFunctionCode', kind: 'slow', ...minute }),
        when('UpdateFunctionCode', jobIsCancelled, 1_000)
      )
    })
    const sentAt = played.aws.requests.find(each => each.operation === 'UpdateFunctionCode')?.at ?? 0
    expect(played.outputs.outcome).toBe('interrupted')
    expect(played.endedAt - sentAt).toBeLessThan(8_000)
    expect(noteOf(played)).toBe(
      'Note: the new code may have been uploaded to $LATEST of payments-api. It stays there.'
    )
  })

  test('says that the code may be there when the answer was lost', async () => {
    const played = await send({
      before: all(
        fault({ operation: 'UpdateFunctionCode', kind: 'serverErrorAfter', times: Number.POSITIVE_INFINITY }),
        when('UpdateFunctionCode', jobIsCancelled, 100)
      )
    })
    expect([played.outputs.outcome, noteOf(played)]).toEqual([
      'interrupted',
      'Note: the new code may have been uploaded to $LATEST of payments-api. It stays there.'
    ])
  })
})

describe('nothing is uploaded any more', () => {
  test('once another function has been refused', async () => {
    const played = await send({
      inputs: together([entry('orders'), entry('ledger')], { code: 'code.zip' }),
      before: aws => {
        fleet(aws, ['orders'])
        addFunction(aws, namesOf('ledger'), { updatingSeconds: 30 })
        aws.faults.add({ operation: 'UpdateFunctionCode', kind: 'accessDenied' })
      }
    })
    expect(ends(played)).toEqual({
      orders: 'refused AccessDeniedException 7 (7)',
      ledger: 'refused HELD_BACK 7 (7)'
    })
    expect(statuses(played)).toEqual([403])
  })

  test('when one package does not get into its bucket: that comes before all uploads', async () => {
    const played = await send({
      inputs: together([
        entry('orders', { code: 'code.zip' }),
        entry('ledger', { code: 'large.zip', 'code-bucket': 'nowhere' })
      ]),
      before: aws => fleet(aws, ['orders', 'ledger'])
    })
    expect([ends(played), count(played, 'UpdateFunctionCode')]).toEqual([
      { orders: 'refused HELD_BACK 7 (7)', ledger: 'refused NoSuchBucket 7 (7)' },
      0
    ])
  })

  test('when the group is busy and if-in-progress is fail', async () => {
    const played = await send({
      inputs: { ...inputs, 'if-in-progress': 'fail' },
      before: anotherIsRunning('6')
    })
    expect([
      played.outputs['error-code'],
      count(played, 'UpdateFunctionCode'),
      count(played, 'PublishVersion')
    ]).toEqual(['DEPLOYMENT_IN_PROGRESS', 0, 0])
    // CodeDeploy does not say yet what it does, and it could not be what is asked for.
    expect(played.outputs['error-message']).toMatch(
      /^Group payments-live is busy with deployment d-\w{9} \(\w+\)\. It takes one deployment at a time, and if-in-progress is 'fail'\.$/
    )
  })
})

describe('code-sha256 beside code in S3', () => {
  test('tells that the same code is there already', async () => {
    const played = await send({
      inputs: { ...stored, 'code-sha256': oursIs },
      before: aws => void aws.lambda.updateFunctionCode({ FunctionName, ZipFile: ours })
    })
    expect([played.outputs.outcome, count(played, 'UpdateFunctionCode')]).toEqual(['succeeded', 0])
  })

  test('refuses what was uploaded, and does not blame anybody else', async () => {
    const { outputs } = await send({
      inputs: { ...stored, 'code-sha256': 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=' }
    })
    expect(outputs).toMatchObject({
      'error-code': 'CODE_DIFFERS',
      'error-message': `The code that was uploaded to payments-api is ${oursIs}, not Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE= as code-sha256 says.`
    })
  })
})

test('a slow upload is told of every fifteen seconds', async () => {
  const { log, outputs, aws } = await send({
    before: fault({ operation: 'UpdateFunctionCode', kind: 'slow', ms: 40_000 })
  })
  expect(log.filter(line => line.startsWith('Still'))).toEqual([
    'Still uploading the code of payments-api (15s so far)',
    'Still uploading the code of payments-api (30s so far)'
  ])
  expect([outputs.outcome, codeOf(aws, '8')]).toEqual(['succeeded', oursIs])
})
