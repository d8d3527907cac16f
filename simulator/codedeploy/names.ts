import { ServiceError } from '../error.ts'

type Named = 'Application' | 'DeploymentGroup' | 'DeploymentConfig'

const WORDS: Record<Named, string> = {
  Application: 'application',
  DeploymentGroup: 'deployment group',
  DeploymentConfig: 'deployment configuration'
}

/** @throws e.g. ApplicationNameRequiredException, InvalidApplicationNameException */
export function checkName(kind: Named, name: string | undefined): string {
  if (name === undefined || name === '')
    throw new ServiceError(`${kind}NameRequiredException`, `The ${WORDS[kind]} name is required`)
  if (/^[A-Za-z0-9+=,.@_-]{1,100}$/.test(name)) return name
  throw new ServiceError(
    `Invalid${kind}NameException`,
    `The ${WORDS[kind]} name must have 1 to 100 letters, digits or the characters +=,.@_-`
  )
}

const LONGEST_DESCRIPTION = 256

/** @throws DescriptionTooLongException */
export function checkDescription(description = ''): void {
  if (description.length > LONGEST_DESCRIPTION)
    throw new ServiceError(
      'DescriptionTooLongException',
      `The description has more than ${LONGEST_DESCRIPTION} characters`
    )
}
