import type {
  ApplicationInfo,
  BatchGetApplicationRevisionsCommandInput,
  BatchGetApplicationsCommandInput,
  BatchGetDeploymentGroupsCommandInput,
  BatchGetDeploymentsCommandInput,
  BatchGetDeploymentTargetsCommandInput,
  CreateApplicationCommandInput,
  CreateDeploymentCommandInput,
  CreateDeploymentConfigCommandInput,
  CreateDeploymentGroupCommandInput,
  DeleteApplicationCommandInput,
  DeleteDeploymentConfigCommandInput,
  DeleteDeploymentGroupCommandInput,
  DeploymentConfigInfo,
  DeploymentGroupInfo,
  DeploymentInfo,
  DeploymentTarget,
  ErrorInformation,
  GetApplicationCommandInput,
  GetApplicationRevisionCommandInput,
  GetDeploymentCommandInput,
  GetDeploymentConfigCommandInput,
  GetDeploymentGroupCommandInput,
  GetDeploymentTargetCommandInput,
  ListApplicationRevisionsCommandInput,
  ListApplicationsCommandInput,
  ListDeploymentConfigsCommandInput,
  ListDeploymentGroupsCommandInput,
  ListDeploymentsCommandInput,
  ListDeploymentTargetsCommandInput,
  ListTagsForResourceCommandInput,
  PutLifecycleEventHookExecutionStatusCommandInput,
  RegisterApplicationRevisionCommandInput,
  StopDeploymentCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateApplicationCommandInput,
  UpdateDeploymentGroupCommandInput
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { Applications } from './applications.ts'
import { DeploymentConfigs } from './deploymentconfigs.ts'
import { DeploymentGroups } from './deploymentgroups.ts'
import { Deployments } from './deployments.ts'
import { createDeployment } from './newdeployment.ts'
import { Revisions } from './revisions.ts'
import { Tags } from './tags.ts'

/** CodeDeploy's operations, with AWS's own shapes for input and output. Each throws a ServiceError where CodeDeploy would. */
export class CodeDeploy {
  readonly #aws: Aws
  readonly applications: Applications
  readonly groups: DeploymentGroups
  readonly configs: DeploymentConfigs
  readonly deployments: Deployments
  readonly #revisions: Revisions
  readonly #tags: Tags
  /** When set, rollback deployments fail with this instead of moving traffic back. */
  rollbackFailure: ErrorInformation | undefined

  constructor(aws: Aws) {
    this.#aws = aws
    this.configs = new DeploymentConfigs(aws)
    this.applications = new Applications(aws)
    this.groups = new DeploymentGroups(aws, this.applications, name => this.configs.getForLambda(name))
    this.deployments = new Deployments(aws, this.groups)
    this.#revisions = new Revisions(aws)
    this.#tags = new Tags(aws)
  }

  createApplication(input: CreateApplicationCommandInput) {
    return this.applications.create(input)
  }

  getApplication(input: GetApplicationCommandInput): { application: ApplicationInfo } {
    return { application: this.applications.find(input.applicationName).info }
  }

  listApplications(input: ListApplicationsCommandInput) {
    return this.applications.list(input)
  }

  batchGetApplications(input: BatchGetApplicationsCommandInput) {
    return this.applications.batchGet(input)
  }

  updateApplication(input: UpdateApplicationCommandInput): void {
    this.applications.update(input)
  }

  deleteApplication(input: DeleteApplicationCommandInput): void {
    this.applications.delete(input)
  }

  createDeploymentGroup(input: CreateDeploymentGroupCommandInput) {
    return this.groups.create(input)
  }

  getDeploymentGroup(input: GetDeploymentGroupCommandInput): { deploymentGroupInfo: DeploymentGroupInfo } {
    return { deploymentGroupInfo: { ...this.groups.find(input) } }
  }

  updateDeploymentGroup(input: UpdateDeploymentGroupCommandInput) {
    return this.groups.update(input)
  }

  listDeploymentGroups(input: ListDeploymentGroupsCommandInput) {
    return this.groups.list(input)
  }

  batchGetDeploymentGroups(input: BatchGetDeploymentGroupsCommandInput) {
    return this.groups.batchGet(input)
  }

  deleteDeploymentGroup(input: DeleteDeploymentGroupCommandInput) {
    return this.groups.delete(input)
  }

  createDeploymentConfig(input: CreateDeploymentConfigCommandInput) {
    return this.configs.create(input)
  }

  getDeploymentConfig(input: GetDeploymentConfigCommandInput): {
    deploymentConfigInfo: DeploymentConfigInfo
  } {
    return { deploymentConfigInfo: this.configs.get(input.deploymentConfigName) }
  }

  listDeploymentConfigs(input: ListDeploymentConfigsCommandInput) {
    return this.configs.list(input)
  }

  deleteDeploymentConfig(input: DeleteDeploymentConfigCommandInput): void {
    const groups = this.applications.all.flatMap(each => [...each.groups.values()])
    this.configs.delete(input, name =>
      groups.some(({ deploymentConfigName }) => deploymentConfigName === name)
    )
  }

  createDeployment(input: CreateDeploymentCommandInput) {
    return createDeployment(this.#aws, this, input)
  }

  getDeployment(input: GetDeploymentCommandInput): { deploymentInfo: DeploymentInfo } {
    return { deploymentInfo: this.deployments.get(input.deploymentId) }
  }

  batchGetDeployments(input: BatchGetDeploymentsCommandInput) {
    return this.deployments.batchGet(input)
  }

  listDeployments(input: ListDeploymentsCommandInput) {
    return this.deployments.list(input)
  }

  stopDeployment(input: StopDeploymentCommandInput) {
    return this.deployments.stop(input)
  }

  listDeploymentTargets(input: ListDeploymentTargetsCommandInput) {
    return this.deployments.listTargets(input)
  }

  batchGetDeploymentTargets(input: BatchGetDeploymentTargetsCommandInput) {
    return this.deployments.batchGetTargets(input)
  }

  getDeploymentTarget(input: GetDeploymentTargetCommandInput): { deploymentTarget: DeploymentTarget } {
    const targetIds = input.targetId === undefined ? undefined : [input.targetId]
    const { deploymentTargets } = this.deployments.batchGetTargets({
      deploymentId: input.deploymentId,
      targetIds
    })
    return { deploymentTarget: deploymentTargets[0] as DeploymentTarget }
  }

  getApplicationRevision(input: GetApplicationRevisionCommandInput) {
    return this.#revisions.get(input)
  }

  batchGetApplicationRevisions(input: BatchGetApplicationRevisionsCommandInput) {
    return this.#revisions.batchGet(input)
  }

  listApplicationRevisions(input: ListApplicationRevisionsCommandInput) {
    return this.#revisions.list(input)
  }

  registerApplicationRevision(input: RegisterApplicationRevisionCommandInput): void {
    this.#revisions.register(input)
  }

  listTagsForResource(input: ListTagsForResourceCommandInput) {
    return this.#tags.list(input)
  }

  tagResource(input: TagResourceCommandInput) {
    return this.#tags.add(input)
  }

  untagResource(input: UntagResourceCommandInput) {
    return this.#tags.remove(input)
  }

  putLifecycleEventHookExecutionStatus(input: PutLifecycleEventHookExecutionStatusCommandInput) {
    return this.deployments.putHookStatus(input)
  }
}
