import type { Reader } from './reader.ts'

export const rollbackEvents = [
  'DEPLOYMENT_FAILURE',
  'DEPLOYMENT_STOP_ON_ALARM',
  'DEPLOYMENT_STOP_ON_REQUEST'
] as const
export type RollbackEvent = (typeof rollbackEvents)[number]

/** What is to stop a deployment and shift its traffic back, as asked for. `group` leaves it to the deployment group. */
export interface SafeguardChoice {
  alarms: 'group' | 'none' | { names: readonly string[]; ignorePollFailure: boolean }
  rollback: 'group' | 'none' | readonly RollbackEvent[]
}

const maxAlarms = 10

/** Reads and checks them; `read` collects what is wrong. */
export const safeguardsGiven = (read: Reader): SafeguardChoice => ({
  alarms: alarmsGiven(read),
  rollback: rollbackGiven(read)
})

function alarmsGiven(read: Reader): SafeguardChoice['alarms'] {
  const ignorePollFailure = read.boolean('ignore-poll-alarm-failure')
  const names = lines(read.text('alarms'))
  if (names.length === 0) {
    if (ignorePollFailure)
      read.problem(
        'ignore-poll-alarm-failure',
        'true',
        "'false' without alarms: it is part of the alarms given here"
      )
    return 'group'
  }
  if (names.length === 1 && names[0] === 'none') {
    if (ignorePollFailure)
      read.problem('ignore-poll-alarm-failure', 'true', "'false' together with alarms: none")
    return 'none'
  }
  if (names.includes('none')) read.problem('alarms', names.join(', '), "either names or 'none' alone")
  if (names.length > maxAlarms) read.problem('alarms', `${names.length} names`, `at most ${maxAlarms}`)
  for (const name of names.filter(each => each.length > 255))
    read.problem('alarms', name, 'names of at most 255 characters')
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index)))
    read.problem('alarms', name, 'each name once')
  return { names, ignorePollFailure }
}

function rollbackGiven(read: Reader): SafeguardChoice['rollback'] {
  const given = read.text('auto-rollback-events')
  const names = given
    .split(/[,\n]/)
    .map(each => each.trim())
    .filter(Boolean)
  if (names.length === 0) return rollbackEvents
  if (names.length === 1 && (names[0] === 'group' || names[0] === 'none')) return names[0]
  const known = rollbackEvents.filter(event => names.includes(event))
  const unknown = names.filter(name => !(rollbackEvents as readonly string[]).includes(name))
  if (unknown.length > 0)
    read.problem(
      'auto-rollback-events',
      unknown.join(', '),
      `${rollbackEvents.join(', ')}, or 'group' or 'none' alone`
    )
  return known
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map(each => each.trim())
    .filter(Boolean)
