import type { S3Client } from '@aws-sdk/client-s3'
import type { ObjectPort, StoredObject } from '../operations/store.ts'
import type { Arns } from './arns.ts'
import { type Asking, patiently } from './ask.ts'
import { type AwsOptions, clientConfiguration, letGo } from './clients.ts'
import { malformed, otherThanAsked } from './failure.ts'
import { type Network, packageMs } from './network.ts'

/** Amazon S3, asked only for packages that are too large for a request to Lambda; its client is loaded then. */
export class Objects implements ObjectPort {
  readonly #options: AwsOptions
  readonly #network: Network
  readonly #asking: Asking
  readonly #arns: Arns

  constructor(options: AwsOptions, network: Network, asking: Asking, arns: Arns) {
    this.#options = options
    this.#network = network
    this.#asking = asking
    this.#arns = arns
  }

  /**
   * Whether the object is there already. A refusal has no body that would say why, and S3 answers 403 for what is not there when the role
   * lacks s3:ListBucket: the upload will tell. Throws Failure.
   */
  async isThere({ bucket, key, bytes, sha256 }: StoredObject): Promise<boolean> {
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3')
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
    return await this.#with(client =>
      patiently(this.#asking, 's3:GetObject', this.#arns.object(bucket, key), async () => {
        try {
          const { ContentLength, ChecksumSHA256 = sha256 } = await client.send(command)
          return ContentLength === bytes.length && ChecksumSHA256 === sha256
        } catch (error) {
          const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
          const status = $metadata?.httpStatusCode ?? 500
          if (status >= 300 && status < 500 && status !== 429) return false
          throw error
        }
      })
    )
  }

  /** Safe to repeat: the key is that of the content. S3 checks the digest. Throws Failure. */
  async put({ bucket, key, bytes, sha256 }: StoredObject): Promise<void> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3')
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: bytes,
      ContentType: 'application/zip',
      ChecksumSHA256: sha256
    })
    const action = 's3:PutObject'
    const resource = this.#arns.object(bucket, key)
    await this.#with(client =>
      patiently(this.#asking, action, resource, async () => {
        const { ETag, ChecksumSHA256 } = await client.send(command, {
          // It has no effect on the function, so there is nothing to wait for once the job is cancelled.
          ...(this.#asking.cancelled && { abortSignal: this.#asking.cancelled }),
          requestTimeout: packageMs.object
        })
        // To the SDK, a proxy's page is a success: the answer has no members that must be there.
        if (!ETag) throw malformed(action, resource, 'ETag')
        if (ChecksumSHA256 !== undefined && ChecksumSHA256 !== sha256)
          throw otherThanAsked(action, resource, 'code', ChecksumSHA256, sha256)
      })
    )
  }

  async #with<T>(use: (client: S3Client) => Promise<T>): Promise<T> {
    const { S3Client } = await import('@aws-sdk/client-s3')
    const client = this.#network.equip(new S3Client(clientConfiguration(this.#options)))
    try {
      return await use(client)
    } finally {
      letGo(client, this.#options)
    }
  }
}
