import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  type DeploymentInfo,
  GetDeploymentCommand,
  type LambdaTarget,
  ListDeploymentTargetsCommand
} from '@aws-sdk/client-codedeploy'
import { LambdaClient, PublishVersionCommand } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { type Aws, type AwsOptions, createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { type PaymentsOptions, payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'

export interface Stage {
  aws: Aws
  clock: VirtualClock
  lambda: LambdaClient
  codedeploy: CodeDeployClient
  logs: CloudWatchLogsClient
  s3: S3Client
  /** Seconds since the start, to a tenth. */
  seconds(): number
}

export interface StageOptions extends Omit<AwsOptions, 'clock'> {
  setting?: PaymentsOptions
}

/** The usual setting with the SDK's real clients, in virtual time. */
export function stage({ setting, ...options }: StageOptions = {}): Stage {
  const clock = new VirtualClock()
  const aws = createAws({ clock, tellsTime: false, ...options })
  payments(aws, setting)
  const config = {
    region: aws.region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: requestHandler(aws)
  }
  const start = clock.now()
  return {
    aws,
    clock,
    lambda: new LambdaClient(config),
    codedeploy: new CodeDeployClient(config),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client(config),
    seconds: () => Math.round((clock.now() - start) / 100) / 10
  }
}

export interface SpecOptions {
  current?: string
  target?: string
  before?: string
  after?: string
}

/** The AppSpec of a release of payments-api from 7 to 8. */
export function appSpec({ current = '7', target = '8', before, after }: SpecOptions = {}): string {
  const hooks = [before && { BeforeAllowTraffic: before }, after && { AfterAllowTraffic: after }].filter(
    Boolean
  )
  return JSON.stringify({
    version: '0.0',
    Resources: [
      {
        'payments-api': {
          Type: 'AWS::Lambda::Function',
          Properties: { Name: 'payments-api', Alias: 'live', CurrentVersion: current, TargetVersion: target }
        }
      }
    ],
    ...(hooks.length > 0 && { Hooks: hooks })
  })
}

export const bothHooks: SpecOptions = { before: 'CodeDeployHook_before', after: 'CodeDeployHook_after' }

/** A request that CreateDeployment accepts. */
export function release(content: string = appSpec(), strategy = 'LambdaCanary10Percent5Minutes') {
  return {
    applicationName: 'payments',
    deploymentGroupName: 'payments-live',
    deploymentConfigName: `CodeDeployDefault.${strategy}`,
    revision: { revisionType: 'AppSpecContent' as const, appSpecContent: { content } }
  }
}

/** What the alias serves, as Lambda has it: `7`, or `7:0.9,8:0.1`. */
export function serving(aws: Aws): string {
  const { FunctionVersion = '', RoutingConfig } = aws.lambda.getAlias({
    FunctionName: 'payments-api',
    Name: 'live'
  })
  const [other] = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {})
  if (!other) return FunctionVersion
  return `${FunctionVersion}:${Math.round((1 - other[1]) * 100) / 100},${other[0]}:${other[1]}`
}

/** How a deployment ended, as the SDK's answers say. */
export interface Ended {
  deployment: DeploymentInfo
  /** Absent when there is no target to look at. */
  target: LambdaTarget | undefined
  /** The statuses of the three events. */
  events: string
  /** What the alias serves when everything has ended, including the rollback. */
  serving: string
  rollback: DeploymentInfo | undefined
}

/** Publishes version 8, creates the deployment, and looks at it until it and its rollback have ended. */
export function releaseAndWait(
  on: Stage,
  input: CreateDeploymentCommandInput = release(),
  meanwhile: (deploymentId: string) => void = () => {}
): Promise<Ended> {
  return on.clock.run(async () => {
    await on.lambda.send(new PublishVersionCommand({ FunctionName: 'payments-api' }))
    const { deploymentId } = await on.codedeploy.send(new CreateDeploymentCommand(input))
    meanwhile(deploymentId as string)
    const deployment = await ended(on, deploymentId)
    const rollbackId = deployment.rollbackInfo?.rollbackDeploymentId
    const rollback = rollbackId === undefined ? undefined : await ended(on, rollbackId)
    const target = await targetOf(on, deploymentId as string)
    const events = (target?.lifecycleEvents ?? []).map(event => event.status).join(' ')
    return { deployment, target, events, serving: serving(on.aws), rollback }
  })
}

export async function targetOf(on: Stage, deploymentId: string): Promise<LambdaTarget | undefined> {
  const { targetIds } = await on.codedeploy.send(new ListDeploymentTargetsCommand({ deploymentId }))
  const batch = new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds })
  const { deploymentTargets } = await on.codedeploy.send(batch)
  return deploymentTargets?.[0]?.lambdaTarget
}

async function ended(on: Stage, deploymentId: string | undefined): Promise<DeploymentInfo> {
  for (;;) {
    const { deploymentInfo } = await on.codedeploy.send(new GetDeploymentCommand({ deploymentId }))
    if (deploymentInfo?.completeTime) {
      // Long enough for rollbackInfo to appear, however late.
      for (let look = 0; look < 5; look++)
        await on.codedeploy.send(new GetDeploymentCommand({ deploymentId }))
      return (await on.codedeploy.send(new GetDeploymentCommand({ deploymentId })))
        .deploymentInfo as DeploymentInfo
    }
    await on.clock.sleep(20_000)
  }
}
