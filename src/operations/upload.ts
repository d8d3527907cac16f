import type { Clock } from '../clock.ts'
import type { Cause } from '../deployment/outcome.ts'
import { Failure } from '../failure.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { isSameCode } from '../plan/codesha256.ts'
import type { FunctionVersion, HeldCode } from '../plan/holdings.ts'
import { size } from '../text/units.ts'
import { type ReadinessOptions, whenIdle, whenUpdated } from './readiness.ts'

/** Where Lambda takes code from. `sha256`: in base64, when it is known before. */
export type CodeLocation = { sha256?: string } & (
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'object'; bucket: string; key: string; version?: string }
  | { kind: 'image'; uri: string; digest?: string }
)

/** What an update repeats, because Lambda might otherwise go back to a default, and what it must find. */
export interface UpdateGuard extends Pick<HeldCode, 'architectures' | 'kmsKey'> {
  /** Lambda refuses when `$LATEST` is at another revision. */
  revisionId?: string
  /** Lambda checks the package and the permissions, and changes nothing. */
  dryRun: boolean
}

/** What uploading asks of Lambda. All throw Failure. */
export interface FunctionCodePort {
  held(functionName: string): Promise<HeldCode | undefined>
  /** A failure says whether Lambda may have acted on this request, or on an earlier try of it. */
  update(functionName: string, code: CodeLocation, guard: UpdateGuard): Promise<FunctionVersion>
}

export interface StoredObject {
  bucket: string
  key: string
  bytes: Uint8Array
  /** Of the bytes, in base64. */
  sha256: string
}

/** What uploading asks of S3. All throw Failure. */
export interface ObjectPort {
  isThere(object: StoredObject): Promise<boolean>
  put(object: StoredObject): Promise<void>
}

export interface UploadOptions extends Omit<ReadinessOptions, 'lambda'> {
  code: FunctionCodePort
  objects: ObjectPort
  clock: Clock
  /** Is told as soon as Lambda has taken the code, whatever comes after that. */
  taken(): void
}

export type UploadResult =
  /** `isSame`: `$LATEST` held it already, and was left alone. */
  | { kind: 'ready'; version: HeldCode; isSame: boolean }
  | { kind: 'refused'; cause: Cause }
  | { kind: 'cancelled' }

/** How often to begin again when something else of the function is being changed. */
const conflicts = 5
const againMs = 2_000

/** Whether `$LATEST` holds this code, as far as that can be told without asking for an update. */
export const holds = (latest: HeldCode, code: CodeLocation): boolean =>
  latest.lastUpdateStatus !== 'Failed' &&
  (code.kind === 'image'
    ? code.digest !== undefined && (latest.image?.endsWith(`@${code.digest}`) ?? false)
    : code.sha256 !== undefined && isSameCode(code.sha256, latest.codeSha256))

/**
 * Puts the code into `$LATEST`, unless it is there already: after an identical update, the next version would be a new one. `latest` is
 * what was read last. Nobody's upload in between is overwritten, and none is taken for ours. Throws Failure.
 */
export async function upload(
  request: ReleaseRequest,
  code: CodeLocation,
  latest: HeldCode,
  options: UploadOptions,
  tries = conflicts
): Promise<UploadResult> {
  const { functionName } = request
  const idle = await whenIdle(request, latest, () => options.code.held(functionName), options)
  if (idle.kind !== 'ready') return idle
  const before = idle.version
  if (holds(before, code)) return { kind: 'ready', version: before, isSame: true }
  try {
    const answer = await options.code.update(functionName, code, guardOf(request, before, false))
    return await whenUploaded(request, code, answer, options)
  } catch (failure) {
    if (!(failure instanceof Failure) || failure.kind === 'unsent') throw failure
    const now = await options.code.held(functionName)
    if (!now) throw failure
    if (holds(now, code)) return await whenUploaded(request, code, now, options)
    if (!isConflict(failure) || tries === 0) throw failure
    const isUntouched = isSameCode(now.codeSha256, before.codeSha256)
    // Only our own lost request can have changed it, or somebody who came in the same moment. What we send again is ours in any case.
    const mayBeOurs = code.sha256 === undefined && failure.mayHaveActed
    if (request.revisionId && failure.code === revisionDiffers && !failure.mayHaveActed)
      return { kind: 'refused', cause: otherRevision(request, failure) }
    if (!isUntouched && !mayBeOurs) return { kind: 'refused', cause: codeChanged(request, failure) }
    await options.clock.sleep(againMs, options.cancelled)
    if (options.cancelled.aborted) return { kind: 'cancelled' }
    const { revisionId: _, ...rest } = request
    return await upload(mayBeOurs ? rest : request, code, now, options, tries - 1)
  }
}

/** Waits until the update is over. What `$LATEST` holds then must be what was uploaded. */
async function whenUploaded(
  request: ReleaseRequest,
  code: CodeLocation,
  answer: FunctionVersion,
  options: UploadOptions
): Promise<UploadResult> {
  const { functionName } = request
  options.taken()
  const lambda = { version: () => options.code.held(functionName) }
  const updated = await whenUpdated(request, answer, { ...options, lambda })
  if (updated.kind !== 'ready') return updated
  const version = await options.code.held(functionName)
  // The digest of an image is known when it was asked for by its digest. The answer about an archive has its digest.
  const isOurs =
    version &&
    (code.kind === 'image'
      ? code.digest === undefined || holds(version, code)
      : isSameCode(version.codeSha256, code.sha256 ?? answer.codeSha256))
  if (!isOurs) return { kind: 'refused', cause: codeChanged(request) }
  return { kind: 'ready', version, isSame: false }
}

/** Has Lambda check the package and the permissions, and changes nothing. Throws Failure. */
export async function checkUpload(
  request: ReleaseRequest,
  code: CodeLocation,
  latest: HeldCode,
  options: Omit<UploadOptions, 'taken'>
): Promise<UploadResult> {
  const { functionName } = request
  const idle = await whenIdle(request, latest, () => options.code.held(functionName), options)
  if (idle.kind !== 'ready') return idle
  const isSame = holds(idle.version, code)
  if (!isSame) await options.code.update(functionName, code, guardOf(request, idle.version, true))
  return { ...idle, isSame }
}

/** Puts a package into its bucket, unless it is there already, and tells how that goes. Throws Failure. */
export async function store(
  object: StoredObject,
  { objects, clock, tell }: Pick<UploadOptions, 'objects' | 'clock' | 'tell'>
): Promise<void> {
  const place = `s3://${object.bucket}/${object.key}`
  if (await objects.isThere(object)) return tell(`${place} is there already`)
  const begun = clock.now()
  tell(`Uploading ${size(object.bytes.length)} to ${place}`)
  const ended = new AbortController()
  const telling = tellProgress(place, ended.signal, clock, tell)
  try {
    await objects.put(object)
  } finally {
    ended.abort()
    await telling
  }
  tell(`Uploaded in ${Math.round((clock.now() - begun) / 1_000)}s`)
}

const progressMs = 15_000

async function tellProgress(
  place: string,
  ended: AbortSignal,
  clock: Clock,
  tell: (line: string) => void
): Promise<void> {
  for (let seconds = progressMs / 1_000; ; seconds += progressMs / 1_000) {
    await clock.sleep(progressMs, ended)
    if (ended.aborted) return
    tell(`Still uploading to ${place} (${seconds}s so far)`)
  }
}

const guardOf = (
  request: ReleaseRequest,
  { architectures, kmsKey, ...latest }: HeldCode,
  dryRun: boolean
): UpdateGuard => {
  const revisionId = request.revisionId ?? latest.revisionId
  return { architectures, dryRun, ...(kmsKey && { kmsKey }), ...(revisionId && { revisionId }) }
}

const revisionDiffers = 'PreconditionFailedException'

const isConflict = ({ code }: Failure): boolean =>
  code === revisionDiffers || code === 'ResourceConflictException'

const codeChanged = ({ functionName }: ReleaseRequest, failure?: Failure): Cause => ({
  code: 'CODE_CHANGED',
  what: `The code of ${functionName} was changed by somebody else while this step uploaded its own, so nothing was released.`,
  next: 'Find out who updates the function beside this workflow, then run the step again.',
  ...(failure && { message: failure.message })
})

const otherRevision = ({ functionName, revisionId = '' }: ReleaseRequest, failure: Failure): Cause => ({
  code: 'REVISION_DIFFERS',
  what: `$LATEST of ${functionName} is not at revision ${revisionId} as revision-id says, so nothing was uploaded.`,
  next: 'Read RevisionId again after the last update of the function has completed, or leave revision-id out: the upload is guarded anyway.',
  message: failure.message
})
