import {
  CreateAliasCommand,
  type CreateAliasCommandInput,
  DeleteAliasCommand,
  GetAliasCommand,
  ListAliasesCommand,
  UpdateAliasCommand,
  type UpdateAliasCommandInput
} from '@aws-sdk/client-lambda'
import { describe, expect, it, test } from '@jest/globals'
import type { PaymentsOptions } from '../../../simulator/setting.ts'
import { type Stage, stage } from '../stage.ts'

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function'
const LIVE = { FunctionName: 'payments-api', Name: 'live' }

function update(on: Stage, input: Partial<UpdateAliasCommandInput>) {
  return on.clock.run(() => on.lambda.send(new UpdateAliasCommand({ ...LIVE, ...input })))
}

function create(on: Stage, input: Partial<CreateAliasCommandInput>) {
  const command = new CreateAliasCommand({
    FunctionName: 'payments-api',
    Name: 'beta',
    FunctionVersion: '7',
    ...input
  })
  return on.clock.run(() => on.lambda.send(command))
}

describe('GetAlias', () => {
  test('a stale answer is what was true a moment ago, and the next one is true', async () => {
    const on = stage()
    await on.clock.run(() => on.clock.sleep(60_000))
    await update(on, { FunctionVersion: '6' })
    await on.clock.run(() => on.clock.sleep(5_000))
    await update(on, { FunctionVersion: '5' })
    on.aws.faults.add({ operation: 'GetAlias', kind: 'stale', ms: 2_000 })
    on.aws.faults.add({ operation: 'GetAlias', kind: 'stale', ms: 30_000 })
    const versions: unknown[] = []
    for (const _ of [1, 2, 3])
      versions.push((await on.clock.run(() => on.lambda.send(new GetAliasCommand(LIVE)))).FunctionVersion)
    expect(versions).toEqual(['6', '7', '5'])
  })

  test('an alias that was just created may not be there yet', async () => {
    const on = stage()
    await create(on, {})
    on.aws.faults.add({ operation: 'GetAlias', kind: 'stale', ms: 2_000 })
    await expect(
      on.clock.run(() => on.lambda.send(new GetAliasCommand({ ...LIVE, Name: 'beta' })))
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test('a stale list of aliases lacks one that was just created, and has one that was just deleted', async () => {
    const on = stage()
    await create(on, {})
    await on.clock.run(() => on.clock.sleep(5_000))
    await update(on, { FunctionVersion: '6' })
    await on.clock.run(() => on.lambda.send(new DeleteAliasCommand({ ...LIVE, Name: 'beta' })))
    await create(on, { Name: 'gamma' })
    const list = () => on.clock.run(() => on.lambda.send(new ListAliasesCommand(LIVE)))
    const told = async () =>
      (await list()).Aliases?.map(({ Name, FunctionVersion }) => `${Name} ${FunctionVersion}`)
    for (const ms of [2_000, 30_000]) on.aws.faults.add({ operation: 'ListAliases', kind: 'stale', ms })
    expect(await told()).toEqual(['beta 7', 'live 7'])
    expect(await told()).toEqual(['live 7'])
    expect(await told()).toEqual(['gamma 7', 'live 6'])
  })

  it('leaves out the routing of an alias that is not weighted', async () => {
    const on = stage()
    const { $metadata, ...alias } = await on.clock.run(() => on.lambda.send(new GetAliasCommand(LIVE)))
    expect($metadata).toMatchObject({
      httpStatusCode: 200,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/)
    })
    expect(alias).toEqual({
      AliasArn: `${ARN}:payments-api:live`,
      Name: 'live',
      FunctionVersion: '7',
      Description: '',
      RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/)
    })
  })

  it.each([
    { form: 'a name', FunctionName: 'payments-api' },
    { form: 'a partial ARN', FunctionName: '123456789012:function:payments-api' },
    { form: 'a full ARN', FunctionName: `${ARN}:payments-api` }
  ])('takes $form for the function', async ({ FunctionName }) => {
    const on = stage()
    const alias = await on.clock.run(() =>
      on.lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }))
    )
    expect(alias.FunctionVersion).toBe('7')
  })
})

describe('UpdateAlias', () => {
  it('changes the revision even when nothing else changes', async () => {
    const on = stage()
    const first = await update(on, {})
    const second = await update(on, {})
    expect(second.RevisionId).not.toBe(first.RevisionId)
  })

  it('keeps the routing that is not mentioned', async () => {
    const on = stage({ setting: { alias: 'weighted' } })
    expect(await update(on, { Description: 'x' })).toMatchObject({
      FunctionVersion: '6',
      RoutingConfig: { AdditionalVersionWeights: { 7: 0.2 } }
    })
  })

  it('removes the routing when given an empty one', async () => {
    const on = stage({ setting: { alias: 'weighted' } })
    const alias = await update(on, { RoutingConfig: { AdditionalVersionWeights: {} } })
    expect('RoutingConfig' in alias).toBe(false)
  })

  it('may point at $LATEST', async () => {
    expect((await update(stage(), { FunctionVersion: '$LATEST' })).FunctionVersion).toBe('$LATEST')
  })
})

describe('an alias is refused', () => {
  const rows: {
    name: string
    change?: Partial<UpdateAliasCommandInput>
    add?: Partial<CreateAliasCommandInput>
    setting?: PaymentsOptions
    error: { name: string; message: string; $metadata: { httpStatusCode: number } }
  }[] = [
    {
      name: 'with two weights',
      change: { RoutingConfig: { AdditionalVersionWeights: { 5: 0.1, 6: 0.1 } } },
      error: {
        name: 'InvalidParameterValueException',
        message: 'Number of items in AdditionalVersionWeights cannot be greater than 1',
        $metadata: { httpStatusCode: 400 }
      }
    },
    {
      name: 'with a weight on its own version',
      change: { RoutingConfig: { AdditionalVersionWeights: { 7: 0.1 } } },
      error: {
        name: 'InvalidParameterValueException',
        message:
          'Invalid function version 7. Function version 7 is already included in routing configuration.',
        $metadata: { httpStatusCode: 400 }
      }
    },
    {
      name: 'on $LATEST with a weight',
      change: { FunctionVersion: '$LATEST', RoutingConfig: { AdditionalVersionWeights: { 7: 0.1 } } },
      error: {
        name: 'InvalidParameterValueException',
        message: '$LATEST is not supported for an alias pointing to more than 1 version',
        $metadata: { httpStatusCode: 400 }
      }
    },
    {
      name: 'with a weight over 1',
      change: { RoutingConfig: { AdditionalVersionWeights: { 2: 2 } } },
      error: {
        name: 'ValidationException',
        message:
          "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1, Member must have value greater than or equal to 0]",
        $metadata: { httpStatusCode: 400 }
      }
    },
    {
      name: 'with a weight on $LATEST',
      change: { RoutingConfig: { AdditionalVersionWeights: { $LATEST: 0.5 } } },
      error: {
        name: 'ValidationException',
        message:
          "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [0-9]+]",
        $metadata: { httpStatusCode: 400 }
      }
    },
    {
      name: 'with a numeric name',
      add: { Name: '42' },
      error: {
        name: 'ValidationException',
        message:
          "1 validation error detected: Value '42' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
        $metadata: { httpStatusCode: 400 }
      }
    },
    {
      name: 'on a version that does not exist',
      change: { FunctionVersion: '10' },
      error: {
        name: 'ResourceNotFoundException',
        message: `Function not found: ${ARN}:payments-api:10`,
        $metadata: { httpStatusCode: 404 }
      }
    },
    {
      name: 'with a weight on a version that does not exist',
      change: { RoutingConfig: { AdditionalVersionWeights: { 10: 0.1 } } },
      error: {
        name: 'ResourceNotFoundException',
        message: `Function not found: ${ARN}:payments-api:10`,
        $metadata: { httpStatusCode: 404 }
      }
    },
    {
      name: 'when it exists already',
      add: { Name: 'live' },
      error: {
        name: 'ResourceConflictException',
        message: `Alias already exists: ${ARN}:payments-api:live`,
        $metadata: { httpStatusCode: 409 }
      }
    },
    {
      name: 'when it does not exist',
      change: { Name: 'beta' },
      error: {
        name: 'ResourceNotFoundException',
        message: `Alias not found: ${ARN}:payments-api:beta`,
        $metadata: { httpStatusCode: 404 }
      }
    },
    {
      name: 'with a stale revision',
      change: { RevisionId: 'stale' },
      error: {
        name: 'PreconditionFailedException',
        message:
          'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
        $metadata: { httpStatusCode: 412 }
      }
    },
    {
      name: 'of a function in another region',
      change: { FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:payments-api' },
      error: {
        name: 'ResourceNotFoundException',
        message: "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
        $metadata: { httpStatusCode: 404 }
      }
    }
  ]
  test.each(rows)('$name', async ({ change, add, setting, error }) => {
    const on = stage({ ...(setting && { setting }) })
    await expect(add ? create(on, add) : update(on, change ?? {})).rejects.toMatchObject(error)
  })

  it.each([
    { what: 'roles', setting: { otherRole: true }, same: 'execution role' },
    { what: 'dead-letter queues', setting: { otherQueue: true }, same: 'dead-letter queue configuration' }
  ])('for versions with different $what', async ({ setting, same }) => {
    const on = stage({ setting })
    on.aws.lambda.publishVersion({ FunctionName: 'payments-api' })
    await expect(
      update(on, { RoutingConfig: { AdditionalVersionWeights: { 8: 0.1 } } })
    ).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: `Specified versions must be associated with the same ${same}`
    })
  })

  it('when nobody finds it', async () => {
    const on = stage({ setting: { alias: 'missing' } })
    await expect(on.clock.run(() => on.lambda.send(new GetAliasCommand(LIVE)))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Cannot find alias arn: ${ARN}:payments-api:live`
    })
  })
})

describe('aliases', () => {
  it('are listed by name, or only those of one version', async () => {
    const on = stage()
    await create(on, { FunctionVersion: '6' })
    const list = async (FunctionVersion?: string) => {
      const command = new ListAliasesCommand({
        FunctionName: 'payments-api',
        ...(FunctionVersion && { FunctionVersion })
      })
      return (await on.clock.run(() => on.lambda.send(command))).Aliases?.map(({ Name }) => Name)
    }
    expect([await list(), await list('6')]).toEqual([['beta', 'live'], ['beta']])
  })

  it('can be deleted, even twice', async () => {
    const on = stage()
    const remove = () => on.clock.run(() => on.lambda.send(new DeleteAliasCommand(LIVE)))
    expect([(await remove()).$metadata.httpStatusCode, (await remove()).$metadata.httpStatusCode]).toEqual([
      204, 204
    ])
  })
})
