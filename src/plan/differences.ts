import { bareName } from '../deployment/names.ts'
import type { Subject } from '../deployment/observation.ts'
import { describeStrategy, type Strategy, sameStrategy } from '../deployment/strategy.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { safeguardsInForce } from './deploymentrequest.ts'
import { type Holdings, strategyOf } from './holdings.ts'

/** What is compared. The alarms are those in force: its own or those of its group. */
interface RunningDeployment {
  subject: Pick<Subject, 'hooks' | 'hooksUnknown' | 'alarms' | 'rollbackEvents'>
  strategy: Strategy | undefined
  /** If not, those of its group are in force. */
  hasOwnAlarms: boolean
}

/** How a running deployment differs from the request, one phrase per difference. What is not known counts as the same. */
export function differences(
  request: ReleaseRequest,
  held: Holdings,
  { subject, strategy, hasOwnAlarms }: RunningDeployment
): string[] {
  const requested = safeguardsInForce(request, held)
  const knowsGroup = typeof held.group === 'object'
  const requestedStrategy = strategyOf(held)
  return [
    ...(strategy && requestedStrategy && !sameStrategy(strategy, requestedStrategy)
      ? [`${describeStrategy(strategy)} instead of ${describeStrategy(requestedStrategy)}`]
      : []),
    ...(subject.hooksUnknown
      ? []
      : ['BeforeAllowTraffic', 'AfterAllowTraffic'].flatMap(event =>
          differing(`${event} hook`, hookOf(subject.hooks, event), hookOf(request.hooks, event))
        )),
    ...(knowsGroup || (hasOwnAlarms && request.alarms !== 'group')
      ? differing('alarms', subject.alarms, requested.alarms)
      : []),
    ...(subject.rollbackEvents && requested.rollbackEvents
      ? differing('rollback events', subject.rollbackEvents, requested.rollbackEvents)
      : [])
  ]
}

const hookOf = (hooks: ReleaseRequest['hooks'], event: string): string[] =>
  hooks[event] === undefined ? [] : [bareName(hooks[event])]

function differing(name: string, has: readonly string[], requested: readonly string[]): string[] {
  const [is, should] = [has, requested].map(names => [...names].sort().join(', ') || 'none')
  return is === should ? [] : [`${name} ${is} instead of ${should}`]
}
