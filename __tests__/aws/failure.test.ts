import { describe, expect, test } from '@jest/globals'
import { failureOf, malformed } from '../../src/aws/failure.ts'
import { Failure, type FailureKind } from '../../src/failure.ts'

const action = 'codedeploy:CreateDeployment'
const resource = 'arn:group'

/** A service's exception, as the SDK throws it. */
const answered = (name: string, status: number) =>
  Object.assign(new Error('said AWS'), { name, $fault: 'client', $metadata: { httpStatusCode: status } })
/** An error of Node's network code. */
const broken = (code: string) => Object.assign(new Error('said Node'), { code })
/** What the SDK throws when it cannot read an answer. */
const unread = (name: string, status: number) =>
  Object.assign(new Error('said the SDK'), { name, $metadata: { httpStatusCode: status } })

describe('what was thrown means', () => {
  test.each<{ name: string; thrown: unknown; kind: FailureKind; code: string; mayHaveActed: boolean }>([
    ...[
      'ExpiredTokenException',
      'ExpiredToken',
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'MissingAuthenticationToken',
      'IncompleteSignature'
    ].flatMap(code =>
      [400, 403].map(status => ({
        name: `bad credentials: ${code} with status ${status}`,
        thrown: answered(code, status),
        kind: 'credentials' as const,
        code,
        mayHaveActed: false
      }))
    ),
    {
      name: 'bad credentials: no provider had any',
      thrown: Object.assign(new Error(), { name: 'CredentialsProviderError' }),
      kind: 'credentials',
      code: 'CredentialsProviderError',
      mayHaveActed: false
    },
    ...['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'].map(code => ({
      name: `a missing permission: ${code}`,
      thrown: answered(code, 403),
      kind: 'denied' as const,
      code,
      mayHaveActed: false
    })),
    ...[
      'ThrottlingException',
      'Throttling',
      'TooManyRequestsException',
      'RequestLimitExceeded',
      'SlowDown'
    ].map(code => ({
      name: `throttling, before anything was done: ${code}`,
      thrown: answered(code, 400),
      kind: 'transient' as const,
      code,
      mayHaveActed: false
    })),
    {
      name: 'throttling under an unknown name',
      thrown: answered('CalmDown', 429),
      kind: 'transient',
      code: 'CalmDown',
      mayHaveActed: false
    },
    {
      name: 'a fault in AWS, which may have acted',
      thrown: answered('InternalFailure', 500),
      kind: 'transient',
      code: 'InternalFailure',
      mayHaveActed: true
    },
    {
      name: 'an unavailable service, which may have acted',
      thrown: answered('ServiceUnavailable', 503),
      kind: 'transient',
      code: 'ServiceUnavailable',
      mayHaveActed: true
    },
    {
      name: 'a connection that broke once it was established',
      thrown: broken('ECONNRESET'),
      kind: 'transient',
      code: 'ECONNRESET',
      mayHaveActed: true
    },
    {
      name: 'a connection that timed out',
      thrown: broken('ETIMEDOUT'),
      kind: 'transient',
      code: 'ETIMEDOUT',
      mayHaveActed: true
    },
    {
      name: 'a connection that was never established',
      thrown: broken('ECONNREFUSED'),
      kind: 'transient',
      code: 'ECONNREFUSED',
      mayHaveActed: false
    },
    {
      name: 'a name that was not resolved',
      thrown: broken('ENOTFOUND'),
      kind: 'transient',
      code: 'ENOTFOUND',
      mayHaveActed: false
    },
    {
      name: 'a resolver that could not be reached',
      thrown: broken('EAI_AGAIN'),
      kind: 'transient',
      code: 'EAI_AGAIN',
      mayHaveActed: false
    },
    {
      name: 'an answer that did not come in time',
      thrown: unread('TimeoutError', 0),
      kind: 'transient',
      code: 'TimeoutError',
      mayHaveActed: true
    },
    {
      name: "a proxy's page instead of an answer",
      thrown: unread('SyntaxError', 200),
      kind: 'malformed',
      code: 'SyntaxError',
      mayHaveActed: true
    },
    {
      name: 'a date that is not a date',
      thrown: unread('TypeError', 200),
      kind: 'malformed',
      code: 'TypeError',
      mayHaveActed: true
    },
    {
      name: 'an error without a name, as the SDK makes it of what it cannot read',
      thrown: answered('Unknown', 400),
      kind: 'malformed',
      code: 'Unknown',
      mayHaveActed: true
    },
    {
      name: 'a deployment that does not exist',
      thrown: answered('DeploymentDoesNotExistException', 400),
      kind: 'missing',
      code: 'DeploymentDoesNotExistException',
      mayHaveActed: false
    },
    {
      name: 'a function that does not exist',
      thrown: answered('ResourceNotFoundException', 404),
      kind: 'missing',
      code: 'ResourceNotFoundException',
      mayHaveActed: false
    },
    {
      name: 'a group that is busy',
      thrown: answered('DeploymentLimitExceededException', 400),
      kind: 'rejected',
      code: 'DeploymentLimitExceededException',
      mayHaveActed: false
    },
    {
      name: 'a request that was refused',
      thrown: answered('InvalidRevisionException', 400),
      kind: 'rejected',
      code: 'InvalidRevisionException',
      mayHaveActed: false
    },
    {
      name: 'an error that is new in AWS',
      thrown: answered('NewsException', 418),
      kind: 'rejected',
      code: 'NewsException',
      mayHaveActed: false
    }
  ])('$name', ({ thrown, kind, code, mayHaveActed }) => {
    const failure = failureOf(thrown, action, resource)
    expect(failure).toBeInstanceOf(Failure)
    expect({ ...failure, cause: undefined }).toEqual({
      name: 'Failure',
      kind,
      code,
      action,
      resource,
      mayHaveActed,
      timedOut: code === 'ETIMEDOUT' || code === 'TimeoutError',
      // None of these says which permission is missing.
      isUnnamed: kind === 'denied',
      cause: undefined
    })
    expect(failure.cause).toBe(thrown)
  })

  test("what it says is AWS's own text", () => {
    expect(failureOf(answered('InvalidRevisionException', 400), action, resource).message).toBe('said AWS')
  })

  test('an error without a message at least has its name', () => {
    const silent = Object.assign(new Error(''), {
      name: 'InternalFailure',
      $metadata: { httpStatusCode: 500 }
    })
    expect(failureOf(silent, action, resource).message).toBe('InternalFailure without a message')
  })

  test('a failure that was already understood stays as it is', () => {
    const failure = malformed(action, resource, 'deploymentId')
    expect(failureOf(failure, 'other', 'other')).toBe(failure)
  })
})

describe('a denial', () => {
  const user = 'User: arn:aws:sts::123456789012:assumed-role/deployer/session is not authorized to perform:'
  const update = ['lambda:UpdateFunctionCode', 'arn:function'] as const

  test.each<{ name: string; message: string; of: [action: string, resource: string]; isUnnamed: boolean }>([
    {
      name: 'names the action and the resource that were checked',
      message: `${user} iam:PassRole on resource: arn:role because no identity-based policy allows the iam:PassRole action`,
      of: ['iam:PassRole', 'arn:role'],
      isUnnamed: false
    },
    {
      name: 'names an object of S3 in quotes; the next one needs the same permission',
      message: `S3 Error Message: ${user} s3:GetObject on resource: "arn:aws:s3:::b/orders/1.zip" because no`,
      of: ['s3:GetObject', 'arn:aws:s3:::b/orders/*'],
      isUnnamed: false
    },
    {
      name: 'names the action only: then it is that of the request',
      message: `${user} lambda:UpdateFunctionCode on the resource because no identity-based policy allows it`,
      of: [...update],
      isUnnamed: false
    },
    {
      name: 'of ECR names nothing',
      message: 'Lambda does not have permission to access the ECR image. Check the ECR permissions.',
      of: [...update],
      isUnnamed: true
    },
    {
      name: 'of a check that is not about a permission names nothing',
      message: 'Cross-account pass role is not allowed.',
      of: [...update],
      isUnnamed: true
    },
    { name: 'without a message names nothing', message: '', of: [...update], isUnnamed: true }
  ])('$name', ({ message, of, isUnnamed }) => {
    const thrown = Object.assign(new Error(message), { name: 'AccessDeniedException', $fault: 'client' })
    const failure = failureOf(thrown, ...update)
    expect([failure.kind, failure.action, failure.resource, failure.isUnnamed]).toEqual([
      'denied',
      ...of,
      isUnnamed
    ])
  })
})

test("Lambda's reason for throttling is kept", () => {
  const Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded'
  const thrown = Object.assign(answered('TooManyRequestsException', 429), { Reason })
  expect(failureOf(thrown, 'lambda:InvokeFunction', 'arn:version').limit).toBe(Reason)
})

test('after an incomplete answer, AWS may have acted on the request', () => {
  const failure = malformed(action, resource, 'deploymentId')
  expect({ ...failure, message: failure.message }).toEqual({
    name: 'Failure',
    message: 'the answer to codedeploy:CreateDeployment lacks deploymentId',
    kind: 'malformed',
    code: 'MissingField',
    action,
    resource,
    mayHaveActed: true,
    timedOut: false,
    isUnnamed: false
  })
})
