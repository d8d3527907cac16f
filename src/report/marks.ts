import { type OutcomeKind, passes } from '../deployment/outcome.ts'

/** A step may pass although its release is not complete. */
const marks: Partial<Record<OutcomeKind, string>> = { planned: '📋', started: '▶️' }

export const markOf = (kind: OutcomeKind | undefined): string =>
  kind && passes(kind) ? (marks[kind] ?? '✅') : '❌'
