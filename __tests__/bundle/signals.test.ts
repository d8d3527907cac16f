import { describe, expect, test } from '@jest/globals'
import type { Rehearsed } from '../../simulator/demo/rehearsal.ts'
import { type Os, ownOs } from '../../simulator/runner/os.ts'
import { like, step } from './step.ts'

const minute = 60_000

/** Each signal at each moment: what the job reports, and what is left in AWS. Windows is played where it is not there. */
const moments = [
  { when: 'right after the deployment was created', signal: 'cancel', afterMs: 0 },
  { when: 'during the hook', signal: 'cancel', afterMs: 4_000 },
  { when: 'while traffic is split', signal: 'cancel', afterMs: 2 * minute },
  { when: 'right after the deployment was created', signal: 'kill', afterMs: 0 },
  { when: 'while traffic is split', signal: 'kill', afterMs: 2 * minute }
] as const
const systems = [...new Set<Os>([ownOs, 'Windows'])]
const rows = systems.flatMap(os =>
  // A kill is the same everywhere.
  moments.filter(({ signal }) => os === ownOs || signal === 'cancel').map(moment => ({ os, ...moment }))
)

const operations = ({ requests }: Rehearsed): string[] => requests.map(({ operation }) => operation)
const signalsOf = ({ result }: Rehearsed): string[] => result.signals.map(({ signal }) => signal)

describe.each(rows)('$signal $when, on $os', ({ os, signal, afterMs }) => {
  test('one stop is asked for, traffic is shifted back, and main or post says so once', async () => {
    const played = await step(
      like('interrupted', {
        meanwhile: ({ after, cancel, kill }) => after(afterMs, signal === 'cancel' ? cancel : kill)
      }),
      { os }
    )
    const { result, serving } = played
    expect({ job: result.job, serving, signals: signalsOf(played), exitCode: result.exitCode }).toEqual(
      signal === 'cancel'
        ? // Main ended by itself, and not by the signal.
          { job: 'cancelled', serving: '7', signals: ['SIGINT'], exitCode: 1 }
        : { job: 'failure', serving: '7', signals: ['SIGKILL'], exitCode: null }
    )
    expect(operations(played).filter(each => each === 'CreateDeployment')).toHaveLength(1)
    expect(operations(played).filter(each => each === 'StopDeployment').length).toBeGreaterThanOrEqual(1)
    const said = [result, result.post].flatMap(stage => stage?.annotations ?? [])
    expect(said.filter(({ properties }) => properties.title?.startsWith('Lambda CodeDeploy'))).toHaveLength(1)
    expect([result.summary, result.post?.summary].filter(Boolean)).toHaveLength(1)
  }, 60_000)
})

// The stop is not answered for so long that main is still asking when the runner, whose waits are shorter here, has lost patience.
test.each(systems.map(os => ({ os, second: os === 'Windows' ? 'SIGBREAK' : 'SIGTERM' })))(
  'on $os, $second after SIGINT does not end main; when it is killed, post stops the deployment',
  async ({ os, second }) => {
    const played = await step(
      like('interrupted', {
        meanwhile: ({ after, cancel }) => after(4_000, cancel),
        prepare: aws => aws.faults.add({ operation: 'StopDeployment', kind: 'slow', ms: 8_000 })
      }),
      { os, speed: 5, graceScale: 20 }
    )
    const { result, serving } = played
    expect({ job: result.job, serving, signals: signalsOf(played) }).toEqual({
      job: 'cancelled',
      serving: '7',
      signals: ['SIGINT', second, 'SIGKILL']
    })
    expect(result.post?.annotations.map(({ properties }) => properties.title)).toEqual([
      'Lambda CodeDeploy: interrupted, live serves v7'
    ])
  },
  60_000
)
