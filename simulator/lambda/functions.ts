import type {
  CreateFunctionCommandInput,
  DeleteFunctionCommandInput,
  FunctionConfiguration,
  ListVersionsByFunctionCommandInput,
  PublishVersionCommandInput,
  State,
  UpdateFunctionCodeCommandInput,
  UpdateFunctionConfigurationCommandInput
} from '@aws-sdk/client-lambda'
import type { Aws } from '../aws.ts'
import type { Caller } from '../identity/authorization.ts'
import { page } from '../page.ts'
import { Past } from '../past.ts'
import { readCode } from './codesource.ts'
import { asDryRun, withCode } from './codeupdate.ts'
import { refuseDeletion } from './deletion.ts'
import {
  type Alias,
  behaviourOf,
  configuration,
  functionArn,
  type LambdaFunction,
  lastModified,
  listed,
  newFunction,
  newSettings,
  newVersion,
  type Snapshot
} from './function.ts'
import { lambdaError, readFunctionName } from './functionname.ts'
import { PastVersions } from './pastversions.ts'

const VERSIONS_PER_PAGE = 50
const WAKE_MS = 10_000

/** Functions and their versions. */
export class Functions {
  readonly #aws: Aws
  readonly #functions = new Map<string, LambdaFunction>()
  readonly #past: PastVersions
  /** By ARN. */
  readonly pastAliases: Past<Alias>

  constructor(aws: Aws) {
    this.#aws = aws
    this.#past = new PastVersions(aws)
    this.pastAliases = new Past(aws.clock)
  }

  get all(): readonly LambdaFunction[] {
    return [...this.#functions.values()]
  }

  /** @throws ResourceNotFoundException */
  find(given: string | undefined): LambdaFunction {
    const { name } = readFunctionName(given ?? '', this.#aws)
    const fn = this.#functions.get(name)
    if (!fn) throw this.#missing(name)
    return fn
  }

  /** @throws ResourceNotFoundException */
  version(fn: LambdaFunction, version: string): Snapshot {
    const found = version === '$LATEST' ? fn.latest : fn.versions.find(each => each.version === version)
    if (!found) throw this.#missing(fn.name, version)
    return found
  }

  /** What was set up is as if it had been so for long. */
  settle(): void {
    this.#past.settle()
    this.pastAliases.clear()
  }

  /** Puts a version into a state that takes Lambda days, such as Inactive. */
  setState(given: string, version: string, state: State): void {
    this.version(this.find(given), version).state = state
  }

  /** Sets back the dates of `$LATEST` and of the versions up to this one, which nothing but time does. */
  backdate(given: string, byMs: number, upTo = Number.POSITIVE_INFINITY): void {
    const fn = this.find(given)
    for (const snapshot of [fn.latest, ...fn.versions.filter(({ version }) => Number(version) <= upTo)]) {
      snapshot.settings = {
        ...snapshot.settings,
        LastModified: lastModified(Date.parse(snapshot.settings.LastModified ?? '') - byMs)
      }
      if (snapshot.publishedMs !== undefined) snapshot.publishedMs -= byMs
    }
  }

  /** Lets a version have replicas at the edge, as CloudFront does. */
  replicate(given: string, version: string): void {
    this.version(this.find(given), version).isReplicated = true
  }

  /** Deletes one version, or without a qualifier the whole function. One that does not exist is no error. */
  delete(input: DeleteFunctionCommandInput): Record<string, never> {
    const { name, qualifier } = readFunctionName(input.FunctionName ?? '', this.#aws, input.Qualifier)
    const fn = this.find(name)
    if (qualifier === undefined) this.#functions.delete(name)
    else this.#deleteVersion(fn, qualifier)
    return {}
  }

  #deleteVersion(fn: LambdaFunction, version: string): void {
    refuseDeletion(this.#aws, fn, version)
    const deleted = fn.versions.find(each => each.version === version)
    if (deleted) this.#past.keep(fn, deleted)
    const isNewest = version === fn.versions.at(-1)?.version
    fn.versions.splice(0, fn.versions.length, ...fn.versions.filter(each => each.version !== version))
    fn.provisioned.delete(version)
    // There is no newest version left that publishing could return.
    if (isNewest) fn.updated = true
  }

  /** What an invocation does to a version that is Inactive: Pending, until its resources are there again. */
  wake(fn: LambdaFunction, snapshot: Snapshot): void {
    this.#past.keep(fn, snapshot)
    snapshot.state = 'Pending'
    this.#later(Math.max(WAKE_MS, behaviourOf(snapshot.settings).pendingMs), () => {
      this.#past.keep(fn, snapshot)
      snapshot.state = 'Active'
    })
  }

  /**
   * Resolves a name with or without a qualifier; a weighted alias resolves to its primary version.
   * @param at As it was then, epoch ms. Default: as it is now.
   */
  resolve(
    given: string | undefined,
    separate?: string,
    at = Number.POSITIVE_INFINITY
  ): { fn: LambdaFunction; snapshot: Snapshot; qualifier?: string } {
    const { qualifier } = readFunctionName(given ?? '', this.#aws, separate)
    const fn = this.find(given)
    if (qualifier === undefined) return { fn, snapshot: this.#asOf(fn, '$LATEST', at) }
    const alias = this.aliasAsOf(fn, qualifier, at)
    return { fn, snapshot: this.#asOf(fn, alias?.version ?? qualifier, at), qualifier }
  }

  aliasAsOf(fn: LambdaFunction, name: string, at: number): Alias | undefined {
    const past = this.pastAliases.asOf(functionArn(this.#aws, fn.name, name), at)
    return past ? past.thing : fn.aliases.get(name)
  }

  /** @throws ResourceNotFoundException */
  #asOf(fn: LambdaFunction, version: string, at: number): Snapshot {
    const snapshot = this.#past.asOf(fn, version, at)
    if (!snapshot) throw this.#missing(fn.name, version)
    return snapshot
  }

  create(input: CreateFunctionCommandInput, caller?: Caller): FunctionConfiguration {
    const { name } = readFunctionName(input.FunctionName ?? '', this.#aws)
    if (this.#functions.has(name))
      throw lambdaError('ResourceConflictException', `Function already exist: ${name}`, 409)
    if (input.PackageType !== 'Image' && (!input.Runtime || !input.Handler))
      throw lambdaError(
        'InvalidParameterValueException',
        'Runtime and Handler are mandatory parameters for functions created with deployment packages.'
      )
    const code = readCode(this.#aws, input.Code ?? {}, input.PackageType ?? 'Zip', caller)
    const latest: Snapshot = {
      settings: newSettings({ ...input, FunctionName: name }, code.configuration, this.#aws.clock.now()),
      codeLocation: code.location,
      version: '$LATEST',
      revisionId: this.#aws.random.uuid(),
      state: 'Pending'
    }
    const fn = newFunction(name, latest, input.Tags)
    this.#functions.set(name, fn)
    this.#later(behaviourOf(latest.settings).updateMs, () => {
      this.#past.keep(fn, latest)
      latest.state = 'Active'
      latest.lastUpdate = 'Successful'
      latest.revisionId = this.#aws.random.uuid()
    })
    if (!input.Publish) return configuration(this.#aws, fn, latest)
    return this.#publish(fn, input.Description ?? '', true)
  }

  updateCode(input: UpdateFunctionCodeCommandInput, caller?: Caller): FunctionConfiguration {
    const fn = this.#idle(input)
    const changed = withCode(this.#aws, fn.latest, input, caller)
    if (input.DryRun) return configuration(this.#aws, fn, asDryRun(this.#aws, fn.latest, changed))
    this.#update(fn, changed)
    return input.Publish ? this.#publish(fn, '', true) : configuration(this.#aws, fn, fn.latest)
  }

  updateConfiguration(input: UpdateFunctionConfigurationCommandInput): FunctionConfiguration {
    const fn = this.#idle(input)
    const { FunctionName: _name, RevisionId: _revision, ...changes } = input
    this.#update(fn, { settings: { ...fn.latest.settings, ...(changes as Partial<Snapshot['settings']>) } })
    return configuration(this.#aws, fn, fn.latest)
  }

  publish(input: PublishVersionCommandInput): FunctionConfiguration {
    const fn = this.#idle(input)
    const sha256 = fn.latest.settings.CodeSha256
    if (input.CodeSha256 !== undefined && input.CodeSha256 !== sha256)
      throw lambdaError(
        'InvalidParameterValueException',
        `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${sha256}). Please try again with the CodeSHA256 in $LATEST.`
      )
    const last = fn.versions.at(-1)
    if (last && !fn.updated) return configuration(this.#aws, fn, last, last.version)
    return this.#publish(fn, input.Description ?? fn.latest.settings.Description ?? '', false)
  }

  /**
   * $LATEST first, then the versions in the order of publication; without their states, as recorded.
   * @param at As it was then, epoch ms.
   */
  versions(
    input: ListVersionsByFunctionCommandInput,
    at: number
  ): { Versions: FunctionConfiguration[]; NextMarker?: string } {
    const fn = this.find(input.FunctionName)
    const all = this.#past.all(fn, at).map(each => listed(this.#aws, fn, each, each.version))
    const { items, next } = page(
      all,
      input.Marker,
      Math.min(input.MaxItems ?? VERSIONS_PER_PAGE, VERSIONS_PER_PAGE)
    )
    return { Versions: items, ...(next && { NextMarker: next }) }
  }

  /** @throws ResourceConflictException while an update is running, PreconditionFailedException for a stale revision */
  #idle(input: { FunctionName: string | undefined; RevisionId?: string | undefined }): LambdaFunction {
    const fn = this.find(input.FunctionName)
    if (fn.latest.state === 'Pending' || fn.latest.lastUpdate === 'InProgress')
      throw lambdaError(
        'ResourceConflictException',
        `The operation cannot be performed at this time. An update is in progress for resource: ${functionArn(this.#aws, fn.name)}`,
        409
      )
    if (input.RevisionId !== undefined && input.RevisionId !== fn.latest.revisionId)
      throw lambdaError(
        'PreconditionFailedException',
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
        412
      )
    return fn
  }

  #update(fn: LambdaFunction, changed: Partial<Pick<Snapshot, 'settings' | 'codeLocation'>>): void {
    const { settings, codeLocation } = { ...fn.latest, ...changed }
    const told = (snapshot: Partial<Snapshot>) => JSON.stringify([snapshot.settings, snapshot.codeLocation])
    const same = told({ settings, codeLocation }) === told(fn.latest)
    const { updateMs, updateFails } = behaviourOf(fn.latest.settings)
    const latest: Snapshot = {
      ...fn.latest,
      settings: { ...settings, LastModified: lastModified(this.#aws.clock.now()) },
      codeLocation,
      revisionId: this.#aws.random.uuid(),
      lastUpdate: 'InProgress'
    }
    this.#past.keep(fn, fn.latest)
    fn.latest = latest
    if (!same || this.#aws.uncertain.identicalUpdate === 'newVersion') fn.updated = true
    this.#later(updateMs, () => {
      this.#past.keep(fn, latest)
      latest.lastUpdate = updateFails ? 'Failed' : 'Successful'
      latest.revisionId = this.#aws.random.uuid()
    })
  }

  /** `updating`: published along with an update that is still running, so the version is Pending until that ends. */
  #publish(fn: LambdaFunction, description: string, updating: boolean): FunctionConfiguration {
    const { pendingMs, versionFails, updateMs } = behaviourOf(fn.latest.settings)
    const waitMs = Math.max(pendingMs, updating ? updateMs : 0)
    const version = newVersion(this.#aws, fn, description)
    const settle = () => {
      this.#past.keep(fn, version)
      version.state = versionFails ? 'Failed' : 'Active'
      version.stateReason = versionFails ? 'The version failed, as the simulator was told to.' : undefined
      version.lastUpdate = 'Successful'
    }
    this.#past.keepNone(fn, version.version)
    this.#later(waitMs, settle)
    fn.versions.push(version)
    fn.updated = false
    this.#past.keep(fn, fn.latest)
    fn.latest.revisionId = this.#aws.random.uuid()
    return configuration(this.#aws, fn, version, version.version)
  }

  /** Anything without a duration is done when the call returns. */
  #later(ms: number, run: () => void): void {
    if (ms <= 0) run()
    else this.#aws.clock.at(this.#aws.clock.now() + ms, run)
  }

  #missing(name: string, qualifier?: string): Error {
    return lambdaError(
      'ResourceNotFoundException',
      `Function not found: ${functionArn(this.#aws, name, qualifier)}`,
      404
    )
  }
}
