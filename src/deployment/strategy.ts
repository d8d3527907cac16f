import type { Schedule, Step } from './schedule.ts'

/** How traffic moves, in CodeDeploy's own terms: whole percents and whole minutes. */
export type Strategy =
  | { type: 'AllAtOnce' }
  | { type: 'TimeBasedCanary'; percentage: number; minutes: number }
  | { type: 'TimeBasedLinear'; percentage: number; minutes: number }

/** What the name that the user gave stands for. */
export interface NamedConfiguration {
  /** Name of the deployment configuration in CodeDeploy. */
  name: string
  /** What the name itself says. Where CodeDeploy's answer differs, it wins. */
  strategy?: Strategy
  /** May be created if CodeDeploy does not have it; never true for a reserved name. */
  mayCreate: boolean
}

/** Names with this prefix are reserved for CodeDeploy. */
const reserved = 'CodeDeployDefault.'
const ownPrefix = `${reserved}Lambda`

/** From CodeDeploy's user guide, "Deployment configurations on an AWS Lambda compute platform". */
const predefined = new Set([
  'AllAtOnce',
  'Canary10Percent5Minutes',
  'Canary10Percent10Minutes',
  'Canary10Percent15Minutes',
  'Canary10Percent30Minutes',
  'Linear10PercentEvery1Minute',
  'Linear10PercentEvery2Minutes',
  'Linear10PercentEvery3Minutes',
  'Linear10PercentEvery10Minutes'
])

/** A configuration by CodeDeploy's own name for it, never a short name. */
export const configurationHeld = (name: string): NamedConfiguration => ({
  ...configurationNamed(name),
  name,
  mayCreate: false
})

/** True for one of CodeDeploy's own configurations, which are documented and never change: the name says it all. */
export const isPredefined = (name: string): boolean =>
  name.startsWith(ownPrefix) && predefined.has(name.slice(ownPrefix.length))

/** CodeDeploy's limits: at most 99 percent in one increment, at most two days from the first shift to the last. */
export const limits = { percentage: 99, minutes: 2_880 }

/** Reads what the user wrote: a full name, SAM's short name, a strategy of their own, or a custom configuration. */
export function configurationNamed(given: string): NamedConfiguration {
  const short = given.replace(/^(CodeDeployDefault\.)?Lambda(?=AllAtOnce|Canary\d|Linear\d)/, '')
  const strategy = strategyNamed(short)
  const spread = strategy && { strategy }
  if (given.startsWith(reserved)) return { name: given, ...spread, mayCreate: false }
  if (predefined.has(short)) return { name: `${ownPrefix}${short}`, ...spread, mayCreate: false }
  return { name: given, ...spread, mayCreate: strategy !== undefined }
}

function strategyNamed(name: string): Strategy | undefined {
  if (name === 'AllAtOnce') return { type: 'AllAtOnce' }
  const canary = /^Canary(\d+)Percent(\d+)Minutes?$/.exec(name)
  if (canary) return { type: 'TimeBasedCanary', percentage: Number(canary[1]), minutes: Number(canary[2]) }
  const linear = /^Linear(\d+)PercentEvery(\d+)Minutes?$/.exec(name)
  if (linear) return { type: 'TimeBasedLinear', percentage: Number(linear[1]), minutes: Number(linear[2]) }
  return undefined
}

/** How a strategy breaks CodeDeploy's limits, or undefined. */
export function strategyProblem(strategy: Strategy): string | undefined {
  if (strategy.type === 'AllAtOnce') return undefined
  const { percentage, minutes } = strategy
  if (percentage < 1 || percentage > limits.percentage)
    return `the percentage must be from 1 to ${limits.percentage}`
  const whole = strategy.type === 'TimeBasedLinear' ? (Math.ceil(100 / percentage) - 1) * minutes : minutes
  if (minutes < 1) return 'the minutes must be at least 1'
  if (whole > limits.minutes)
    return `it would take ${whole} minutes, and CodeDeploy allows ${limits.minutes} (two days) from the first shift to the last`
  return undefined
}

/**
 * When each share is due, counted from the first step. A linear shift moves its first increment immediately, and its last
 * increment is cut to what is left, so 10 percent a minute takes nine minutes.
 */
export function scheduleOf(strategy: Strategy): Schedule {
  const start = (share: number): Step => ({ afterMs: 0, share })
  if (strategy.type === 'AllAtOnce') return [start(1)]
  const every = strategy.minutes * 60_000
  const first = strategy.percentage / 100
  if (strategy.type === 'TimeBasedCanary') return [start(first), { afterMs: every, share: 1 }]
  const increments = Math.ceil(100 / strategy.percentage)
  const later = Array.from({ length: increments - 1 }, (_, index): Step => {
    const percent = Math.min(100, strategy.percentage * (index + 2))
    return { afterMs: every * (index + 1), share: percent / 100 }
  })
  return [start(first), ...later]
}

/** True when two versions share the traffic for a while; Lambda then has rules about them, see plan/sharing.ts. */
export const isGradual = (strategy: Strategy): boolean => strategy.type !== 'AllAtOnce'

export function sameStrategy(a: Strategy, b: Strategy): boolean {
  if (a.type === 'AllAtOnce' || b.type === 'AllAtOnce') return a.type === b.type
  return a.type === b.type && a.percentage === b.percentage && a.minutes === b.minutes
}

/** `10%, then all after 5 minutes`. */
export function describeStrategy(strategy: Strategy): string {
  switch (strategy.type) {
    case 'AllAtOnce':
      return 'all traffic at once'
    case 'TimeBasedCanary':
      return `${strategy.percentage}%, then all after ${minutes(strategy.minutes)}`
    case 'TimeBasedLinear':
      return `${strategy.percentage}% more every ${minutes(strategy.minutes)}`
  }
}

const minutes = (count: number): string => (count === 1 ? '1 minute' : `${count} minutes`)
