import type { Cause } from '../deployment/outcome.ts'
import type { Failure } from '../failure.ts'
import type { CodeSource } from '../inputs/code.ts'
import type { HeldCode } from './holdings.ts'

type StoredObject = Extract<CodeSource, { kind: 'object' }>
type Image = Extract<CodeSource, { kind: 'image' }>
type Held = Pick<HeldCode, 'isReferenced'>
type Words = [what: string, next: string]

/**
 * Why Lambda did not get the code that a request only points to, when it repeats what S3 or ECR has said. Undefined when the denial is
 * Lambda's own or names the permission that is missing for reading, and for every other failure. `held` is what was to be replaced.
 */
export function unreadCode(code: StoredObject | Image, held: Held, failure: Failure): Cause | undefined {
  const [what, next] = words(code, held, failure) ?? []
  if (what === undefined || next === undefined) return undefined
  return { code: failure.code, what, next, message: failure.message }
}

function words(
  code: StoredObject | Image,
  held: Held,
  { action, kind, isUnnamed, message }: Failure
): Words | undefined {
  if (kind !== 'denied') return undefined
  // Only the text says that another service has denied it.
  const isFrom = (service: RegExp) => isUnnamed && service.test(message)
  if (code.kind === 'image') return isFrom(/\bECR\b/) ? imageDenied(code) : undefined
  // Reading needs no listing: S3 asks for that before it says that there is no such object.
  if (action.endsWith(':ListBucket')) return objectUnseen(code)
  return isFrom(/\bS3\b/) ? objectDenied(code, held) : undefined
}

const imageDenied = ({ uri }: Image): Words => [
  `Lambda may not read the image ${uri}.`,
  'Let the policy of its repository allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer to lambda.amazonaws.com (docs/permissions.md, an image in Amazon ECR).'
]

const objectUnseen = (code: StoredObject): Words => [
  `There is no such object, or the role may not see it: ${placeOf(code)}.`,
  'Check the bucket and the key. With s3:ListBucket on the bucket, S3 says which of the two it is.'
]

const objectDenied = (code: StoredObject, { isReferenced }: Held): Words => [
  `S3 denied access to ${placeOf(code)}, and does not say which permission is missing.`,
  `Check the bucket and the key, and that the role has s3:GetObject${code.version === undefined ? '' : 'Version'} on it. No policy of the bucket may deny it, and the policy of a bucket in another account must allow it.${isReferenced && code.version !== undefined ? referenceNeeds : ''}`
]

/** "Self-managed S3 code storage" in the Lambda developer guide. */
const referenceNeeds =
  ' The function refers to its archive in S3, so the policy of the bucket must also allow s3:GetObject and s3:GetObjectVersion to lambda.amazonaws.com.'

const placeOf = ({ bucket, key, version }: StoredObject): string =>
  `s3://${bucket}/${key}${version === undefined ? '' : `?versionId=${version}`}`
