import type { Mutation } from '../mutation.ts'

/** In the single operations. */
export const operating: readonly Mutation[] = [
  {
    name: 'creates again without looking when an answer was lost',
    path: 'src/operations/createdeployment.ts',
    from: 'if (limit || lost) {',
    to: 'if (limit) {'
  },
  {
    name: 'creates again when the first list does not show what a lost answer created',
    path: 'src/operations/createdeployment.ts',
    from: 'failure.timedOut ? lateMs : patience.stale',
    to: 'failure.timedOut ? lateMs : 0'
  },
  {
    name: "takes another run's deployment for its own when the AppSpec is the same",
    path: 'src/operations/createdeployment.ts',
    from: 'each.sha256 === sha256 && each.description === description',
    to: 'each.sha256 === sha256'
  },
  {
    name: 'takes what an earlier step of the run has created for its own',
    path: 'src/operations/createdeployment.ts',
    from: 'Math.max(now - recentMs, earliestNow - skewMs)',
    to: 'now - recentMs'
  },
  {
    name: 'gives up the search when CodeDeploy lists a deployment that it does not know yet',
    path: 'src/aws/groups.ts',
    from: '.catch(unlessNewborn(deploymentId))',
    to: ''
  },
  {
    name: 'takes what $LATEST held before the step for a change by somebody else',
    path: 'src/operations/publish.ts',
    from: 'modifiedAt + certainlyMs <= surveyedAt',
    to: 'modifiedAt + certainlyMs <= 0'
  },
  {
    name: 'does not read what a queued deployment is to release',
    path: 'src/operations/sights.ts',
    from: 'if (isWhole(seen.target) || isOver(seen.status)) return seen',
    to: 'if (seen) return seen'
  },
  {
    name: 'replaces a revert',
    path: 'src/operations/existing.ts',
    from: 'revertedBy(description) !== undefined',
    to: 'false'
  },
  {
    name: 'does not look again at what it has uploaded',
    path: 'src/operations/upload.ts',
    from: 'if (!version || !isOurs) return',
    to: 'if (!version) return'
  },
  {
    name: 'uploads again what is there already',
    path: 'src/operations/upload.ts',
    from: 'version, isSame: holds(version, code, request) }',
    to: 'version, isSame: false }'
  },
  {
    name: 'uploads over whatever somebody has uploaded',
    path: 'src/operations/upload.ts',
    from: '...(revisionId && { revisionId })',
    to: ''
  },
  {
    name: 'takes a version that Lambda has put to rest for ready',
    path: 'src/operations/readiness.ts',
    from: "if (version.state === 'Inactive')",
    to: "if (version.state === 'Asleep')"
  },
  {
    name: 'goes back to what a rollback has rolled back',
    path: 'src/operations/previous.ts',
    from: 'if (reverts !== undefined || past.isRollback) continue',
    to: 'if (reverts !== undefined) continue'
  },
  {
    name: 'goes back to what it had reverted itself',
    path: 'src/operations/previous.ts',
    from: 'if (reverts !== undefined || past.isRollback) continue',
    to: 'if (past.isRollback) continue'
  },
  {
    name: 'goes back by the deployments of any function and alias',
    path: 'src/operations/previous.ts',
    from: 'if (!isOurs || ',
    to: 'if (!isOurs && '
  },
  {
    name: 'goes back only if the newest deployment of the group tells',
    path: 'src/operations/previous.ts',
    from: 'const mostLookedAt = 100',
    to: 'const mostLookedAt = 1'
  },
  {
    name: 'tests the version that serves instead of the new one',
    path: 'src/operations/testversion.ts',
    from: 'lambda.invoke(functionName, version, payload',
    to: "lambda.invoke(functionName, '7', payload"
  },
  {
    name: 'takes an error for an answer when a test expects nothing in particular',
    path: 'src/operations/testversion.ts',
    from: 'isError ? errorIn(answer, target) :',
    to: ''
  },
  {
    name: 'sends a test event again as often as its answer is lost',
    path: 'src/operations/testversion.ts',
    from: 'const pause = pauses[lost]',
    to: 'const pause = pauses[lost % 2]'
  },
  {
    name: 'uses up the tries of a test event in an outage',
    path: 'src/operations/testversion.ts',
    from: 'if (!signal.aborted) await lambda.version(functionName, version)',
    to: ''
  },
  {
    name: 'takes what has just ended for active',
    path: 'src/operations/active.ts',
    from: 'completedAt < moment',
    to: 'completedAt < 0 * moment'
  },
  {
    name: 'watches the rollback instead of what it rolls back',
    path: 'src/operations/active.ts',
    from: 'return newest.rollsBack ?? newest.id',
    to: 'return newest.id'
  },
  {
    name: 'deletes versions that an alias names only with a weight',
    path: 'src/operations/versionsinuse.ts',
    from: '[version, ...Object.keys(weights)]',
    to: '[version, ...Object.keys(weights).slice(1)]'
  },
  {
    name: 'deletes versions by what was in use long before',
    path: 'src/operations/deleteversions.ts',
    from: 'if (clock.now() - readAt >= freshMs)',
    to: 'if (readAt < freshMs)'
  },
  {
    name: 'deletes versions that a running deployment is about',
    path: 'src/operations/versionsinuse.ts',
    from: '...provisioned, ...running.flat(), ...named',
    to: '...provisioned, ...running.flat().slice(9), ...named'
  },
  {
    name: 'deletes versions that have provisioned concurrency',
    path: 'src/operations/versionsinuse.ts',
    from: '...provisioned, ...running.flat(), ...named',
    to: '...provisioned.slice(9), ...running.flat(), ...named'
  },
  {
    name: 'deletes versions on which durable executions may run',
    path: 'src/aws/oldversions.ts',
    from: '...(DurableConfig && { isDurable: true })',
    to: ''
  },
  {
    name: 'tells that only durable executions keep what another alias needs',
    path: 'src/operations/deleteversions.ts',
    from: 'result.durable.length > 0) next = await read()',
    to: 'result.durable.length < 0) next = await read()'
  },
  {
    name: 'does not say that somebody chose what it was deleting',
    path: 'src/operations/deleteversions.ts',
    from: 'result.missed = goneOf(result).filter(version => inUse.has(version))',
    to: 'result.missed = goneOf(result).filter(version => !version && inUse.has(version))'
  },
  {
    name: "takes somebody's new group for its own",
    path: 'src/operations/setup.ts',
    from: "    if (result === 'exists') return await lookAt(group, options)\n",
    to: '    void [result, lookAt]\n'
  },
  {
    name: 'reads no AppSpec that is YAML',
    path: 'src/plan/appspec.ts',
    from: "return parse(content, { maxAliasCount: 100, schema: 'failsafe', uniqueKeys: false, logLevel: 'error' })",
    to: 'return [parse]'
  },
  {
    name: "takes what Lambda showed before its update for somebody else's code",
    path: 'src/operations/upload.ts',
    from: 'held !== undefined && (isFromBefore(held) || isIt(held, code) === false)',
    to: 'held === undefined && (isFromBefore(held) || isIt(held, code) === false)'
  },
  {
    name: 'takes what somebody uploads after an object that was there already for that object',
    path: 'src/operations/upload.ts',
    from: "code.kind !== 'image' || !isSameCode",
    to: '!isSameCode'
  },
  {
    name: 'deletes what another alias needs for its way back',
    path: 'src/operations/otheraliases.ts',
    from: 'if (others.length === 0) return false',
    to: 'if (others.length >= 0) return false'
  }
]
