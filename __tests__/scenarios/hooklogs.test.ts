/** What a step shows of the log of a hook that failed. */
import { describe, expect, test } from '@jest/globals'
import { hooks } from './incidents.ts'
import { type Inputs, type Played, play, release } from './play.ts'
import { entry, releaseBoth, together } from './services.ts'

/** The end of the step's annotation, from the title of the log on. */
const logShown = ({ annotations }: Played): string[] => {
  const lines = annotations.flatMap(({ level, message }) => (level === 'error' ? message.split('\n') : []))
  return lines.slice(lines.findIndex(line => line.startsWith('End of')))
}

test("Lambda's own lines do not take the place of what the hook wrote", async () => {
  const log = [
    '{"level":"ERROR","message":"GET /health answered 500"}',
    '{"time":"2026-11-20T14:00:05.2Z","type":"platform.runtimeDone","record":{"status":"success"}}',
    '{"time":"2026-11-20T14:00:05.2Z","type":"platform.report","record":{"metrics":{"durationMs":12}}}',
    'XRAY TraceId: 1-2'
  ]
  const played = await play({
    inputs: { ...release, ...hooks },
    setting: { before: { behaviour: 'fail', log: log.join('\n') }, after: {} }
  })
  expect(logShown(played)).toEqual([
    "End of the hook's log:",
    '│ {"level":"ERROR","message":"GET /health answered 500"}'
  ])
})

describe('when two functions are released, the log of a hook', () => {
  test.each<{ name: string; ledger: Inputs; title: string }>([
    {
      name: 'that checks both may be about the other one, and its title says so',
      ledger: hooks,
      title: "End of the hook's log (hooks of other releases of the step may write to it, too):"
    },
    { name: 'that checks one is about that one', ledger: {}, title: "End of the hook's log:" }
  ])('$name', async ({ ledger, title }) => {
    const played = await releaseBoth({
      inputs: together([entry('orders', hooks), entry('ledger', ledger)]),
      setting: { before: { behaviour: 'fail', log: 'no' }, after: {} }
    })
    expect(logShown(played)[0]).toBe(title)
  })
})
