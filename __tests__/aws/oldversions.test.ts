import { expect, test } from '@jest/globals'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { deployEarlier } from '../../simulator/earlier.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { createAws as createClients } from '../../src/aws/aws.ts'

function clients(over: AbortSignal = new AbortController().signal) {
  const clock = new VirtualClock()
  const aws: Aws = createAws({ clock })
  payments(aws)
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  const options = { region: aws.region, requestHandler: requestHandler(aws), credentials }
  const { lambda, codedeploy } = createClients(options, clock).oldVersions(over)
  return { aws, clock, lambda, codedeploy }
}

test.each(['', '0', '07', '-1', '7 ', 'live', '$LATEST', '$LATEST.PUBLISHED', '7:8', '7\n'])(
  "nothing is ever sent that would delete '%s', which is not the number of a version",
  async version => {
    const { aws, clock, lambda } = clients()
    const deleting = clock.run(() => lambda.deleteVersion('payments-api', version))
    await expect(deleting).rejects.toMatchObject({ kind: 'rejected', code: 'NotAVersion' })
    expect(aws.requests).toEqual([])
  }
)

test('a version is deleted by its number', async () => {
  const { aws, clock, lambda } = clients()
  await clock.run(() => lambda.deleteVersion('payments-api', '5'))
  expect(aws.requests.map(({ operation, input }) => [operation, input])).toEqual([
    ['DeleteFunction', { FunctionName: 'payments-api', Qualifier: '5' }]
  ])
})

test('nothing is asked once it is over', async () => {
  const { aws, clock, lambda, codedeploy } = clients(AbortSignal.abort())
  const asking: (() => Promise<unknown>)[] = [
    () => lambda.published('payments-api'),
    () => lambda.aliases('payments-api'),
    () => lambda.provisioned('payments-api'),
    () => lambda.deleteVersion('payments-api', '5'),
    () => codedeploy.running('payments', 'payments-live'),
    () => codedeploy.groupNames('payments'),
    () => codedeploy.newestIn('payments', 'payments-live')
  ]
  for (const ask of asking) await expect(clock.run(ask)).rejects.toMatchObject({ kind: 'unsent' })
  expect(aws.requests).toEqual([])
})

interface Lie {
  name: string
  ask(lambda: ReturnType<typeof clients>['lambda']): Promise<unknown>
  /** Falsifies the first answer. */
  lie(aws: Aws): void
}

/** Makes the first answer of a list other than it is. */
const first = <T extends object>(aws: Aws, method: string, change: (answer: T) => object): void => {
  const lambda = aws.lambda as unknown as Record<string, (input: unknown) => T>
  const act = lambda[method]?.bind(aws.lambda) as (input: unknown) => T
  let isLied = false
  lambda[method] = input => {
    const answer = act(input)
    if (isLied) return answer
    isLied = true
    return change(answer) as T
  }
}

const lies: Lie[] = [
  {
    name: 'versions of another function',
    ask: lambda => lambda.published('payments-api'),
    lie: aws =>
      first(aws, 'listVersionsByFunction', () => ({ Versions: [{ FunctionName: 'orders', Version: '9' }] }))
  },
  {
    name: 'versions without numbers',
    ask: lambda => lambda.published('payments-api'),
    lie: aws => first(aws, 'listVersionsByFunction', () => ({ Versions: [{ FunctionName: 'payments-api' }] }))
  },
  {
    name: 'aliases of another function',
    ask: lambda => lambda.aliases('payments-api'),
    lie: aws =>
      first(aws, 'listAliases', () => ({
        Aliases: [{ AliasArn: 'arn:aws:lambda:eu-west-1:1:function:orders:live', FunctionVersion: '1' }]
      }))
  },
  {
    name: 'aliases without names',
    ask: lambda => lambda.aliases('payments-api'),
    lie: aws =>
      first(aws, 'listAliases', () => ({
        Aliases: [{ AliasArn: 'arn:aws:lambda:eu-west-1:1:function:payments-api', FunctionVersion: '1' }]
      }))
  },
  {
    name: 'aliases that point nowhere',
    ask: lambda => lambda.aliases('payments-api'),
    lie: aws => first(aws, 'listAliases', () => ({ Aliases: [{ Name: 'live' }] }))
  },
  {
    name: 'provisioned concurrency of nothing',
    ask: lambda => lambda.provisioned('payments-api'),
    lie: aws =>
      first(aws, 'listProvisionedConcurrencyConfigs', () => ({ ProvisionedConcurrencyConfigs: [{}] }))
  }
]

test.each(lies)('an answer with $name is not believed, and asked for again', async ({ ask, lie }) => {
  const { aws, clock, lambda } = clients()
  const truth = await clock.run(() => ask(lambda))
  lie(aws)
  expect(await clock.run(() => ask(lambda))).toEqual(truth)
  expect(aws.requests).toHaveLength(3)
})

test('dates are read as Lambda writes them', async () => {
  const { clock, lambda } = clients()
  const published = await clock.run(() => lambda.published('payments-api'))
  expect(published[0]).toEqual({ version: '1', modifiedAt: Date.parse('2026-11-20T14:00:00Z') })
  expect(published).toHaveLength(7)
})

test('a version of a durable function is told apart, whatever its configuration says', async () => {
  const { aws, clock, lambda } = clients()
  first(aws, 'listVersionsByFunction', () => ({
    Versions: [
      { FunctionName: 'payments-api', Version: '1', DurableConfig: {} },
      { FunctionName: 'payments-api', Version: '2' }
    ]
  }))
  expect(await clock.run(() => lambda.published('payments-api'))).toEqual([
    { version: '1', isDurable: true },
    { version: '2' }
  ])
})

test('a version whose date cannot be read has none', async () => {
  const { aws, clock, lambda } = clients()
  first(aws, 'listVersionsByFunction', () => ({
    Versions: [
      { FunctionName: 'payments-api', Version: '1', LastModified: 'yesterday' },
      { FunctionName: 'payments-api', Version: '2' }
    ]
  }))
  expect(await clock.run(() => lambda.published('payments-api'))).toEqual([
    { version: '1' },
    { version: '2' }
  ])
})

test('the newest deployments of a group are the last that succeeded and the last of all', async () => {
  const { aws, clock, codedeploy } = clients()
  const ids = await clock.run(async () => {
    const succeeded = await deployEarlier(aws, { to: '5' })
    const stopped = await deployEarlier(aws, { to: '6', ends: 'stopped' })
    return [succeeded, stopped]
  })
  expect(await clock.run(() => codedeploy.newestIn('payments', 'payments-live'))).toEqual(ids)
})

test.each([
  { name: 'an application', method: 'listDeploymentGroups', ask: 'groupNames', truth: ['payments-live'] },
  { name: 'a group', method: 'getDeploymentGroup', ask: 'newestIn', truth: [] }
] as const)('an empty answer about $name is asked for again', async ({ method, ask, truth }) => {
  const { aws, clock, codedeploy } = clients()
  const { codedeploy: service } = aws as unknown as { codedeploy: Record<string, (input: unknown) => object> }
  const act = service[method]?.bind(aws.codedeploy) as (input: unknown) => object
  let count = 0
  service[method] = input => (++count === 1 ? {} : act(input))
  expect(await clock.run(() => codedeploy[ask]('payments', 'payments-live'))).toEqual(truth)
  expect(count).toBe(2)
})
