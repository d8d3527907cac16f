import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { diskOf } from '../../simulator/disk.ts'
import type { FaultKind } from '../../simulator/faults.ts'
import { fleet } from '../../simulator/fleet.ts'
import { Policy } from '../../simulator/identity/policy.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { largeArchive } from '../packaging/noise.ts'
import { alarmGoesOff, everyFault, fault, jobIsCancelled, later } from './incidents.ts'
import { type Play, type Played, play, release } from './play.ts'
import { ends, entry, together } from './services.ts'

const FunctionName = 'payments-api'
const ours = zip('release 9')
const oursIs = createHash('sha256').update(ours).digest('base64')
const disk = diskOf({
  dist: { 'index.mjs': 'export const handler = async () => 9\n' },
  'code.zip': ours,
  empty: {}
})
const inputs = { ...release, code: 'code.zip', 'codedeploy-deployment-config': 'AllAtOnce' }

const upload = ({ inputs: more = {}, ...scene }: Play = {}): Promise<Played> =>
  play({ disk, inputs: { ...inputs, ...more }, ...scene })

/** The requests that change something, or would, in order. */
const changes = ({ aws }: Played): string[] =>
  aws.requests.flatMap(({ operation, input, status }) => {
    const { DryRun, Publish } = (input ?? {}) as { DryRun?: boolean; Publish?: boolean }
    if (!/^(Update|Publish|Create)/.test(operation)) return []
    return [`${operation}${DryRun ? ' DryRun' : ''}${Publish ? ' Publish' : ''} ${status}`]
  })

const codeOf = (aws: Aws, Qualifier?: string) =>
  aws.lambda.getFunctionConfiguration({ FunctionName, ...(Qualifier && { Qualifier }) }).CodeSha256

const versionsOf = (aws: Aws) => aws.lambda.listVersionsByFunction({ FunctionName }).Versions.length - 1

/** Once this operation has been answered so often, somebody else does something. */
const once =
  (operation: string, then: (aws: Aws) => void, times = 1) =>
  (aws: Aws, clock: VirtualClock) => {
    const look = () => {
      if (aws.requests.filter(each => each.operation === operation).length >= times) then(aws)
      else clock.at(clock.now() + 5, look)
    }
    look()
  }

const somebodyUploads = (aws: Aws): void =>
  void aws.lambda.updateFunctionCode({ FunctionName, ZipFile: zip('somebody else') })

const uploaded = (aws: Aws): void => void aws.lambda.updateFunctionCode({ FunctionName, ZipFile: ours })

describe('a release with code', () => {
  test('uploads the archive, publishes what it has uploaded, and shifts traffic to it', async () => {
    const played = await upload()
    expect(changes(played)).toEqual(['UpdateFunctionCode 200', 'PublishVersion 201', 'CreateDeployment 200'])
    expect(played.outputs).toMatchObject({ outcome: 'succeeded', version: '8', 'code-sha256': oursIs })
    expect(codeOf(played.aws, '8')).toBe(oursIs)
    expect(played.log).toEqual(
      expect.arrayContaining([
        '  code       code.zip: 9 B in 1 file, 123 B zipped, replaces 123 B in $LATEST',
        `  traffic    v7 → $LATEST, published (code ${oursIs.slice(0, 12)}…)`,
        '$LATEST of payments-api is updated with the package of code.zip',
        '$LATEST of payments-api is published as version 8'
      ])
    )
    expect(played.summary).toMatch(/\| Code \| code\.zip: 9 B in 1 file, 123 B zipped, replaces/)
  })

  test('packs a folder', async () => {
    const { outputs, log } = await upload({ inputs: { code: 'dist' } })
    expect(outputs.outcome).toBe('succeeded')
    expect(log).toContainEqual(expect.stringMatching(/^ {2}code {7}dist: 37 B in 1 file, \d+ B zipped/))
  })

  test('sends what the function has already: Lambda might go back to a default', async () => {
    const { aws } = await upload()
    const sent = aws.requests.find(({ operation }) => operation === 'UpdateFunctionCode')?.input
    expect(sent).toMatchObject({ Architectures: ['x86_64'], RevisionId: expect.any(String) })
  })

  test('leaves the same code alone', async () => {
    const played = await upload({ before: uploaded })
    expect(changes(played)).toEqual(['PublishVersion 201', 'CreateDeployment 200'])
    expect(played.log).toContain('$LATEST of payments-api holds the same code already')
  })

  test('of the code that is live deploys nothing', async () => {
    const played = await upload({
      before: aws => {
        const { Version = '' } = aws.lambda.updateFunctionCode({ FunctionName, ZipFile: ours, Publish: true })
        aws.lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion: Version })
      }
    })
    expect([played.outputs.outcome, ...changes(played)]).toEqual(['unchanged', 'PublishVersion 201'])
  })

  test('waits for an update that is under way, and then replaces it', async () => {
    const { outputs, log, aws } = await upload({ setting: { updatingSeconds: 90 } })
    expect([outputs.outcome, codeOf(aws, '8')]).toEqual(['succeeded', oursIs])
    expect(log).toContain('$LATEST of payments-api is being updated; waiting')
  })

  test('replaces an update that has failed', async () => {
    const { outputs } = await upload({
      before: aws => {
        const fails = { Environment: { Variables: { SIMULATOR_UPDATE: 'fail' } } }
        aws.lambda.updateFunctionConfiguration({ FunctionName, ...fails })
      }
    })
    // In the simulation, each further update of this function fails as well.
    expect(outputs).toMatchObject({ outcome: 'refused', 'error-code': 'UPDATE_FAILED' })
  })

  test('creates a missing alias on what it has uploaded', async () => {
    const { outputs, aws } = await upload({ setting: { alias: 'missing' } })
    expect([outputs.outcome, codeOf(aws, 'live')]).toEqual(['created', oursIs])
  })

  test.each<{ name: string; kind: FaultKind }>([
    { name: 'a lost answer', kind: 'dropAfter' },
    { name: 'an error after it was done', kind: 'serverErrorAfter' },
    { name: 'an answer that never ends', kind: 'stall' },
    { name: 'an answer of a proxy', kind: 'html' }
  ])('settles $name by reading what $LATEST holds', async ({ kind }) => {
    const played = await upload({ before: fault({ operation: 'UpdateFunctionCode', kind }) })
    expect([played.outputs.outcome, codeOf(played.aws, '8')]).toEqual(['succeeded', oursIs])
    expect(versionsOf(played.aws)).toBe(8)
  })
})

describe('nothing is published', () => {
  test('when somebody else uploads between reading and uploading', async () => {
    const played = await upload({ before: once('GetFunction', somebodyUploads) })
    expect(played.outputs).toMatchObject({ outcome: 'refused', 'error-code': 'CODE_CHANGED' })
    expect(changes(played).filter(each => each.startsWith('Publish'))).toEqual([])
  })

  test('when somebody else uploads after us', async () => {
    const played = await upload({
      before: once('UpdateFunctionCode', aws => {
        const clock = aws.clock
        clock.at(clock.now() + 1_000, () => somebodyUploads(aws))
      })
    })
    expect(played.outputs).toMatchObject({ outcome: 'refused', 'error-code': 'CODE_CHANGED' })
    expect(versionsOf(played.aws)).toBe(7)
  })

  test('when $LATEST is not at the revision that was asked for, and nothing is uploaded either', async () => {
    const played = await upload({ inputs: { 'revision-id': '0f8fad5b-d9cb-469f-a165-70867728950e' } })
    expect(played.outputs).toMatchObject({ outcome: 'refused', 'error-code': 'REVISION_DIFFERS' })
    expect([codeOf(played.aws) === oursIs, versionsOf(played.aws)]).toEqual([false, 7])
  })

  test('when the package is not the code that code-sha256 says', async () => {
    const played = await upload({ inputs: { 'code-sha256': 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=' } })
    expect([played.outputs['error-code'], played.aws.requests.length]).toEqual(['CODE_DIFFERS', 0])
  })

  test('when the function runs a container image', async () => {
    const played = await upload({
      inputs: { code: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/payments:9' }
    })
    expect(played.outputs).toMatchObject({ outcome: 'refused', 'error-code': 'WRONG_PACKAGE_TYPE' })
    expect(changes(played)).toEqual([])
  })

  test('when the role may not read or not update the code, and the error says which permission is missing', async () => {
    const denied = async (operation: string) => {
      const { outputs } = await upload({
        before: fault({ operation, kind: 'accessDenied', times: Number.POSITIVE_INFINITY })
      })
      return `${outputs.outcome} ${outputs['error-message']?.split('\n')[0]}`
    }
    expect([await denied('GetFunction'), await denied('UpdateFunctionCode')]).toEqual([
      'refused The credentials do not allow lambda:GetFunction on arn:aws:lambda:eu-west-1:*:function:payments-api.',
      'refused The credentials do not allow lambda:UpdateFunctionCode on arn:aws:lambda:eu-west-1:123456789012:function:payments-api.'
    ])
  })
})

describe('nothing is asked of AWS', () => {
  test.each([
    { name: 'missing', code: 'build', says: 'There is no code to upload: build does not exist.' },
    { name: 'empty', code: 'empty', says: 'There is no code to upload: empty is empty.' }
  ])('when the code is $name', async ({ code, says }) => {
    const { aws, outputs, summary } = await upload({ inputs: { code } })
    expect(outputs).toMatchObject({
      outcome: 'refused',
      'error-code': 'CODE_NOT_FOUND',
      'error-message': says,
      'serving-version': ''
    })
    expect([aws.requests.length, summary.includes(says)]).toEqual([0, true])
  })

  test('when the code of one of several functions is missing', async () => {
    const played = await releaseTogether({
      inputs: together([entry('orders', { code: 'code.zip' }), entry('ledger', { code: 'build' })])
    })
    expect(ends(played)).toEqual({
      orders: 'refused HELD_BACK (7)',
      ledger: 'refused CODE_NOT_FOUND (7)'
    })
    expect(played.aws.requests).toEqual([])
  })
})

const releaseTogether = (scene: Play): Promise<Played> =>
  play({
    disk,
    ...scene,
    before: (aws, clock, cancel) => {
      fleet(aws, ['orders', 'ledger'])
      scene.before?.(aws, clock, cancel)
    }
  })

describe('several functions', () => {
  test('are uploaded before the first is published', async () => {
    const played = await releaseTogether({
      inputs: together([entry('orders'), entry('ledger')], { code: 'code.zip' })
    })
    expect(ends(played)).toEqual({ orders: 'succeeded 8 (8)', ledger: 'succeeded 8 (8)' })
    expect(changes(played).map(each => each.split(' ')[0])).toEqual([
      'UpdateFunctionCode',
      'UpdateFunctionCode',
      'PublishVersion',
      'PublishVersion',
      'CreateDeployment',
      'CreateDeployment'
    ])
  })

  test('are not published when one upload is refused; what was uploaded is named', async () => {
    const played = await releaseTogether({
      inputs: together([entry('orders'), entry('ledger')], { code: 'code.zip' }),
      before: fault({ operation: 'UpdateFunctionCode', kind: 'accessDenied', skip: 1 })
    })
    expect(Object.values(ends(played)).sort()).toEqual([
      'refused AccessDeniedException 7 (7)',
      'refused HELD_BACK 7 (7)'
    ])
    expect(changes(played).filter(each => each.startsWith('Publish'))).toEqual([])
    expect(played.annotations.at(-1)?.message).toMatch(
      /^Note: the new code was uploaded to \$LATEST of (orders|ledger)\. It stays there\.$/m
    )
  })
})

describe('code that was uploaded and not released stays in $LATEST, and the report says so', () => {
  test('after a rollback', async () => {
    const { annotations, summary } = await upload({
      inputs: { 'codedeploy-deployment-config': 'Canary10Percent5Minutes' },
      before: later(2, alarmGoesOff)
    })
    const note =
      'Note: the new code was uploaded to $LATEST of payments-api, and published as v8. It stays there.'
    expect(annotations.at(-1)?.message.split('\n')).toContain(note)
    expect(summary).toContain(note.replace('$', '&#36;'))
  })

  test('after a cancel while the update was under way', async () => {
    const played = await upload({
      setting: { after: { behaviour: 'succeed' } },
      before: (aws, clock, cancel) => {
        const slow = { Environment: { Variables: { SIMULATOR_UPDATE_SECONDS: '60' } } }
        aws.lambda.updateFunctionConfiguration({ FunctionName, ...slow })
        once('UpdateFunctionCode', () => jobIsCancelled(aws, clock, cancel))(aws, clock)
      }
    })
    expect(played.outputs).toMatchObject({ outcome: 'interrupted', 'serving-version': '7' })
    expect(changes(played)).toEqual(['UpdateFunctionCode 200'])
    expect(played.annotations.at(-1)?.message).toMatch(
      /^Note: the new code was uploaded to \$LATEST of payments-api\. It stays there\.$/m
    )
  })
})

describe('a package that is too large for a request', () => {
  const large = largeArchive()
  const largeIs = createHash('sha256').update(large).digest()
  const key = `lambda/payments-api/${largeIs.toString('hex')}.zip`
  const place = `s3://acme-packages/${key}`
  const send = ({ inputs: more = {}, before, ...scene }: Play = {}) =>
    play({
      disk: diskOf({ 'large.zip': large }),
      inputs: { ...inputs, code: 'large.zip', 'code-bucket': 's3://acme-packages/lambda', ...more },
      ...scene,
      before: (aws, clock, cancel) => {
        aws.s3.createBucket('acme-packages')
        before?.(aws, clock, cancel)
      }
    })
  const put = (aws: Aws): void =>
    void aws.s3.putObject({ Bucket: 'acme-packages', Key: key, Body: large, ContentType: 'application/zip' })

  test('goes to the bucket first, and Lambda takes it from there', async () => {
    const played = await send()
    expect([played.outputs.outcome, codeOf(played.aws, '8')]).toEqual([
      'succeeded',
      largeIs.toString('base64')
    ])
    expect(played.log).toEqual(
      expect.arrayContaining([
        `  code       large.zip: 51 MB in 1 file, 51.1 MB zipped, replaces 123 B in $LATEST, by way of ${place}`,
        `Uploading 51.1 MB to ${place}`,
        expect.stringMatching(/^Uploaded s3:\/\/acme-packages\/\S+ in \d+s$/)
      ])
    )
  })

  test('is not sent again when it is there', async () => {
    const { outputs, log, aws } = await send({ before: put })
    expect([outputs.outcome, aws.requests.some(({ operation }) => operation === 'PutObject')]).toEqual([
      'succeeded',
      false
    ])
    expect(log).toContain(`${place} is there already`)
  })

  test('is sent again when something else has its name', async () => {
    const { outputs, aws } = await send({
      before: aws =>
        void aws.s3.putObject({
          Bucket: 'acme-packages',
          Key: key,
          Body: ours,
          ContentType: 'application/zip'
        })
    })
    expect([outputs.outcome, codeOf(aws, '8')]).toEqual(['succeeded', largeIs.toString('base64')])
  })

  test.each<{ name: string; kind: FaultKind }>([
    { name: "a proxy's page, which says 200", kind: 'html' },
    { name: 'an empty answer', kind: 'emptyJson' },
    { name: 'a lost answer', kind: 'dropAfter' },
    { name: 'being throttled', kind: 'throttle' }
  ])('is put there again after $name', async ({ kind }) => {
    const { outputs, aws } = await send({ before: fault({ operation: 'PutObject', kind }) })
    expect([outputs.outcome, codeOf(aws, '8')]).toEqual(['succeeded', largeIs.toString('base64')])
    expect(aws.requests.filter(({ operation }) => operation === 'PutObject')).toHaveLength(2)
  })

  test('is told of while it takes long', async () => {
    const { log } = await send({ before: fault({ operation: 'PutObject', kind: 'slow', ms: 40_000 }) })
    expect(log.filter(line => line.startsWith('Still'))).toEqual([
      `Still uploading ${place} (15s so far)`,
      `Still uploading ${place} (30s so far)`
    ])
  })

  test.each<{ name: string; inputs?: Record<string, string>; before?: Play['before']; says: string }>([
    {
      name: 'there is no such bucket',
      inputs: { 'code-bucket': 'acme-package' },
      says: 'NoSuchBucket: AWS does not know arn:aws:s3:::acme-package/payments-api/'
    },
    {
      name: 'the bucket is in another region',
      inputs: { 'code-bucket': 'acme-elsewhere' },
      before: aws => void aws.s3.createBucket('acme-elsewhere', { region: 'us-east-1' }),
      says: 'PermanentRedirect: The bucket of arn:aws:s3:::acme-elsewhere/payments-api/'
    },
    {
      name: 'the role may not put it there',
      before: fault({ operation: 'PutObject', kind: 'accessDenied' }),
      says: `AccessDenied: The credentials do not allow s3:PutObject on arn:aws:s3:::acme-packages/lambda/payments-api/`
    }
  ])('is refused when $name', async ({ inputs: more = {}, before, says }) => {
    const { outputs, aws } = await send({ inputs: more, ...(before && { before }) })
    expect(`${outputs['error-code']}: ${outputs['error-message']}`.slice(0, says.length)).toBe(says)
    expect([outputs.outcome, versionsOf(aws)]).toEqual(['refused', 7])
  })

  test('is not checked by a dry run while it is not there', async () => {
    const { outputs, log, aws } = await send({ inputs: { 'dry-run': 'true' } })
    expect([outputs.outcome, aws.requests.some(({ operation }) => operation === 'PutObject')]).toEqual([
      'planned',
      false
    ])
    expect(log).toContain(
      `The package of payments-api would first go to ${place}, so Lambda could not check it`
    )
  })

  test('is checked by a dry run when it is there', async () => {
    const played = await send({ inputs: { 'dry-run': 'true' }, before: put })
    expect(changes(played)).toEqual(['UpdateFunctionCode DryRun 200'])
  })
})

describe('code in S3', () => {
  const send = ({ inputs: more = {}, before }: Play = {}) =>
    play({
      inputs: { ...inputs, code: 's3://acme-builds/orders/1.2.zip', ...more },
      before: (aws, clock, cancel) => {
        aws.s3.createBucket('acme-builds', { versioning: true })
        aws.s3.putObject({
          Bucket: 'acme-builds',
          Key: 'orders/1.2.zip',
          Body: ours,
          ContentType: 'application/zip'
        })
        before?.(aws, clock, cancel)
      }
    })

  test('is fetched by Lambda', async () => {
    const { outputs, aws, log } = await send()
    expect([outputs.outcome, codeOf(aws, '8')]).toEqual(['succeeded', oursIs])
    expect(log).toContain('  code       s3://acme-builds/orders/1.2.zip, replaces 123 B in $LATEST')
  })

  test.each<{ name: string; kind: FaultKind }>([
    { name: 'a lost answer', kind: 'dropAfter' },
    { name: 'an answer that never ends', kind: 'stall' }
  ])('is asked for again after $name: only our own request tells its digest', async ({ kind }) => {
    const { outputs, aws } = await send({ before: fault({ operation: 'UpdateFunctionCode', kind }) })
    expect([outputs.outcome, codeOf(aws, '8')]).toEqual(['succeeded', oursIs])
  })

  test.each<{ name: string; wasReferenced: boolean; isVersion: boolean; isReferenced: boolean }>([
    { name: 'stays what Lambda refers to', wasReferenced: true, isVersion: true, isReferenced: true },
    { name: 'is copied without a version', wasReferenced: true, isVersion: false, isReferenced: false },
    { name: 'is copied as before', wasReferenced: false, isVersion: true, isReferenced: false }
  ])('$name', async ({ wasReferenced, isVersion, isReferenced }) => {
    const object = { S3Bucket: 'acme-builds', S3Key: 'orders/1.2.zip', S3ObjectVersion: '' }
    const given = { ...inputs, code: `s3://${object.S3Bucket}/${object.S3Key}` }
    const { outputs, aws } = await play({
      inputs: given,
      before: aws => {
        const put = (Body: Uint8Array) =>
          aws.s3.putObject({ Bucket: object.S3Bucket, Key: object.S3Key, Body }).VersionId ?? ''
        aws.s3.createBucket(object.S3Bucket, { versioning: true })
        const S3ObjectStorageMode = wasReferenced ? 'REFERENCE' : 'COPY'
        const S3ObjectVersion = put(zip('release 8'))
        aws.lambda.updateFunctionCode({ FunctionName, ...object, S3ObjectVersion, S3ObjectStorageMode })
        object.S3ObjectVersion = put(ours)
        if (isVersion) given.code += `?versionId=${object.S3ObjectVersion}`
      }
    })
    const { ResolvedS3Object } = aws.lambda.getFunction({ FunctionName, Qualifier: '8' }).Code as {
      ResolvedS3Object?: object
    }
    expect([outputs.outcome, codeOf(aws, '8'), ResolvedS3Object]).toEqual([
      'succeeded',
      oursIs,
      isReferenced ? object : undefined
    ])
  })

  test('is refused when it is not there, in the words of Lambda', async () => {
    const { outputs } = await send({ inputs: { code: 's3://acme-builds/orders/1.3.zip' } })
    expect(outputs['error-message']).toContain('S3 Error Code: NoSuchKey')
  })

  test.each(['s3://acme-builds/orders/1.3.zip', 's3://acme-builds/orders/1.2.zip?versionId=A1'])(
    'is not taken for a missing permission when it is not there and the role may not list: %s',
    async code => {
      const Action = ['codedeploy:*', 'lambda:*', 's3:GetObject', 's3:GetObjectVersion']
      const Statement = [{ Effect: 'Allow' as const, Action, Resource: '*' }]
      const { outputs, annotations } = await send({
        inputs: { code },
        before: aws => {
          aws.permissions.policy = new Policy({ Version: '2012-10-17', Statement })
        }
      })
      expect(outputs['error-code']).toBe('AccessDeniedException')
      const error = annotations.find(({ level }) => level === 'error')?.message.split('\n') ?? []
      expect(error.filter(line => /^(Why|Next):/.test(line))).toEqual([
        `Why:  There is no such object, or the role may not see it: ${code}. (AccessDeniedException)`,
        'Next: Check the bucket and the key. With s3:ListBucket on the bucket, S3 says which of the two it is.'
      ])
    }
  )

  /** What Lambda answers when S3 has said no more than this. */
  const denied = (said: string) =>
    fault({
      operation: 'UpdateFunctionCode',
      kind: 'custom',
      error: { name: 'AccessDeniedException', message: said, status: 403 }
    })
  const bare =
    'Your access has been denied by S3, please make sure your request credentials have permission to GetObject for acme-builds/orders/1.2.zip. S3 Error Code: AccessDenied. S3 Error Message: Access Denied'

  test.each<{ name: string; code: string; isReferenced?: true; action: string; more?: string }>([
    { name: 'an object', code: 's3://acme-builds/orders/1.2.zip', action: 's3:GetObject' },
    {
      name: 'a version of an object',
      code: 's3://acme-builds/orders/1.2.zip?versionId=A1',
      action: 's3:GetObjectVersion'
    },
    {
      name: 'an object that Lambda copies, though it refers to the one before',
      code: 's3://acme-builds/orders/1.2.zip',
      isReferenced: true,
      action: 's3:GetObject'
    },
    {
      name: 'a version of an object that Lambda is to refer to',
      code: 's3://acme-builds/orders/1.2.zip?versionId=A1',
      isReferenced: true,
      action: 's3:GetObjectVersion',
      more: ' The function refers to its archive in S3, so the policy of the bucket must also allow s3:GetObject and s3:GetObjectVersion to lambda.amazonaws.com.'
    }
  ])('that S3 denies without a reason is not blamed on a permission of Lambda: $name', async row => {
    const { code, isReferenced, action, more = '' } = row
    const { outputs, annotations } = await send({
      inputs: { code },
      before: (aws, clock, cancel) => {
        if (isReferenced) {
          const object = { S3Bucket: 'acme-builds', S3Key: 'orders/1.1.zip' }
          const put = { Bucket: object.S3Bucket, Key: object.S3Key, Body: zip('release 8') }
          const S3ObjectVersion = aws.s3.putObject(put).VersionId ?? ''
          const reference = { ...object, S3ObjectVersion, S3ObjectStorageMode: 'REFERENCE' as const }
          aws.lambda.updateFunctionCode({ FunctionName, ...reference })
        }
        denied(bare)(aws, clock, cancel)
      }
    })
    expect(outputs['error-code']).toBe('AccessDeniedException')
    expect(annotations.find(({ level }) => level === 'error')?.message.split('\n')).toEqual(
      expect.arrayContaining([
        `Why:  S3 denied access to ${code}, and does not say which permission is missing. (AccessDeniedException)`,
        `AWS:  ${bare}`,
        `Next: Check the bucket and the key, and that the role has ${action} on it. No policy of the bucket may deny it, and the policy of a bucket in another account must allow it.${more}`
      ])
    )
  })
})

/** Whatever happens to the requests of an upload. */
describe.each(['UpdateFunctionCode', 'GetFunction'])('faults of %s', operation => {
  test.each(everyFault)('%s: no code is released but ours', async kind => {
    for (const times of [1, 3, Number.POSITIVE_INFINITY])
      for (const skip of [0, 1]) {
        const { outputs, aws } = await upload({ before: fault({ operation, kind, skip, times }) })
        const published = versionsOf(aws) > 7 ? codeOf(aws, '8') : oursIs
        expect({ kind, times, skip, published, told: outputs.outcome !== '' }).toEqual({
          kind,
          times,
          skip,
          published: oursIs,
          told: true
        })
        if (times === 1 && !/Token|Denied/.test(kind)) expect(outputs.outcome).toBe('succeeded')
      }
  })
})
