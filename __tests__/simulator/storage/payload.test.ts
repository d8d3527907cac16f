import { createHash } from 'node:crypto'
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it, test } from '@jest/globals'
import { createAws } from '../../../simulator/aws.ts'
import { scaledClock } from '../../../simulator/clock.ts'
import { serve } from '../../../simulator/wire/server.ts'
import { respond, type WireRequest } from '../../../simulator/wire/wire.ts'
import { stage } from '../stage.ts'

const Bucket = 'payments-packages'
const EMPTY = createHash('sha256').digest('hex')

function request(change: Omit<Partial<WireRequest>, 'body'> & { body?: string } = {}): WireRequest {
  const { headers, body = '', ...others } = change
  return {
    method: 'PUT',
    host: `${Bucket}.s3.eu-west-1.amazonaws.com`,
    path: '/k',
    query: {},
    body: new TextEncoder().encode(body),
    ...others,
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKID/20261120/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
      ...headers
    }
  }
}

async function ask(given: WireRequest) {
  const on = stage()
  on.aws.s3.createBucket(Bucket)
  const { status, headers, body } = await on.clock.run(() => respond(on.aws, given))
  const stored = on.aws.s3.bucket(Bucket)?.current('k')?.body
  return {
    status,
    headers,
    text: new TextDecoder().decode(body),
    stored: stored && new TextDecoder().decode(stored)
  }
}

/** CRC-32 of `hello world`, in base64. */
const CRC32 = 'DUoRhQ=='
const chunked = {
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': '11',
  'x-amz-trailer': 'x-amz-checksum-crc32'
}
const chunks = (trailer: string) =>
  `5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:${trailer}\r\n\r\n`

describe('a body in chunks', () => {
  it('is stored as what they hold together, and its trailer is checked', async () => {
    const { status, headers, stored } = await ask(request({ headers: chunked, body: chunks(CRC32) }))
    expect([status, headers['x-amz-checksum-crc32'], stored]).toEqual([200, CRC32, 'hello world'])
  })

  it('may have signatures', async () => {
    const body = '5;chunk-signature=ab\r\nhello\r\n0;chunk-signature=cd\r\n\r\n'
    const headers = {
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-decoded-content-length': '5'
    }
    expect(await ask(request({ headers, body }))).toMatchObject({ status: 200, stored: 'hello' })
  })

  test.each([
    { name: 'a trailer of other bytes', body: chunks('AAAAAA=='), code: 'BadDigest' },
    { name: 'no trailer although one is announced', body: '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n' },
    { name: 'an end in the middle', body: '5\r\nhello\r\n6\r\n wor' },
    { name: 'fewer bytes than announced', body: chunks(CRC32).replace('6\r\n world\r\n', '') }
  ])('is refused with $name', async ({ body, code = 'IncompleteBody' }) => {
    const { status, text, stored } = await ask(request({ headers: chunked, body }))
    expect([status, /<Code>(\w+)/.exec(text)?.[1], stored]).toEqual([400, code, undefined])
  })
})

describe('a request to S3', () => {
  const rows: { name: string; given: WireRequest; status: number; text: string }[] = [
    {
      name: 'without a signature is refused',
      given: request({ headers: { authorization: '' } }),
      status: 403,
      text: '<Code>AccessDenied</Code><Message>Access Denied</Message>'
    },
    {
      name: 'for another region is told the right one',
      given: request({
        headers: {
          authorization:
            'AWS4-HMAC-SHA256 Credential=AKID/20261120/us-west-2/s3/aws4_request, SignedHeaders=host, Signature=0'
        }
      }),
      status: 400,
      text: "<Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-west-2' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region>"
    },
    {
      name: 'that is signed for another service is refused',
      given: request({
        headers: {
          authorization:
            'AWS4-HMAC-SHA256 Credential=AKID/20261120/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=0'
        }
      }),
      status: 400,
      text: '<Message>The authorization header is malformed; incorrect service "lambda". This endpoint belongs to "s3".</Message>'
    },
    {
      name: 'must say what its body is',
      given: request({ headers: { 'x-amz-content-sha256': '' } }),
      status: 400,
      text: '<Message>Missing required header for this request: x-amz-content-sha256</Message>'
    },
    {
      name: 'with another body than was signed is refused',
      given: request({ headers: { 'x-amz-content-sha256': EMPTY }, body: 'x' }),
      status: 400,
      text: `<Code>XAmzContentSHA256Mismatch</Code><Message>The provided 'x-amz-content-sha256' header does not match what was computed.</Message><ClientComputedContentSHA256>${EMPTY}</ClientComputedContentSHA256>`
    },
    {
      name: 'with a name that no bucket has is refused',
      given: request({ host: 's3.eu-west-1.amazonaws.com', path: '/No/k' }),
      status: 400,
      text: '<Code>InvalidBucketName</Code>'
    },
    {
      name: 'with a broken path is refused',
      given: request({ path: '/%E0%A4%A' }),
      status: 400,
      text: '<Code>InvalidURI</Code>'
    },
    {
      name: 'for an operation that is not simulated says so',
      given: request({ path: '/', method: 'GET', query: { 'list-type': '2' } }),
      status: 501,
      text: '<Code>NotImplemented</Code><Message>The simulator does not know this operation of S3: GET /</Message>'
    },
    {
      name: 'with a condition that is not simulated says so',
      given: request({ method: 'GET', headers: { range: 'bytes=0-1' } }),
      status: 501,
      text: '<Header>range</Header>'
    }
  ]
  test.each(rows)('$name', async ({ given, status, text }) => {
    const answer = await ask(given)
    expect(answer).toMatchObject({
      status,
      headers: {
        'content-type': 'application/xml',
        'x-amz-request-id': expect.stringMatching(/^[0-9A-F]{16}$/)
      },
      text: expect.stringContaining(text)
    })
    expect(answer.headers).not.toHaveProperty('x-amzn-requestid')
  })

  it.each([
    { host: `${Bucket}.s3.eu-west-1.amazonaws.com`, path: '/k' },
    { host: `${Bucket}.s3.dualstack.eu-west-1.amazonaws.com`, path: '/k' },
    { host: 's3.eu-west-1.amazonaws.com:443', path: `/${Bucket}/k` },
    { host: '127.0.0.1:4566', path: `/${Bucket}/k` }
  ])('to $host with the path $path means the same object', async ({ host, path }) => {
    expect(await ask(request({ host, path, body: 'x' }))).toMatchObject({ status: 200, stored: 'x' })
  })
})

describe('S3 over HTTP', () => {
  it('stores, shows and sends an object, and says what is missing', async () => {
    const aws = createAws({ clock: scaledClock(2000), tellsTime: false })
    aws.s3.createBucket(Bucket)
    const server = await serve(aws)
    const s3 = new S3Client({
      region: 'eu-west-1',
      endpoint: server.url,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
    })
    try {
      const Key = 'a/./b/../c d+ü//e'
      // So large that the SDK asks before it sends it.
      const Body = new Uint8Array(3_000_000).fill(7)
      const { ChecksumCRC32 } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }))
      const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key }))
      const got = await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToByteArray()
      expect([ChecksumCRC32, ContentLength, got?.every(byte => byte === 7)]).toEqual([
        'o5giWg==',
        3_000_000,
        true
      ])
      await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'x' }))).rejects.toMatchObject({
        name: 'NotFound'
      })
      await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'x' }))).rejects.toMatchObject({
        name: 'NoSuchKey',
        message: 'The specified key does not exist.'
      })
      aws.faults.add({ operation: 'PutObject', kind: 'dropAfter' })
      const { $metadata } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
      expect($metadata.attempts).toBe(2)
    } finally {
      s3.destroy()
      await server.close()
    }
  })
})
