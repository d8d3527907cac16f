import type { ErrorInformation } from '@aws-sdk/client-codedeploy'

/** Error information of deployments. The texts are AWS's own where a public recording has them; the others are marked. */

const INVALID =
  'The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration is missing or has an invalid configuration.'

/** `detail` is recorded for some causes; for others the text ends after its fixed start. */
export function invalidConfiguration(detail?: string): ErrorInformation {
  return { code: 'INVALID_LAMBDA_CONFIGURATION', message: detail ? `${INVALID} ${detail}` : INVALID }
}

export const versionMismatch = invalidConfiguration(
  'The Lambda function alias version does not match the current version in AppSpec file.'
)

/** Recorded for one alarm and for two. */
export function alarmActive(names: string[]): ErrorInformation {
  return {
    code: 'ALARM_ACTIVE',
    message: `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: ${names.map(name => `<${name}>`).join(' ')}`
  }
}

export function rolePermissions(
  roleArn: string,
  service: 'AWSLambda' | 'AmazonCloudWatch'
): ErrorInformation {
  return {
    code: 'IAM_ROLE_PERMISSIONS',
    message: `The IAM role ${roleArn} does not give you permission to perform operations in the following AWS service: ${service}. Contact your AWS administrator if you need help. If you are an AWS administrator, you can grant permissions to your users or groups by creating IAM policies.`
  }
}

const HOOK_FAILED =
  'The deployment failed because one or more of the lifecycle event validation functions failed.'

export function hookFailed(
  code: 'HOOK_EXECUTION_FAILURE' | 'INVALID_LAMBDA_FUNCTION' = 'HOOK_EXECUTION_FAILURE'
): ErrorInformation {
  return { code, message: HOOK_FAILED }
}

/** AWS's wording for Lambda is not known. */
export function hookTimedOut(code: 'TIMEOUT' | 'HOOK_EXECUTION_FAILURE'): ErrorInformation {
  if (code === 'HOOK_EXECUTION_FAILURE') return hookFailed()
  return {
    code,
    message:
      'The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.'
  }
}

/** AWS's wording is not known. */
export const stoppedByHand: ErrorInformation = {
  code: 'MANUAL_STOP',
  message: 'The deployment was stopped by a user.'
}

/** AWS's wording is not known. */
export function missingFunction(
  code: 'INVALID_LAMBDA_FUNCTION' | 'INVALID_LAMBDA_CONFIGURATION',
  what: string
): ErrorInformation {
  if (code === 'INVALID_LAMBDA_CONFIGURATION') return invalidConfiguration()
  return { code, message: `The deployment failed because the Lambda function is invalid: ${what}` }
}
