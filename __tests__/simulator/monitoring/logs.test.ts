import { FilterLogEventsCommand, type FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it, test } from '@jest/globals'
import type { PaymentsOptions } from '../../../simulator/setting.ts'
import { appSpec, bothHooks, release, releaseAndWait, type Stage, stage } from '../stage.ts'

const BEFORE = '/aws/lambda/CodeDeployHook_before'

async function released(before: PaymentsOptions['before']): Promise<Stage> {
  const on = stage({ setting: { before: before ?? {} } })
  await releaseAndWait(on, release(appSpec(bothHooks)))
  return on
}

function read(on: Stage, input: FilterLogEventsCommandInput) {
  return on.clock.run(() => on.logs.send(new FilterLogEventsCommand(input)))
}

describe('the log of a hook', () => {
  it('has what the hook wrote, line by line, between the lines of the platform', async () => {
    const on = await released({ behaviour: 'fail', log: 'checking version 8\n\nbalance is wrong' })
    const { events } = await read(on, { logGroupName: BEFORE })
    expect(events?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^START RequestId: \S+ Version: \$LATEST\n$/),
      'checking version 8\n',
      'balance is wrong\n',
      expect.stringMatching(/^END RequestId: \S+\n$/),
      expect.stringMatching(
        /^REPORT RequestId: \S+\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB/
      )
    ])
    expect(events?.[0]).toMatchObject({
      logStreamName: expect.stringMatching(/^2026\/11\/20\/\[\$LATEST\][0-9a-f]{32}$/),
      timestamp: expect.any(Number),
      eventId: expect.any(String)
    })
  })

  it('is in another log group if the function says so', async () => {
    const on = await released({ logGroup: 'hooks', log: 'here' })
    expect((await read(on, { logGroupName: 'hooks', filterPattern: 'here' })).events).toHaveLength(1)
    await expect(read(on, { logGroupName: BEFORE })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.'
    })
  })

  it.each([
    { name: 'what it threw', hook: { behaviour: 'throw' as const }, line: /ERROR\tInvoke Error/ },
    { name: 'that it ran out of time', hook: { seconds: 901 }, line: /Task timed out after 900.00 seconds/ }
  ])('says $name', async ({ hook, line }) => {
    const { events } = await read(await released(hook), { logGroupName: BEFORE })
    expect(events?.filter(({ message }) => line.test(message ?? ''))).toHaveLength(1)
  })
})

describe('FilterLogEvents', () => {
  const count = async (input: Partial<FilterLogEventsCommandInput>) => {
    const on = await released({ log: 'one\ntwo words\nthree' })
    return (await read(on, { logGroupName: BEFORE, ...input })).events?.length
  }
  const start = Date.parse('2026-11-20T14:00:00Z')

  test.each<{ name: string; input: Partial<FilterLogEventsCommandInput>; finds: number }>([
    { name: 'nothing', input: {}, finds: 6 },
    { name: 'a phrase', input: { filterPattern: '"two words"' }, finds: 1 },
    { name: 'two terms', input: { filterPattern: 'RequestId REPORT' }, finds: 1 },
    { name: 'the first four seconds', input: { endTime: start + 4000 }, finds: 4 },
    { name: 'all after the first four seconds', input: { startTime: start + 4000 }, finds: 2 },
    { name: 'another stream', input: { logStreamNamePrefix: '2025' }, finds: 0 }
  ])('by $name finds $finds', async ({ input, finds }) => {
    expect(await count(input)).toBe(finds)
  })

  it('returns page after page', async () => {
    const on = await released({})
    const first = await read(on, { logGroupName: BEFORE, limit: 2 })
    const second = await read(on, { logGroupName: BEFORE, limit: 2, nextToken: first.nextToken })
    expect([first.events?.length, second.events?.length, second.nextToken]).toEqual([2, 1, undefined])
  })

  test.each<{ name: string; input: FilterLogEventsCommandInput }>([
    { name: 'no group', input: {} },
    {
      name: 'a pattern it does not know',
      input: { logGroupName: BEFORE, filterPattern: '{ $.level = "x" }' }
    },
    { name: 'a limit above the maximum', input: { logGroupName: BEFORE, limit: 10_001 } }
  ])('refuses $name', async ({ input }) => {
    await expect(read(await released({}), input)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})
