import { expect } from '@jest/globals'
import type { Stage } from '../stage.ts'

/** The code of the refusal, after checking that CodeDeploy answered with its usual status at the first attempt. */
export async function refusal(on: Stage, work: () => Promise<unknown>): Promise<string> {
  return on.clock.run(async () => {
    const error = await work().then(
      () => undefined,
      thrown => thrown
    )
    expect(error?.$metadata).toMatchObject({
      httpStatusCode: 400,
      attempts: 1,
      requestId: expect.any(String)
    })
    return error.name
  })
}
