import { expect, test } from '@jest/globals'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { deployEarlier } from '../../simulator/earlier.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { createAws as createClients } from '../../src/aws/aws.ts'

type Json = Record<string, Record<string, unknown>[]>

interface Read {
  /** The deployments as they were given, by the version that each shifted to. */
  given: string[]
  aws: Aws
  rollbacks: string[]
}

/** Three deployments, read back by way of answers of BatchGetDeployments that are changed. */
async function read(change: (answer: Json, asked: number) => void): Promise<Read> {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  payments(aws)
  const simulated = requestHandler(aws)
  let asked = 0
  const { codedeploy } = createClients(
    {
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      requestHandler: {
        ...simulated,
        handle: async (...given: Parameters<typeof simulated.handle>) => {
          const { response } = await simulated.handle(...given)
          if (aws.requests.at(-1)?.operation !== 'BatchGetDeployments') return { response }
          const answer = JSON.parse(new TextDecoder().decode(response.body as Uint8Array)) as Json
          change(answer, ++asked)
          return { response: { ...response, body: new TextEncoder().encode(JSON.stringify(answer)) } }
        }
      }
    },
    clock
  )
  return await clock.run(async () => {
    const to = new Map<string, string>()
    for (const version of ['4', '5', '6']) to.set(await deployEarlier(aws, { to: version }), version)
    const given: string[] = []
    const rollbacks: string[] = []
    for await (const { id, isRollback } of codedeploy.succeeded({
      application: 'payments',
      group: 'payments-live'
    })) {
      given.push(to.get(id) ?? id)
      if (isRollback) rollbacks.push(to.get(id) ?? id)
    }
    return { given, aws, rollbacks }
  })
}

const asked = ({ aws }: Read, operation: string): number =>
  aws.requests.filter(each => each.operation === operation).length

test('the deployments that succeeded come newest first, in two requests', async () => {
  const found = await read(() => {})
  expect([found.given, found.rollbacks, found.aws.requests.length]).toEqual([['6', '5', '4'], [], 2])
})

test('whatever the order of the answer', async () => {
  const { given } = await read(({ deploymentsInfo }) => void deploymentsInfo?.reverse())
  expect(given).toEqual(['6', '5', '4'])
})

test('one that is left out is asked for by itself: it might be the one that counts', async () => {
  const found = await read(({ deploymentsInfo }) => void deploymentsInfo?.shift())
  expect([found.given, asked(found, 'GetDeployment')]).toEqual([['6', '5', '4'], 1])
})

test('one without a time is asked for again: it could be taken for an older one', async () => {
  const found = await read(({ deploymentsInfo = [] }, asked) => {
    if (asked === 1) for (const each of deploymentsInfo) delete each.createTime
  })
  expect([found.given, asked(found, 'BatchGetDeployments')]).toEqual([['6', '5', '4'], 2])
})

test.each(['codeDeployRollback', 'CloudFormationRollback'])(
  'one created by %s is a rollback',
  async creator => {
    const { rollbacks } = await read(({ deploymentsInfo = [] }) => {
      const [first] = deploymentsInfo
      if (first) first.creator = creator
    })
    expect(rollbacks).toEqual(['6'])
  }
)
