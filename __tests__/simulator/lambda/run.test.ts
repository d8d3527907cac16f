import { InvokeCommand, type InvokeCommandInput, PublishVersionCommand } from '@aws-sdk/client-lambda'
import { describe, expect, it } from '@jest/globals'
import type { RunOptions } from '../../../simulator/setting.ts'
import { type Stage, stage } from '../stage.ts'

const FunctionName = 'payments-api'

/** The usual setting, in which a version 8 that runs like this is published. */
async function published(run: RunOptions): Promise<Stage> {
  const on = stage({ setting: { run } })
  await on.clock.run(() => on.lambda.send(new PublishVersionCommand({ FunctionName })))
  return on
}

/** An invocation of version 8, and how long its answer took, in whole seconds. */
async function invoke(on: Stage, input: Partial<InvokeCommandInput> = {}) {
  const begun = on.seconds()
  const command = new InvokeCommand({ FunctionName, Qualifier: '8', LogType: 'Tail', ...input })
  const answer = await on.clock.run(() => on.lambda.send(command))
  return {
    status: answer.StatusCode,
    version: answer.ExecutedVersion,
    error: answer.FunctionError,
    payload: answer.Payload?.transformToString(),
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
    took: Math.round(on.seconds() - begun)
  }
}

describe('a function', () => {
  it('answers what its environment says, after the time that it says', async () => {
    const on = await published({ answer: '{"statusCode":200}', seconds: 2, log: 'one\ntwo' })
    const { log, ...rest } = await invoke(on)
    expect(rest).toEqual({
      status: 200,
      version: '8',
      error: undefined,
      payload: '{"statusCode":200}',
      took: 2
    })
    expect(log).toMatch(
      /^START RequestId: \S+ Version: 8\none\ntwo\nEND RequestId: \S+\nREPORT .*\tDuration: 2000\.00 ms\t/
    )
  })

  it('that throws is answered with status 200, the error, and the error in its log', async () => {
    const { log, ...rest } = await invoke(await published({ throws: 'no ledger' }))
    expect(rest).toEqual({
      status: 200,
      version: '8',
      error: 'Unhandled',
      payload:
        '{"errorType":"Error","errorMessage":"no ledger","trace":["Error: no ledger","    at Runtime.handler (file:///var/task/index.mjs:7:9)"]}',
      took: 0
    })
    expect(log).toMatch(/\tERROR\tInvoke Error \t\{"errorType":"Error","errorMessage":"no ledger"/)
  })

  it('is cut off at its time-out', async () => {
    const { error, payload, took, log } = await invoke(await published({ seconds: 60, timeout: 5 }))
    expect([error, took]).toEqual(['Unhandled', 5])
    expect(payload).toMatch(
      /^\{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: \S+ Error: Task timed out after 5\.00 seconds"\}$/
    )
    expect(log).toMatch(/Task timed out after 5\.00 seconds\n/)
  })

  it('takes longer the first time, and its report says by how much', async () => {
    const on = await published({ seconds: 1, initSeconds: 3 })
    const cold = await invoke(on)
    expect([cold.took, /Init Duration: .*/.exec(cold.log)?.[0]]).toEqual([4, 'Init Duration: 3000.00 ms'])
    const warm = await invoke(on)
    expect([warm.took, /Init Duration: .*/.exec(warm.log)?.[0]]).toEqual([1, undefined])
  })

  it('may have the lines of the platform in JSON', async () => {
    const { log } = await invoke(
      await published({ jsonLog: true, seconds: 1, initSeconds: 2, log: '{"message":"one"}' })
    )
    const [start, own, report] = log
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect([start.type, own, report.type]).toEqual(['platform.start', { message: 'one' }, 'platform.report'])
    expect(report.record.metrics).toMatchObject({ durationMs: 1000, initDurationMs: 2000 })
  })

  it('gets at most six megabytes', async () => {
    const on = await published({})
    const Payload = Buffer.from(JSON.stringify('x'.repeat(6 * 1024 * 1024)))
    await expect(invoke(on, { Payload })).rejects.toMatchObject({
      name: 'RequestTooLargeException',
      $metadata: { httpStatusCode: 413 }
    })
  })
})
