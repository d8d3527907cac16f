import { createServer } from 'node:http'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { simulated } from '../../simulation/play/outside.ts'
import { warmUp } from '../../simulation/play/warmup.ts'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { scaledClock, VirtualClock } from '../../simulator/clock.ts'
import { afterDeployment, baseInputs, serving } from '../../simulator/demo/rehearsal.ts'
import type { Fault } from '../../simulator/faults.ts'
import { serveIdTokens } from '../../simulator/identity/oidc.ts'
import { runStep, type StepResult } from '../../simulator/runner/runner.ts'
import { payments } from '../../simulator/setting.ts'
import { listen } from '../../simulator/wire/listen.ts'
import { serve } from '../../simulator/wire/server.ts'
import { main } from '../../src/main.ts'
import { rememberingJob } from '../report/job.ts'

const role = 'arn:aws:iam::123456789012:role/release-payments-api'
const subject = 'repo:acme/payments:environment:production'

interface Job {
  /** Simulated seconds per second. */
  speed: number
  inputs: Record<string, string>
  /** The job has `permissions: id-token: write`. */
  mayAskForTokens?: boolean
  env?(now: number): Record<string, string>
  prepare?(aws: Aws): void
  /** Where the account is; by default in eu-west-1. */
  account?: { region: string; partition: 'aws-cn' }
  /** How long after the deployment was created main is killed, in simulated milliseconds. */
  killedAfterMs?: number
}

interface Done {
  result: StepResult
  aws: Aws
  /** The tokens that GitHub issued. */
  tokens: readonly string[]
}

/** dist/ as users run it, with no AWS credentials but the job's. */
async function step({
  speed,
  inputs,
  mayAskForTokens,
  account,
  env,
  prepare,
  killedAfterMs
}: Job): Promise<Done> {
  const origin = Date.now()
  const clock = scaledClock(speed, origin)
  const aws = createAws({ clock, ...account })
  payments(aws)
  prepare?.(aws)
  const kill = new AbortController()
  const watching = afterDeployment(aws, () => {
    if (killedAfterMs !== undefined) clock.at(clock.now() + killedAfterMs, () => kill.abort())
  })
  const [server, github] = await Promise.all([serve(aws), serveIdTokens(clock, subject)])
  try {
    const result = await runStep({
      action: join(import.meta.dirname, '..', '..'),
      uses: 'your-org/lambda-codedeploy@v1',
      secrets: [github.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN],
      inputs: { ...baseInputs, ...inputs },
      kill: kill.signal,
      env: {
        AWS_REGION: aws.region,
        AWS_ENDPOINT_URL: server.url,
        AWS_EC2_METADATA_DISABLED: 'true',
        LAMBDA_CODEDEPLOY_CLOCK: `${speed}x@${origin}`,
        ...(mayAskForTokens && github.env),
        ...env?.(clock.now())
      }
    })
    return { result, aws, tokens: github.given }
  } finally {
    watching.cancel()
    await Promise.all([server.close(), github.close()])
  }
}

const errors = ({ result }: Done) =>
  result.annotations.filter(({ level }) => level === 'error').map(({ message }) => message)

const asked = ({ aws }: Done, operation: string) =>
  aws.requests.filter(request => request.operation === operation)

/** What a reader of the log sees, except for the environment that the runner itself prints first. */
const shown = ({ result }: Done): string[] => {
  const lines = [...result.log, ...(result.post?.log ?? [])]
  return lines.slice(lines.findIndex(({ kind }) => kind === 'endgroup') + 1).map(({ text }) => text)
}

describe('role-to-assume, without any other credentials', () => {
  test('the step assumes the role with one token of the job; the token and the credentials are masked and never printed', async () => {
    const done = await step({
      speed: 10,
      inputs: { 'role-to-assume': role, 'codedeploy-deployment-config': 'AllAtOnce' },
      mayAskForTokens: true
    })
    expect([done.result.outcome, done.result.outputs.outcome, serving(done.aws)]).toEqual([
      'success',
      'succeeded',
      '8'
    ])
    const [token] = done.tokens
    expect(asked(done, 'AssumeRoleWithWebIdentity').map(({ input }) => input)).toEqual([
      {
        RoleArn: role,
        RoleSessionName: 'lambda-codedeploy-9000000001.1',
        WebIdentityToken: token
      }
    ])
    const masked = done.result.commands.filter(({ name }) => name === 'add-mask').map(({ data }) => data)
    const [, accessKeyId = ''] = masked
    const { sessionToken } = done.aws.sts.session(accessKeyId) ?? {}
    expect(masked).toEqual([token, accessKeyId, expect.stringMatching(/^\S{40}$/), sessionToken])
    // A mask would show as well: nothing that is printed held one of them.
    const isSecret = (line: string) => masked.some(secret => line.includes(secret)) || line.includes('***')
    expect(shown(done).filter(isSecret)).toEqual([])
  }, 60_000)

  test('in China the token is for STS there', async () => {
    const done = await step({
      speed: 10,
      account: { region: 'cn-north-1', partition: 'aws-cn' },
      inputs: {
        'role-to-assume': role.replace('arn:aws:', 'arn:aws-cn:'),
        'codedeploy-deployment-config': 'AllAtOnce'
      },
      mayAskForTokens: true
    })
    expect([errors(done), serving(done.aws)]).toEqual([[], '8'])
    const [, claims = ''] = (done.tokens[0] ?? '').split('.')
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString()).aud).toBe('sts.amazonaws.com.cn')
  }, 60_000)

  test('when main is killed, the post step assumes the role again and shifts back', async () => {
    const done = await step({
      speed: 20,
      inputs: { 'role-to-assume': role, 'codedeploy-deployment-config': 'Canary10Percent30Minutes' },
      mayAskForTokens: true,
      killedAfterMs: 30_000
    })
    expect([done.result.job, serving(done.aws)]).toEqual(['failure', '7'])
    expect([done.tokens.length, asked(done, 'AssumeRoleWithWebIdentity').length]).toEqual([2, 2])
    expect(asked(done, 'StopDeployment').map(({ status }) => status)).toEqual([200])
  }, 60_000)

  const refusals: { name: string; mayAskForTokens: boolean; prepare?(aws: Aws): void; says: string[] }[] = [
    {
      name: 'without id-token: write',
      mayAskForTokens: false,
      says: [
        `Why:  The role ${role} was not assumed: GitHub gave no OIDC token (Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable). (ROLE_NOT_ASSUMED)`,
        'Next: The job needs permissions: id-token: write.'
      ]
    },
    {
      name: 'when the trust policy does not admit the job',
      mayAskForTokens: true,
      prepare: aws => {
        aws.sts.trusts = (_, sub) => sub !== subject
      },
      says: [
        `Why:  The role ${role} could not be assumed with GitHub's OIDC token. (ROLE_NOT_ASSUMED)`,
        'AWS:  AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
        "Next: The job needs permissions: id-token: write, and the role's trust policy must admit this repository (sub) with audience sts.amazonaws.com."
      ]
    }
  ]

  test.each(refusals)(
    '$name, one error names the role and what to do',
    async ({ says, ...job }) => {
      const done = await step({ speed: 10, inputs: { 'role-to-assume': role }, ...job })
      expect([done.result.outcome, done.result.outputs.outcome, done.result.outputs['error-code']]).toEqual([
        'failure',
        'refused',
        'ROLE_NOT_ASSUMED'
      ])
      expect(errors(done)).toEqual([
        ['payments-api:live was not released; no traffic was moved.', ...says].join('\n')
      ])
      expect(done.aws.requests.filter(({ service }) => service !== 'sts')).toEqual([])
    },
    60_000
  )
})

test('a token endpoint of GitHub that never answers holds up the end of no process', async () => {
  const silent = await listen(createServer(() => {}))
  try {
    const done = await step({
      speed: 300,
      inputs: { 'role-to-assume': role },
      env: () => ({
        ACTIONS_ID_TOKEN_REQUEST_URL: `${silent.url}/?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'token of the job'
      })
    })
    expect([done.result.outcome, done.result.outputs.outcome, done.result.outputs['error-code']]).toEqual([
      'failure',
      'refused',
      'NO_ID_TOKEN'
    ])
    // @actions/core waits for three minutes: then this row runs out of time.
  } finally {
    await silent.close()
  }
}, 60_000)

describe("the job's own credentials", () => {
  test('cause a warning if they expire before all traffic has moved', async () => {
    const done = await step({
      speed: 60,
      inputs: {},
      env: now => ({
        AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
        // As aws-actions/configure-aws-credentials outputs it, including the quotation marks.
        AWS_CREDENTIAL_EXPIRATION: JSON.stringify(new Date(now + 4 * 60_000))
      })
    })
    const warnings = done.result.annotations.filter(({ level }) => level === 'warning')
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^The AWS credentials expire at \d\d:\d\d UTC, before all traffic has moved \(about \d\d:\d\d UTC\): the step would lose sight of the deployment\. Give the role a longer session, or let the step assume the role itself with role-to-assume\.$/
      )
    ])
    expect(done.result.outputs.outcome).toBe('succeeded')
  }, 60_000)

  test('are required: one error says where to get some', async () => {
    const done = await step({ speed: 10, inputs: {} })
    expect([done.result.outcome, done.result.outputs.outcome]).toEqual(['failure', 'refused'])
    expect(errors(done)).toHaveLength(1)
    expect(errors(done)[0]).toContain('Run aws-actions/configure-aws-credentials before this step')
  }, 60_000)
})

/**
 * The program with the SDK's real clients, in virtual time: a shift of ninety minutes, and sessions of one hour. The SDK compares
 * expirations with the machine's clock, so that clock shows virtual time, too.
 */
async function shiftForNinetyMinutes({
  failing,
  trustedFor = Number.POSITIVE_INFINITY,
  cancelledAfter
}: {
  /** How STS fails, and from which minute to which. */
  failing?: { kind: Fault['kind']; from: number; until: number }
  /** Minutes. */
  trustedFor?: number
  /** Minutes. */
  cancelledAfter?: number
} = {}) {
  const clock = new VirtualClock()
  const begun = clock.now()
  const minutes = (at: number) => (at - begun) / 60_000
  const aws = createAws({ clock })
  payments(aws)
  if (failing)
    aws.faults.add({
      operation: 'AssumeRoleWithWebIdentity',
      kind: failing.kind,
      times: Number.POSITIVE_INFINITY,
      when: { from: begun + failing.from * 60_000, to: begun + failing.until * 60_000 }
    })
  aws.sts.trusts = () => minutes(clock.now()) < trustedFor
  const cancelling = new AbortController()
  if (cancelledAfter !== undefined) clock.at(begun + cancelledAfter * 60_000, () => cancelling.abort())
  const given: Record<string, string> = {
    ...baseInputs,
    'role-to-assume': role,
    'codedeploy-deployment-config': 'Linear10PercentEvery10Minutes'
  }
  const { told, job } = rememberingJob()
  const outside = simulated({ aws, clock, inputs: given, job }, { cancelled: cancelling.signal })
  const machine = Date.now
  Date.now = () => clock.now()
  try {
    await clock.run(() => main(outside))
    const assumed = aws.requests.filter(({ operation }) => operation === 'AssumeRoleWithWebIdentity')
    return {
      outcome: told.outputs.outcome,
      told,
      aws,
      assumedAt: assumed.map(({ at }) => minutes(at)),
      minutes
    }
  } finally {
    Date.now = machine
  }
}

const denied = ({ requests }: Aws) => requests.filter(({ errorName }) => errorName?.startsWith('Expired'))

describe('credentials of a role that expire during the shift', () => {
  beforeAll(warmUp)

  test('are renewed within their last ten minutes, once', async () => {
    const { outcome, aws, assumedAt } = await shiftForNinetyMinutes()
    expect([outcome, denied(aws)]).toEqual(['succeeded', []])
    const [first, second, ...more] = assumedAt
    expect([Math.round(first ?? -1), more]).toEqual([0, []])
    expect(second).toBeGreaterThanOrEqual(50)
    expect(second).toBeLessThan(60)
  })

  test('stay in use while renewing fails, and are renewed by a later request', async () => {
    const { outcome, aws, assumedAt } = await shiftForNinetyMinutes({
      failing: { kind: 'serverErrorBefore', from: 45, until: 58 }
    })
    expect([outcome, denied(aws)]).toEqual(['succeeded', []])
    expect(assumedAt.at(-1)).toBeGreaterThanOrEqual(58)
    expect(assumedAt.at(-1)).toBeLessThan(60)
  })

  test('end the watch when the role no longer trusts the job, and the error says what to do', async () => {
    const { outcome, told } = await shiftForNinetyMinutes({ trustedFor: 30 })
    expect([outcome, told.outputs['error-code']]).toEqual(['lost', 'ROLE_NOT_ASSUMED'])
    const [, , message] = told.annotations.at(-1) ?? []
    expect(message).toContain(`The role ${role} could not be assumed with GitHub's OIDC token.`)
    expect(message).toContain(`run the step with deployment-id: ${told.outputs['deployment-id']}`)
  })

  test('do not end the watch while STS is throttling', async () => {
    const { outcome } = await shiftForNinetyMinutes({
      failing: { kind: 'throttle', from: 45, until: 62 }
    })
    expect(outcome).toBe('succeeded')
  })

  test('are still usable when the job is cancelled after they were renewed', async () => {
    const { outcome, aws, minutes } = await shiftForNinetyMinutes({ cancelledAfter: 80 })
    const [stop] = aws.requests.filter(({ operation }) => operation === 'StopDeployment')
    expect([outcome, stop?.status, serving(aws)]).toEqual(['interrupted', 200, '7'])
    expect((minutes(stop?.at ?? 0) - 80) * 60).toBeLessThan(1)
  })
})
