import type { Sums } from './figures.ts'
import type { Verdict } from './gate.ts'
import type { LeavingReason } from './leaving.ts'
import type { Traffic } from './observation.ts'
import type { Phase } from './phase.ts'
import type { Forecast } from './schedule.ts'

/** What a look reads of a deployment beside its status: the lifecycle events, and the alias. */
export const partNames = ['lifecycle', 'traffic'] as const
export type Part = (typeof partNames)[number]

/** Something worth reporting about a deployment. `at` is epoch ms: AWS's own time if it gives one, otherwise ours. */
export type Event = { at: number } & (
  | { kind: 'status'; status: string; code?: string; rollback: boolean }
  | { kind: 'hook-started'; hook: string; functionName: string }
  | { kind: 'hook-ended'; hook: string; functionName: string; status: string; durationMs?: number }
  | { kind: 'traffic'; traffic: Traffic; forecast?: Forecast }
  | { kind: 'shift-ended'; status: string }
  | { kind: 'rollback-found'; rollbackId: string }
  | {
      kind: 'heartbeat'
      phase: Phase
      hook?: { hook: string; functionName: string; forMs: number }
      traffic?: Traffic
      forecast?: Forecast
      /** What CloudWatch has of both versions so far. */
      figures?: { target?: Sums; current?: Sums }
    }
  | { kind: 'part-unreadable'; part: Part; reason: string }
  | { kind: 'stop-asked'; reason: LeavingReason; by?: string; rollBack: boolean; verdict?: Verdict }
  /** `isPassing`: it is asked for again at each look. */
  | { kind: 'stop-failed'; reason: string; isPassing?: boolean }
  /** `part`: of this part only, and for a minute by now. */
  | { kind: 'sight-lost'; reason: string; part?: Part }
  | { kind: 'sight-regained'; afterMs: number; part?: Part }
  /** A gate cannot see what it judges. `isFinal`: it will not any more. */
  | { kind: 'figures-lost'; reason: string; isFinal?: boolean }
  | { kind: 'figures-regained'; afterMs: number }
)
