import type { SimulatedClock } from './clock.ts'
import { CodeDeploy } from './codedeploy/codedeploy.ts'
import { Faults } from './faults.ts'
import { Permissions } from './identity/permissions.ts'
import { Sts } from './identity/sts.ts'
import { Lambda } from './lambda/lambda.ts'
import { Alarms } from './monitoring/alarms.ts'
import { Logs } from './monitoring/logs.ts'
import { Metrics } from './monitoring/metrics.ts'
import { Random } from './random.ts'
import { Ecr } from './storage/images.ts'
import { S3 } from './storage/s3.ts'
import { likely, type Uncertain } from './uncertain.ts'

export interface AwsOptions {
  clock: SimulatedClock
  /** Answers to open questions, where they differ from the likely ones. */
  uncertain?: Partial<Uncertain>
  /** Default eu-west-1. */
  region?: string
  /** Default 123456789012. */
  account?: string
  partition?: 'aws' | 'aws-cn' | 'aws-us-gov'
  /** Time between a request and its answer, milliseconds; default 50. */
  latencyMs?: number
  seed?: number
  /**
   * Answers carry the time, and a request must be signed within five minutes of it; default true. False is for clients that sign by
   * the machine's clock where the simulated one is another: they could not be used at all.
   */
  tellsTime?: boolean
}

export type ServiceName = 'lambda' | 'codedeploy' | 'cloudwatch' | 'logs' | 's3' | 'sts'

/** One request that arrived over the wire, however it ended. */
export interface RecordedRequest {
  at: number
  service: ServiceName
  operation: string
  /** As decoded; undefined when it could not be. */
  input: unknown
  /** HTTP status of the answer; 0 when the connection broke instead, or the answer never came whole. */
  status: number
  errorName?: string
  userAgent?: string
  requestId: string
}

/** One account in one region. */
export class Aws {
  readonly clock: SimulatedClock
  readonly uncertain: Uncertain
  readonly region: string
  readonly account: string
  readonly partition: string
  readonly latencyMs: number
  readonly tellsTime: boolean
  readonly random: Random
  readonly lambda: Lambda
  readonly codedeploy: CodeDeploy
  readonly alarms: Alarms
  readonly logs: Logs
  readonly s3: S3
  readonly ecr: Ecr
  readonly metrics: Metrics
  readonly sts: Sts
  readonly permissions: Permissions
  readonly faults = new Faults()
  readonly requests: RecordedRequest[] = []

  constructor(options: AwsOptions) {
    this.clock = options.clock
    this.uncertain = { ...likely, ...options.uncertain }
    this.region = options.region ?? 'eu-west-1'
    this.account = options.account ?? '123456789012'
    this.partition = options.partition ?? 'aws'
    this.latencyMs = options.latencyMs ?? 50
    this.tellsTime = options.tellsTime ?? true
    this.random = new Random(options.seed ?? 1)
    this.lambda = new Lambda(this)
    this.codedeploy = new CodeDeploy(this)
    this.alarms = new Alarms(this)
    this.logs = new Logs(this)
    this.s3 = new S3(this)
    this.ecr = new Ecr(this)
    this.metrics = new Metrics(this)
    this.sts = new Sts(this)
    this.permissions = new Permissions(this)
  }

  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`
  }
}

export function createAws(options: AwsOptions): Aws {
  return new Aws(options)
}
