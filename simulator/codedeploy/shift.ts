import type { ErrorInformation } from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { AppSpec } from './appspec.ts'
import type { Deployment, Halt } from './deployment.ts'
import { invalidConfiguration, missingFunction } from './texts.ts'

const LOOK_AGAIN_MS = 5000
const FULL_WEIGHT_MS = 500

/** @throws Halt when the target version cannot run, or is not ready and that is not waited for */
export async function waitForTarget(aws: Aws, deployment: Deployment, spec: AppSpec): Promise<void> {
  const { pendingTarget } = aws.uncertain
  if (pendingTarget === 'shifts') return
  for (;;) {
    const { State } = aws.lambda.getFunctionConfiguration({
      FunctionName: spec.functionName,
      Qualifier: spec.targetVersion
    })
    if (State === 'Active') return
    if (State !== 'Pending' || pendingTarget === 'fails')
      throw failure(missingFunction('INVALID_LAMBDA_FUNCTION', `version ${spec.targetVersion} is ${State}`))
    await deployment.lifetime.wait(LOOK_AGAIN_MS)
  }
}

/**
 * Gives the target a share of the traffic; until the end, the alias' own version stays the current one, as recorded.
 * `seen` is the revision of the alias after the last step. Returns its revision after this one.
 */
export function setWeight(
  aws: Aws,
  deployment: Deployment,
  spec: AppSpec,
  weight: number,
  seen?: string
): string {
  return move(aws, deployment, spec, weight, seen, {
    FunctionVersion: spec.currentVersion,
    RoutingConfig: { AdditionalVersionWeights: { [spec.targetVersion]: weight } }
  })
}

/** Gives the target all the traffic and removes the routing. */
export async function flip(aws: Aws, deployment: Deployment, spec: AppSpec, seen?: string): Promise<string> {
  let revision = seen
  if (aws.uncertain.fullWeightBeforeFlip && spec.currentVersion !== spec.targetVersion) {
    revision = setWeight(aws, deployment, spec, 1, revision)
    await deployment.lifetime.wait(FULL_WEIGHT_MS)
  }
  return move(aws, deployment, spec, 1, revision, {
    FunctionVersion: spec.targetVersion,
    RoutingConfig: { AdditionalVersionWeights: {} }
  })
}

function move(
  aws: Aws,
  deployment: Deployment,
  spec: AppSpec,
  weight: number,
  seen: string | undefined,
  change: { FunctionVersion: string; RoutingConfig: { AdditionalVersionWeights: Record<string, number> } }
): string {
  const alias = { FunctionName: spec.functionName, Name: spec.alias }
  try {
    const before = aws.lambda.getAlias(alias)
    if (seen !== undefined && before.RevisionId !== seen && aws.uncertain.thirdPartyAlias === 'fails')
      throw failure(invalidConfiguration())
    const after = aws.lambda.updateAlias({ ...alias, ...change })
    deployment.shift(weight)
    return after.RevisionId ?? ''
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    throw failure(refused(aws, error))
  }
}

function refused(aws: Aws, error: ServiceError): ErrorInformation {
  if (error.name === 'ResourceNotFoundException')
    return missingFunction(aws.uncertain.missingAliasCode, error.message)
  const code = aws.uncertain.roleMismatchCode
  return code === 'INVALID_LAMBDA_CONFIGURATION' ? invalidConfiguration() : { code, message: error.message }
}

function failure(error: ErrorInformation): Halt {
  return { status: 'Failed', error, trigger: 'DEPLOYMENT_FAILURE' }
}
