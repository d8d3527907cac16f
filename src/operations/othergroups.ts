import { Failure } from '../failure.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { settleAll } from '../settleall.ts'
import type { PastDeployment, PreviousCodeDeployPort } from './previous.ts'
import { type Shift, type ShiftPort, shiftOf } from './shift.ts'

export type DeploymentGroup = Pick<ReleaseRequest, 'application' | 'group'>

/** What finding out what an application's groups are for asks of CodeDeploy. All throw Failure. */
export type OtherGroupsPort = PreviousCodeDeployPort &
  ShiftPort & {
    /** The names of all groups of an application. */
    groupNames(application: string): Promise<readonly string[]>
    /** Ids of the group's newest deployment that has succeeded, and of its newest one: if that failed, its rollback may be about to begin. */
    newestIn(application: string, group: string): Promise<readonly string[]>
  }

/** How many deployments of a group are looked at to find what an alias served before: each takes two requests. */
const mostLookedAt = 20

/** What the deployment groups of applications do. Everything is read once, for all functions of a step. */
export class OtherGroups {
  readonly #codedeploy: OtherGroupsPort
  readonly #names = new Map<string, Promise<readonly string[] | Failure>>()
  readonly #newest = new Map<string, Promise<readonly Shift[] | Failure>>()
  readonly #past = new Map<string, Promise<readonly PastDeployment[]>>()
  readonly #targets = new Map<string, ReturnType<PreviousCodeDeployPort['target']>>()

  constructor(codedeploy: OtherGroupsPort) {
    this.#codedeploy = codedeploy
  }

  /** The names of an application's groups; the failure when they may not be read. Throws Failure. */
  namesIn(application: string): Promise<readonly string[] | Failure> {
    return remembered(this.#names, application, () => unlessDenied(this.#codedeploy.groupNames(application)))
  }

  /** What the group's newest deployments do, as far as CodeDeploy says; the failure when that may not be read. Throws Failure. */
  newestIn({ application, group }: DeploymentGroup): Promise<readonly Shift[] | Failure> {
    const read = async () => {
      const ids = await this.#codedeploy.newestIn(application, group)
      const shifts = await settleAll(ids.map(id => shiftOf(id, this.#codedeploy)))
      return shifts.flatMap(shift => shift ?? [])
    }
    return remembered(this.#newest, `${application}/${group}`, () => unlessDenied(read()))
  }

  /** For findPrevious: the newest deployments only, so that an alias that no group moves does not cost hundreds of requests. */
  get past(): PreviousCodeDeployPort {
    const codedeploy = this.#codedeploy
    const newest = async (group: DeploymentGroup) => {
      const found: PastDeployment[] = []
      for await (const past of codedeploy.succeeded(group)) if (found.push(past) === mostLookedAt) break
      return found
    }
    const succeeded = (group: DeploymentGroup) =>
      remembered(this.#past, `${group.application}/${group.group}`, () => newest(group).catch(ifMissing))
    return {
      succeeded: async function* (group) {
        yield* await succeeded(group)
      },
      target: id => remembered(this.#targets, id, () => codedeploy.target(id)),
      describe: id => codedeploy.describe(id),
      appSpec: (application, sha256, isNeeded) => codedeploy.appSpec(application, sha256, isNeeded)
    }
  }
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const reading = known.get(key) ?? read()
  known.set(key, reading)
  return reading
}

async function unlessDenied<T>(reading: Promise<readonly T[]>): Promise<readonly T[] | Failure> {
  try {
    return await reading.catch(ifMissing)
  } catch (failure) {
    if (failure instanceof Failure && failure.kind === 'denied') return failure
    throw failure
  }
}

/** The application or the group is gone. */
function ifMissing(failure: unknown): readonly never[] {
  if (failure instanceof Failure && failure.kind === 'missing') return []
  throw failure
}
