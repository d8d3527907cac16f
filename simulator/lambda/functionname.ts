import { ServiceError } from '../error.ts'

const FORM =
  /^(?:arn:(?<partition>[a-zA-Z0-9-]+):lambda:)?(?:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[a-zA-Z0-9-_]+)(?::(?<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?$/

/**
 * Reads a function name in each form that Lambda accepts: bare, with a qualifier, as a partial or a full ARN.
 * @throws ResourceNotFoundException for another region, AccessDeniedException for another account,
 * InvalidParameterValueException when a qualifier inside the name contradicts the separate one.
 */
export function readFunctionName(
  given: string,
  home: { region: string; account: string },
  qualifier?: string
): { name: string; qualifier?: string } {
  const parts = FORM.exec(given)?.groups
  if (!parts?.name || parts.name.length > 64)
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value '${given}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`
    )
  if (parts.region && parts.region !== home.region)
    throw lambdaError(
      'ResourceNotFoundException',
      `Functions from '${parts.region}' are not reachable in this region ('${home.region}')`,
      404
    )
  if (parts.account && parts.account !== home.account)
    throw new ServiceError(
      'AccessDeniedException',
      `User is not authorized to perform this operation on resource: ${given} because no resource-based policy allows it`,
      403
    )
  if (qualifier && parts.qualifier && qualifier !== parts.qualifier)
    throw lambdaError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.'
    )
  const effective = qualifier ?? parts.qualifier
  return { name: parts.name, ...(effective && { qualifier: effective }) }
}

/** Most of Lambda's errors say whose fault it was. */
export function lambdaError(name: string, message: string, status = 400): ServiceError {
  return new ServiceError(name, message, status, { Type: 'User' })
}
