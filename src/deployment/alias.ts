import { isWhollyOn, type Observation, type Subject, shares, type Traffic } from './observation.ts'
import type { Cause } from './outcome.ts'

/** Lambda does not have the alias where CodeDeploy left it. */
export const movedByOthers = (what: string): Cause => ({
  code: 'ALIAS_NOT_ON_TARGET',
  what,
  next: 'Find out who else changes the alias (CloudTrail, event UpdateAlias20150331), then release again.'
})

/** Lambda could not be asked what the alias serves. */
export const aliasUnreadable = (
  { functionName, alias }: Pick<Subject, 'functionName' | 'alias'>,
  what: string
): Cause => ({
  code: 'ALIAS_UNREADABLE',
  what,
  next: `See for yourself: aws lambda get-alias --function-name ${functionName} --name ${alias}`
})

/** `version 8`, or `version 7 (90%) and version 8 (10%)`. */
export const servingWords = (serving: Traffic): string =>
  shares(serving)
    .map(
      ([version, share]) => `version ${version}${share === 1 ? '' : ` (${Math.round(share * 1000) / 10}%)`}`
    )
    .join(' and ')

/** A sentence on why it is not known what the alias serves; empty when it is known, or when no reason is certain. */
export const whyUnread = (
  serving: Traffic | undefined,
  { aliasUnreadable: why }: Pick<Observation, 'aliasUnreadable'>,
  { alias }: Pick<Subject, 'alias'>
): string => (serving || why === undefined ? '' : ` What alias ${alias} serves could not be read: ${why}`)

/**
 * Whether a version that is neither of the deployment's gets traffic: somebody else has moved the alias, and a split may be the canary of
 * their release.
 */
export const isMovedOn = (
  serving: Traffic | undefined,
  { currentVersion, targetVersion }: Pick<Subject, 'currentVersion' | 'targetVersion'>
): serving is Traffic =>
  serving !== undefined &&
  shares(serving).some(([version]) => version !== currentVersion && version !== targetVersion)

/**
 * What to do by hand about an alias that was left split or on the wrong version. `rollback`, if there was one: after one that succeeded,
 * another deployment of the same target may have moved the alias again.
 */
export function manualRemedy(
  serving: Traffic | undefined,
  subject: Subject,
  { rollback }: Pick<Observation, 'rollback'> = {}
): string {
  if (isMovedOn(serving, subject))
    return `Somebody else has moved the alias to ${servingWords(serving)}; find out who and why.`
  const remedy = giveBackRemedy(serving, subject)
  return rollback?.status === 'Succeeded' ? unlessDeployed(remedy) : remedy
}

/** For whoever knows, or has been told to see, that no other deployment moves the alias. */
export function giveBackRemedy(serving: Traffic | undefined, subject: Subject): string {
  const { currentVersion, targetVersion } = subject
  const give = `To give all traffic to version ${currentVersion}: ${giveAllTo(subject, currentVersion)}`
  if (!serving) return `Version ${targetVersion} may be serving. ${give}`
  if (shares(serving).length > 1) return `Later deployments fail while the alias is split. ${give}`
  return isWhollyOn(serving, targetVersion) ? `Version ${targetVersion} has all the traffic. ${give}` : give
}

/** A remedy that would fight another deployment. */
export const unlessDeployed = (remedy: string): string =>
  `Look in the CodeDeploy console whether another deployment has moved the alias since, or is moving it. Only if none is there: ${remedy}`

/** As a step of this action, which may not have the permission, and by hand. */
export const giveAllTo = (subject: Pick<Subject, 'functionName' | 'alias'>, version: string): string =>
  `a step with target-version: ${version} and weight: 100, or ${updateAliasCommand(subject, version)}`

/**
 * The same for an alias that was split: its weights again. `now` is what it serves, or what it was asked to serve. A step shares out between
 * its target and what serves, in whole percent, so that it cannot always do it.
 */
export function giveBackBy(
  subject: Pick<Subject, 'functionName' | 'alias'>,
  before: Traffic,
  now: Traffic
): string {
  const [[other, share] = []] = Object.entries(before.weights)
  if (other === undefined || share === undefined) return giveAllTo(subject, before.version)
  const command = updateAliasCommand(subject, before.version, `${other}=${share}`)
  const parts: [version: string, share: number][] = [
    [other, share],
    [before.version, 1 - share]
  ]
  const isShared = shares(now).every(([version]) => parts.some(([each]) => each === version))
  const [version, part = 0] = parts.find(([each]) => !isWhollyOn(now, each)) ?? []
  const percent = Math.round(part * 100)
  const isWhole = Math.abs(part * 100 - percent) < 1e-6
  return isShared && isWhole && version !== undefined
    ? `a step with target-version: ${version} and weight: ${percent}, or ${command}`
    : command
}

/** The empty map matters: UpdateAlias keeps the weights that it is not told to drop. */
export const updateAliasCommand = (
  subject: Pick<Subject, 'functionName' | 'alias'>,
  version: string,
  weights = ''
): string =>
  `aws lambda update-alias --function-name ${subject.functionName} --name ${subject.alias} --function-version ${version} --routing-config AdditionalVersionWeights={${weights}}`
