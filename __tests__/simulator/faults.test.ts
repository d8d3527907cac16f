import { CreateDeploymentCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { GetAliasCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda'
import { describe, expect, it, test } from '@jest/globals'
import type { FaultKind } from '../../simulator/faults.ts'
import { release, type Stage, stage } from './stage.ts'

const LIVE = { FunctionName: 'payments-api', Name: 'live' }

function create(on: Stage) {
  return on.clock.run(() => on.codedeploy.send(new CreateDeploymentCommand(release())))
}

function statuses(on: Stage): number[] {
  return on.aws.requests.map(({ status }) => status)
}

describe('a fault', () => {
  it.each<{ kind: FaultKind; first: number; deployments: number }>([
    { kind: 'throttle', first: 400, deployments: 1 },
    { kind: 'serverErrorBefore', first: 500, deployments: 1 },
    { kind: 'dropBefore', first: 0, deployments: 1 },
    { kind: 'timeout', first: 0, deployments: 1 }
  ])('$kind once is overcome by the SDK, which retries', async ({ kind, first, deployments }) => {
    const on = stage()
    on.aws.faults.add({ operation: 'CreateDeployment', kind })
    expect((await create(on)).deploymentId).toMatch(/^d-/)
    expect(statuses(on)).toEqual([first, 200])
    expect(on.aws.codedeploy.listDeployments({}).deployments).toHaveLength(deployments)
  })

  it.each<{ kind: FaultKind; first: number }>([
    { kind: 'serverErrorAfter', first: 500 },
    { kind: 'dropAfter', first: 0 }
  ])(
    '$kind loses the answer: the retry meets the deployment that the first attempt made',
    async ({ kind, first }) => {
      const on = stage()
      on.aws.faults.add({ operation: 'CreateDeployment', kind })
      await expect(create(on)).rejects.toMatchObject({ name: 'DeploymentLimitExceededException' })
      expect(statuses(on)).toEqual([first, 400])
      expect(on.aws.codedeploy.listDeployments({}).deployments).toHaveLength(1)
    }
  )

  test.each<{ kind: FaultKind; codedeploy: object; lambda: object }>([
    {
      kind: 'throttle',
      codedeploy: {
        name: 'ThrottlingException',
        message: 'Rate exceeded',
        $metadata: { httpStatusCode: 400, attempts: 3 }
      },
      lambda: {
        name: 'TooManyRequestsException',
        Reason: 'CallerRateLimitExceeded',
        $metadata: { httpStatusCode: 429, attempts: 3 }
      }
    },
    {
      kind: 'serverErrorBefore',
      codedeploy: { name: 'InternalFailure', $metadata: { httpStatusCode: 500, attempts: 3 } },
      lambda: { name: 'ServiceException', $metadata: { httpStatusCode: 500, attempts: 3 } }
    },
    {
      kind: 'expiredToken',
      codedeploy: {
        name: 'ExpiredTokenException',
        message: 'The security token included in the request is expired',
        $metadata: { httpStatusCode: 400, attempts: 1 }
      },
      lambda: { name: 'ExpiredTokenException', $metadata: { httpStatusCode: 403, attempts: 1 } }
    },
    {
      kind: 'accessDenied',
      codedeploy: {
        name: 'AccessDeniedException',
        message: expect.stringContaining('is not authorized to perform: codedeploy:GetDeployment'),
        $metadata: { httpStatusCode: 400, attempts: 1 }
      },
      lambda: { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403, attempts: 1 } }
    },
    {
      kind: 'invalidToken',
      codedeploy: { name: 'UnrecognizedClientException', $metadata: { httpStatusCode: 400, attempts: 1 } },
      lambda: { name: 'UnrecognizedClientException', $metadata: { httpStatusCode: 403, attempts: 1 } }
    },
    {
      kind: 'dropBefore',
      codedeploy: { code: 'ECONNRESET', $metadata: { attempts: 3 } },
      lambda: { code: 'ECONNRESET', $metadata: { attempts: 3 } }
    },
    {
      kind: 'timeout',
      codedeploy: { name: 'TimeoutError', $metadata: { attempts: 3 } },
      lambda: { name: 'TimeoutError', $metadata: { attempts: 3 } }
    }
  ])(
    '$kind that persists reaches the caller, for each service in its own way',
    async ({ kind, codedeploy, lambda }) => {
      const on = stage()
      on.aws.faults.add({ operation: '*', kind, times: Number.POSITIVE_INFINITY })
      await on.clock.run(async () => {
        await expect(
          on.codedeploy.send(new GetDeploymentCommand({ deploymentId: 'd-AAAAAAAAA' }))
        ).rejects.toMatchObject(codedeploy)
        await expect(on.lambda.send(new GetAliasCommand(LIVE))).rejects.toMatchObject(lambda)
      })
    }
  )

  it.each<{ kind: FaultKind; becomes: object }>([
    { kind: 'isoDates', becomes: { name: 'TypeError' } },
    { kind: 'html', becomes: { name: 'SyntaxError' } }
  ])('$kind is an answer that the SDK cannot read', async ({ kind, becomes }) => {
    const on = stage()
    const { deploymentId } = await create(on)
    on.aws.faults.add({ operation: 'GetDeployment', kind })
    const look = on.clock.run(() => on.codedeploy.send(new GetDeploymentCommand({ deploymentId })))
    await expect(look).rejects.toMatchObject(becomes)
  })

  it('emptyJson is an answer that says nothing', async () => {
    const on = stage()
    on.aws.faults.add({ operation: 'CreateDeployment', kind: 'emptyJson' })
    const { $metadata: _metadata, ...answer } = await create(on)
    expect(answer).toEqual({})
  })

  it('unknownStatus is a status that does not exist yet', async () => {
    const on = stage()
    const { deploymentId } = await create(on)
    on.aws.faults.add({ operation: 'GetDeployment', kind: 'unknownStatus' })
    const look = () => on.clock.run(() => on.codedeploy.send(new GetDeploymentCommand({ deploymentId })))
    expect([(await look()).deploymentInfo?.status, (await look()).deploymentInfo?.status]).toEqual([
      'Paused',
      'Created'
    ])
  })

  it('slow delays the answer', async () => {
    const on = stage()
    on.aws.faults.add({ operation: 'GetAlias', kind: 'slow', ms: 20_000 })
    await on.clock.run(() => on.lambda.send(new GetAliasCommand(LIVE)))
    expect(on.seconds()).toBe(20.1)
  })

  it('custom is whatever it is told to be', async () => {
    const on = stage()
    const error = { name: 'KMSAccessDeniedException', message: 'no key', status: 502 }
    on.aws.faults.add({ operation: 'UpdateAlias', kind: 'custom', error, times: 3 })
    await expect(on.clock.run(() => on.lambda.send(new UpdateAliasCommand(LIVE)))).rejects.toMatchObject({
      name: 'KMSAccessDeniedException',
      message: 'no key',
      $metadata: { httpStatusCode: 502 }
    })
  })
})

describe('faults', () => {
  const look = (on: Stage) =>
    on.clock.run(() => on.lambda.send(new GetAliasCommand(LIVE))).catch(() => undefined)

  it('let the first requests through if told to, and hit as many as told', async () => {
    const on = stage()
    on.aws.faults.add({ operation: 'GetAlias', kind: 'accessDenied', skip: 1, times: 2 })
    for (let request = 0; request < 4; request++) await look(on)
    expect(statuses(on)).toEqual([200, 403, 403, 200])
  })

  it('hit only between the given times', async () => {
    const on = stage()
    const now = on.clock.now()
    on.aws.faults.add({
      operation: '*',
      kind: 'accessDenied',
      when: { from: now + 1000, to: now + 2000 },
      times: 9
    })
    for (let second = 0; second < 4; second++) {
      await look(on)
      await on.clock.advance(900)
    }
    expect(statuses(on)).toEqual([200, 200, 403, 200])
  })

  it('of another operation do not hit, and cleared ones are gone', async () => {
    const on = stage()
    on.aws.faults.add({ operation: 'UpdateAlias', kind: 'accessDenied' })
    await look(on)
    on.aws.faults.add({ operation: 'GetAlias', kind: 'accessDenied' })
    on.aws.faults.clear()
    await look(on)
    expect(statuses(on)).toEqual([200, 200])
  })

  it('are recorded with the requests that they hit', async () => {
    const on = stage()
    on.aws.faults.add({ operation: 'GetAlias', kind: 'expiredToken' })
    await look(on)
    expect(on.aws.requests).toEqual([
      {
        at: on.clock.now() - 25,
        service: 'lambda',
        operation: 'GetAlias',
        input: LIVE,
        status: 403,
        errorName: 'ExpiredTokenException',
        userAgent: expect.stringMatching(/^aws-sdk-js/),
        requestId: expect.any(String)
      }
    ])
  })
})

describe('an aborted request', () => {
  it('rejects at once, but the service acts anyway', async () => {
    const on = stage()
    const abort = new AbortController()
    on.clock.at(on.clock.now() + 10, () => abort.abort())
    await on.clock.run(() =>
      expect(
        on.codedeploy.send(new CreateDeploymentCommand(release()), { abortSignal: abort.signal })
      ).rejects.toMatchObject({ name: 'AbortError' })
    )
    expect(on.seconds()).toBe(0)
    await on.clock.advance(1000)
    expect(on.aws.codedeploy.listDeployments({}).deployments).toHaveLength(1)
  })
})
