import type { VirtualClock } from '../../simulator/clock.ts'
import type { Event } from '../../src/deployment/event.ts'
import { type Outcome, outcomes } from '../../src/deployment/outcome.ts'
import type { Environment } from '../../src/github/environment.ts'
import { on, record as released, rolledBack, split, succeeded } from '../report/records.ts'

export const traffic = (at: number, seen: { version: string; weights: Record<string, number> }): Event => ({
  kind: 'traffic',
  at,
  traffic: seen
})
export const cancelled: Outcome = {
  kind: 'interrupted',
  serving: on('7'),
  cause: { code: 'JOB_CANCELLED', what: 'The job was cancelled.', next: 'Run it again.' }
}

/** What happens, and after how many seconds. */
export type Story = [second: number, happens: Event | Outcome][]

export const success: Story = [
  [20, traffic(20_000, split)],
  [320, traffic(320_000, on('8'))],
  [330, succeeded]
]
export const rollback: Story = [
  [20, traffic(20_000, split)],
  [80, { kind: 'rollback-found', at: 80_000, rollbackId: 'd-BACK' }],
  [85, traffic(85_000, on('7'))],
  [90, rolledBack]
]
export const cancel: Story = [
  [20, traffic(20_000, split)],
  [31, { kind: 'stop-asked', at: 31_000, reason: 'interrupted', rollBack: true }],
  [34, traffic(34_000, on('7'))],
  [36, cancelled]
]

/** Plays the story, and returns the second at which each of its events was handled: later ones waited for GitHub. */
export async function play(
  story: Story,
  environment: Environment,
  clock: VirtualClock,
  withinMs?: number
): Promise<number[]> {
  const record = released()
  const moments: number[] = []
  await clock.run(async () => {
    environment.begin([record])
    for (const [second, happens] of story) {
      await clock.sleep(second * 1_000 - clock.now())
      if (!outcomes.some(kind => kind === happens.kind)) environment.tell(happens as Event, record)
      else {
        record.outcome = happens as Outcome
        await environment.finish(record.outcome.kind, [record], withinMs)
      }
      moments.push(clock.now() / 1_000)
    }
  })
  return moments
}
