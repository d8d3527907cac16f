/** What CloudWatch says about an alarm, as far as it matters to a release. */
export interface AlarmView {
  name: string
  /** OK, ALARM or INSUFFICIENT_DATA. */
  state: string
  /** What the alarm makes of missing data; CloudWatch's default is `missing`. */
  missingData?: string
  /** The dimensions of each metric of AWS/Lambda that it watches. */
  lambdaSeries: readonly Readonly<Record<string, string>>[]
}

/** By name; an alarm about which there was no answer is left out. */
export type KnownAlarms = ReadonlyMap<string, AlarmView | 'missing'>

/** The alarms that are to stop a deployment, and of what. */
export interface AlarmsInForce {
  functionName: string
  alias: string
  alarms: readonly string[]
}

/**
 * What is wrong with the alarms that are to stop a deployment, in one line; undefined when nothing is. An alarm on the wrong series stops
 * a good version, or never a bad one. One that does not exist may stop nothing: what CodeDeploy makes of it is not documented.
 */
export function alarmWarning(
  known: KnownAlarms,
  { functionName, alias, alarms }: AlarmsInForce
): string | undefined {
  const found = alarms.flatMap(name => {
    const alarm = known.get(name)
    const problem = alarm === 'missing' ? missing(name) : alarm && problemOf(alarm, functionName, alias)
    return problem === undefined ? [] : [`alarm ${name} ${problem}`]
  })
  const [first, ...more] = found
  if (first === undefined) return undefined
  return `${[first.replace(/^a/, 'A'), ...more].join('; ')}. docs/canary.md has an alarm that works.`
}

const missing = (name: string): string =>
  `is not among the metric and composite alarms that the role may see in this account and region, so it may stop nothing${
    name.includes(',') ? ': alarms takes one name a line, and a comma is part of a name' : ''
  }`

/** The worst that is wrong with one alarm. */
function problemOf(
  { state, missingData, lambdaSeries }: AlarmView,
  functionName: string,
  alias: string
): string | undefined {
  if (state === 'ALARM') return 'is on before the release begins, so CodeDeploy will stop the deployment'
  if (state === 'INSUFFICIENT_DATA' && missingData === 'breaching')
    return 'has no data and treats missing data as breaching, so it may go off without any error'
  const ours = lambdaSeries.filter(each => each.FunctionName === functionName)
  if (ours.some(({ Resource = '' }) => /:\d+$/.test(Resource)))
    return `watches ${ours.find(({ Resource }) => Resource)?.Resource}, which stays empty when clients come through alias ${alias}`
  if (ours.some(dimensions => Object.keys(dimensions).length === 1))
    return `watches all calls of ${functionName}, so it also goes off for errors of the version before`
  const [first] = ours
  const reached = `${functionName}:${alias}`
  if (first && !ours.some(({ Resource = reached }) => Resource === reached))
    return `watches ${first.Resource}, not the calls through alias ${alias}`
  return undefined
}
