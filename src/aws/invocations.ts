import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import { Failure, isTransient } from '../failure.ts'
import type { InvokeOptions, InvokeResult } from '../operations/testversion.ts'
import type { Arns } from './arns.ts'
import { type Asking, patiently } from './ask.ts'
import { failureOf, malformed, mustBe, notAskedAgain } from './failure.ts'
import { readInvocationLog } from './invocationlog.ts'
import { Slots } from './slots.ts'

/** New accounts have ten concurrent invocations, which their clients use too. */
const mostAtOnce = 5

const action = 'lambda:InvokeFunction'

/** Lambda has not run the function, and will later: the same request is sent again, as after throttling. */
const notYet: ReadonlySet<string> = new Set([
  'ENINotReadyException',
  'ResourceConflictException',
  'ResourceNotReadyException',
  'SnapStartNotReadyException'
])

/** Lambda could not start it this time. */
const notStarted: ReadonlySet<string> = new Set([
  'EFSMountConnectivityException',
  'EFSMountTimeoutException',
  'SnapStartTimeoutException'
])

/** Synchronous invocations. They take as long as the function, and are no part of the limits of Lambda's control plane. */
export class Invocations {
  readonly #client: LambdaClient
  readonly #asking: Asking
  readonly #arns: Arns
  readonly #slots = new Slots(mostAtOnce)

  constructor(client: LambdaClient, asking: Asking, arns: Arns) {
    this.#client = client
    this.#asking = asking
    this.#arns = arns
  }

  /**
   * Invokes a version, and waits for its answer. Sent again only when Lambda has certainly not run it. Throws Failure, `unsent` when
   * the signal aborts.
   */
  async invoke(
    functionName: string,
    version: string,
    payload: string,
    { limitMs, signal }: InvokeOptions
  ): Promise<InvokeResult> {
    const resource = this.#arns.lambda(functionName, version)
    const command = new InvokeCommand({
      FunctionName: functionName,
      Qualifier: version,
      InvocationType: 'RequestResponse',
      LogType: 'Tail',
      Payload: Buffer.from(payload)
    })
    const asking = { ...this.#asking, cancelled: signal, slots: this.#slots }
    return await patiently(asking, action, resource, async () => {
      try {
        const answer = await this.#client.send(command, { abortSignal: signal, requestTimeout: limitMs })
        // Only Lambda says which version has run: without it, this is a proxy's page.
        if (!answer.ExecutedVersion) throw malformed(action, resource, 'ExecutedVersion')
        mustBe(action, resource, 'version', answer.ExecutedVersion, version)
        return {
          kind: 'answered' as const,
          answer: answer.Payload?.transformToString() ?? '',
          isError: answer.FunctionError !== undefined,
          ...readInvocationLog(answer.LogResult)
        }
      } catch (error) {
        return lostOrThrown(failureOf(error, action, resource), version, signal)
      }
    })
  }
}

function lostOrThrown(failure: Failure, version: string, signal: AbortSignal): InvokeResult {
  if (signal.aborted) throw notAskedAgain(failure)
  const { code, message, resource, kind, mayHaveActed } = failure
  if (notYet.has(code))
    throw new Failure(message, { kind: 'transient', code, action, resource, mayHaveActed: false })
  if (notStarted.has(code) || (isTransient(failure) && mayHaveActed)) return { kind: 'lost', code, message }
  // The next release has another version: a permission for this one would be of no use.
  const versions = resource.replace(new RegExp(`:${version}$`), ':*')
  if (kind === 'denied') throw new Failure(message, { ...failure, resource: versions })
  throw failure
}
