import { isIncomplete } from '../draw/setup.ts'
import { assuming } from '../invariants/credentials.ts'
import { type Violation, violations } from '../invariants/invariants.ts'
import type { PlayedScene } from '../play/play.ts'

/** The results of many seeds. Plain data, because worker processes send it. */
export interface Figures {
  seeds: number
  runs: number
  simulatedMs: number
  requests: number
  faults: number
  /** How often each outcome came up; runs that were killed before they had one are `(killed)`. */
  outcomes: Record<string, number>
  /** How often each thing happened: signals, other actors, post steps that had something to do. */
  happened: Record<string, number>
  violations: Violation[]
}

export const noFigures = (): Figures => ({
  seeds: 0,
  runs: 0,
  simulatedMs: 0,
  requests: 0,
  faults: 0,
  outcomes: {},
  happened: {},
  violations: []
})

export function figuresOf(world: PlayedScene): Figures {
  const { stage, played, scene } = world
  const outcomes: Record<string, number> = {}
  const happened: Record<string, number> = {}
  for (const { main, post, step, cancelledAt, inputs } of played) {
    count(outcomes, main.killed ? '(killed)' : (main.job.outputs.outcome ?? '(none)'))
    if (cancelledAt !== undefined) count(happened, 'cancelled')
    if (main.killed) count(happened, 'killed')
    if (post.job.log.lines.length > 0) count(happened, 'finished by post')
    if (inputs.functions !== undefined) count(happened, 'several functions')
    if ([main, post].some(({ job }) => job.log.lines.some(({ text }) => /; reverting .* from v/.test(text))))
      count(happened, 'reverted')
    if (inputs['test-event'] !== undefined) count(happened, 'tested first')
    if (inputs['max-error-rate'] !== undefined) count(happened, 'with a gate')
    if (main.job.printed.some(({ line }) => / stopping +(v\d+ failed|No)/.test(line)))
      count(happened, 'judged')
    if (inputs['keep-versions'] !== undefined) count(happened, 'keeping versions')
    if (main.job.printed.some(({ line }) => /^Old versions of .* deleted/.test(line)))
      count(happened, 'deleted versions')
    if (step.skewMs !== 0) count(happened, 'clock skewed')
  }
  if (played.length > 1) count(happened, 'two runs at once')
  if (scene.actors.length > 0) count(happened, 'others about')
  if (scene.history) count(happened, 'deployed before')
  if (scene.besides) count(happened, 'beside other aliases')
  if (isIncomplete(scene)) count(happened, 'to be set up')
  if (scene.role) count(happened, 'role to assume')
  if (assumed(world) > 2 * played.length) count(happened, 'renewed')
  if (scene.github) count(happened, 'with a github-token')
  if (world.withoutGitHub) count(happened, 'trouble with GitHub')
  return {
    seeds: 1,
    runs: played.length,
    simulatedMs: stage.clock.now() - stage.begunAt,
    requests: stage.aws.requests.length,
    faults: stage.faults.size,
    outcomes,
    happened,
    violations: violations(world)
  }
}

/** Main and post each assume the role once, unless it has to be renewed or tried again. */
const assumed = ({ stage }: PlayedScene): number =>
  stage.aws.requests.filter(({ operation }) => operation === assuming).length

const count = (counts: Record<string, number>, key: string, by = 1): void => {
  counts[key] = (counts[key] ?? 0) + by
}

/** Adds `more` to `sum`. */
export function add(sum: Figures, more: Figures): void {
  sum.seeds += more.seeds
  sum.runs += more.runs
  sum.simulatedMs += more.simulatedMs
  sum.requests += more.requests
  sum.faults += more.faults
  for (const [key, by] of Object.entries(more.outcomes)) count(sum.outcomes, key, by)
  for (const [key, by] of Object.entries(more.happened)) count(sum.happened, key, by)
  sum.violations.push(...more.violations)
}

/** How many violations of each invariant are shown whole; one bug breaks many seeds. */
const mostShown = 4
/** How many more seeds are named, so that each can be played again after a fix. */
const mostNamed = 50

/** The figures for people. `seconds` is how long it really took. */
export function figureLines(figures: Figures, seconds: number): string[] {
  const row = (name: string, value: string | number) => `${name.padEnd(18)} ${value}`
  const counts = (of: Record<string, number>) =>
    Object.entries(of)
      .sort(([, a], [, b]) => b - a)
      .map(([name, times]) => `${name} ${times}`)
      .join(', ')
  const broken = Object.entries(Object.groupBy(figures.violations, ({ invariant }) => invariant))
  const shown = broken.flatMap(([invariant, all = []]) => [
    `${invariant} is broken ${all.length} times:`,
    ...brokenLines(all.toSorted((a, b) => a.seed - b.seed)).map(line => `  ${line}`)
  ])
  return [
    row('seeds', figures.seeds),
    row('runs of the step', figures.runs),
    row('simulated hours', Math.round(figures.simulatedMs / 3_600_000)),
    row('requests', figures.requests),
    row('faults injected', figures.faults),
    row('outcomes', counts(figures.outcomes)),
    row('happened', counts(figures.happened)),
    row('seconds', `${seconds.toFixed(1)} (${Math.round(figures.seeds / seconds)} seeds a second)`),
    row('violations', figures.violations.length),
    ...shown
  ]
}

function brokenLines(violations: readonly Violation[]): string[] {
  const shown = violations.slice(0, mostShown).map(({ seed }) => seed)
  const all = new Set(violations.map(({ seed }) => seed))
  const others = [...all].filter(seed => !shown.includes(seed))
  const named = others.slice(0, mostNamed).join(', ')
  const more = others.length > mostNamed ? ` and ${others.length - mostNamed} more` : ''
  return [
    ...violations.slice(0, mostShown).map(violationLine),
    ...(others.length === 0 ? [] : [`also seeds ${named}${more}`])
  ]
}

export const violationLine = ({ seed, invariant, claims, run, what }: Violation): string =>
  `seed ${seed}, run ${run}: broke ${invariant} (${claims}): ${what}`
