import { createHash } from 'node:crypto'
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client
} from '@aws-sdk/client-s3'
import { describe, expect, it, test } from '@jest/globals'
import type { FaultKind } from '../../../simulator/faults.ts'
import { idToken } from '../../../simulator/identity/oidc.ts'
import { Policy, type PolicyStatement } from '../../../simulator/identity/policy.ts'
import type { BucketOptions } from '../../../simulator/storage/bucket.ts'
import { requestHandler } from '../../../simulator/wire/handler.ts'
import { type Stage, stage } from '../stage.ts'

const Bucket = 'payments-packages'
const Key = 'payments-api/1a2b3c.zip'
const Body = new TextEncoder().encode('release 9')
const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64')

function withBucket(options: BucketOptions = {}): Stage {
  const on = stage()
  on.aws.s3.createBucket(Bucket, options)
  return on
}

function put(on: Stage, input: Partial<PutObjectCommandInput> = {}) {
  return on.clock.run(() => on.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...input })))
}

function head(on: Stage, input: Partial<GetObjectCommandInput> = {}) {
  return on.clock.run(() => on.s3.send(new HeadObjectCommand({ Bucket, Key, ...input })))
}

function get(on: Stage, input: Partial<GetObjectCommandInput> = {}) {
  return on.clock.run(async () => {
    const { Body, ...answer } = await on.s3.send(new GetObjectCommand({ Bucket, Key, ...input }))
    return { ...answer, text: await Body?.transformToString() }
  })
}

describe('an object', () => {
  it('is stored, and its headers and bytes come back', async () => {
    const on = withBucket()
    const { $metadata, ...stored } = await put(on, { ChecksumSHA256, Metadata: { commit: '1a2b3c' } })
    expect($metadata).toMatchObject({
      httpStatusCode: 200,
      requestId: expect.stringMatching(/^[0-9A-F]{16}$/),
      extendedRequestId: expect.any(String)
    })
    expect(stored).toEqual({
      ETag: `"${createHash('md5').update(Body).digest('hex')}"`,
      ChecksumSHA256,
      ChecksumType: 'FULL_OBJECT',
      ServerSideEncryption: 'AES256'
    })
    expect(await head(on, { ChecksumMode: 'ENABLED' })).toMatchObject({
      ContentLength: 9,
      ETag: stored.ETag,
      ChecksumSHA256,
      LastModified: new Date('2026-11-20T14:00:00Z'),
      Metadata: { commit: '1a2b3c' }
    })
    expect((await get(on)).text).toBe('release 9')
  })

  it.each(['a', 'payments/api/x.zip', 'a b+c%2F/ü~(1)!.zip', 'a//b/../c/./d', '文/件'])(
    'has the key %s, whatever must be encoded in it',
    async key => {
      const on = withBucket()
      await put(on, { Key: key })
      expect(on.aws.s3.bucket(Bucket)?.keys()).toEqual([key])
      expect((await get(on, { Key: key })).text).toBe('release 9')
    }
  )

  it('is replaced by the next one under its key, in a bucket without versioning', async () => {
    const on = withBucket()
    expect((await put(on)).VersionId).toBe(undefined)
    await put(on, { Body: 'release 10' })
    expect((await get(on)).text).toBe('release 10')
  })

  it('keeps its versions, in a bucket with versioning', async () => {
    const on = withBucket({ versioning: true })
    const first = await put(on)
    const second = await put(on, { Body: 'release 10' })
    expect([first.VersionId, second.VersionId]).toEqual([
      expect.stringMatching(/^[\w.]{32}$/),
      expect.stringMatching(/^[\w.]{32}$/)
    ])
    expect((await get(on, { VersionId: first.VersionId })).text).toBe('release 9')
    expect((await get(on)).VersionId).toBe(second.VersionId)
  })

  it('that expired is gone, but for its versions', async () => {
    const on = withBucket({ versioning: true })
    const { VersionId } = await put(on)
    on.aws.s3.expireObject(Bucket, Key)
    await expect(get(on)).rejects.toMatchObject({ name: 'NoSuchKey' })
    expect((await get(on, { VersionId })).text).toBe('release 9')
    await put(on, { IfNoneMatch: '*' })
  })

  it('is not stored twice when it must not exist', async () => {
    const on = withBucket()
    await put(on, { IfNoneMatch: '*' })
    await expect(put(on, { IfNoneMatch: '*', Body: 'x' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      message: 'At least one of the pre-conditions you specified did not hold',
      Condition: 'If-None-Match',
      $metadata: { httpStatusCode: 412, attempts: 1 }
    })
    expect((await get(on)).text).toBe('release 9')
  })
})

describe('S3 refuses', () => {
  const rows: {
    name: string
    input: Partial<PutObjectCommandInput>
    bucket?: BucketOptions
    error: object
  }[] = [
    {
      name: 'a checksum of other bytes',
      input: { ChecksumSHA256: createHash('sha256').update('x').digest('base64') },
      error: {
        name: 'BadDigest',
        message: 'The SHA256 you specified did not match the calculated checksum.',
        $metadata: { httpStatusCode: 400 }
      }
    },
    {
      name: 'a checksum in hex',
      input: { ChecksumSHA256: createHash('sha256').update(Body).digest('hex') },
      error: {
        name: 'InvalidRequest',
        message: 'Value for x-amz-checksum-sha256 header is invalid.',
        $metadata: { httpStatusCode: 400 }
      }
    },
    {
      name: 'an MD5 of other bytes',
      input: { ContentMD5: createHash('md5').update('x').digest('base64') },
      error: { name: 'BadDigest', message: 'The Content-MD5 you specified did not match what we received.' }
    },
    {
      name: 'a bucket that does not exist',
      input: { Bucket: 'nobodys-packages' },
      error: {
        name: 'NoSuchBucket',
        message: 'The specified bucket does not exist',
        BucketName: 'nobodys-packages',
        $metadata: { httpStatusCode: 404 }
      }
    },
    {
      name: 'a bucket of another region, and says where it is',
      input: {},
      bucket: { region: 'us-west-2' },
      error: {
        name: 'PermanentRedirect',
        Endpoint: 'payments-packages.s3.us-west-2.amazonaws.com',
        $metadata: { httpStatusCode: 301, attempts: 1 },
        $response: { headers: { 'x-amz-bucket-region': 'us-west-2' } }
      }
    },
    {
      name: 'a bucket of another account',
      input: { ExpectedBucketOwner: '210987654321' },
      error: { name: 'AccessDenied', message: 'Access Denied', $metadata: { httpStatusCode: 403 } }
    },
    {
      name: 'a key of more than 1024 bytes',
      input: { Key: 'ü'.repeat(513) },
      error: { name: 'KeyTooLongError', message: 'Your key is too long' }
    },
    {
      name: 'what is not simulated',
      input: { StorageClass: 'GLACIER' },
      error: {
        name: 'NotImplemented',
        message: 'A header you provided implies functionality that is not implemented.',
        Header: 'x-amz-storage-class',
        $metadata: { httpStatusCode: 501 }
      }
    }
  ]
  test.each(rows)('$name', async ({ input, bucket, error }) => {
    const on = withBucket(bucket)
    await expect(put(on, input)).rejects.toMatchObject(error)
    expect(on.aws.s3.bucket(Bucket)?.keys()).toEqual([])
  })

  it('a version that does not exist', async () => {
    const on = withBucket({ versioning: true })
    await put(on)
    await expect(get(on, { VersionId: 'other' })).rejects.toMatchObject({
      name: 'NoSuchVersion',
      $metadata: { httpStatusCode: 404 }
    })
  })

  it('a look at what does not exist without saying why: such an answer has no body', async () => {
    const on = withBucket()
    await expect(head(on)).rejects.toMatchObject({
      name: 'NotFound',
      message: 'UnknownError',
      $metadata: { httpStatusCode: 404 }
    })
    await expect(head(withBucket({ region: 'us-west-2' }))).rejects.toMatchObject({
      name: 'Unknown',
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { 'x-amz-bucket-region': 'us-west-2' } }
    })
  })
})

describe('a policy for S3', () => {
  const arn = `arn:aws:s3:::${Bucket}`
  const allow = (Action: string | string[], Resource: string): PolicyStatement => ({
    Effect: 'Allow',
    Action,
    Resource
  })
  const allowing = (...Statement: PolicyStatement[]) => {
    const on = withBucket()
    on.aws.permissions.policy = new Policy({ Version: '2012-10-17', Statement })
    return on
  }
  const denied = (action: string, resource: string) => ({
    name: 'AccessDenied',
    message: `User: arn:aws:sts::123456789012:assumed-role/deployer/session is not authorized to perform: ${action} on resource: "${resource}" because no identity-based policy allows the ${action} action`,
    $metadata: { httpStatusCode: 403, attempts: 1 }
  })

  it('that allows to put does not allow to get', async () => {
    const on = allowing(allow('s3:PutObject', `${arn}/*`))
    await put(on)
    await expect(get(on)).rejects.toMatchObject(denied('s3:GetObject', `${arn}/${Key}`))
    await expect(head(on)).rejects.toMatchObject({ name: 'Unknown', $metadata: { httpStatusCode: 403 } })
  })

  it('for other keys does not allow to put', async () => {
    await expect(put(allowing(allow('s3:*', `${arn}/other/*`)))).rejects.toMatchObject(
      denied('s3:PutObject', `${arn}/${Key}`)
    )
  })

  it('that does not allow to list hides whether there is an object', async () => {
    const on = allowing(allow('s3:GetObject', `${arn}/*`))
    await expect(get(on)).rejects.toMatchObject(denied('s3:ListBucket', arn))
    await expect(head(on)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } })
  })

  it('that allows to list tells that there is none', async () => {
    const on = allowing(allow('s3:GetObject', `${arn}/*`), allow('s3:ListBucket', arn))
    await expect(head(on)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } })
  })

  it('does not hide that there is no such bucket', async () => {
    await expect(put(allowing(), { Bucket: 'nobodys-packages' })).rejects.toMatchObject({
      name: 'NoSuchBucket'
    })
  })
})

describe('a fault of S3', () => {
  test.each<{ kind: FaultKind; error: object }>([
    {
      kind: 'throttle',
      error: {
        name: 'SlowDown',
        message: 'Please reduce your request rate.',
        $metadata: { httpStatusCode: 503, attempts: 3 }
      }
    },
    {
      kind: 'serverErrorBefore',
      error: { name: 'InternalError', $metadata: { httpStatusCode: 500, attempts: 3 } }
    },
    {
      kind: 'expiredToken',
      error: { name: 'ExpiredToken', $metadata: { httpStatusCode: 400, attempts: 1 } }
    },
    {
      kind: 'accessDenied',
      error: {
        name: 'AccessDenied',
        message: expect.stringContaining('s3:PutObject'),
        $metadata: { httpStatusCode: 403 }
      }
    },
    {
      kind: 'invalidToken',
      error: { name: 'InvalidAccessKeyId', $metadata: { httpStatusCode: 403, attempts: 1 } }
    },
    { kind: 'dropBefore', error: { code: 'ECONNRESET', $metadata: { attempts: 3 } } },
    { kind: 'timeout', error: { name: 'TimeoutError', $metadata: { attempts: 3 } } }
  ])('$kind that persists reaches the caller as S3 words it', async ({ kind, error }) => {
    const on = withBucket()
    on.aws.faults.add({ operation: 'PutObject', kind, times: Number.POSITIVE_INFINITY })
    await expect(put(on)).rejects.toMatchObject(error)
    expect(on.aws.s3.bucket(Bucket)?.keys()).toEqual([])
  })

  it.each<{ kind: FaultKind; stored: number[] }>([
    { kind: 'dropAfter', stored: [0, 412] },
    { kind: 'serverErrorAfter', stored: [500, 412] }
  ])('$kind loses the answer, and the retry meets the object', async ({ kind, stored }) => {
    const on = withBucket()
    on.aws.faults.add({ operation: 'PutObject', kind })
    await expect(put(on, { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' })
    expect(on.aws.requests.map(({ status }) => status)).toEqual(stored)
  })

  it("html looks like success to the SDK, without S3's headers", async () => {
    const on = withBucket()
    on.aws.faults.add({ operation: 'PutObject', kind: 'html' })
    const { $metadata, ...answer } = await put(on)
    expect([$metadata.httpStatusCode, answer]).toEqual([200, {}])
    expect(on.aws.s3.bucket(Bucket)?.keys()).toEqual([])
  })

  it('emptyJson looks like success too, without a digest', async () => {
    const on = withBucket()
    on.aws.faults.add({ operation: 'PutObject', kind: 'emptyJson' })
    const { $metadata, ...answer } = await put(on, { ChecksumSHA256 })
    expect([$metadata.httpStatusCode, answer]).toEqual([200, {}])
  })

  it('slow delays the answer', async () => {
    const on = withBucket()
    on.aws.faults.add({ operation: 'PutObject', kind: 'slow', ms: 20_000 })
    await put(on)
    expect(on.seconds()).toBe(20.1)
  })

  it('wrongSignature repeats the session token of the request', async () => {
    const on = stage()
    on.aws.s3.createBucket(Bucket)
    const s3 = new S3Client({
      region: on.aws.region,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'so-secret' },
      requestHandler: requestHandler(on.aws)
    })
    on.aws.faults.add({ operation: 'PutObject', kind: 'wrongSignature' })
    await expect(
      on.clock.run(() => s3.send(new PutObjectCommand({ Bucket, Key, Body })))
    ).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      AWSAccessKeyId: 'AKIDEXAMPLE',
      CanonicalRequest: expect.stringContaining('x-amz-security-token:so-secret'),
      $metadata: { httpStatusCode: 403 }
    })
  })

  it('stall stores the object, and the answer never ends', async () => {
    const on = withBucket()
    on.aws.faults.add({ operation: 'PutObject', kind: 'stall' })
    let ended = false
    const stalled = on.s3.send(new PutObjectCommand({ Bucket, Key, Body })).finally(() => {
      ended = true
    })
    stalled.catch(() => undefined)
    await on.clock.advance(3_600_000)
    expect([ended, on.aws.requests[0]?.status, on.aws.s3.bucket(Bucket)?.keys()]).toEqual([false, 0, [Key]])
  })

  it('is recorded with the request that it hit', async () => {
    const on = withBucket()
    on.aws.faults.add({ operation: 'PutObject', kind: 'expiredToken' })
    await put(on).catch(() => undefined)
    expect(on.aws.requests).toMatchObject([
      {
        service: 's3',
        operation: 'PutObject',
        input: { Bucket, Key },
        status: 400,
        errorName: 'ExpiredToken'
      }
    ])
  })
})

describe('credentials', () => {
  const session = async (change: { sessionToken?: string }, laterMs = 0) => {
    const on = stage()
    on.aws.s3.createBucket(Bucket)
    const { Credentials } = on.aws.sts.assumeRoleWithWebIdentity({
      RoleArn: 'arn:aws:iam::123456789012:role/release',
      RoleSessionName: 'release',
      WebIdentityToken: idToken(on.clock.now(), { audience: 'sts.amazonaws.com' })
    })
    await on.clock.advance(laterMs)
    const s3 = new S3Client({
      region: on.aws.region,
      credentials: {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
        ...change
      },
      requestHandler: requestHandler(on.aws)
    })
    return on.clock.run(() => s3.send(new PutObjectCommand({ Bucket, Key, Body })))
  }

  it('of a session are valid until it ends', async () => {
    expect((await session({})).$metadata.httpStatusCode).toBe(200)
    await expect(session({}, 3_600_000)).rejects.toMatchObject({
      name: 'ExpiredToken',
      message: 'The provided token has expired.',
      $metadata: { httpStatusCode: 400, attempts: 1 }
    })
  })

  it('of a session are refused with the token of another', async () => {
    await expect(session({ sessionToken: 'other' })).rejects.toMatchObject({
      name: 'InvalidToken',
      $metadata: { httpStatusCode: 400 }
    })
  })

  it('that are too old, or signed with a clock that is wrong, are refused as S3 does', async () => {
    const on = stage({ tellsTime: true })
    on.aws.s3.createBucket(Bucket)
    await on.clock.advance(10 * 365 * 24 * 3_600_000)
    await expect(
      on.clock.run(() =>
        new S3Client({
          region: on.aws.region,
          maxAttempts: 1,
          credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
          requestHandler: requestHandler(on.aws)
        }).send(new PutObjectCommand({ Bucket, Key, Body }))
      )
    ).rejects.toMatchObject({
      name: 'RequestTimeTooSkewed',
      message: 'The difference between the request time and the current time is too large.',
      MaxAllowedSkewMilliseconds: '900000',
      $metadata: { httpStatusCode: 403 }
    })
  })
})
