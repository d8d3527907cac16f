import {
  GetFunctionConfigurationCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  type PublishVersionCommandInput,
  UpdateFunctionCodeCommand
} from '@aws-sdk/client-lambda'
import { describe, expect, it, test } from '@jest/globals'
import { zip } from '../../../simulator/lambda/zip.ts'
import type { PaymentsOptions } from '../../../simulator/setting.ts'
import { type Stage, stage } from '../stage.ts'

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api'
const FunctionName = 'payments-api'

function publish(on: Stage, input: Partial<PublishVersionCommandInput> = {}) {
  return on.clock.run(() => on.lambda.send(new PublishVersionCommand({ FunctionName, ...input })))
}

function look(on: Stage, Qualifier?: string) {
  const command = new GetFunctionConfigurationCommand({ FunctionName, ...(Qualifier && { Qualifier }) })
  return on.clock.run(() => on.lambda.send(command))
}

describe('PublishVersion', () => {
  it('returns the next version with all its settings', async () => {
    const { $metadata, ...version } = await publish(stage(), { Description: '1a2b3c4 run 42' })
    expect($metadata.httpStatusCode).toBe(201)
    expect(version).toEqual({
      FunctionName,
      FunctionArn: `${ARN}:8`,
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::123456789012:role/payments-api',
      Handler: 'index.handler',
      CodeSize: 123,
      CodeSha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      Description: '1a2b3c4 run 42',
      Timeout: 3,
      MemorySize: 128,
      LastModified: '2026-11-20T14:00:00.000+0000',
      Environment: { Variables: { SIMULATOR_PENDING_SECONDS: '0' } },
      TracingConfig: { Mode: 'PassThrough' },
      PackageType: 'Zip',
      Architectures: ['x86_64'],
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/payments-api' },
      Version: '8',
      RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      State: 'Active',
      LastUpdateStatus: 'Successful'
    })
  })

  it('returns the same version again when nothing was updated, and ignores the new description', async () => {
    const on = stage()
    const first = await publish(on, { Description: 'first' })
    const { $metadata, ...second } = await publish(on, { Description: 'second' })
    expect($metadata.httpStatusCode).toBe(201)
    expect(second).toEqual({ ...first, $metadata: undefined })
    expect(second.Description).toBe('first')
  })

  it('returns a new version after an update with exactly the same code', async () => {
    const on = stage({ setting: { unchanged: true } })
    expect((await publish(on)).Version).toBe('7')
    on.aws.lambda.updateFunctionCode({ FunctionName, ZipFile: zip('release 7') })
    expect((await publish(on)).Version).toBe('8')
  })

  it('changes the revision of $LATEST', async () => {
    const on = stage()
    const before = (await look(on)).RevisionId
    await publish(on)
    expect((await look(on)).RevisionId).not.toBe(before)
  })

  const rows: {
    name: string
    setting?: PaymentsOptions
    input?: Partial<PublishVersionCommandInput>
    error: object
  }[] = [
    {
      name: 'other code than it was told to publish',
      input: { CodeSha256: 'abc' },
      error: {
        name: 'InvalidParameterValueException',
        message: expect.stringMatching(
          /^CodeSHA256 \(abc\) is different from current CodeSHA256 in \$LATEST \([^)]+\)\. Please try again with the CodeSHA256 in \$LATEST\.$/
        )
      }
    },
    {
      name: 'another revision',
      input: { RevisionId: 'stale' },
      error: { name: 'PreconditionFailedException', $metadata: { httpStatusCode: 412 } }
    },
    {
      name: 'an update in progress',
      setting: { updatingSeconds: 30 },
      error: {
        name: 'ResourceConflictException',
        message: `The operation cannot be performed at this time. An update is in progress for resource: ${ARN}`,
        $metadata: { httpStatusCode: 409, attempts: 1 }
      }
    },
    {
      name: 'a description that is too long',
      input: { Description: 'x'.repeat(257) },
      error: { name: 'ValidationException', $metadata: { httpStatusCode: 400 } }
    },
    {
      name: 'no such function',
      input: { FunctionName: 'nobody' },
      error: {
        name: 'ResourceNotFoundException',
        message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nobody',
        $metadata: { httpStatusCode: 404 }
      }
    }
  ]
  test.each(rows)('refuses when there is $name', async ({ setting, input, error }) => {
    await expect(publish(stage({ ...(setting && { setting }) }), input)).rejects.toMatchObject(error)
  })
})

describe('the state of a version', () => {
  it.each([
    { version: 'pending' as const, State: 'Active' },
    { version: 'failed' as const, State: 'Failed' }
  ])('is Pending for a while and then $State, when it is to be $version', async ({ version, State }) => {
    const on = stage({ setting: { version, pendingSeconds: 90 } })
    expect(await publish(on)).toMatchObject({ State: 'Pending', StateReasonCode: 'Creating' })
    expect(await look(on, '8')).toMatchObject({ State: 'Pending' })
    await on.clock.advance(90_000)
    expect(await look(on, '8')).toMatchObject({ State })
  })
})

describe('ListVersionsByFunction', () => {
  it('has $LATEST first, then the versions in order, without their states, fifty to a page', async () => {
    const on = stage()
    for (let version = 8; version <= 60; version++) {
      on.aws.lambda.updateFunctionCode({ FunctionName, ZipFile: zip(`release ${version}`) })
      await on.clock.advance(1000)
      on.aws.lambda.publishVersion({ FunctionName })
    }
    const page = (Marker?: string) =>
      on.clock.run(() =>
        on.lambda.send(
          new ListVersionsByFunctionCommand({ FunctionName, MaxItems: 1000, ...(Marker && { Marker }) })
        )
      )
    const first = await page()
    const second = await page(first.NextMarker)
    const numbers = [...(first.Versions ?? []), ...(second.Versions ?? [])].map(({ Version }) => Version)
    expect(first.Versions).toHaveLength(50)
    expect(numbers).toEqual(['$LATEST', ...Array.from({ length: 60 }, (_, index) => String(index + 1))])
    expect(second.NextMarker).toBeUndefined()
    expect(first.Versions?.some(version => 'State' in version || 'LastUpdateStatus' in version)).toBe(false)
  })

  it('tells of each version of a durable function that it is durable', async () => {
    const on = stage({ setting: { isDurable: true } })
    const { Versions } = await on.clock.run(() =>
      on.lambda.send(new ListVersionsByFunctionCommand({ FunctionName }))
    )
    expect(Versions?.map(({ DurableConfig }) => DurableConfig)).toEqual(
      Array(8).fill({ ExecutionTimeout: 86_400 })
    )
  })
})

describe('a stale answer about a function', () => {
  test('is what was true a moment ago: the code before, and a version that was not published yet', async () => {
    const on = stage()
    const before = await look(on)
    await on.clock.run(() => on.clock.sleep(60_000))
    await on.clock.run(() =>
      on.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip('release 9') }))
    )
    await on.clock.run(() => on.clock.sleep(15_000))
    await publish(on)
    await on.clock.run(() => on.clock.sleep(3_000))
    const operation = 'GetFunctionConfiguration'
    on.aws.faults.add({ operation, kind: 'stale', ms: 30_000, times: 2 })
    expect((await look(on)).CodeSha256).toBe(before.CodeSha256)
    await expect(look(on, '8')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    expect((await look(on)).CodeSha256).not.toBe(before.CodeSha256)
    expect((await look(on, '8')).Version).toBe('8')
  })

  test('lacks a version that was just published, and lists one that was just deleted', async () => {
    const on = stage()
    await on.clock.run(() => on.clock.sleep(60_000))
    await publish(on)
    on.aws.lambda.deleteFunction({ FunctionName, Qualifier: '3' })
    const list = () => on.clock.run(() => on.lambda.send(new ListVersionsByFunctionCommand({ FunctionName })))
    const told = async () => (await list()).Versions?.map(({ Version }) => Version).join(' ')
    on.aws.faults.add({ operation: 'ListVersionsByFunction', kind: 'stale', ms: 5_000 })
    expect(await told()).toBe('$LATEST 1 2 3 4 5 6 7')
    expect(await told()).toBe('$LATEST 1 2 4 5 6 7 8')
  })
})
