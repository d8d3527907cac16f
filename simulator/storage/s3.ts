import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Caller } from '../identity/authorization.ts'
import { denial } from '../identity/permissions.ts'
import { Bucket, type BucketOptions, type StoredObject } from './bucket.ts'
import { checkedChecksums, checkMd5, etagOf } from './checksum.ts'

interface ObjectInput {
  Bucket: string
  Key: string
  ExpectedBucketOwner?: string | undefined
}

export interface PutObjectInput extends ObjectInput {
  Body: Uint8Array
  ContentType?: string | undefined
  ContentMD5?: string | undefined
  IfNoneMatch?: string | undefined
  Metadata?: Record<string, string>
  /** By header: `x-amz-checksum-sha256`. */
  Checksums?: Record<string, string>
}

export interface GetObjectInput extends ObjectInput {
  VersionId?: string | undefined
  ChecksumMode?: string | undefined
}

const VERSION_ID = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._'
const MOST_KEY_BYTES = 1024

/**
 * The part of S3 that code of Lambda functions goes through. Each operation throws a ServiceError where S3 would. `caller` is whoever
 * asks over the wire, or has Lambda ask; without one, nothing is forbidden.
 */
export class S3 {
  readonly #aws: Aws
  readonly #buckets = new Map<string, Bucket>()

  constructor(aws: Aws) {
    this.#aws = aws
  }

  /** Not an operation here: buckets are there before the story begins. */
  createBucket(name: string, { region = this.#aws.region, versioning = false }: BucketOptions = {}): void {
    if (!isBucketName(name)) throw new Error(`${name} is no name for a bucket`)
    if (this.#buckets.has(name)) throw new Error(`There is a bucket ${name}`)
    this.#buckets.set(name, new Bucket(name, region, versioning))
  }

  /** Not an operation: what is in a bucket, for tests. */
  bucket(name: string): Bucket | undefined {
    return this.#buckets.get(name)
  }

  /** Not an operation: the object is gone, as when a lifecycle rule ends it. */
  expireObject(bucketName: string, key: string): void {
    const bucket = this.#buckets.get(bucketName)
    bucket?.expire(key, this.#stored(bucket, {}))
  }

  putObject(input: PutObjectInput, caller?: Caller) {
    const bucket = this.#find(input)
    if (Buffer.byteLength(input.Key) > MOST_KEY_BYTES)
      throw new ServiceError('KeyTooLongError', 'Your key is too long', 400, {
        Size: Buffer.byteLength(input.Key),
        MaxSizeAllowed: MOST_KEY_BYTES
      })
    this.#demand(caller, 's3:PutObject', this.#arn(input))
    checkMd5(input.ContentMD5, input.Body)
    const checksums = checkedChecksums(input.Checksums ?? {}, input.Body)
    if (input.IfNoneMatch !== undefined && bucket.current(input.Key))
      throw new ServiceError(
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
        412,
        { Condition: 'If-None-Match' }
      )
    const stored = this.#stored(bucket, {
      body: input.Body,
      checksums,
      metadata: input.Metadata ?? {},
      ...(input.ContentType && { contentType: input.ContentType })
    })
    bucket.put(input.Key, stored)
    return { ETag: stored.etag, VersionId: stored.versionId, Checksums: checksums }
  }

  /** The same as GetObject, but only the headers are sent. */
  headObject(input: GetObjectInput, caller?: Caller) {
    return this.getObject(input, caller)
  }

  getObject(input: GetObjectInput, caller?: Caller) {
    const bucket = this.#find(input)
    const { Key, VersionId } = input
    this.#demand(caller, VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', this.#arn(input))
    const found = VersionId === undefined ? bucket.current(Key) : bucket.version(Key, VersionId)
    if (!found) throw this.#missing(input, caller)
    if (!found.body)
      throw new ServiceError(
        'MethodNotAllowed',
        'The specified method is not allowed against this resource.',
        405,
        { 'x-amz-delete-marker': 'true' }
      )
    return {
      Body: found.body,
      ETag: found.etag,
      VersionId: found.versionId,
      ContentType: found.contentType,
      Metadata: found.metadata,
      LastModified: new Date(found.modifiedAt),
      Checksums: input.ChecksumMode === 'ENABLED' ? found.checksums : {}
    }
  }

  /** Whether there is something is told only to those who may list the bucket. */
  #missing({ Bucket, Key, VersionId }: GetObjectInput, caller?: Caller): ServiceError {
    this.#demand(caller, 's3:ListBucket', `arn:${this.#aws.partition}:s3:::${Bucket}`)
    return VersionId === undefined
      ? new ServiceError('NoSuchKey', 'The specified key does not exist.', 404, { Key })
      : new ServiceError('NoSuchVersion', 'The specified version does not exist.', 404, { Key, VersionId })
  }

  #find({ Bucket: name, ExpectedBucketOwner }: ObjectInput): Bucket {
    if (!isBucketName(name))
      throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.', 400, {
        BucketName: name
      })
    const bucket = this.#buckets.get(name)
    if (!bucket)
      throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name })
    if (bucket.region !== this.#aws.region)
      throw new ServiceError(
        'PermanentRedirect',
        'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
        301,
        {
          Endpoint: `${name}.s3.${bucket.region}.amazonaws.com`,
          Bucket: name,
          'x-amz-bucket-region': bucket.region
        }
      )
    if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== this.#aws.account)
      throw new ServiceError('AccessDenied', 'Access Denied', 403)
    return bucket
  }

  #demand(caller: Caller | undefined, action: string, resource: string): void {
    const verdict = this.#aws.permissions.judge(action, resource)
    if (caller && verdict !== 'allowed')
      throw new ServiceError('AccessDenied', denial(caller, action, `"${resource}"`, verdict), 403)
  }

  #arn({ Bucket, Key }: ObjectInput): string {
    return `arn:${this.#aws.partition}:s3:::${Bucket}/${Key}`
  }

  #stored(bucket: Bucket, object: Partial<StoredObject>): StoredObject {
    return {
      ...(bucket.versioning && { versionId: this.#aws.random.text(32, VERSION_ID) }),
      etag: etagOf(object.body ?? new Uint8Array()),
      contentType: 'binary/octet-stream',
      metadata: {},
      checksums: {},
      modifiedAt: this.#aws.clock.now(),
      ...object
    }
  }
}

const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !/\.\.|^\d+\.\d+\.\d+\.\d+$/.test(name)
