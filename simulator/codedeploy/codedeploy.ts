import type {
  ApplicationInfo,
  BatchGetDeploymentsCommandInput,
  BatchGetDeploymentTargetsCommandInput,
  CreateApplicationCommandInput,
  CreateDeploymentCommandInput,
  CreateDeploymentConfigCommandInput,
  CreateDeploymentGroupCommandInput,
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
  ListApplicationsCommandInput,
  ListDeploymentConfigsCommandInput,
  ListDeploymentGroupsCommandInput,
  ListDeploymentsCommandInput,
  ListDeploymentTargetsCommandInput,
  PutLifecycleEventHookExecutionStatusCommandInput,
  StopDeploymentCommandInput,
  UpdateDeploymentGroupCommandInput
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { Applications } from './applications.ts'
import { DeploymentConfigs } from './deploymentconfigs.ts'
import { Deployments } from './deployments.ts'
import { createDeployment, findRevision } from './newdeployment.ts'

/** CodeDeploy's operations, with AWS's own shapes for input and output. Each throws a ServiceError where CodeDeploy would. */
export class CodeDeploy {
  readonly #aws: Aws
  readonly applications: Applications
  readonly configs: DeploymentConfigs
  readonly deployments: Deployments
  /** When set, rollback deployments fail with this instead of moving traffic back. */
  rollbackFailure: ErrorInformation | undefined

  constructor(aws: Aws) {
    this.#aws = aws
    this.configs = new DeploymentConfigs(aws)
    this.applications = new Applications(aws, name => this.configs.getForLambda(name))
    this.deployments = new Deployments(aws, this.applications)
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

  createDeploymentGroup(input: CreateDeploymentGroupCommandInput) {
    return this.applications.createGroup(input)
  }

  getDeploymentGroup(input: GetDeploymentGroupCommandInput): { deploymentGroupInfo: DeploymentGroupInfo } {
    return { deploymentGroupInfo: { ...this.applications.group(input) } }
  }

  updateDeploymentGroup(input: UpdateDeploymentGroupCommandInput) {
    return this.applications.updateGroup(input)
  }

  listDeploymentGroups(input: ListDeploymentGroupsCommandInput) {
    return this.applications.listGroups(input)
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
    return findRevision(this.applications, input)
  }

  putLifecycleEventHookExecutionStatus(input: PutLifecycleEventHookExecutionStatusCommandInput) {
    return this.deployments.putHookStatus(input)
  }
}
