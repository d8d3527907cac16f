import {
  CreateFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  PublishVersionCommand,
  type PublishVersionCommandInput,
  UpdateFunctionCodeCommand,
  type UpdateFunctionCodeCommandInput,
  UpdateFunctionConfigurationCommand
} from '@aws-sdk/client-lambda'
import { describe, expect, it } from '@jest/globals'
import { zip } from '../../../simulator/lambda/zip.ts'
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

function upload(on: Stage, input: Partial<UpdateFunctionCodeCommandInput> = { ZipFile: zip('release 9') }) {
  return on.clock.run(() => on.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ...input })))
}

describe('an update', () => {
  it('is in progress for a moment, and changes the revision when it begins and when it ends', async () => {
    const on = stage()
    const before = (await look(on)).RevisionId
    const during = await upload(on)
    expect(during).toMatchObject({
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'InProgress',
      LastUpdateStatusReasonCode: 'Creating'
    })
    await on.clock.advance(1000)
    const after = await look(on)
    expect(after.LastUpdateStatus).toBe('Successful')
    expect(new Set([before, during.RevisionId, after.RevisionId]).size).toBe(3)
  })

  it('blocks other updates while it is in progress', async () => {
    const on = stage()
    await upload(on)
    const conflict = { name: 'ResourceConflictException', $metadata: { httpStatusCode: 409 } }
    await expect(upload(on)).rejects.toMatchObject(conflict)
    await expect(
      on.clock.run(() => on.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 })))
    ).rejects.toMatchObject(conflict)
  })

  it('with Publish answers with the new version, which is Pending and has no update status', async () => {
    const on = stage()
    const version = await upload(on, { ZipFile: zip('release 9'), Publish: true })
    expect(version).toMatchObject({
      Version: '8',
      FunctionArn: `${ARN}:8`,
      State: 'Pending',
      StateReasonCode: 'Creating'
    })
    expect('LastUpdateStatus' in version).toBe(false)
    await on.clock.advance(1000)
    expect(await look(on, '8')).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' })
  })

  it('as a dry run changes nothing', async () => {
    const on = stage()
    const before = await look(on)
    await upload(on, { ZipFile: zip('other'), DryRun: true })
    expect({ ...(await look(on)), $metadata: 0 }).toEqual({ ...before, $metadata: 0 })
  })

  it.each([
    { name: 'no source', input: {} },
    { name: 'two sources', input: { ZipFile: zip('x'), ImageUri: 'repo:tag' } },
    { name: 'a key without a bucket', input: { S3Key: 'code.zip' } },
    { name: 'bytes that are not a zip', input: { ZipFile: new TextEncoder().encode('hello') } },
    { name: 'an empty zip', input: { ZipFile: new Uint8Array([80, 75, 5, 6, ...new Array(18).fill(0)]) } }
  ])('is refused with $name', async ({ input }) => {
    await expect(upload(stage(), input)).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
  })
})

describe('GetFunctionConfiguration', () => {
  it.each([
    { qualifier: undefined, arn: ARN, version: '$LATEST' },
    { qualifier: '$LATEST', arn: `${ARN}:$LATEST`, version: '$LATEST' },
    { qualifier: '3', arn: `${ARN}:3`, version: '3' },
    { qualifier: 'live', arn: `${ARN}:live`, version: '7' }
  ])(
    'with the qualifier $qualifier describes version $version under the requested ARN',
    async ({ qualifier, arn, version }) => {
      expect(await look(stage(), qualifier)).toMatchObject({ FunctionArn: arn, Version: version })
    }
  )

  it('with a weighted alias describes its primary version', async () => {
    expect((await look(stage({ setting: { alias: 'weighted' } }), 'live')).Version).toBe('6')
  })

  it('refuses a qualifier that contradicts the name', async () => {
    const on = stage()
    const command = new GetFunctionConfigurationCommand({ FunctionName: 'payments-api:live', Qualifier: '3' })
    await expect(on.clock.run(() => on.lambda.send(command))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'The derived qualifier from the function name does not match the specified qualifier.'
    })
  })
})

describe('CreateFunction', () => {
  const input = {
    FunctionName: 'fresh',
    Runtime: 'nodejs24.x' as const,
    Handler: 'index.handler',
    Role: 'arn:aws:iam::123456789012:role/fresh',
    Code: { ZipFile: zip('fresh') }
  }

  it('creates a function that is Pending, and Active a moment later', async () => {
    const on = stage()
    expect(await on.clock.run(() => on.lambda.send(new CreateFunctionCommand(input)))).toMatchObject({
      FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:fresh',
      Version: '$LATEST',
      State: 'Pending',
      StateReasonCode: 'Creating'
    })
    await on.clock.advance(1000)
    const found = await on.clock.run(() => on.lambda.send(new GetFunctionCommand({ FunctionName: 'fresh' })))
    expect(found.Configuration).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' })
  })

  it('refuses a name that is taken', async () => {
    const on = stage()
    const command = new CreateFunctionCommand({ ...input, FunctionName })
    await expect(on.clock.run(() => on.lambda.send(command))).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: 'Function already exist: payments-api'
    })
  })
})

describe('Invoke', () => {
  const invoke = (on: Stage, Qualifier?: string) =>
    on.clock.run(() =>
      on.lambda.send(new InvokeCommand({ FunctionName, LogType: 'Tail', ...(Qualifier && { Qualifier }) }))
    )

  it('says which version ran, and what it wrote', async () => {
    const { ExecutedVersion, Payload, LogResult } = await invoke(stage(), 'live')
    expect(ExecutedVersion).toBe('7')
    expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({ function: 'payments-api', version: '7' })
    expect(Buffer.from(LogResult ?? '', 'base64').toString()).toMatch(/^START RequestId: \S+ Version: 7\nEND/)
  })

  it('distributes the invocations of a weighted alias by its weights', async () => {
    const on = stage({ setting: { alias: 'weighted' } })
    const counts: Record<string, number> = {}
    for (let call = 0; call < 200; call++) {
      const { ExecutedVersion = '' } = await invoke(on, 'live')
      counts[ExecutedVersion] = (counts[ExecutedVersion] ?? 0) + 1
    }
    expect(Object.keys(counts).sort()).toEqual(['6', '7'])
    expect(counts['7']).toBeGreaterThan(20)
    expect(counts['7']).toBeLessThan(70)
  })

  it('refuses a version that is not ready', async () => {
    const on = stage({ setting: { version: 'pending' } })
    await publish(on)
    await expect(invoke(on, '8')).rejects.toMatchObject({ name: 'ResourceConflictException' })
  })
})
