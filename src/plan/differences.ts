import { bareName } from '../deployment/names.ts'
import type { Subject } from '../deployment/observation.ts'
import { describeStrategy, type Strategy, sameStrategy } from '../deployment/strategy.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { safeguardsInForce } from './deploymentrequest.ts'
import { type Holdings, strategyOf } from './holdings.ts'

/** How a deployment that runs already differs from what is asked for, each in words. What is not known counts as the same. */
export function differences(
  request: ReleaseRequest,
  held: Holdings,
  { subject, strategy }: { subject: Subject; strategy: Strategy | undefined }
): string[] {
  const asked = safeguardsInForce(request, held)
  const askedStrategy = strategyOf(held)
  return [
    ...(strategy && askedStrategy && !sameStrategy(strategy, askedStrategy)
      ? [`${describeStrategy(strategy)} instead of ${describeStrategy(askedStrategy)}`]
      : []),
    ...(subject.hooksUnknown
      ? []
      : ['BeforeAllowTraffic', 'AfterAllowTraffic'].flatMap(event =>
          differing(`${event} hook`, hookOf(subject.hooks, event), hookOf(request.hooks, event))
        )),
    ...differing('alarms', subject.alarms, asked.alarms),
    ...(subject.rollbackEvents && asked.rollbackEvents
      ? differing('rollback events', subject.rollbackEvents, asked.rollbackEvents)
      : [])
  ]
}

const hookOf = (hooks: ReleaseRequest['hooks'], event: string): string[] =>
  hooks[event] === undefined ? [] : [bareName(hooks[event])]

function differing(name: string, has: readonly string[], asked: readonly string[]): string[] {
  const [is, should] = [has, asked].map(names => [...names].sort().join(', ') || 'none')
  return is === should ? [] : [`${name} ${is} instead of ${should}`]
}
