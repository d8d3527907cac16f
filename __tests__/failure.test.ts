import { describe, expect, test } from '@jest/globals'
import { causeOfFailure, Failure, type FailureKind, noIdToken } from '../src/failure.ts'

const failure = (kind: FailureKind, code: string, more: { isUnnamed?: boolean } = {}) =>
  new Failure('what AWS said', {
    kind,
    code,
    action: 'codedeploy:GetDeployment',
    resource: 'arn:group',
    mayHaveActed: false,
    ...more
  })

describe('a definite refusal by AWS comes with a remedy:', () => {
  test.each<{ name: string; failure: Failure; what: string; next: string }>([
    {
      name: 'a missing permission, by action and ARN',
      failure: failure('denied', 'AccessDeniedException'),
      what: 'The credentials do not allow codedeploy:GetDeployment on arn:group.',
      next: 'Grant the role codedeploy:GetDeployment on arn:group.'
    },
    {
      name: 'a denial that names no permission is not blamed on the one for the request',
      failure: failure('denied', 'AccessDeniedException', { isUnnamed: true }),
      what: 'AWS denied codedeploy:GetDeployment on arn:group, and does not say which permission is missing.',
      next: 'Look into what the AWS message names. If it names nothing, check that the role has codedeploy:GetDeployment on arn:group, and that no other policy denies it.'
    },
    {
      name: 'credentials that expired need a longer session',
      failure: failure('credentials', 'ExpiredTokenException'),
      what: 'The AWS credentials expired (codedeploy:GetDeployment).',
      next: 'Give the role a longer session (role-duration-seconds of aws-actions/configure-aws-credentials, and the maximum session duration of the role).'
    },
    {
      name: 'credentials that were never valid have to be set up',
      failure: failure('credentials', 'UnrecognizedClientException'),
      what: 'AWS does not accept the credentials (codedeploy:GetDeployment: UnrecognizedClientException).',
      next: 'Run aws-actions/configure-aws-credentials before this step, in the same job.'
    },
    {
      name: "a role that cannot be assumed with GitHub's token needs a permission and a trust policy",
      failure: failure('credentials', 'ROLE_NOT_ASSUMED'),
      what: "The role arn:group could not be assumed with GitHub's OIDC token.",
      next: "The job needs permissions: id-token: write, and the role's trust policy must admit this repository (sub) with audience sts.amazonaws.com."
    },
    {
      name: 'what does not exist is named',
      failure: failure('missing', 'DeploymentDoesNotExistException'),
      what: 'AWS does not know arn:group (codedeploy:GetDeployment: DeploymentDoesNotExistException).',
      next: 'Check that the names, the account and the region are right.'
    },
    {
      name: "a request that was refused comes with AWS's own message",
      failure: failure('rejected', 'InvalidAlarmConfigException'),
      what: 'AWS refused codedeploy:GetDeployment: InvalidAlarmConfigException.',
      next: 'Correct what the AWS message names.'
    },
    {
      name: 'a transient fault that did not pass in time',
      failure: failure('transient', 'ThrottlingException'),
      what: 'codedeploy:GetDeployment got no usable answer: ThrottlingException.',
      next: 'Run the step again; see the AWS Health Dashboard if it recurs.'
    },
    {
      name: 'an answer that cannot be understood',
      failure: failure('malformed', 'SyntaxError'),
      what: 'codedeploy:GetDeployment got no usable answer: SyntaxError.',
      next: 'Run the step again; see the AWS Health Dashboard if it recurs.'
    }
  ])('$name', ({ failure: of, what, next }) => {
    expect(causeOfFailure(of)).toEqual({ code: of.code, what, next, message: 'what AWS said' })
  })
})

test.each<{ name: string; limit: string | undefined; what: string }>([
  {
    name: 'the reserved concurrency of the function, which may be 0',
    limit: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    what: "Lambda throttled the test: the function's reserved concurrency is used up, or is 0 (ReservedFunctionConcurrentInvocationLimitExceeded)."
  },
  {
    name: 'the concurrency of the account',
    limit: 'ConcurrentInvocationLimitExceeded',
    what: "Lambda throttled the test: the account's concurrency is used up (ConcurrentInvocationLimitExceeded)."
  },
  {
    name: 'another limit, by its name alone',
    limit: 'CallerRateLimitExceeded',
    what: 'Lambda throttled the test (CallerRateLimitExceeded).'
  },
  {
    name: 'a limit that Lambda does not name',
    limit: undefined,
    what: "Lambda throttled the test: the function's reserved concurrency or the account's is used up."
  }
])('a test that was throttled to the end is no fault of AWS: $name', ({ limit, what }) => {
  const throttled = new Failure('Rate Exceeded.', {
    kind: 'transient',
    code: 'TooManyRequestsException',
    action: 'lambda:InvokeFunction',
    resource: 'arn:version',
    mayHaveActed: false,
    limit
  })
  expect(causeOfFailure(throttled)).toEqual({
    code: 'TooManyRequestsException',
    what,
    next: 'Run the step again when the function has concurrency to spare. With a reserved concurrency of 0, nothing runs: raise it.',
    message: 'Rate Exceeded.'
  })
})

describe("without GitHub's OIDC token", () => {
  test.each([
    {
      name: 'that the job may not have, the permission is named',
      isRefused: true,
      is: {
        code: 'ROLE_NOT_ASSUMED',
        what: 'The role arn:role was not assumed: GitHub gave no OIDC token (403, no).',
        next: 'The job needs permissions: id-token: write.'
      }
    },
    {
      name: 'for a while, it is GitHub that has trouble, not AWS',
      isRefused: false,
      is: {
        code: 'NO_ID_TOKEN',
        what: 'GitHub gave no OIDC token (403, no).',
        next: 'Run the step again; see githubstatus.com if it recurs.'
      }
    }
  ])('$name', ({ isRefused, is }) => {
    expect(causeOfFailure(noIdToken('arn:role', '403, no', isRefused))).toEqual(is)
  })
})

test('a failure keeps what was thrown, so that it can be logged', () => {
  const thrown = new Error('socket hang up')
  const facts = {
    kind: 'transient',
    code: 'ECONNRESET',
    action: 'a',
    resource: 'r',
    mayHaveActed: true
  } as const
  expect(new Failure('x', { ...facts, cause: thrown }).cause).toBe(thrown)
})
