import {
  GetFunctionCommand,
  type LambdaClient,
  UpdateFunctionCodeCommand,
  type UpdateFunctionCodeCommandInput
} from '@aws-sdk/client-lambda'
import { Failure } from '../failure.ts'
import type { CodeLocation, FunctionCodePort, UpdateGuard } from '../operations/upload.ts'
import { isSameCode } from '../plan/codesha256.ts'
import type { FunctionVersion, HeldCode } from '../plan/holdings.ts'
import type { Arns } from './arns.ts'
import { type Asking, ifExists, patiently } from './ask.ts'
import { failureOf, mustBe, otherThanAsked } from './failure.ts'
import { packageMs } from './network.ts'
import { Slots } from './slots.ts'
import { versionFrom } from './versions.ts'

/** Packages share one line, and each takes memory three times over while it is sent. */
const mostAtOnce = 4
/** How long an update may still take once the job was cancelled: the runner kills the process soon after, ms. */
const graceMs = 3_000

/** The requests to Lambda about the code in `$LATEST`. All methods throw Failure. */
export class FunctionCode implements FunctionCodePort {
  readonly #slots = new Slots(mostAtOnce)
  readonly #client: LambdaClient
  readonly #asking: Asking
  readonly #arns: Arns
  readonly #cancelled: AbortSignal

  constructor(client: LambdaClient, asking: Asking, arns: Arns) {
    this.#client = client
    this.#asking = asking
    this.#cancelled = asking.cancelled ?? new AbortController().signal
    this.#arns = arns
  }

  /** By GetFunction: only that names the image and the key. Undefined: the function does not exist. */
  held(functionName: string): Promise<HeldCode | undefined> {
    const action = 'lambda:GetFunction'
    const resource = this.#arns.lambda(functionName)
    return ifExists(
      patiently(this.#asking, action, resource, async () => {
        const { Configuration = {}, Code } = await this.#client.send(
          new GetFunctionCommand({ FunctionName: functionName })
        )
        const version = versionFrom(Configuration, functionName, action, resource)
        mustBe(action, resource, 'version', version.version, '$LATEST')
        this.#arns.learn(version.arn)
        return {
          ...version,
          packageType: Configuration.PackageType === 'Image' ? 'Image' : 'Zip',
          size: Configuration.CodeSize ?? 0,
          architectures: Configuration.Architectures ?? [],
          ...(Code?.SourceKMSKeyArn && { kmsKey: Code.SourceKMSKeyArn }),
          ...(Code?.ResolvedS3Object && { isReferenced: true }),
          ...(Code?.ResolvedImageUri && { image: Code.ResolvedImageUri })
        }
      })
    )
  }

  /**
   * Safe to repeat with a revision, because Lambda refuses the second of two equal requests: the first has changed the revision. The
   * failure then says that Lambda may have acted. `sha256`: what Lambda must report, when that is known.
   */
  update(functionName: string, code: CodeLocation, guard: UpdateGuard): Promise<FunctionVersion> {
    const action = 'lambda:UpdateFunctionCode'
    const resource = this.#arns.lambda(functionName)
    const input: UpdateFunctionCodeCommandInput = {
      FunctionName: functionName,
      ...locationOf(code),
      ...(guard.isReferenced && mayBeReferenced(code) && { S3ObjectStorageMode: 'REFERENCE' }),
      Publish: false,
      DryRun: guard.dryRun,
      ...(guard.revisionId && { RevisionId: guard.revisionId }),
      ...(guard.architectures.length > 0 && {
        Architectures: guard.architectures as NonNullable<UpdateFunctionCodeCommandInput['Architectures']>
      }),
      ...(guard.kmsKey && { SourceKMSKeyArn: guard.kmsKey })
    }
    let mayHaveActed = false
    return patiently({ ...this.#asking, slots: this.#slots }, action, resource, async () => {
      try {
        const answer = await this.#hangingUp(abortSignal =>
          this.#client.send(new UpdateFunctionCodeCommand(input), {
            abortSignal,
            requestTimeout: packageMs.request
          })
        )
        const version = versionFrom(answer, functionName, action, resource)
        const { sha256 } = code
        if (!guard.dryRun && sha256 !== undefined && !isSameCode(version.codeSha256, sha256))
          throw otherThanAsked(action, resource, 'code', version.codeSha256, sha256)
        return version
      } catch (error) {
        const failure = failureOf(error, action, resource)
        mayHaveActed ||= failure.mayHaveActed
        throw failure.mayHaveActed || !mayHaveActed
          ? failure
          : new Failure(failure.message, { ...failure, mayHaveActed })
      }
    })
  }

  /** Hangs up soon after the job was cancelled, whatever Lambda makes of the request. */
  async #hangingUp<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock } = this.#asking
    const [hangUp, answered] = [new AbortController(), new AbortController()]
    const cancel = () => void clock.sleep(graceMs, answered.signal).then(() => hangUp.abort())
    this.#cancelled.addEventListener('abort', cancel, { once: true })
    try {
      return await send(hangUp.signal)
    } finally {
      answered.abort()
      this.#cancelled.removeEventListener('abort', cancel)
    }
  }
}

/** Only versions of objects can be ("Self-managed S3 code storage" in the Lambda developer guide). An update that does not say so makes a copy. */
const mayBeReferenced = (code: CodeLocation): boolean => code.kind === 'object' && code.version !== undefined

function locationOf(code: CodeLocation): Partial<UpdateFunctionCodeCommandInput> {
  switch (code.kind) {
    case 'bytes':
      return { ZipFile: code.bytes }
    case 'object':
      return {
        S3Bucket: code.bucket,
        S3Key: code.key,
        ...(code.version && { S3ObjectVersion: code.version })
      }
    case 'image':
      return { ImageUri: code.uri }
  }
}
