import { size } from '../text/units.ts'
import { type TellingOptions, telling } from './telling.ts'

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

/** Puts a package into its bucket, unless it is there already, and tells how that goes. Throws Failure. */
export async function store(
  object: StoredObject,
  options: TellingOptions & { objects: ObjectPort }
): Promise<void> {
  const { objects, clock, tell } = options
  const place = `s3://${object.bucket}/${object.key}`
  if (await objects.isThere(object)) return tell(`${place} is there already`)
  const begun = clock.now()
  tell(`Uploading ${size(object.bytes.length)} to ${place}`)
  await telling(place, options, () => objects.put(object))
  tell(`Uploaded ${place} in ${Math.round((clock.now() - begun) / 1_000)}s`)
}
