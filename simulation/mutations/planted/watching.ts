import type { Mutation } from '../mutation.ts'

/** In what is watched, and concluded from it. */
export const watching: readonly Mutation[] = [
  {
    name: 'passes when CodeDeploy says Succeeded, whatever the alias says',
    path: 'src/watch/settle.ts',
    from: 'if (serving && isWhollyOn(serving, subject.targetVersion)) return',
    to: 'if (serving) return'
  },
  {
    name: 'takes a failed rollback for undone at the first look, though what Lambda says may be stale',
    path: 'src/watch/settle.ts',
    from: 'const isCertain = succeeded || isReadSince(seen, rollbackEndedAt + patience.stale)',
    to: 'const isCertain = true'
  },
  {
    name: 'takes the canary that another release has begun since the rollback for what was left split',
    path: 'src/deployment/alias.ts',
    from: 'shares(serving).some(([version]) => version !== currentVersion && version !== targetVersion)',
    to: "[currentVersion, targetVersion].includes('')"
  },
  {
    name: 'gives up after 20 seconds when a fault hides what a deployment does',
    path: 'src/operations/existing.ts',
    from: 'const patienceMs = hidden ? patience.sight : startsWithinMs',
    to: 'const patienceMs = startsWithinMs'
  },
  {
    name: 'loses a deployment that it has seen when an answer is too old to know it',
    path: 'src/watch/look.ts',
    from: '(before.statusAt ?? before.at) < patience.stale',
    to: '(before.statusAt ?? before.at) < 0'
  },
  {
    name: 'replaces what may be the same release, when a fault has hidden that for 20 seconds',
    path: 'src/operations/sights.ts',
    from: 'if (isTransient(described.unread)) sight.clearSince = now',
    to: ''
  },
  {
    name: 'takes what the alias served before the end for what it serves now',
    path: 'src/watch/settle.ts',
    from: 'seen.aliasUnreadable === undefined && isReadSince(seen, since) ? seen.traffic : undefined',
    to: 'isReadSince(seen, 0 * since) ? seen.traffic : undefined'
  },
  {
    name: 'does not wait for rollbackInfo, which comes late',
    path: 'src/watch/settle.ts',
    from: 'const wait = isDue ? patience.rollback : patience.unaskedRollback',
    to: 'const wait = 0'
  },
  {
    name: 'does not stop anything when it is cancelled',
    path: 'src/watch/earlyend.ts',
    from: 'if (world.cancelled.aborted && !earlyEnd?.isCancelled) return whyCancelled(world)',
    to: ''
  },
  {
    name: 'stops without rollback though rollback was promised',
    path: 'src/watch/stopping.ts',
    from: "=> policyOf(why, each, world) === 'rollback'",
    to: '=> each === undefined'
  },
  {
    name: 'holds up the news of all for the slowest answer',
    path: 'src/watch/looks.ts',
    from: 'await answeredUntil(all, clock.now() + togetherMs, signals, clock)',
    to: 'await answeredUntil(all, clock.now() + 600_000, signals, clock)'
  },
  {
    name: 'leaves running what it can no longer see',
    path: 'src/watch/stopping.ts',
    from: 'isOneOfMany &&\n    isOutOfSight(watch)',
    to: 'isOneOfMany === undefined &&\n    isOutOfSight(watch)'
  },
  {
    name: 'asks only once for a stop that a passing fault has hit',
    path: 'src/watch/watch.ts',
    from: 'for (const each of this.#stoppable) void this.#tell(',
    to: 'for (const each of running.slice(running.length)) void this.#tell('
  },
  {
    name: 'waits for minutes though CodeDeploy has refused to stop what it waits for',
    path: 'src/watch/earlyend.ts',
    from: 'end.over.signal.aborted || (left.length > 0 &&',
    to: 'end.over.signal.aborted || (left.length < 0 &&'
  },
  {
    name: 'waits without a limit',
    path: 'src/watch/earlyend.ts',
    from: "if (world.clock.now() >= world.deadline) return { reason: 'timed-out' }",
    to: ''
  },
  {
    name: 'takes an unknown status for the end',
    path: 'src/deployment/observation.ts',
    from: "status === 'Succeeded' || status === 'Failed' || status === 'Stopped'",
    to: "status !== 'Created' && status !== 'Queued' && status !== 'InProgress'"
  },
  {
    name: 'looks every second',
    path: 'src/watch/pace.ts',
    from: 'export const slowMs = 15_000',
    to: 'export const slowMs = 1_000'
  },
  {
    name: 'passes after a rollback',
    path: 'src/deployment/outcome.ts',
    from: "'rolled-back': false",
    to: "'rolled-back': true"
  },
  {
    name: 'leaves the other functions running when one fails',
    path: 'src/watch/earlyend.ts',
    from: '(world.blockedBy ?? firstFailure(watches))',
    to: 'world.blockedBy'
  },
  {
    name: 'counts from the answer to CreateDeployment, however late that comes',
    path: 'src/observe/observe.ts',
    from: 'if (found && createdAt !== undefined) found',
    to: 'if (found && createdAt === undefined) found'
  },
  {
    name: 'stops what another run began',
    path: 'src/deployment/leaving.ts',
    from: "given ?? (isOthers ? 'continue' : 'rollback')",
    to: "given ?? (isOthers ? 'rollback' : 'rollback')"
  },
  {
    name: 'judges minutes that CloudWatch has not got past',
    path: 'src/deployment/gate.ts',
    from: 'isSilent(figures, now) ? reached + minuteMs : reached - minuteMs)',
    to: 'now + 0 * reached)'
  },
  {
    name: 'judges the last two minutes as well',
    path: 'src/deployment/gate.ts',
    from: 'const restMs = 2 * minuteMs',
    to: 'const restMs = 0 * minuteMs'
  },
  {
    name: 'judges a version from any number of invocations on',
    path: 'src/deployment/gate.ts',
    from: 'sums !== undefined && sums.invocations >= minInvocations',
    to: 'sums !== undefined && minInvocations > 0'
  },
  {
    name: 'judges by other minutes of the version before',
    path: 'src/deployment/gate.ts',
    from: 'const current = sumsOf(figures.current, from, until)\n  return',
    to: 'const current = sumsOf(figures.current)\n  return'
  },
  {
    name: 'judges that nobody came however late CloudWatch is',
    path: 'src/deployment/gate.ts',
    from: 'const until = Math.min(settledUntil(figures, now), shift.to)\n  const current',
    to: 'const until = minuteOf(now - restMs)\n  const current'
  },
  {
    name: 'passes over what it judged when the stop came too late',
    path: 'src/watch/verdict.ts',
    from: "outcome.kind !== 'succeeded' || !verdict",
    to: "outcome.kind !== 'lost' || !verdict"
  },
  {
    name: 'does not judge once more right before the last step',
    path: 'src/watch/measured.ts',
    from: 'const isUndecided = (this.readAt ?? 0) < decideAt',
    to: "const isUndecided = this.#gate.ifNoTraffic === 'fail' && (this.readAt ?? 0) < decideAt"
  },
  {
    name: 'asks again from when CloudWatch last answered, not from where it had got',
    path: 'src/watch/measured.ts',
    from: '(this.figures.reached ?? 0) - againMs',
    to: '(this.readAt ?? 0) - againMs'
  },
  {
    name: 'takes what CloudWatch failed to read for nothing',
    path: 'src/aws/metrics.ts',
    from: ".find(status => status !== 'Complete')",
    to: ".find(status => status === 'a series is missing')"
  },
  {
    name: 'never judges',
    path: 'src/watch/measured.ts',
    from: 'if (verdict) this.verdict = verdict',
    to: 'if (verdict === null) this.verdict = verdict'
  },
  {
    name: 'does not see by the alias that traffic shifts',
    path: 'src/watch/sharing.ts',
    from: "if (events !== 'hidden' || isOver(deployment.status)",
    to: "if (events === 'hidden' || isOver(deployment.status)"
  },
  {
    name: 'goes by what the alias shows though CodeDeploy shows that the shift has not begun',
    path: 'src/watch/sharing.ts',
    from: "if (events === 'seen' || allowTrafficStartedAt",
    to: 'if (allowTrafficStartedAt'
  },
  {
    name: 'takes an old look for the moment before the shift',
    path: 'src/watch/sharing.ts',
    from: 'before?.traffic?.readAt === undefined ? since : traffic.readAt - recentMs',
    to: 'since'
  },
  {
    name: 'lets an older answer bring a deployment back',
    path: 'src/deployment/newer.ts',
    from: 'stageOf(before) > stageOf(now) ? before : now',
    to: 'stageOf(before) > 9 + stageOf(now) ? before : now'
  }
]
