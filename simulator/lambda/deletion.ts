import type { Aws } from '../aws.ts'
import { functionArn, type LambdaFunction } from './function.ts'
import { lambdaError } from './functionname.ts'

/** @throws InvalidParameterValueException or ResourceConflictException for a version that Lambda keeps */
export function refuseDeletion(aws: Aws, fn: LambdaFunction, version: string): void {
  if (version === '$LATEST')
    throw lambdaError(
      'InvalidParameterValueException',
      '$LATEST version cannot be deleted without deleting the function.'
    )
  if (!/^\d+$/.test(version))
    throw lambdaError('InvalidParameterValueException', 'Deletion of aliases is not currently supported.')
  const naming = [...fn.aliases.values()].filter(alias => {
    if (alias.version === version) return true
    return aws.uncertain.deletingWeighted === 'refused' && alias.weights?.[version] !== undefined
  })
  if (naming.length > 0)
    throw lambdaError(
      'ResourceConflictException',
      `Unable to delete version because the following aliases reference it: [${naming.map(({ name }) => name).join(', ')}]`,
      409
    )
  if (aws.uncertain.deletingProvisioned === 'refused' && fn.provisioned.has(version))
    throw lambdaError(
      'ResourceConflictException',
      `Unable to delete version because it has provisioned concurrency: ${functionArn(aws, fn.name, version)}`,
      409
    )
  if (fn.versions.find(each => each.version === version)?.isReplicated)
    throw lambdaError(
      'InvalidParameterValueException',
      `Lambda was unable to delete ${functionArn(aws, fn.name, version)} because it is a replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.`
    )
}
