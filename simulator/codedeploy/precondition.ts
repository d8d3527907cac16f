import type { ErrorInformation } from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { type AppSpec, InvalidAppSpec, readAppSpec } from './appspec.ts'
import type { Deployment, Halt } from './deployment.ts'
import { invalidConfiguration, missingFunction, rolePermissions, versionMismatch } from './texts.ts'

/**
 * What CodeDeploy checks only after CreateDeployment has returned an id. `revision` is the revision of the alias at that moment.
 * @throws Halt
 */
export function checkAppSpec(
  aws: Aws,
  deployment: Deployment,
  weighted: boolean
): { spec: AppSpec; revision: string | undefined } {
  const { settings } = deployment
  if (settings.flaw) throw invalid(settings.flaw)
  if (settings.group.serviceRoleArn?.includes('NoLambda'))
    throw invalid(rolePermissions(settings.group.serviceRoleArn, 'AWSLambda'))
  const spec = readOrHalt(settings.content, aws)
  const alias = existing(aws, `${spec.functionName}:${spec.alias}`, () =>
    aws.lambda.getAlias({ FunctionName: spec.functionName, Name: spec.alias })
  )
  if (alias.RoutingConfig) throw invalid(invalidConfiguration())
  if (alias.FunctionVersion !== spec.currentVersion) throw invalid(versionMismatch)
  existing(aws, `${spec.functionName}:${spec.targetVersion}`, () =>
    aws.lambda.getFunctionConfiguration({ FunctionName: spec.functionName, Qualifier: spec.targetVersion })
  )
  if (spec.currentVersion === spec.targetVersion && weighted) throw invalid(invalidConfiguration())
  return { spec, revision: alias.RevisionId }
}

function readOrHalt(content: string, aws: Aws): AppSpec {
  try {
    return readAppSpec(content, aws.uncertain)
  } catch (error) {
    if (!(error instanceof InvalidAppSpec)) throw error
    throw invalid(invalidConfiguration(error.message))
  }
}

function existing<T>(aws: Aws, what: string, look: () => T): T {
  try {
    return look()
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    throw invalid(missingFunction(aws.uncertain.missingAliasCode, what))
  }
}

function invalid(error: ErrorInformation): Halt {
  return { status: 'Failed', error, trigger: 'DEPLOYMENT_FAILURE', invalid: true }
}
