import {
  GetAccountSettingsCommand,
  GetFunctionCodeSigningConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetPolicyCommand,
  GetProvisionedConcurrencyConfigCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand
} from '@aws-sdk/client-lambda'
import { describe, expect, it, test } from '@jest/globals'
import { Policy } from '../../../simulator/identity/policy.ts'
import { serve } from '../../../simulator/wire/server.ts'
import { type Stage, stage } from '../stage.ts'

const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api'
const FunctionName = 'payments-api'

type Command = Parameters<Stage['lambda']['send']>[0]

async function ask(on: Stage, ...commands: unknown[]): Promise<object> {
  return on.clock.run(async () => {
    let last = {}
    for (const command of commands) last = await on.lambda.send(command as Command)
    const { $metadata: _, ...answer } = last as { $metadata?: unknown }
    return answer
  })
}

describe('ListFunctions', () => {
  it('has $LATEST of each function, without a qualifier and without its state', async () => {
    expect(await ask(stage(), new ListFunctionsCommand())).toEqual({
      Functions: ['payments-api', 'CodeDeployHook_before', 'CodeDeployHook_after'].map(name =>
        expect.objectContaining({
          FunctionName: name,
          FunctionArn: arn.replace('payments-api', name),
          Version: '$LATEST'
        })
      )
    })
    const { Functions } = (await ask(stage(), new ListFunctionsCommand())) as { Functions: object[] }
    expect(Functions.filter(each => 'State' in each || 'LastUpdateStatus' in each)).toEqual([])
  })

  it('has every version, page by page, when it is asked for all', async () => {
    const on = stage()
    const all: unknown[] = []
    let Marker: string | undefined
    do {
      const command = new ListFunctionsCommand({ FunctionVersion: 'ALL', MaxItems: 4, Marker })
      const answer = await on.clock.run(() => on.lambda.send(command))
      all.push(...(answer.Functions ?? []).map(each => each.FunctionArn?.split(':').slice(6).join(':')))
      Marker = answer.NextMarker
    } while (Marker)
    expect(all).toEqual([
      ...['$LATEST', '1', '2', '3', '4', '5', '6', '7'].map(version => `payments-api:${version}`),
      'CodeDeployHook_before:$LATEST',
      'CodeDeployHook_after:$LATEST'
    ])
  })
})

describe('tags of a function', () => {
  it('are added, replaced and removed', async () => {
    const on = stage()
    const tags = new TagResourceCommand({
      Resource: arn,
      Tags: { team: 'payments', stage: 'live', old: 'yes' }
    })
    const others = new TagResourceCommand({ Resource: arn, Tags: { stage: 'test' } })
    const remove = new UntagResourceCommand({ Resource: arn, TagKeys: ['old', 'unknown'] })
    expect(await ask(on, tags, others, remove, new ListTagsCommand({ Resource: arn }))).toEqual({
      Tags: { team: 'payments', stage: 'test' }
    })
    expect(await ask(on, new GetFunctionCommand({ FunctionName }))).toMatchObject({
      Tags: { team: 'payments', stage: 'test' }
    })
  })

  it('are removed over HTTP, where each key is a parameter of its own', async () => {
    const { aws } = stage()
    aws.lambda.tagResource({ Resource: arn, Tags: { a: '1', b: '2', c: '3' } })
    const { clock } = aws
    Object.assign(clock, { sleep: async () => undefined })
    const server = await serve(aws)
    const client = new LambdaClient({
      region: 'eu-west-1',
      endpoint: server.url,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
    })
    await client.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['a', 'b'] }))
    await server.close()
    expect(aws.lambda.listTags({ Resource: arn })).toEqual({ Tags: { c: '3' } })
  })

  test.each([
    {
      name: 'of a version',
      command: new TagResourceCommand({ Resource: `${arn}:7`, Tags: { a: 'b' } }),
      is: ['InvalidParameterValueException', 400]
    },
    {
      name: 'none',
      command: new TagResourceCommand({ Resource: arn, Tags: {} }),
      is: ['InvalidParameterValueException', 400]
    },
    {
      name: 'too many',
      command: new TagResourceCommand({
        Resource: arn,
        Tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, '']))
      }),
      is: ['InvalidParameterValueException', 400]
    },
    {
      name: 'of a function that is not there',
      command: new ListTagsCommand({ Resource: `${arn}s` }),
      is: ['ResourceNotFoundException', 404]
    },
    {
      name: 'of a name that is no ARN',
      command: new ListTagsCommand({ Resource: FunctionName }),
      is: ['ValidationException', 400]
    }
  ])('$name: refused', async ({ command, is }) => {
    const error = await ask(stage(), command).then(
      () => undefined,
      thrown => thrown
    )
    expect([error?.name, error?.$metadata?.httpStatusCode]).toEqual(is)
  })
})

describe('what a function may have, but not in the simulator', () => {
  test.each([
    { command: new GetFunctionConcurrencyCommand({ FunctionName }), is: {} },
    { command: new GetFunctionCodeSigningConfigCommand({ FunctionName }), is: {} }
  ])('$command.constructor.name answers that there is none', async ({ command, is }) => {
    expect(await ask(stage(), command)).toEqual(is)
  })

  test.each([
    { command: new GetPolicyCommand({ FunctionName }), name: 'ResourceNotFoundException' },
    {
      command: new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: 'live' }),
      name: 'ProvisionedConcurrencyConfigNotFoundException'
    },
    {
      command: new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: '99' }),
      name: 'ResourceNotFoundException'
    },
    {
      command: new GetFunctionConcurrencyCommand({ FunctionName: 'nobody' }),
      name: 'ResourceNotFoundException'
    },
    {
      command: new GetFunctionCodeSigningConfigCommand({ FunctionName: 'nobody' }),
      name: 'ResourceNotFoundException'
    }
  ])('$command.constructor.name is refused with $name', async ({ command, name }) => {
    await expect(ask(stage(), command)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 404 } })
  })
})

it('says what the account may have, and has', async () => {
  const on = stage()
  const versions = on.aws.lambda.listFunctions({ FunctionVersion: 'ALL', MaxItems: 50 }).Functions
  expect(await ask(on, new GetAccountSettingsCommand())).toEqual({
    AccountLimit: {
      TotalCodeSize: 322_122_547_200,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: 1000,
      UnreservedConcurrentExecutions: 1000
    },
    AccountUsage: {
      TotalCodeSize: versions.reduce((sum, { CodeSize = 0 }) => sum + CodeSize, 0),
      FunctionCount: 3
    }
  })
})

it('asks for permission on the function, or for lists on everything', async () => {
  const on = stage()
  on.aws.permissions.policy = new Policy({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'lambda:List*', Resource: arn }]
  })
  expect(await ask(on, new ListTagsCommand({ Resource: arn }))).toEqual({ Tags: {} })
  await expect(ask(on, new ListFunctionsCommand())).rejects.toMatchObject({ name: 'AccessDeniedException' })
})
