import { createHash } from 'node:crypto'
import type { FunctionCode, FunctionCodeLocation } from '@aws-sdk/client-lambda'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Caller } from '../identity/authorization.ts'
import { Archive } from './archive.ts'
import { lambdaError } from './functionname.ts'

/** The code of a function: what its configuration says of it, and where GetFunction says that it is. */
export interface Code {
  configuration: { CodeSha256: string; CodeSize: number }
  location: Omit<FunctionCodeLocation, 'Location' | 'Error'>
}

/** As CreateFunction and UpdateFunctionCode give it. */
export type CodeSource = {
  [K in keyof FunctionCode]?: FunctionCode[K] | undefined
}

const MOST_ZIPPED_BYTES = 52_428_800
const MOST_UNZIPPED_BYTES = 262_144_000

/**
 * Reads code from where a request says it is. `caller` is whose permissions count in S3; without one, nothing is forbidden.
 * @throws InvalidParameterValueException for code that Lambda does not take, AccessDeniedException for code that it may not read
 */
export function readCode(
  aws: Aws,
  source: CodeSource,
  packageType: 'Zip' | 'Image',
  caller: Caller | undefined
): Code {
  const { ZipFile, ImageUri, S3Bucket, S3Key, S3ObjectVersion, SourceKMSKeyArn } = source
  const s3 = S3Bucket !== undefined || S3Key !== undefined
  if ([ZipFile !== undefined, s3, ImageUri !== undefined].filter(Boolean).length !== 1)
    throw invalid(
      'Please provide exactly one source for updated function code: ZipFile, S3Bucket and S3Key, or ImageUri.'
    )
  if (ImageUri === undefined && packageType === 'Image')
    throw invalid('Please provide ImageUri when updating a function with packageType Image.')
  if (ImageUri !== undefined) {
    if (packageType === 'Zip')
      throw invalid("Please don't provide ImageUri when updating a function with packageType Zip.")
    if (SourceKMSKeyArn !== undefined)
      throw invalid('SourceKMSKeyArn is not supported for functions created with container images.')
    return codeOfImage(aws, ImageUri)
  }
  const key = SourceKMSKeyArn === undefined ? {} : { SourceKMSKeyArn }
  if (ZipFile !== undefined) {
    if (ZipFile.length > MOST_ZIPPED_BYTES)
      throw invalid(`Zipped size must be smaller than ${MOST_ZIPPED_BYTES} bytes`)
    return { configuration: codeOfZip(ZipFile), location: { RepositoryType: 'S3', ...key } }
  }
  if (!S3Bucket || !S3Key) throw invalid('Please provide both S3Bucket and S3Key.')
  const object = { S3Bucket, S3Key, ...(S3ObjectVersion && { S3ObjectVersion }) }
  const reference = source.S3ObjectStorageMode === 'REFERENCE'
  if (reference && !S3ObjectVersion)
    throw invalid('S3ObjectVersion is required when S3ObjectStorageMode is REFERENCE.')
  return {
    configuration: codeOfZip(fromS3(aws, object, caller)),
    location: { RepositoryType: 'S3', ...(reference && { ResolvedS3Object: object }), ...key }
  }
}

function codeOfZip(zip: Uint8Array): Code['configuration'] {
  const archive = unlessBroken(() => new Archive(zip))
  if (archive.files === 0) throw invalid('Uploaded file must be a non-empty zip')
  if (archive.unpackedBytes > MOST_UNZIPPED_BYTES)
    throw invalid(`Unzipped size must be smaller than ${MOST_UNZIPPED_BYTES} bytes`)
  unlessBroken(() => archive.check())
  return { CodeSha256: createHash('sha256').update(zip).digest('base64'), CodeSize: zip.length }
}

function unlessBroken<T>(read: () => T): T {
  try {
    return read()
  } catch {
    throw invalid('Could not unzip uploaded file. Please check your file, then try to upload again.')
  }
}

/** A tag means what it means now: that it is moved later changes nothing. */
function codeOfImage(aws: Aws, ImageUri: string): Code {
  const found = aws.ecr.resolve(ImageUri)
  if (found === 'notValid')
    throw invalid(`Source image ${ImageUri} is not valid. Provide a valid source image.`)
  if (found === 'missing')
    throw invalid(`Source image ${ImageUri} does not exist. Provide a valid source image.`)
  if (found === 'foreign')
    throw lambdaError(
      'AccessDeniedException',
      'Lambda does not have permission to access the ECR image. Check the ECR permissions.',
      403
    )
  const ResolvedImageUri = aws.ecr.uri(found.repository, found.digest)
  return {
    configuration: { CodeSha256: found.digest.replace('sha256:', ''), CodeSize: 0 },
    location: { RepositoryType: 'ECR', ImageUri, ResolvedImageUri }
  }
}

/** Lambda reads S3 in the caller's name, and repeats what S3 says. */
function fromS3(
  aws: Aws,
  object: { S3Bucket: string; S3Key: string; S3ObjectVersion?: string },
  caller: Caller | undefined
): Uint8Array {
  const { S3Bucket: Bucket, S3Key: Key, S3ObjectVersion: VersionId } = object
  const operation = VersionId === undefined ? 'GetObject' : 'GetObjectVersion'
  try {
    return aws.s3.getObject({ Bucket, Key, VersionId }, caller).Body
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const said = (message: string) => `S3 Error Code: ${error.name}. S3 Error Message: ${message}`
    if (error.name === 'AccessDenied')
      throw lambdaError(
        'AccessDeniedException',
        `Your access has been denied by S3, please make sure your request credentials have permission to ${operation} for ${Bucket}/${Key}. ${said(error.message)}`,
        403
      )
    const region = error.name === 'PermanentRedirect' && error.extras['x-amz-bucket-region']
    const moved = `The bucket is in this region: ${region}. Please use this region to retry the request`
    throw invalid(
      `Error occurred while ${operation}. ${said(region && VersionId === undefined ? moved : error.message)}`
    )
  }
}

const invalid = (message: string): ServiceError => lambdaError('InvalidParameterValueException', message)
