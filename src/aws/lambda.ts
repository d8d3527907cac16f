import {
  CreateAliasCommand,
  GetAliasCommand,
  type GetAliasCommandOutput,
  type LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand
} from '@aws-sdk/client-lambda'
import type { Traffic } from '../deployment/observation.ts'
import type { Reading } from '../deployment/reading.ts'
import type { PublishPort } from '../operations/publish.ts'
import type { SurveyLambdaPort } from '../operations/survey.ts'
import type { TestPort } from '../operations/testversion.ts'
import type { Alias, FunctionVersion } from '../plan/holdings.ts'
import type { Arns } from './arns.ts'
import { type Asking, ifExists, once, patiently } from './ask.ts'
import { failureOf, malformed, mustBe, otherThanAsked } from './failure.ts'
import { Invocations } from './invocations.ts'
import { readingOf } from './reading.ts'
import { isPublished, Versions, versionFrom } from './versions.ts'

/** The requests to Lambda. All methods throw Failure, except `traffic`. */
export class Lambda implements SurveyLambdaPort, PublishPort, TestPort {
  readonly #client: LambdaClient
  readonly #asking: Asking
  readonly #arns: Arns
  readonly #versions: Versions
  readonly #invocations: Invocations

  constructor(client: LambdaClient, asking: Asking, arns: Arns) {
    this.#client = client
    this.#asking = asking
    this.#arns = arns
    this.#versions = new Versions(client, asking, arns)
    this.#invocations = new Invocations(client, asking, arns)
  }

  alias(functionName: string, alias: string): Promise<Alias | undefined> {
    const resource = this.#arns.lambda(functionName, alias)
    return ifExists(
      patiently(this.#asking, 'lambda:GetAlias', resource, () =>
        this.#getAlias(functionName, alias, resource)
      )
    )
  }

  /** Asks once: the watch looks again by itself. */
  traffic(functionName: string, alias: string): Promise<Reading<Alias>> {
    const resource = this.#arns.lambda(functionName, alias)
    return readingOf(once('lambda:GetAlias', resource, () => this.#getAlias(functionName, alias, resource)))
  }

  async #getAlias(functionName: string, alias: string, resource: string): Promise<Alias> {
    const answer = await this.#client.send(new GetAliasCommand({ FunctionName: functionName, Name: alias }))
    return aliasFrom(answer, alias, resource)
  }

  versions(functionName: string): Promise<readonly string[] | undefined> {
    return this.#versions.list(functionName)
  }

  version(functionName: string, qualifier?: string): Promise<FunctionVersion | undefined> {
    return ifExists(this.#versions.read(functionName, qualifier))
  }

  readonly invoke: TestPort['invoke'] = (...asked) => this.#invocations.invoke(...asked)

  /**
   * Safe to repeat: if nothing was updated in between, Lambda returns the version that it has already published.
   * Lambda refuses unless `$LATEST` has the given `CodeSha256`.
   */
  publish(functionName: string, guard: { codeSha256: string; revisionId?: string; description: string }) {
    const action = 'lambda:PublishVersion'
    const resource = this.#arns.lambda(functionName)
    // Publishing itself changes the revision of `$LATEST`: once an answer was lost, only the code's digest can be the guard.
    let mayBePublished = false
    return patiently(this.#asking, action, resource, async () => {
      const command = new PublishVersionCommand({
        FunctionName: functionName,
        CodeSha256: guard.codeSha256,
        Description: guard.description,
        ...(guard.revisionId && !mayBePublished && { RevisionId: guard.revisionId })
      })
      try {
        const answer = versionFrom(await this.#client.send(command), functionName, action, resource)
        if (!isPublished(answer.version))
          throw otherThanAsked(action, resource, 'version', answer.version, 'a published one')
        return answer
      } catch (error) {
        const failure = failureOf(error, action, resource)
        mayBePublished ||= failure.mayHaveActed
        throw failure
      }
    })
  }

  /** Sends one request: what follows from its answer is not decided here. */
  async setAlias(functionName: string, alias: string, from: Alias, to: Traffic): Promise<Alias> {
    const action = 'lambda:UpdateAlias'
    const resource = this.#arns.lambda(functionName)
    return await once(action, resource, async () => {
      // Without the revision, somebody else's change would be overwritten.
      if (!from.revisionId) throw malformed('lambda:GetAlias', resource, 'RevisionId')
      const command = new UpdateAliasCommand({
        FunctionName: functionName,
        Name: alias,
        FunctionVersion: to.version,
        // An empty map drops the weights. Without a map, Lambda keeps them.
        RoutingConfig: { AdditionalVersionWeights: { ...to.weights } },
        RevisionId: from.revisionId
      })
      return aliasFrom(await this.#client.send(command), alias, resource)
    })
  }

  /** Lambda refuses if an earlier attempt or somebody else has created it in the meantime. */
  createAlias(functionName: string, alias: string, version: string): Promise<Alias> {
    const resource = this.#arns.lambda(functionName, alias)
    return patiently(this.#asking, 'lambda:CreateAlias', resource, async () => {
      const command = new CreateAliasCommand({
        FunctionName: functionName,
        Name: alias,
        FunctionVersion: version
      })
      return aliasFrom(await this.#client.send(command), alias, resource)
    })
  }
}

/** Checks each field: an incomplete answer must not pass for an alias that serves nothing. */
function aliasFrom(answer: GetAliasCommandOutput, alias: string, resource: string): Alias {
  mustBe('lambda:GetAlias', resource, 'alias', answer.Name, alias)
  if (!answer.FunctionVersion) throw malformed('lambda:GetAlias', resource, 'FunctionVersion')
  return {
    arn: answer.AliasArn ?? resource,
    ...(answer.RevisionId && { revisionId: answer.RevisionId }),
    version: answer.FunctionVersion,
    weights: answer.RoutingConfig?.AdditionalVersionWeights ?? {}
  }
}
