import type { ReleaseRequest } from '../inputs/request.ts'
import { dateAndTime } from '../text/units.ts'
import type { Previous } from './holdings.ts'
import type { Refusal } from './refusals.ts'

/** Of how many versions a refusal gives the numbers. */
const mostListed = 20

export function noPrevious(
  { functionName }: ReleaseRequest,
  serving: string,
  { why, versions }: Extract<Previous, { kind: 'unknown' }>
): Refusal {
  const others = versions?.filter(version => version !== serving)
  const listed = others?.slice(-mostListed).join(', ')
  const there = !others
    ? `List what there is: aws lambda list-versions-by-function --function-name ${functionName}`
    : others.length === 0
      ? `There is none but ${serving}.`
      : others.length > mostListed
        ? `There are ${others.length} others, the newest of which are ${listed}.`
        : `There ${others.length === 1 ? 'is' : 'are'} ${listed}.`
  return [
    'NO_PREVIOUS_VERSION',
    `What served before version ${serving} cannot be told: ${why}`,
    `Give the number of a version in target-version. ${there}`
  ]
}

/** Nothing contradicts what was found, but a person should look at it. */
export function movedOnWarning(
  { functionName, alias, group }: ReleaseRequest,
  serving: string,
  previous: Extract<Previous, { kind: 'found' }>
): string[] {
  const { movedOn, foundIn, version } = previous
  if (!movedOn) return []
  return [
    `Deployment ${movedOn.deploymentId} has shifted ${functionName}:${alias} to version ${movedOn.version} since (${dateAndTime(movedOn.at)}), and no deployment of group ${group} has brought version ${serving} back: somebody moved the alias by hand. Version ${version} is what served before version ${serving} was released by deployment ${foundIn.deploymentId}.`
  ]
}
