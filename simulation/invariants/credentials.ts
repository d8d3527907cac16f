import { postActed, requestsOf } from './facts.ts'
import type { StepInvariant } from './invariant.ts'

export const assuming = 'AssumeRoleWithWebIdentity'

export const assumesInPost: StepInvariant = {
  id: '10b',
  claims: 'post, when it has something to finish, assumes the role that main had',
  check: (played, story) => {
    const { post } = played
    if (!story.scene.role || !postActed(played)) return undefined
    const asked = [
      ...requestsOf(played, story)
        .filter(({ operation }) => operation === assuming)
        .map(({ at }) => at),
      ...story.stage.idTokens.failedAt
    ]
    // Main had told all, and GitHub alone was still to know.
    if (played.main.exitCode !== undefined && !requestsOf(played, story).some(({ at }) => at >= post.begunAt))
      return undefined
    return post.killed || asked.some(at => at >= post.begunAt) ? undefined : 'post did not assume the role'
  }
}

export const renewsInTime: StepInvariant = {
  id: '10a',
  claims: 'no request is signed with expired credentials of the role, unless they could not be renewed',
  check: (played, story) => {
    const { scene, stage } = story
    if (!scene.role) return undefined
    const sent = requestsOf(played, story)
    const expired = sent.find(
      request =>
        request.errorName?.startsWith('ExpiredToken') &&
        request.operation !== assuming &&
        !stage.faults.has(request)
    )
    if (!expired) return undefined
    const before = sent.filter(({ operation, at }) => operation === assuming && at <= expired.at)
    const failed = before.filter(request => request.status !== 200 || stage.faults.has(request))
    const renewedAt = before.findLast(request => !failed.includes(request))?.at ?? 0
    const failedAt = [...failed.map(({ at }) => at), ...stage.idTokens.failedAt]
    return failedAt.some(at => at >= renewedAt && at <= expired.at)
      ? undefined
      : `${expired.operation} was signed with credentials that were ${expired.at - renewedAt} ms old`
  }
}

/** One try to renew may be sent so often, and within this time there is no second one, ms. */
const mostOfOneTry = 3
const betweenTriesMs = 25_000

export const renewsPatiently: StepInvariant = {
  id: '10c',
  claims: 'while renewing fails and the credentials are still good, it is tried once in half a minute',
  check: (played, { scene, stage, ...story }) => {
    if (!scene.role) return undefined
    const asked = requestsOf(played, { scene, stage, ...story }).filter(
      ({ operation, at }) => operation === assuming && at <= played.main.endedAt
    )
    const isGood = ({ status }: { status: number }, index: number) =>
      status === 200 && !stage.faults.has(asked[index] as never)
    for (const [index, { at }] of asked.entries()) {
      const since = asked.findLast((each, before) => before < index && isGood(each, before))?.at
      if (since === undefined || at + betweenTriesMs > since + scene.role.sessionSeconds * 1_000) continue
      const sent = asked.slice(index).filter(each => each.at < at + betweenTriesMs).length
      if (sent > mostOfOneTry) return `${sent} requests for new credentials within ${betweenTriesMs} ms`
    }
    return undefined
  }
}
