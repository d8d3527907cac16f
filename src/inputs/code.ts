import type { Reader } from './reader.ts'

/** What to put into `$LATEST`, as the input `code` names it. */
export type CodeSource =
  /** A folder or a .zip archive on the runner's disk. */
  | { kind: 'files'; path: string }
  | { kind: 'object'; bucket: string; key: string; version?: string }
  /** In Amazon ECR; by tag, or by a digest that never means another image. */
  | { kind: 'image'; uri: string; digest?: string }

/** Where packages go that are too large for a request to Lambda. */
export interface CodeBucket {
  bucket: string
  /** Without a slash at either end; empty for none. */
  prefix: string
}

const bucketName = '[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]'
const objectForm = new RegExp(`^s3://(?<bucket>${bucketName})/(?<key>.+?)(\\?versionId=(?<version>[^?&]+))?$`)
const bucketForm = new RegExp(`^(s3://)?(?<bucket>${bucketName})(/(?<prefix>.*))?$`)
const imageForm =
  /^\d{12}\.dkr[.-]ecr(-fips)?\.(?<region>[a-z0-9-]+)\.(amazonaws\.com(\.cn)?|on\.aws)\/[a-z0-9]+([._/-]+[a-z0-9]+)*(:[\w.-]{1,128})?(@(?<digest>sha256:[0-9a-f]{64}))?$/

export function codeGiven(read: Reader, region: string): CodeSource | undefined {
  const given = read.text('code')
  if (!given) return undefined
  const object = objectForm.exec(given)?.groups
  if (object) {
    const { bucket = '', key = '', version } = object
    return { kind: 'object', bucket, key, ...(version && { version }) }
  }
  const image = imageForm.exec(given)?.groups
  if (image) {
    const { digest, region: ofImage } = image
    if (!digest && !/:[^/]+$/.test(given))
      read.problem('code', given, 'the address of an image with its tag or, better, its digest (@sha256:…)')
    if (region && ofImage !== region)
      read.problem('code', given, `an image in ${region}, the region of this step: Lambda takes no other`)
    return { kind: 'image', uri: given, ...(digest && { digest }) }
  }
  const isElsewhere =
    /^[a-z0-9+.-]+:\/\//i.test(given) || /^[a-z0-9][\w.-]*\.[a-z]{2,}(:\d+)?\/.+[:@][\w.:-]+$/.test(given)
  if (isElsewhere || /\.dkr[.-]ecr/.test(given) || /[\r\n\0]/.test(given))
    read.problem(
      'code',
      given,
      'a folder, a .zip file, s3://bucket/key, or an image such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1.2'
    )
  return { kind: 'files', path: given }
}

export function bucketGiven(read: Reader): CodeBucket | undefined {
  const given = read.text('code-bucket')
  if (!given) return undefined
  const { bucket = '', prefix = '' } = bucketForm.exec(given)?.groups ?? {}
  if (!bucket) read.problem('code-bucket', given, 'the name of a bucket, or s3://bucket/prefix')
  return { bucket, prefix: prefix.replace(/^\/+|\/+$/g, '') }
}
