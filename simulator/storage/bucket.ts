/** One version of an object. */
export interface StoredObject {
  /** Absent in a bucket without versioning. */
  versionId?: string
  /** A delete marker has none. */
  body?: Uint8Array
  /** In quotes, as in the header. */
  etag: string
  contentType: string
  /** Names in lower case, without `x-amz-meta-`. */
  metadata: Record<string, string>
  /** The checksums that the upload carried, by header: `x-amz-checksum-sha256`. */
  checksums: Record<string, string>
  modifiedAt: number
}

export interface BucketOptions {
  /** Default: that of the account. */
  region?: string
  /** Default false. */
  versioning?: boolean
}

/** Objects by key, the newest version last. */
export class Bucket {
  readonly name: string
  readonly region: string
  readonly versioning: boolean
  readonly #objects = new Map<string, StoredObject[]>()

  constructor(name: string, region: string, versioning: boolean) {
    this.name = name
    this.region = region
    this.versioning = versioning
  }

  put(key: string, object: StoredObject): void {
    const older = this.versioning ? (this.#objects.get(key) ?? []) : []
    this.#objects.set(key, [...older, object])
  }

  /** The object as it is now, delete markers left out. */
  current(key: string): StoredObject | undefined {
    const newest = this.#objects.get(key)?.at(-1)
    return newest?.body ? newest : undefined
  }

  /** `null` names the version of an object that was stored without versioning. */
  version(key: string, versionId: string): StoredObject | undefined {
    return this.#objects.get(key)?.find(each => (each.versionId ?? 'null') === versionId)
  }

  /** As a lifecycle rule does: older versions stay. */
  expire(key: string, marker: StoredObject): void {
    if (this.versioning) this.put(key, marker)
    else this.#objects.delete(key)
  }

  keys(): string[] {
    return [...this.#objects.keys()].filter(key => this.current(key))
  }
}
