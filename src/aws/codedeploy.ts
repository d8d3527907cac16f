import type { CodeDeployClient } from '@aws-sdk/client-codedeploy'
import type { StopResult } from '../deployment/leaving.ts'
import type { WatchPort } from '../deployment/reading.ts'
import { Failure } from '../failure.ts'
import type { CreateDeploymentPort } from '../operations/createdeployment.ts'
import type { ExistingPort } from '../operations/existing.ts'
import type { OtherGroupsPort } from '../operations/othergroups.ts'
import type { SetUpPort } from '../operations/setup.ts'
import type { SurveyCodeDeployPort } from '../operations/survey.ts'
import { Applications } from './applications.ts'
import type { Arns } from './arns.ts'
import type { Asking } from './ask.ts'
import { Configurations } from './configurations.ts'
import { Deployments } from './deployments.ts'
import { Groups } from './groups.ts'
import { History } from './history.ts'
import { Places } from './places.ts'
import { readingOf } from './reading.ts'
import { Targets } from './targets.ts'

export type CodeDeployPort = SurveyCodeDeployPort &
  CreateDeploymentPort &
  SetUpPort &
  ExistingPort &
  OtherGroupsPort &
  Pick<WatchPort, 'deployment' | 'lifecycle'> & {
    stop(deploymentId: string, rollBack: boolean, isAgain?: boolean): Promise<StopResult>
  }

/** All requests to CodeDeploy. Methods that do not return a Reading or a StopResult throw Failure. */
export function createCodeDeploy(client: CodeDeployClient, asking: Asking, arns: Arns): CodeDeployPort {
  const places = new Places(arns)
  const groups = new Groups(client, asking, arns, places)
  const applications = new Applications(client, asking, arns)
  const configurations = new Configurations(client, asking, arns)
  const deployments = new Deployments(client, asking, arns, places)
  const targets = new Targets(client, asking, places)
  const history = new History(client, asking, arns, places)
  return {
    group: (application, group) => groups.group(application, group),
    groups: application => applications.groups(application),
    groupNames: application => applications.groupNames(application),
    newestIn: (application, group) => groups.newestIn(application, group),
    createApplication: name => applications.create(name),
    createGroup: group => applications.createGroup(group),
    running: (application, group, isHurried) => groups.running(application, group, isHurried),
    recent: (group, since, except) => groups.recent(group, since, except),
    succeeded: group => history.succeeded(group),
    create: (request, revision) => groups.create(request, revision),
    strategy: name => configurations.strategy(name),
    createStrategy: (name, strategy) => configurations.create(name, strategy),
    deployment: id => deployments.view(id),
    stop: (id, rollBack, isAgain) => deployments.stop(id, rollBack, isAgain),
    appSpec: (application, sha256, isNeeded?: boolean) => deployments.appSpec(application, sha256, isNeeded),
    target: id => targets.ofEnded(id),
    lifecycle: id => readingOf(targets.of(id).then(target => target ?? { lifecycle: [] })),
    describe: async (id, over?: AbortSignal) => {
      const described = await deployments.describe(id, over)
      if (!described) return undefined
      try {
        const target = await targets.of(id)
        return { ...described, ...(target && { target }) }
      } catch (failure) {
        return { ...described, unread: unlessCredentials(failure) }
      }
    }
  }
}

/** The target only adds details, so it may be missing. Problems with credentials are not ignored. */
function unlessCredentials(failure: unknown): Failure {
  if (failure instanceof Failure && failure.kind !== 'credentials') return failure
  throw failure
}
