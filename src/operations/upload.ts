import type { Cause } from '../deployment/outcome.ts'
import { Failure } from '../failure.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { isSameCode } from '../plan/codesha256.ts'
import type { FunctionVersion, HeldCode } from '../plan/holdings.ts'
import { revisionDiffers } from '../plan/refusals.ts'
import { unreadCode } from '../plan/unreadcode.ts'
import { patience } from '../watch/patience.ts'
import { type ReadinessOptions, unlessStale, whenIdle, whenUpdated } from './readiness.ts'
import { telling } from './telling.ts'

/** Where Lambda takes code from. `sha256`: in base64, when it is known before. */
export type CodeLocation = { sha256?: string } & (
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'object'; bucket: string; key: string; version?: string }
  | { kind: 'image'; uri: string; digest?: string }
)

/** What an update repeats, because Lambda might otherwise go back to a default, and what it must find. */
export interface UpdateGuard extends Pick<HeldCode, 'architectures' | 'isReferenced' | 'kmsKey'> {
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

/** What checking and uploading need. */
export interface CheckOptions extends Omit<ReadinessOptions, 'lambda'> {
  code: FunctionCodePort
}

export interface UploadOptions extends CheckOptions {
  /** True once another function of the step has been refused: then this one is left alone as well. */
  isCalledOff(): boolean
  /** Is told as soon as Lambda has taken the code, or may have taken it, whatever comes after that. */
  taken(isCertain: boolean): void
}

export type UploadResult =
  /** `isSame`: `$LATEST` held it already, and was left alone. */
  | { kind: 'ready'; version: HeldCode; isSame: boolean }
  | { kind: 'refused'; cause: Cause }
  /** The job was cancelled, or another function was refused. */
  | { kind: 'cancelled' }

/** How often to begin again when something else of the function is being changed. */
const conflicts = 5
const againMs = 2_000

interface Trying {
  tries: number
  /** Lambda may have acted on an earlier try. */
  mayHaveActed: boolean
}

/** Whether `$LATEST` holds this code, as far as that can be told without asking for an update. */
export const holds = (latest: HeldCode, code: CodeLocation, { codeSha256 }: ReleaseRequest): boolean =>
  latest.lastUpdateStatus !== 'Failed' && (isIt(latest, code, codeSha256) ?? false)

/** Undefined when it cannot be told. */
function isIt(latest: HeldCode, code: CodeLocation, codeSha256?: string): boolean | undefined {
  if (code.kind === 'image' && code.digest) return latest.image?.endsWith(`@${code.digest}`) ?? false
  const expected = code.sha256 ?? codeSha256
  return expected === undefined ? undefined : isSameCode(expected, latest.codeSha256)
}

/**
 * Puts the code into `$LATEST`, unless it is there already: after an identical update, the next version would be a new one. `latest` is
 * what was read last. Nobody's upload in between is overwritten, and none is taken for ours. Throws Failure.
 */
export async function upload(
  request: ReleaseRequest,
  code: CodeLocation,
  latest: HeldCode,
  options: UploadOptions,
  { tries, mayHaveActed }: Trying = { tries: conflicts, mayHaveActed: false }
): Promise<UploadResult> {
  const { functionName } = request
  const found = await beforeUpload(request, code, latest, options)
  if (found.kind !== 'ready' || found.isSame) return found
  if (options.isCalledOff()) return { kind: 'cancelled' }
  const before = found.version
  try {
    const answer = await telling(`the code of ${functionName}`, options, () =>
      options.code.update(functionName, code, guardOf(request, before, false))
    )
    return await whenUploaded(request, code, [latest, before], answer, options)
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    if (failure.mayHaveActed) options.taken(false)
    if (failure.kind === 'unsent') throw failure
    // As it was before, or with our code: anything else may be from before that.
    const isOdd = (held: HeldCode | undefined) =>
      held !== undefined && isIt(held, code) === false && !isSameCode(held.codeSha256, before.codeSha256)
    const now = await unlessStale(() => options.code.held(functionName), isOdd, options)
    if (options.cancelled.aborted && isOdd(now)) return { kind: 'cancelled' }
    if (!now) throw failure
    if (holds(now, code, request)) return await whenUploaded(request, code, [latest, before], now, options)
    if (!isConflict(failure) || tries === 0) return notTaken(code, before, failure)
    // Of what has no digest, only our own request tells what it is. So it is sent again, over whatever came in the same moment.
    const hasPerhapsActed = mayHaveActed || failure.mayHaveActed
    const mayBeOurs = hasPerhapsActed && isIt(now, code) === undefined
    if (request.revisionId && now.revisionId !== before.revisionId && !mayBeOurs)
      return { kind: 'refused', cause: revisionDiffers(request, failure) }
    if (!isSameCode(now.codeSha256, before.codeSha256) && !mayBeOurs)
      return { kind: 'refused', cause: codeChanged(request, failure) }
    await options.clock.sleep(againMs, options.cancelled)
    if (options.cancelled.aborted) return { kind: 'cancelled' }
    const { revisionId: _, ...unrevised } = request
    const next = { tries: tries - 1, mayHaveActed: hasPerhapsActed }
    return await upload(mayBeOurs ? unrevised : request, code, now, options, next)
  }
}

/** Has Lambda check the package and the permissions, and changes nothing. Throws Failure. */
export async function checkUpload(
  request: ReleaseRequest,
  code: CodeLocation,
  latest: HeldCode,
  options: CheckOptions,
  tries = conflicts
): Promise<UploadResult> {
  const { functionName } = request
  const found = await beforeUpload(request, code, latest, options)
  if (found.kind !== 'ready' || found.isSame) return found
  try {
    await options.code.update(functionName, code, guardOf(request, found.version, true))
    return found
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    if (!isConflict(failure) || tries === 0) return notTaken(code, found.version, failure)
    await options.clock.sleep(againMs, options.cancelled)
    if (options.cancelled.aborted) return { kind: 'cancelled' }
    const now = await options.code.held(functionName)
    if (!now) throw failure
    return await checkUpload(request, code, now, options, tries - 1)
  }
}

/** What `$LATEST` holds once no update of it is under way, if it may be replaced. `latest` is as it was read before. */
async function beforeUpload(
  request: ReleaseRequest,
  code: CodeLocation,
  latest: HeldCode,
  options: CheckOptions
): Promise<UploadResult> {
  const { functionName, revisionId } = request
  // Whether the digest of an image changes when its update begins or when it ends is not documented.
  const isReplaced = (held: HeldCode | undefined) =>
    held?.packageType === 'Zip' &&
    !isSameCode(held.codeSha256, latest.codeSha256) &&
    !holds(held, code, request)
  const until = options.clock.now() + patience.stale
  const read = () => unlessStale(() => options.code.held(functionName), isReplaced, options, until)
  const idle = await whenIdle(request, latest, read, options)
  if (idle.kind !== 'ready') return idle
  const { version } = idle
  if (revisionId && version.revisionId && version.revisionId !== revisionId)
    return { kind: 'refused', cause: revisionDiffers(request) }
  if (isReplaced(version)) return { kind: 'refused', cause: codeChanged(request) }
  return { kind: 'ready', version, isSame: holds(version, code, request) }
}

/** Waits until the update is over. What `$LATEST` holds then must be what was uploaded. `earlier`: what it held, the last one right before. */
async function whenUploaded(
  request: ReleaseRequest,
  code: CodeLocation,
  earlier: readonly [HeldCode, HeldCode],
  answer: FunctionVersion,
  options: UploadOptions
): Promise<UploadResult> {
  const { functionName } = request
  options.taken(true)
  const [, before] = earlier
  // Lambda has taken an update since, so it cannot be at one of these revisions any more.
  const isFromBefore = (held: HeldCode | undefined) =>
    earlier.some(({ revisionId }) => revisionId !== undefined && revisionId === held?.revisionId)
  const isNotOurs = (held: HeldCode | undefined) =>
    held !== undefined && (isFromBefore(held) || isIt(held, code) === false)
  const until = options.clock.now() + patience.stale
  const read = () => unlessStale(() => options.code.held(functionName), isNotOurs, options, until)
  // Nobody else can update the function while ours is under way, so this still shows ours. Later, it might show somebody else's.
  const during = code.kind === 'image' ? await options.code.held(functionName) : undefined
  const lambda = { version: read }
  const updated = await whenUpdated(request, answer, { ...options, lambda })
  if (updated.kind !== 'ready') return updated
  const version = await read()
  if (options.cancelled.aborted && isNotOurs(version)) return { kind: 'cancelled' }
  const known = isIt(version ?? before, code)
  // Whether the digest of an image changes when its update begins or when it ends is not documented. An object's digest is in the answer.
  const tells = ({ codeSha256 }: FunctionVersion) =>
    code.kind !== 'image' || !isSameCode(codeSha256, before.codeSha256)
  const shown = [answer, ...(during ? [during] : [])].filter(tells).map(({ codeSha256 }) => codeSha256)
  const isOurs =
    known ?? (shown.length === 0 || shown.some(each => isSameCode(each, version?.codeSha256 ?? '')))
  if (!version || !isOurs) return { kind: 'refused', cause: codeChanged(request) }
  const { codeSha256 } = request
  if (codeSha256 && !isSameCode(codeSha256, version.codeSha256))
    return { kind: 'refused', cause: otherCode(request, version) }
  return { kind: 'ready', version, isSame: false }
}

const guardOf = (
  request: ReleaseRequest,
  { architectures, isReferenced, kmsKey, ...latest }: HeldCode,
  dryRun: boolean
): UpdateGuard => {
  const revisionId = request.revisionId ?? latest.revisionId
  return {
    architectures,
    dryRun,
    ...(isReferenced && { isReferenced }),
    ...(kmsKey && { kmsKey }),
    ...(revisionId && { revisionId })
  }
}

function notTaken(code: CodeLocation, held: HeldCode, failure: Failure): UploadResult {
  const cause = code.kind === 'bytes' ? undefined : unreadCode(code, held, failure)
  if (!cause) throw failure
  return { kind: 'refused', cause }
}

const isConflict = ({ code }: Failure): boolean =>
  code === 'PreconditionFailedException' || code === 'ResourceConflictException'

const codeChanged = ({ functionName }: ReleaseRequest, failure?: Failure): Cause => ({
  code: 'CODE_CHANGED',
  what: `The code of ${functionName} was changed by somebody else while this step uploaded its own, so nothing was released.`,
  next: 'Find out who updates the function beside this workflow, then run the step again.',
  ...(failure && { message: failure.message })
})

const otherCode = ({ functionName, codeSha256 = '' }: ReleaseRequest, held: HeldCode): Cause => ({
  code: 'CODE_DIFFERS',
  what: `The code that was uploaded to ${functionName} is ${held.codeSha256}, not ${codeSha256} as code-sha256 says.`,
  next: 'Find out which of the two is the build that you mean to release, and correct code or code-sha256.'
})
