import type { Outcome } from './deployment/outcome.ts'
import type { Order } from './inputs.ts'
import type { Underway } from './observe.ts'
import type { Alias } from './plan.ts'
import {
  create,
  endDryRun,
  isOpen,
  open,
  publishAndDecide,
  type Release,
  surveyAndDecide,
  tellPlan,
  waitMsOf
} from './release.ts'
import type { World } from './world.ts'

/** Stage by stage, each for all releases before the next begins: nothing is published when one of them is refused. */
export async function begin(order: Extract<Order, { kind: 'release' }>, world: World): Promise<Underway[]> {
  const releases = order.requests.map(open)
  world.reporter.follow(releases.map(({ record }) => record))

  await surveyAndDecide(releases, world)
  for (const each of releases.filter(isOpen))
    tellPlan(each, order.wait && !order.dryRun ? waitOf(each, order.waitForMinutes) : undefined, world)
  if (order.dryRun) {
    for (const each of releases.filter(isOpen)) endDryRun(each, world)
    return []
  }

  await publishAndDecide(releases, world)
  if (world.cancelled.aborted) {
    for (const { record, held } of releases.filter(isOpen)) record.outcome = cancelledEarly(held?.alias)
    return []
  }
  await create(releases, world)
  return releases.flatMap(each => underwayOf(each) ?? [])
}

const waitOf = ({ decision }: Release, waitForMinutes: number | undefined): number | undefined =>
  decision?.kind !== 'shift'
    ? undefined
    : waitForMinutes === undefined
      ? waitMsOf(decision.plan)
      : waitForMinutes * 60_000

function underwayOf({ record, subject, decision, held, request }: Release): Underway | undefined {
  if (!subject || decision?.kind !== 'shift') return undefined
  const logGroups = new Map(
    Object.values(request.hooks).flatMap(hook => {
      const found = held?.hooks.get(hook)
      return typeof found === 'object' && found.logGroup ? [[hook, found.logGroup] as const] : []
    })
  )
  return { record, subject, waitMs: waitMsOf(decision.plan), logGroups }
}

const cancelledEarly = (serving: Alias | undefined): Outcome => ({
  kind: 'interrupted',
  ...(serving && { serving }),
  cause: {
    code: 'JOB_CANCELLED',
    what: 'The job was cancelled before a deployment was created: no traffic was moved.',
    next: 'Run the step again when you mean to release.'
  }
})
