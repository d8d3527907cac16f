import { createHash } from 'node:crypto'
import type {
  BatchGetApplicationRevisionsCommandInput,
  ErrorInformation,
  GenericRevisionInfo,
  ListApplicationRevisionsCommandInput,
  RegisterApplicationRevisionCommandInput,
  RevisionInfo,
  RevisionLocation
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { page } from '../page.ts'
import type { Application } from './applications.ts'
import { checkDescription } from './names.ts'

/** An AppSpec that an application knows. */
export interface RegisteredRevision {
  /** Without the content. */
  location: RevisionLocation
  /** Undefined when it is on S3. */
  content?: string
  description?: string
  registeredMs: number
  firstUsedMs?: number
  lastUsedMs?: number
}

const LARGEST_BATCH = 25
const PAGE = 100
const SORTED_BY = {
  registerTime: 'registeredMs',
  firstUsedTime: 'firstUsedMs',
  lastUsedTime: 'lastUsedMs'
} as const
const invalidToken = () => new ServiceError('InvalidNextTokenException', 'The next token is invalid')

/** Reads what CreateDeployment and RegisterApplicationRevision are given. @throws InvalidRevisionException */
export function readRevision(
  given: RevisionLocation,
  aws: Aws
): { content: string; revision: RevisionLocation; flaw?: ErrorInformation } {
  const refuse = (why: string) => new ServiceError('InvalidRevisionException', why)
  if (given.revisionType === 'S3') {
    const bundle = given.s3Location?.bundleType
    if (bundle !== 'YAML' && bundle !== 'JSON') throw refuse('BundleType must be either YAML or JSON')
    const flaw: ErrorInformation = {
      code: 'REVISION_MISSING',
      message: 'The simulator has no Amazon S3: give the AppSpec in the request.'
    }
    return { content: '', revision: given, flaw }
  }
  const member = given.revisionType === 'String' ? 'string' : 'appSpecContent'
  if (given.revisionType !== 'String' && given.revisionType !== 'AppSpecContent')
    throw refuse(`A revision of type ${given.revisionType} cannot be used for Lambda`)
  const { content, sha256: claimed } = given[member] ?? {}
  if (!content) throw refuse('The content of the AppSpec is required')
  const sha256 = createHash('sha256').update(content).digest('hex')
  const differs = claimed !== undefined && claimed !== sha256
  const why = 'The sha256 is not that of the content'
  if (differs && aws.uncertain.sha256Mismatch === 'refused') throw refuse(why)
  return {
    content,
    revision: { revisionType: given.revisionType, [member]: { sha256 } },
    ...(differs &&
      aws.uncertain.sha256Mismatch === 'fails' && { flaw: { code: 'INVALID_REVISION', message: why } })
  }
}

/** Registers a revision, unless it is known already. `usedNow`: a deployment of it has been created. */
export function keepRevision(
  aws: Aws,
  { revisions }: Application,
  { content, revision }: { content: string; revision: RevisionLocation },
  usedNow: boolean
): RegisteredRevision {
  const key = keyOf(revision)
  const now = aws.clock.now()
  const kept: RegisteredRevision = revisions.get(key) ?? {
    location: revision,
    ...(content && { content }),
    registeredMs: now
  }
  if (usedNow) {
    kept.firstUsedMs ??= now
    kept.lastUsedMs = now
  }
  revisions.set(key, kept)
  return kept
}

/** The revisions of applications: AppSpecs that were deployed or registered. */
export class Revisions {
  readonly #aws: Aws

  constructor(aws: Aws) {
    this.#aws = aws
  }

  register(input: RegisterApplicationRevisionCommandInput): void {
    const application = this.#aws.codedeploy.applications.find(input.applicationName)
    if (!input.revision) throw new ServiceError('RevisionRequiredException', 'The revision is required')
    checkDescription(input.description)
    const kept = keepRevision(this.#aws, application, readRevision(input.revision, this.#aws), false)
    if (input.description !== undefined) kept.description = input.description
  }

  /** The only way to read the text of an AppSpec. */
  get(input: { applicationName: string | undefined; revision: RevisionLocation | undefined }): {
    applicationName: string
    revision: RevisionLocation
    revisionInfo: GenericRevisionInfo
  } {
    const application = this.#aws.codedeploy.applications.find(input.applicationName)
    const found = this.#find(application, input.revision)
    if (!found) throw new ServiceError('RevisionDoesNotExistException', 'The revision does not exist')
    return {
      applicationName: input.applicationName ?? '',
      revision: withContent(found, input.revision?.revisionType),
      revisionInfo: this.#about(application, found)
    }
  }

  /** Those that are not known are left out, and counted in the error message. */
  batchGet(input: BatchGetApplicationRevisionsCommandInput): {
    applicationName: string
    errorMessage?: string
    revisions: RevisionInfo[]
  } {
    const application = this.#aws.codedeploy.applications.find(input.applicationName)
    const given: RevisionLocation[] = input.revisions ?? []
    if (given.length === 0) throw new ServiceError('RevisionRequiredException', 'The revision is required')
    if (given.length > LARGEST_BATCH)
      throw new ServiceError(
        'BatchLimitExceededException',
        `At most ${LARGEST_BATCH} revisions can be asked for`
      )
    const found = given.flatMap(each => {
      const revision = this.#find(application, each)
      return revision ? [{ revision, type: each.revisionType }] : []
    })
    const missing = given.length - found.length
    return {
      applicationName: input.applicationName ?? '',
      ...(missing > 0 && { errorMessage: `${missing} of the revisions do not exist` }),
      revisions: found.map(({ revision, type }) => ({
        revisionLocation: withContent(revision, type),
        genericRevisionInfo: this.#about(application, revision)
      }))
    }
  }

  /** Without the texts of the AppSpecs. */
  list(input: ListApplicationRevisionsCommandInput): { revisions: RevisionLocation[]; nextToken?: string } {
    const application = this.#aws.codedeploy.applications.find(input.applicationName)
    const { sortBy, sortOrder = 'ascending', s3Bucket, s3KeyPrefix, deployed = 'ignore' } = input
    if (sortBy !== undefined && !(sortBy in SORTED_BY))
      throw new ServiceError('InvalidSortByException', `Unknown order: ${sortBy}`)
    if (!['ascending', 'descending'].includes(sortOrder))
      throw new ServiceError('InvalidSortOrderException', `Unknown order: ${sortOrder}`)
    if (!['include', 'exclude', 'ignore'].includes(deployed))
      throw new ServiceError('InvalidDeployedStateFilterException', `Unknown filter: ${deployed}`)
    if (s3KeyPrefix !== undefined && s3Bucket === undefined)
      throw new ServiceError('BucketNameFilterRequiredException', 'A key prefix needs a bucket')
    const wanted = [...application.revisions.values()].filter(revision => {
      const { bucket, key = '' } = revision.location.s3Location ?? {}
      const isTarget = this.#targetOf(application, revision).length > 0
      return (
        (s3Bucket === undefined || (bucket === s3Bucket && key.startsWith(s3KeyPrefix ?? ''))) &&
        (deployed === 'ignore' || isTarget === (deployed === 'include'))
      )
    })
    if (sortBy) wanted.sort((a, b) => (a[SORTED_BY[sortBy]] ?? 0) - (b[SORTED_BY[sortBy]] ?? 0))
    if (sortOrder === 'descending') wanted.reverse()
    const { items, next } = page(wanted, input.nextToken, PAGE, invalidToken)
    return { revisions: items.map(({ location }) => location), ...(next && { nextToken: next }) }
  }

  #find({ revisions }: Application, given: RevisionLocation | undefined): RegisteredRevision | undefined {
    if (!given) throw new ServiceError('RevisionRequiredException', 'The revision is required')
    return revisions.get(keyOf(given))
  }

  #about(application: Application, revision: RegisteredRevision): GenericRevisionInfo {
    const { description, registeredMs, firstUsedMs, lastUsedMs } = revision
    return {
      ...(description !== undefined && { description }),
      deploymentGroups: this.#targetOf(application, revision),
      ...(firstUsedMs !== undefined && { firstUsedTime: new Date(firstUsedMs) }),
      ...(lastUsedMs !== undefined && { lastUsedTime: new Date(lastUsedMs) }),
      registerTime: new Date(registeredMs)
    }
  }

  /** The groups whose last successful deployment was of this revision. */
  #targetOf({ groups }: Application, { location }: RegisteredRevision): string[] {
    const { deployments } = this.#aws.codedeploy
    return [...groups].flatMap(([name, { lastSuccessfulDeployment: last }]) =>
      last && keyOrNone(deployments.find(last.deploymentId).settings.revision) === keyOf(location)
        ? [name]
        : []
    )
  }
}

/** @throws InvalidRevisionException for content without its digest */
function keyOf(revision: RevisionLocation): string {
  const key = keyOrNone(revision)
  if (!key) throw new ServiceError('InvalidRevisionException', 'The sha256 of the revision is required')
  return key
}

/** A rollback may show no revision. */
function keyOrNone({ appSpecContent, string, s3Location }: RevisionLocation): string | undefined {
  if (s3Location) return JSON.stringify([s3Location.bucket, s3Location.key, s3Location.version])
  return (appSpecContent ?? string)?.sha256
}

/** The text comes in the member that was asked for. */
function withContent(
  { location, content }: RegisteredRevision,
  revisionType: string | undefined
): RevisionLocation {
  if (content === undefined) return location
  const { sha256 } = location.appSpecContent ?? location.string ?? {}
  const member = revisionType === 'String' ? 'string' : 'appSpecContent'
  return { revisionType: revisionType as 'String', [member]: { content, sha256 } }
}
