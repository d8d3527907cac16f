import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda'
import { expect, test } from '@jest/globals'
import { type Stage, stage } from '../stage.ts'

const version = { FunctionName: 'payments-api', Qualifier: '3' }
const invoke = (on: Stage) =>
  on.clock.run(() => on.lambda.send(new InvokeCommand(version)).then(({ StatusCode }) => StatusCode))
const look = (on: Stage) => on.clock.run(() => on.lambda.send(new GetFunctionConfigurationCommand(version)))

test('a version that is Inactive says so', async () => {
  const on = stage({ setting: { olderVersions: 'Inactive' } })
  expect(await look(on)).toMatchObject({ State: 'Inactive', StateReasonCode: 'Idle' })
})

test('an invocation of a version that is Inactive fails and wakes it', async () => {
  const on = stage({ setting: { olderVersions: 'Inactive' } })
  await expect(invoke(on)).rejects.toMatchObject({ name: 'ResourceConflictException' })
  expect(await look(on)).toMatchObject({ State: 'Pending' })
  await on.clock.run(() => on.clock.sleep(10_000))
  expect(await look(on)).toMatchObject({ State: 'Active' })
  expect(await invoke(on)).toBe(200)
})
