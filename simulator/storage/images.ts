import { createHash } from 'node:crypto'
import type { Aws } from '../aws.ts'

/** Repositories of images, as far as Lambda reads them: which image a tag means. It has no API; what is in it is pushed by `push`. */
export class Ecr {
  readonly #aws: Aws
  readonly #repositories = new Map<string, { tags: Map<string, string>; digests: Set<string> }>()
  #pushed = 0

  constructor(aws: Aws) {
    this.#aws = aws
  }

  /**
   * Makes a tag mean an image, whatever it meant before, and answers the image's digest, `sha256:…`. The same content has the same
   * digest; left out, it is content that was never there before.
   */
  push(repository: string, tag: string, content = `push ${++this.#pushed}`): string {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
    const known = this.#repositories.get(repository) ?? { tags: new Map(), digests: new Set() }
    known.tags.set(tag, digest)
    known.digests.add(digest)
    this.#repositories.set(repository, known)
    return digest
  }

  /** The address of an image in this account and region, by its tag or digest. */
  uri(repository: string, reference: string): string {
    return `${this.#registry()}/${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`
  }

  /**
   * The digest that an address of this account and region means. `notValid`: it is no such address; `foreign`: it is in another
   * account, which has not shared it; `missing`: there is no such image.
   */
  resolve(uri: string): { repository: string; digest: string } | 'notValid' | 'foreign' | 'missing' {
    const parts =
      /^(?<account>\d{12})(?<host>\.[^/]+)\/(?<repository>[a-z0-9]+(?:[._/-][a-z0-9]+)*)(?::(?<tag>[\w.-]{1,128}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/.exec(
        uri
      )?.groups
    const { account, host, repository = '', tag, digest } = parts ?? {}
    if (host !== this.#registry().slice(12) || (tag === undefined && digest === undefined)) return 'notValid'
    if (account !== this.#aws.account) return 'foreign'
    const known = this.#repositories.get(repository)
    const found = digest === undefined ? known?.tags.get(tag ?? '') : known?.digests.has(digest) && digest
    return found ? { repository, digest: found } : 'missing'
  }

  #registry(): string {
    const { account, region, partition } = this.#aws
    return `${account}.dkr.ecr.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`
  }
}
