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
import { versionFrom } from './versions.ts'

/** The requests to Lambda about the code in `$LATEST`. All methods throw Failure. */
export class FunctionCode implements FunctionCodePort {
  readonly #client: LambdaClient
  readonly #asking: Asking
  readonly #arns: Arns

  constructor(client: LambdaClient, asking: Asking, arns: Arns) {
    this.#client = client
    this.#asking = asking
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
      Publish: false,
      DryRun: guard.dryRun,
      ...(guard.revisionId && { RevisionId: guard.revisionId }),
      ...(guard.architectures.length > 0 && {
        Architectures: guard.architectures as NonNullable<UpdateFunctionCodeCommandInput['Architectures']>
      }),
      ...(guard.kmsKey && { SourceKMSKeyArn: guard.kmsKey })
    }
    const requestTimeout = packageMs.request
    let mayHaveActed = false
    return patiently(this.#asking, action, resource, async () => {
      try {
        const answer = await this.#client.send(new UpdateFunctionCodeCommand(input), { requestTimeout })
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
}

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
