import { causeOf } from '../deployment/outcome.ts'
import { type StoredObject, store } from '../operations/store.ts'
import {
  type CheckOptions,
  type CodeLocation,
  checkUpload,
  holds,
  type UploadResult,
  upload
} from '../operations/upload.ts'
import { mostInRequest, type PackResult, pack } from '../packaging/package.ts'
import { isSameCode } from '../plan/codesha256.ts'
import { codeText } from '../report/code.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { blockOthers, isOpen, type Release, refuse, stage } from './release.ts'
import { resolveConflicts } from './resolve.ts'

/** Makes and checks all packages before anything is asked of AWS. Compressing keeps the process busy, and nothing waits for it yet. */
export async function packAll(releases: readonly Release[], world: World): Promise<void> {
  const packages = new Map<string, PackResult>()
  for (const release of releases) {
    const { code, codeBucket, codeSha256 } = release.request
    if (code?.kind !== 'files' || world.cancelled.aborted) continue
    const isBounded = codeBucket === undefined
    const key = `${isBounded} ${code.path}`
    const result = packages.get(key) ?? (await pack(code.path, isBounded, world.disk, world.cancelled))
    packages.set(key, result)
    if (result.kind === 'cancelled') return
    if (result.kind === 'refused') refuse(release, result.cause)
    else if (codeSha256 && !isSameCode(codeSha256, result.package.sha256))
      refuse(release, {
        code: 'CODE_DIFFERS',
        what: `The package of ${code.path} has SHA-256 ${result.package.sha256}, not ${codeSha256} as code-sha256 says.`,
        next: 'Find out which of the two is the build that you mean to release.'
      })
    else release.package = result.package
  }
  blockOthers(releases)
}

/** Enters in the record what will be done about the code. Changes nothing. */
export function planCode(release: Release): void {
  const { held, record, request } = release
  const code = locationOf(release)
  if (!code || !held?.code || !request.code) return
  const object = objectOf(release)
  record.code = {
    what: codeText({
      source: request.code,
      ...(release.package && { package: release.package }),
      latest: held.code,
      isSame: holds(held.code, code, request),
      ...(object && { place: `s3://${object.bucket}/${object.key}` })
    })
  }
}

/**
 * Puts the code of each release into `$LATEST`. All packages were checked before, and nothing is published yet. Packages go into their
 * buckets first, which changes no function.
 */
export async function uploadAll(releases: readonly Release[], world: World): Promise<void> {
  await refuseBusy(releases, world)
  await storeAll(releases, world)
  const isCalledOff = () => releases.some(({ record }) => record.outcome && causeOf(record.outcome))
  // Aliases of one function have one `$LATEST`.
  const uploads = new Map<string, Promise<UploadResult>>()
  const act = stage(async release => {
    const { held, package: made, record, request } = release
    const code = locationOf(release)
    if (!code || !held?.code) return
    const taken = (isCertain: boolean) => {
      record.code = { what: record.code?.what ?? '', uploaded: isCertain ? 'certainly' : 'perhaps' }
    }
    const shared = uploads.get(request.functionName)
    const uploading = shared ?? upload(request, code, held.code, { ...optionsOf(world), isCalledOff, taken })
    uploads.set(request.functionName, uploading)
    const result = await uploading
    if (result.kind === 'cancelled') return
    if (result.kind === 'refused') return refuse(release, result.cause)
    const { version, isSame } = result
    release.held = { ...held, source: version, code: version }
    release.uploaded = version
    delete release.package
    if (!isSame) taken(true)
    if (shared !== undefined) return
    const name = plain(request.functionName)
    const image = version.image ? ` (${plain(version.image)})` : ''
    world.reporter.say(
      isSame
        ? `$LATEST of ${name} holds the same code already${image}`
        : `$LATEST of ${name} is updated${made ? ` with the package of ${plain(made.path)}` : ''}${image}`
    )
  })
  await act(releases, world)
}

/** Nothing is uploaded for a release that another deployment is reason enough to refuse: new code cannot be what that one releases. */
async function refuseBusy(releases: readonly Release[], world: World): Promise<void> {
  const isInTheWay = (release: Release): boolean =>
    isNewCode(release) && release.request.ifInProgress === 'fail' && release.decision?.kind === 'busy'
  const resolve = resolveConflicts(
    world.clock.now(),
    () => false,
    () => false
  )
  await resolve(releases.filter(isInTheWay), world)
  blockOthers(releases)
}

const storeAll = stage(async (release, world) => {
  const { held, request } = release
  const code = locationOf(release)
  const object = objectOf(release)
  if (!object || !code || !held?.code) return
  // An update that is under way may fail, and then the package is needed.
  const isThere = holds(held.code, code, request) && held.code.lastUpdateStatus !== 'InProgress'
  if (!isThere) await store(object, { ...optionsOf(world), objects: world.objects })
})

/** Has Lambda check what would be uploaded. A package that would first go into a bucket is not there yet, and is not checked. */
export const checkCode = stage(async (release, world) => {
  const { held, request } = release
  const code = locationOf(release)
  if (!code || !held?.code || !release.decision) return
  const object = objectOf(release)
  if (object && !holds(held.code, code, request) && !(await world.objects.isThere(object)))
    return world.reporter.say(
      `The package of ${plain(request.functionName)} would first go to s3://${plain(object.bucket)}/${plain(object.key)}, so Lambda could not check it`
    )
  const result = await checkUpload(request, code, held.code, optionsOf(world))
  if (result.kind === 'refused') return refuse(release, result.cause)
  if (result.kind === 'ready' && !result.isSame && isOpen(release))
    world.reporter.say(`Lambda would accept the code for ${plain(request.functionName)} (DryRun)`)
})

/** There is code to upload that `$LATEST` does not hold. */
export function isNewCode(release: Release): boolean {
  const { held, request } = release
  const code = locationOf(release)
  return code !== undefined && held?.code !== undefined && !holds(held.code, code, request)
}

/** Undefined without `code`. */
function locationOf(release: Release): CodeLocation | undefined {
  const { package: made, request } = release
  if (request.code?.kind !== 'files') return request.code
  if (!made) return undefined
  const object = objectOf(release)
  const { bytes, sha256 } = made
  if (object) return { kind: 'object', bucket: object.bucket, key: object.key, sha256 }
  return { kind: 'bytes', bytes, sha256 }
}

/** Where the package goes if it is too large for a request. The same code has the same key. */
function objectOf({ package: made, request }: Release): StoredObject | undefined {
  const { codeBucket, functionName } = request
  if (!made || !codeBucket || made.bytes.length <= mostInRequest) return undefined
  const { bytes, sha256 } = made
  const key = [codeBucket.prefix, functionName, `${hexOf(sha256)}.zip`].filter(Boolean).join('/')
  return { bucket: codeBucket.bucket, key, bytes, sha256 }
}

const hexOf = (base64: string): string => Buffer.from(base64, 'base64').toString('hex')

const optionsOf = (world: World): CheckOptions => ({
  code: world.code,
  clock: world.clock,
  cancelled: world.cancelled,
  tell: line => world.reporter.say(plain(line))
})
