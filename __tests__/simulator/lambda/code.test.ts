import { createHash } from 'node:crypto'
import {
  GetFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  type UpdateFunctionCodeCommandInput
} from '@aws-sdk/client-lambda'
import { describe, expect, it, test } from '@jest/globals'
import { zipSync } from 'fflate'
import { Policy } from '../../../simulator/identity/policy.ts'
import { zip } from '../../../simulator/lambda/zip.ts'
import { type Stage, type StageOptions, stage } from '../stage.ts'

const FunctionName = 'payments-api'
const S3Bucket = 'payments-packages'
const S3Key = 'payments-api/9.zip'
const archive = zip('release 9')
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64')
const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'

function upload(on: Stage, input: Partial<UpdateFunctionCodeCommandInput>) {
  return on.clock.run(() => on.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ...input })))
}

function codeOf(on: Stage, Qualifier = '$LATEST') {
  const command = new GetFunctionCommand({ FunctionName, Qualifier })
  return on.clock.run(async () => (await on.lambda.send(command)).Code)
}

function withObject({ region, versioning }: { region?: string; versioning?: boolean } = {}) {
  const on = stage()
  const bucket = { ...(region && { region }), ...(versioning && { versioning }) }
  on.aws.s3.createBucket(S3Bucket, bucket)
  const put = (Body: Uint8Array) => on.aws.s3.putObject({ Bucket: S3Bucket, Key: S3Key, Body })
  return { on, put }
}

const imageStage = (options: StageOptions = {}) => stage({ ...options, setting: { packageType: 'Image' } })

describe('code in S3', () => {
  it('is what is in the object', async () => {
    const { on, put } = withObject()
    put(archive)
    expect(await upload(on, { S3Bucket, S3Key })).toMatchObject({
      CodeSha256: sha256(archive),
      CodeSize: archive.length
    })
  })

  it('may be an older version of the object', async () => {
    const { on, put } = withObject({ versioning: true })
    const { VersionId } = put(archive)
    put(zip('release 10'))
    const input = { S3Bucket, S3Key, ...(VersionId && { S3ObjectVersion: VersionId }) }
    expect(await upload(on, input)).toMatchObject({ CodeSha256: sha256(archive) })
  })

  it('that Lambda refers to is told by GetFunction', async () => {
    const { on, put } = withObject({ versioning: true })
    const { VersionId = '' } = put(archive)
    const object = { S3Bucket, S3Key, S3ObjectVersion: VersionId }
    await upload(on, { ...object, S3ObjectStorageMode: 'REFERENCE' })
    expect(await codeOf(on)).toMatchObject({ RepositoryType: 'S3', ResolvedS3Object: object })
  })

  const rows: {
    name: string
    region?: string
    versioning?: true
    body?: Uint8Array
    input?: Partial<UpdateFunctionCodeCommandInput>
    message: string
  }[] = [
    {
      name: 'no such object',
      message:
        'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.'
    },
    {
      name: 'no such bucket',
      input: { S3Bucket: 'nobodys-packages' },
      message:
        'Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist'
    },
    {
      name: 'no such version',
      versioning: true,
      body: archive,
      input: { S3ObjectVersion: 'other' },
      message:
        'Error occurred while GetObjectVersion. S3 Error Code: NoSuchVersion. S3 Error Message: The specified version does not exist.'
    },
    {
      name: 'a bucket of another region',
      region: 'us-west-2',
      message:
        'Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in this region: us-west-2. Please use this region to retry the request'
    },
    {
      name: 'a version in a bucket of another region',
      region: 'us-west-2',
      input: { S3ObjectVersion: 'any' },
      message:
        'Error occurred while GetObjectVersion. S3 Error Code: PermanentRedirect. S3 Error Message: The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.'
    },
    {
      name: 'an object that is no archive',
      body: new TextEncoder().encode('hello'),
      message: 'Could not unzip uploaded file. Please check your file, then try to upload again.'
    },
    {
      name: 'a reference without a version',
      body: archive,
      input: { S3ObjectStorageMode: 'REFERENCE' },
      message: 'S3ObjectVersion is required when S3ObjectStorageMode is REFERENCE.'
    }
  ]
  test.each(rows)('is refused with $name', async ({ region, versioning, body, input, message }) => {
    const { on, put } = withObject({ ...(region && { region }), ...(versioning && { versioning }) })
    if (body) put(body)
    await expect(upload(on, { S3Bucket, S3Key, ...input })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message,
      $metadata: { httpStatusCode: 400, attempts: 1 }
    })
  })

  it.each([
    { action: 'GetObject', versioned: false },
    { action: 'GetObjectVersion', versioned: true }
  ])('needs the permission s3:$action of the caller', async ({ action, versioned }) => {
    const { on, put } = withObject({ versioning: true })
    const { VersionId } = put(archive)
    const input = { S3Bucket, S3Key, ...(versioned && VersionId && { S3ObjectVersion: VersionId }) }
    const allow = (...Action: string[]) => {
      const Statement = { Effect: 'Allow' as const, Action, Resource: '*' }
      on.aws.permissions.policy = new Policy({ Version: '2012-10-17', Statement })
    }
    allow('lambda:*')
    await expect(upload(on, input)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `Your access has been denied by S3, please make sure your request credentials have permission to ${action} for payments-packages/payments-api/9.zip. S3 Error Code: AccessDenied. S3 Error Message: User: arn:aws:sts::123456789012:assumed-role/deployer/session is not authorized to perform: s3:${action} on resource: "arn:aws:s3:::payments-packages/payments-api/9.zip" because no identity-based policy allows the s3:${action} action`,
      $metadata: { httpStatusCode: 403 }
    })
    allow('lambda:*', `s3:${action}`)
    expect(await upload(on, input)).toMatchObject({ LastUpdateStatus: 'InProgress' })
  })
})

describe('an archive', () => {
  it('may be packed, and have modes, links and folders', async () => {
    const file = new TextEncoder().encode('x'.repeat(10_000))
    const packed = zipSync({
      'index.js': [file, { level: 9 }],
      bin: { run: [file, { os: 3, attrs: 0o755 << 16 }] },
      link: [new TextEncoder().encode('index.js'), { os: 3, attrs: 0o120777 << 16 }]
    })
    expect(await upload(stage(), { ZipFile: packed })).toMatchObject({
      CodeSha256: sha256(packed),
      CodeSize: packed.length
    })
  })

  /** An archive of which the central directory says that its one file unpacks to this. */
  const claiming = (unpacked: number) => {
    const bytes = Buffer.from(archive)
    bytes.writeUInt32LE(unpacked, bytes.indexOf('PK\x01\x02', 0, 'latin1') + 24)
    return new Uint8Array(bytes)
  }
  const broken = () => {
    const bytes = Buffer.from(archive)
    bytes.write('R', bytes.indexOf('release 9'))
    return new Uint8Array(bytes)
  }
  const unzip = 'Could not unzip uploaded file. Please check your file, then try to upload again.'
  test.each([
    { name: 'the bytes of no archive', bytes: () => new TextEncoder().encode('hello'), message: unzip },
    { name: 'half of one', bytes: () => archive.subarray(0, 60), message: unzip },
    { name: 'a file that is broken', bytes: broken, message: unzip },
    {
      name: 'nothing in it',
      bytes: () => zipSync({}),
      message: 'Uploaded file must be a non-empty zip'
    },
    {
      name: 'more than 262144000 bytes in it',
      bytes: () => claiming(262_144_001),
      message: 'Unzipped size must be smaller than 262144000 bytes'
    },
    { name: 'another size than its directory says', bytes: () => claiming(262_144_000), message: unzip },
    {
      name: 'more than 52428800 bytes',
      bytes: () => new Uint8Array(52_428_801),
      message: 'Zipped size must be smaller than 52428800 bytes'
    }
  ])('is refused with $name', async ({ bytes, message }) => {
    await expect(upload(stage(), { ZipFile: bytes() })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message,
      $metadata: { httpStatusCode: 400 }
    })
  })

  it('in a request of more than 70167211 bytes is refused as it is', async () => {
    await expect(upload(stage(), { ZipFile: new Uint8Array(52_700_000) })).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      message: 'Request must be smaller than 70167211 bytes for the UpdateFunctionCode operation',
      $metadata: { httpStatusCode: 413, attempts: 1 }
    })
  })

  it('of a function that is an image is refused', async () => {
    await expect(upload(imageStage(), { ZipFile: archive })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'Please provide ImageUri when updating a function with packageType Image.'
    })
  })
})

describe('an image', () => {
  it('is what its tag means when it is given, wherever the tag moves later', async () => {
    const on = imageStage()
    const digest = on.aws.ecr.push('payments', 'release')
    const ImageUri = `${REGISTRY}/payments:release`
    const updated = await upload(on, { ImageUri })
    const moved = on.aws.ecr.push('payments', 'release')
    expect(moved).not.toBe(digest)
    expect(updated).toMatchObject({ CodeSha256: digest.replace('sha256:', ''), CodeSize: 0 })
    expect(await codeOf(on)).toEqual({
      RepositoryType: 'ECR',
      ImageUri,
      ResolvedImageUri: `${REGISTRY}/payments@${digest}`
    })
  })

  it('of a version stays what it was when the version was published', async () => {
    const on = imageStage()
    const published = on.aws.ecr.push('payments', 'release')
    await upload(on, { ImageUri: `${REGISTRY}/payments:release` })
    await on.clock.advance(1000)
    await on.clock.run(() => on.lambda.send(new PublishVersionCommand({ FunctionName })))
    on.aws.ecr.push('payments', 'release')
    await upload(on, { ImageUri: `${REGISTRY}/payments:release` })
    expect(await codeOf(on, '8')).toMatchObject({ ResolvedImageUri: `${REGISTRY}/payments@${published}` })
  })

  it('may be given by its digest', async () => {
    const on = imageStage()
    const ImageUri = `${REGISTRY}/payments@${on.aws.ecr.push('payments', 'release')}`
    await upload(on, { ImageUri })
    expect(await codeOf(on)).toMatchObject({ ImageUri, ResolvedImageUri: ImageUri })
  })

  test.each([
    {
      name: 'a tag that does not exist',
      uri: `${REGISTRY}/payments:other`,
      error: {
        name: 'InvalidParameterValueException',
        message: `Source image ${REGISTRY}/payments:other does not exist. Provide a valid source image.`
      }
    },
    {
      name: 'a digest that does not exist',
      uri: `${REGISTRY}/payments@sha256:${'0'.repeat(64)}`,
      error: { name: 'InvalidParameterValueException', message: expect.stringContaining('does not exist') }
    },
    {
      name: 'a registry of another region',
      uri: '123456789012.dkr.ecr.us-west-2.amazonaws.com/payments:release',
      error: {
        name: 'InvalidParameterValueException',
        message:
          'Source image 123456789012.dkr.ecr.us-west-2.amazonaws.com/payments:release is not valid. Provide a valid source image.'
      }
    },
    {
      name: 'a registry that is not ECR',
      uri: 'docker.io/payments:release',
      error: { name: 'InvalidParameterValueException', message: expect.stringContaining('is not valid') }
    },
    {
      name: 'neither tag nor digest',
      uri: `${REGISTRY}/payments`,
      error: { name: 'InvalidParameterValueException', message: expect.stringContaining('is not valid') }
    },
    {
      name: 'a registry of another account',
      uri: '210987654321.dkr.ecr.eu-west-1.amazonaws.com/payments:release',
      error: {
        name: 'AccessDeniedException',
        message: 'Lambda does not have permission to access the ECR image. Check the ECR permissions.',
        $metadata: { httpStatusCode: 403 }
      }
    }
  ])('is refused with $name', async ({ uri, error }) => {
    const on = imageStage()
    on.aws.ecr.push('payments', 'release')
    await expect(upload(on, { ImageUri: uri })).rejects.toMatchObject(error)
  })

  it('of a function that is an archive is refused', async () => {
    const on = stage()
    on.aws.ecr.push('payments', 'release')
    await expect(upload(on, { ImageUri: `${REGISTRY}/payments:release` })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: "Please don't provide ImageUri when updating a function with packageType Zip."
    })
  })
})

describe('what an upload leaves out', () => {
  const SourceKMSKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1'

  it.each([
    { architecturesLeftOut: 'keeps' as const, becomes: ['arm64'] },
    { architecturesLeftOut: 'x86_64' as const, becomes: ['x86_64'] }
  ])(
    'architecturesLeftOut: $architecturesLeftOut makes a function of arm64 $becomes',
    async ({ architecturesLeftOut, becomes }) => {
      const on = stage({ uncertain: { architecturesLeftOut } })
      const first = await upload(on, { ZipFile: archive, Architectures: ['arm64'] })
      await on.clock.advance(1000)
      const second = await upload(on, { ZipFile: archive })
      expect([first.Architectures, second.Architectures]).toEqual([['arm64'], becomes])
    }
  )

  it.each([
    { sourceKeyLeftOut: 'drops' as const, becomes: undefined },
    { sourceKeyLeftOut: 'keeps' as const, becomes: SourceKMSKeyArn }
  ])('sourceKeyLeftOut: $sourceKeyLeftOut leaves the key $becomes', async ({ sourceKeyLeftOut, becomes }) => {
    const on = stage({ uncertain: { sourceKeyLeftOut } })
    await upload(on, { ZipFile: archive, SourceKMSKeyArn })
    expect((await codeOf(on))?.SourceKMSKeyArn).toBe(SourceKMSKeyArn)
    await on.clock.advance(1000)
    await upload(on, { ZipFile: archive })
    expect((await codeOf(on))?.SourceKMSKeyArn).toBe(becomes)
  })

  it('counts as a change, when it is the key alone', async () => {
    const on = stage({ uncertain: { identicalUpdate: 'existing' }, setting: { unchanged: true } })
    await upload(on, { ZipFile: zip('release 7'), SourceKMSKeyArn })
    await on.clock.advance(1000)
    const published = await on.clock.run(() => on.lambda.send(new PublishVersionCommand({ FunctionName })))
    expect(published.Version).toBe('8')
  })
})

describe('a dry run', () => {
  const answered = async (dryRun: 'newCode' | 'newRevision' | 'oldCode') => {
    const on = stage({ uncertain: { dryRun } })
    const before = on.aws.lambda.getFunctionConfiguration({ FunctionName })
    const { CodeSha256, RevisionId } = await upload(on, { ZipFile: archive, DryRun: true })
    expect(on.aws.lambda.getFunctionConfiguration({ FunctionName })).toEqual(before)
    return {
      code: CodeSha256 === sha256(archive) ? 'new' : CodeSha256 === before.CodeSha256 ? 'old' : CodeSha256,
      revision: RevisionId === before.RevisionId ? 'old' : 'new'
    }
  }

  it.each([
    { dryRun: 'newCode' as const, sees: { code: 'new', revision: 'old' } },
    { dryRun: 'newRevision' as const, sees: { code: 'new', revision: 'new' } },
    { dryRun: 'oldCode' as const, sees: { code: 'old', revision: 'old' } }
  ])('dryRun: $dryRun answers with $sees, and changes nothing', async ({ dryRun, sees }) => {
    expect(await answered(dryRun)).toEqual(sees)
  })

  it('is refused like the real one: while an update is in progress, and with code that Lambda does not take', async () => {
    const on = stage()
    await upload(on, { ZipFile: archive })
    await expect(upload(on, { ZipFile: archive, DryRun: true })).rejects.toMatchObject({
      name: 'ResourceConflictException',
      $metadata: { httpStatusCode: 409 }
    })
    await on.clock.advance(1000)
    await expect(upload(on, { S3Bucket, S3Key, DryRun: true })).rejects.toMatchObject({
      name: 'InvalidParameterValueException'
    })
  })
})
