import { describe, expect, test } from '@jest/globals'
import type { ReleaseRequest } from '../../src/inputs/request.ts'
import { problemsOf, requestOf, required } from './given.ts'

const digest = `sha256:${'0a1b'.repeat(16)}`
const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'

describe('code is', () => {
  test.each<{ name: string; given: string; code: ReleaseRequest['code'] }>([
    { name: 'a folder', given: 'dist', code: { kind: 'files', path: 'dist' } },
    { name: 'an archive', given: './build/code.zip', code: { kind: 'files', path: './build/code.zip' } },
    { name: 'a folder with dots', given: 'build.dir/out', code: { kind: 'files', path: 'build.dir/out' } },
    { name: 'a folder on Windows', given: 'C:\\build', code: { kind: 'files', path: 'C:\\build' } },
    {
      name: 'an object in S3',
      given: 's3://acme-builds/orders/1.2/code.zip',
      code: { kind: 'object', bucket: 'acme-builds', key: 'orders/1.2/code.zip' }
    },
    {
      name: 'a version of an object',
      given: 's3://acme-builds/code.zip?versionId=3HL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY',
      code: {
        kind: 'object',
        bucket: 'acme-builds',
        key: 'code.zip',
        version: '3HL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY'
      }
    },
    {
      name: 'an image by its tag',
      given: `${registry}/acme/orders:1.2`,
      code: { kind: 'image', uri: `${registry}/acme/orders:1.2` }
    },
    {
      name: 'an image by its digest',
      given: `${registry}/orders@${digest}`,
      code: { kind: 'image', uri: `${registry}/orders@${digest}`, digest }
    },
    {
      name: 'an image by both',
      given: `${registry}/orders:1.2@${digest}`,
      code: { kind: 'image', uri: `${registry}/orders:1.2@${digest}`, digest }
    }
  ])('$name', ({ given, code }) => {
    expect(requestOf({ code: given }).code).toEqual(code)
  })

  test.each<{ name: string; inputs: Record<string, string>; problem: string }>([
    {
      name: 'no address on the web',
      inputs: { code: 'https://example.com/code.zip' },
      problem:
        "code: got 'https://example.com/code.zip'; accepted is a folder, a .zip file, s3://bucket/key, or an image such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1.2"
    },
    {
      name: 'no bucket without a key',
      inputs: { code: 's3://acme-builds/' },
      problem:
        "code: got 's3://acme-builds/'; accepted is a folder, a .zip file, s3://bucket/key, or an image such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1.2"
    },
    {
      name: 'no image of another registry',
      inputs: { code: 'ghcr.io/acme/orders:1.2' },
      problem:
        "code: got 'ghcr.io/acme/orders:1.2'; accepted is a folder, a .zip file, s3://bucket/key, or an image such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1.2"
    },
    {
      name: 'no image without tag and digest',
      inputs: { code: `${registry}/orders` },
      problem: `code: got '${registry}/orders'; accepted is the address of an image with its tag or, better, its digest (@sha256:…)`
    },
    {
      name: 'no image of another region',
      inputs: { code: '123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:1' },
      problem:
        "code: got '123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:1'; accepted is an image in eu-west-1, the region of this step: Lambda takes no other"
    },
    {
      name: 'not given with a version that is published already',
      inputs: { code: 'dist', 'target-version': '8' },
      problem:
        "code: got 'dist'; accepted is nothing together with target-version: no version is published then"
    },
    {
      name: 'not given with a deployment that runs already',
      inputs: { code: 'dist', 'deployment-id': 'd-1A2B3C4D5' },
      problem:
        "code: got 'dist'; accepted is nothing together with deployment-id: that deployment has been started already"
    }
  ])('$name', ({ inputs, problem }) => {
    expect(problemsOf({ ...required, ...inputs })).toEqual([problem])
  })
})

describe('code-bucket is', () => {
  test.each<{ name: string; given: string; bucket: ReleaseRequest['codeBucket'] }>([
    { name: 'a bucket', given: 'acme-builds', bucket: { bucket: 'acme-builds', prefix: '' } },
    {
      name: 'a bucket as an address',
      given: 's3://acme-builds',
      bucket: { bucket: 'acme-builds', prefix: '' }
    },
    {
      name: 'a bucket with a prefix, with or without a slash at its end',
      given: 's3://acme-builds/lambda/live/',
      bucket: { bucket: 'acme-builds', prefix: 'lambda/live' }
    }
  ])('$name', ({ given, bucket }) => {
    expect(requestOf({ 'code-bucket': given }).codeBucket).toEqual(bucket)
  })

  test('no name that S3 does not allow', () => {
    expect(problemsOf({ ...required, 'code-bucket': 'Acme_Builds' })).toEqual([
      "code-bucket: got 'Acme_Builds'; accepted is the name of a bucket, or s3://bucket/prefix"
    ])
  })
})
