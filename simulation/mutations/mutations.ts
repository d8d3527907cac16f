/** A bug that we could have written, planted by changing one place in src/. */
export interface Mutation {
  /** What the program does with the bug, as a sentence without its subject. */
  name: string
  /** Below the repository's root. */
  path: string
  /** Occurs exactly once. */
  from: string
  to: string
}

/** The simulation has to catch every one of these: `npm run simulate -- --mutations`. */
export const mutations: readonly Mutation[] = [
  {
    name: 'passes when CodeDeploy says Succeeded, whatever the alias says',
    path: 'src/watch/settle.ts',
    from: 'if (serving && isWhollyOn(serving, subject.targetVersion)) return',
    to: 'if (serving) return'
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
    from: 'const wait = rollbackIsDue(seen.deployment, subject) ? patience.rollback : patience.unaskedRollback',
    to: 'const wait = 0'
  },
  {
    name: 'forgets the weights of the alias',
    path: 'src/aws/lambda.ts',
    from: 'weights: answer.RoutingConfig?.AdditionalVersionWeights ?? {}',
    to: 'weights: {}'
  },
  {
    name: 'creates again without looking when an answer was lost',
    path: 'src/operations/createdeployment.ts',
    from: 'if (limit || lost) {',
    to: 'if (limit) {'
  },
  {
    name: "lets the SDK repeat requests by itself, CreateDeployment's too",
    path: 'src/aws/clients.ts',
    from: 'maxAttempts: 1,',
    to: 'maxAttempts: 3,'
  },
  {
    name: "takes another run's deployment for its own when the AppSpec is the same",
    path: 'src/operations/createdeployment.ts',
    from: 'each.sha256 === sha256 && each.description === description',
    to: 'each.sha256 === sha256'
  },
  {
    name: 'leaves a state that no environment can hold',
    path: 'src/state.ts',
    from: 'text = pack(JSON.stringify({ ...run, releases }))',
    to: "text = JSON.stringify({ ...run, releases })\n    if (text !== '') break"
  },
  {
    name: 'keeps no state for the post step',
    path: 'src/journal.ts',
    from: 'if (!this.#run) return\n    this.#phase',
    to: 'if (this.#run) return\n    this.#phase'
  },
  {
    name: 'saves its state only once the id is known',
    path: 'src/release/create.ts',
    from: 'world.journal.creating({ record, subject: watched, fingerprint })',
    to: 'void watched'
  },
  {
    name: 'does nothing in post when the id was never received',
    path: 'src/post.ts',
    from: 'record.deploymentId ?? (await findLate(saved, record, world))',
    to: 'record.deploymentId'
  },
  {
    name: 'looks only once in post for a deployment whose id was never received',
    path: 'src/post.ts',
    from: 'const lateMs = 30_000',
    to: 'const lateMs = 0'
  },
  {
    name: "measures in post by the runner's clock until AWS's time is known",
    path: 'src/post.ts',
    from: '  await learnTime(saved, world)\n',
    to: ''
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
    from: 'const isSame = holds(version, code, request)',
    to: 'const isSame = false'
  },
  {
    name: 'uploads over whatever somebody has uploaded',
    path: 'src/operations/upload.ts',
    from: '...(revisionId && { revisionId })',
    to: ''
  },
  {
    name: 'does not stop anything when it is cancelled',
    path: 'src/watch/watch.ts',
    from: "if (world.cancelled.aborted && earlyEnd?.reason !== 'interrupted') return { reason: 'interrupted' }",
    to: ''
  },
  {
    name: 'waits for the look under way before it stops',
    path: 'src/watch/watch.ts',
    from: "  cancelled?.addEventListener('abort', end, { once: true })",
    to: ''
  },
  {
    name: 'stops without rollback though rollback was promised',
    path: 'src/watch/stopping.ts',
    from: "=> policyOf(why, each, world) === 'rollback'",
    to: '=> each === undefined'
  },
  {
    name: 'waits without a limit',
    path: 'src/watch/watch.ts',
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
    name: 'gives up at the first throttling',
    path: 'src/aws/failure.ts',
    from: "if (isNetwork || throttlingNames.has(code) || status === 429) return 'transient'",
    to: "if (isNetwork) return 'transient'"
  },
  {
    name: 'keeps sending requests with expired credentials',
    path: 'src/aws/failure.ts',
    from: "if (credentialNames.has(code)) return 'credentials'",
    to: "if (credentialNames.has(code)) return 'transient'"
  },
  {
    name: 'looks every second',
    path: 'src/watch/pace.ts',
    from: 'export const slowMs = 15_000',
    to: 'export const slowMs = 1_000'
  },
  {
    name: 'ignores that the alias moved while it was publishing',
    path: 'src/release/prepare.ts',
    from: 'release.held = { ...held, alias }',
    to: 'release.held = alias ? held : { ...held, alias }'
  },
  {
    name: "prints a hook's log unescaped",
    path: 'src/report/words.ts',
    from: '...quoted(shown)]',
    to: '...shown]'
  },
  {
    name: "writes AWS's words into the summary unescaped",
    path: 'src/report/reason.ts',
    from: '{code(cause.message)}',
    to: '{cause.message}'
  },
  {
    name: 'passes after a rollback',
    path: 'src/deployment/outcome.ts',
    from: "'rolled-back': false",
    to: "'rolled-back': true"
  },
  {
    name: 'leaves the other functions running when one fails',
    path: 'src/watch/watch.ts',
    from: '(world.blockedBy ?? firstFailure(watches))',
    to: 'world.blockedBy'
  },
  {
    name: 'does not revert what had succeeded when another function fails',
    path: 'src/release/revert.ts',
    from: '|| done.length === 0) return',
    to: '|| done.length >= 0) return'
  },
  {
    name: 'takes the first answer about an alias for the last word, though it may be stale',
    path: 'src/release/confirm.ts',
    from: 'const staleMs = 10_000',
    to: 'const staleMs = 0'
  },
  {
    name: 'trusts what Lambda said of an alias long ago, while another function was shifting',
    path: 'src/release/confirm.ts',
    from: 'confirmedAt >= now - freshMs',
    to: 'confirmedAt >= 0 * freshMs'
  },
  {
    name: 'prints its session token when AWS repeats the request in a refusal',
    path: 'src/aws/network.ts',
    from: 'response.body = this.secrets.hiddenIn(response.body)',
    to: 'void this.secrets'
  },
  {
    name: 'signs by a clock that AWS has shown to be wrong',
    path: 'src/aws/network.ts',
    from: 'if (isFromAws && headers.age === undefined)',
    to: 'if (isFromAws && headers.age !== undefined)'
  },
  {
    name: "looks for its own deployment by the runner's clock",
    path: 'src/main.ts',
    from: 'now: awsNow,',
    to: 'now: () => clock.now(),'
  },
  {
    name: 'follows the machine when somebody sets its clock',
    path: 'src/clock.ts',
    from: 'return () => at + Math.floor(elapsed() - begun)',
    to: 'return () => wall() + 0 * (at + begun)'
  },
  {
    name: 'waits without end for the rest of an answer that has begun',
    path: 'src/aws/network.ts',
    from: 'const waiting = this.#timer.sleep(until - this.#timer.now(), ended.signal)',
    to: 'const waiting = new Promise(() => {})'
  },
  {
    name: 'leaves requests under way that nobody waits for',
    path: 'src/main.ts',
    from: 'await run(inputs, world).finally(world.leave)',
    to: 'await run(inputs, world)'
  },
  {
    name: 'asks for many functions at once, beyond what Lambda grants an account',
    path: 'src/aws/budgets.ts',
    from: 'this.#lambda = limit(12, 1_000)',
    to: 'this.#lambda = limit(1_200, 1_000)'
  },
  {
    name: 'keeps the credentials of its role until AWS refuses them',
    path: 'src/aws/credentials.ts',
    from: 'if (held && (left > renewMs || isPausing)) return held',
    to: 'if (held) return held'
  },
  {
    name: 'tries to renew its credentials with each request while that fails',
    path: 'src/aws/credentials.ts',
    from: 'const pauseMs = 30_000',
    to: 'const pauseMs = 0'
  },
  {
    name: 'lets many requests take their turns while there are no credentials for them',
    path: 'src/aws/clients.ts',
    from: 'await credentials?.()',
    to: ''
  },
  {
    name: 'forgets in post which role to assume',
    path: 'src/main.ts',
    from: 'const place = { ...saved, ...github,',
    to: 'const place = { region: saved.region, ...github,'
  },
  {
    name: 'prints the credentials of its role',
    path: 'src/main.ts',
    from: 'runner.mask(secret)',
    to: 'runner.info(secret)'
  },
  {
    name: 'prints the token that no header can hold',
    path: 'src/github/client.ts',
    from: ".replaceAll(token, '***')",
    to: ''
  },
  {
    name: 'waits for GitHub though if-outdated only warns',
    path: 'src/release/judge.ts',
    from: 'if (mayBeCalledOff(world)) return await judging',
    to: 'if (world.github) return await judging'
  },
  {
    name: 'lets a release fail with GitHub',
    path: 'src/github/client.ts',
    from: "return { kind: 'failed', trouble: troubleOf(error, token) }",
    to: 'throw error'
  },
  {
    name: 'calls a release off when GitHub cannot say how the commits stand',
    path: 'src/github/outdated.ts',
    from: "if (standing.kind !== 'outdated') return { kind: 'go' }",
    to: "if (standing.kind === 'current') return { kind: 'go' }"
  },
  {
    name: 'releases over a newer commit whatever if-outdated says',
    path: 'src/github/outdated.ts',
    from: 'switch (policy) {',
    to: "switch ('warn' as IfOutdated) {"
  },
  {
    name: 'judges only once whether a newer commit is live',
    path: 'src/release/judge.ts',
    from: 'release.judgedLive === live.version',
    to: 'release.judgedLive !== undefined'
  },
  {
    name: 'does not judge what is arriving',
    path: 'src/release/judge.ts',
    from: 'if (release.judgedArriving === id) return true',
    to: 'if (id) return true'
  },
  {
    name: 'counts from the answer to CreateDeployment, however late that comes',
    path: 'src/observe/observe.ts',
    from: 'if (found && createdAt !== undefined) found',
    to: 'if (found && createdAt === undefined) found'
  },
  {
    name: 'tells GitHub of each state as a new deployment',
    path: 'src/github/environment.ts',
    from: 'this.#id ??= await this.#create()',
    to: 'this.#id = await this.#create()'
  },
  {
    name: 'tells GitHub of a success when the release was rolled back',
    path: 'src/github/status.ts',
    from: "'rolled-back': 'failure'",
    to: "'rolled-back': 'success'"
  },
  {
    name: 'stops what another run began',
    path: 'src/deployment/leaving.ts',
    from: "given ?? (isOthers ? 'continue' : 'rollback')",
    to: "given ?? (isOthers ? 'rollback' : 'rollback')"
  },
  {
    name: 'gives a joined deployment its own hooks',
    path: 'src/release/join.ts',
    from: '...existing.subject,',
    to: '...existing.subject, hooks: request.hooks,'
  },
  {
    name: 'forgets that a split alias may be about to be rolled back',
    path: 'src/release/readagain.ts',
    from: 'const settlingMs = 10_000',
    to: 'const settlingMs = 0'
  },
  {
    name: 'creates from what was read before the others were ready',
    path: 'src/release/create.ts',
    from: 'if (isMoved) await readAgain(release, world)',
    to: 'void readAgain'
  },
  {
    name: 'takes a version that Lambda has put to rest for ready',
    path: 'src/operations/readiness.ts',
    from: "if (version.state === 'Inactive')",
    to: "if (version.state === 'Asleep')"
  },
  {
    name: 'begins though nothing is kept for post',
    path: 'src/main.ts',
    from: "if (!runner.saveState('main', 'started')) return",
    to: "if (runner.saveState('main', 'started') === undefined) return"
  },
  {
    name: 'gives a request up after 14 seconds without an answer',
    path: 'src/aws/ask.ts',
    from: 'patienceMs = patience.sight, silence',
    to: 'patienceMs = patience.sight * 0 + 15_000, silence'
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
    name: 'goes back by deployments that did not succeed',
    path: 'src/aws/history.ts',
    from: "includeOnlyStatuses: ['Succeeded']",
    to: "includeOnlyStatuses: ['Succeeded', 'Failed', 'Stopped']"
  },
  {
    name: 'goes back by the deployments of any function and alias',
    path: 'src/operations/previous.ts',
    from: 'if (!isOurs || ',
    to: 'if (!isOurs && '
  },
  {
    name: 'goes back by the oldest deployment when CodeDeploy lists that first',
    path: 'src/aws/history.ts',
    from: '[...deployments].sort((a, b) => b.createdAt - a.createdAt)',
    to: '[...deployments]'
  },
  {
    name: 'goes back from what served earlier, not from what serves',
    path: 'src/release/goback.ts',
    from: '...(await readPrevious(request, held, world))',
    to: '...(held.previous ? {} : await readPrevious(request, held, world))'
  },
  {
    name: 'goes back only if the newest deployment of the group tells',
    path: 'src/operations/previous.ts',
    from: 'const mostLookedAt = 100',
    to: 'const mostLookedAt = 1'
  },
  {
    name: 'deploys a version whose test has failed',
    path: 'src/release/tests.ts',
    from: "if (result.kind !== 'failed') return true",
    to: 'if (result) return true'
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
    name: 'waits for the end of a test when it is cancelled',
    path: 'src/release/tests.ts',
    from: 'AbortSignal.any([world.cancelled, failed.signal])',
    to: 'failed.signal'
  },
  {
    name: "replaces somebody else's deployment before the version has passed its tests",
    path: 'src/release/tests.ts',
    from: "if (decision?.kind !== 'busy') return false",
    to: "if (decision) return decision.kind === 'busy'"
  },
  {
    name: 'writes the answer to a test into the summary unescaped',
    path: 'src/report/reason.ts',
    from: "fenced(shortened(cause.answer, longestBlock), 'json')",
    to: 'cause.answer'
  },
  {
    name: 'ends without the output summary',
    path: 'src/report/reporter.ts',
    from: 'this.publish(shortSummary(this.#records, this.#journal.region))',
    to: 'this.publish()'
  },
  {
    name: 'tests a version in a dry run',
    path: 'src/release/begin.ts',
    from: '    await dryRun(releases, world)',
    to: '    await publishAndDecide(releases, world)\n    await testAll(releases, world)\n    await dryRun(releases, world)'
  },
  {
    name: 'judges minutes that CloudWatch has not got past',
    path: 'src/deployment/gate.ts',
    from: 'Math.min(minuteOf(now - restMs), Math.max(reached - minuteMs, minuteOf(now - latestMs)))',
    to: 'minuteOf(now - restMs) + 0 * reached * latestMs'
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
    from: 'const current = sumsOf(figures.current, from, until)',
    to: 'const current = sumsOf(figures.current)'
  },
  {
    name: 'judges that nobody came however late CloudWatch is',
    path: 'src/deployment/gate.ts',
    from: 'const { until, current } = judgedSums(figures, shift, now)\n  if (until',
    to: 'const { current } = judgedSums(figures, shift, now)\n  const until = minuteOf(now - restMs)\n  if (until'
  },
  {
    name: 'passes over what it judged when the stop came too late',
    path: 'src/watch/verdict.ts',
    from: "outcome.kind !== 'succeeded' || !verdict",
    to: "outcome.kind !== 'lost' || !verdict"
  },
  {
    name: 'never judges',
    path: 'src/watch/measured.ts',
    from: 'if (verdict) this.verdict = verdict',
    to: 'if (verdict === null) this.verdict = verdict'
  },
  {
    name: 'takes what has ended long ago for active',
    path: 'src/operations/active.ts',
    from: 'if (isOver(status) && completedAt < begunAt) over.add(id)',
    to: 'if (isOver(status) && completedAt < 0 * begunAt) over.add(id)'
  },
  {
    name: 'watches the rollback instead of what it rolls back',
    path: 'src/operations/active.ts',
    from: 'return newest.rollsBack ?? newest.id',
    to: 'return newest.id'
  },
  {
    name: 'waits a minute only for a deployment to begin',
    path: 'src/release/active.ts',
    from: 'const beginsWithinMs = 5 * 60_000',
    to: 'const beginsWithinMs = 60_000'
  },
  {
    name: 'stops at a cancel what somebody else began and it only watches',
    path: 'src/release/attach.ts',
    from: 'leaving: leavingOf(leaving, isOthers)',
    to: 'leaving: leavingOf(leaving)'
  },
  {
    name: 'sets weights whatever others have made of the alias',
    path: 'src/aws/lambda.ts',
    from: '        RevisionId: from.revisionId\n',
    to: ''
  },
  {
    name: 'does not ask Lambda whether the alias has its weights',
    path: 'src/release/weigh.ts',
    from: '  delete record.confirmedAt\n',
    to: '  record.confirmedAt = world.clock.now()\n'
  },
  {
    name: 'keeps the weights of one function when another could not get its own',
    path: 'src/release/begin.ts',
    from: 'giveBack: () => giveBack(releases, world)',
    to: 'giveBack: () => giveBack([], world)'
  },
  {
    name: 'leaves in post what a killed step had set',
    path: 'src/post.ts',
    from: 'if (saved.releases.some(({ weights }) => weights))',
    to: 'if (saved.releases.length === 0)'
  },
  {
    name: 'lets a change of weights come through that is under way when post gives back',
    path: 'src/release/giveback.ts',
    from: 'const result = await setWeights(record, alias, before, options)',
    to: "const result = wasSet ? await setWeights(record, alias, before, options) : ({ kind: 'set', alias } as const)"
  },
  {
    name: 'gives the rest of the traffic to the target too',
    path: 'src/plan/weight.ts',
    from: '{ version: other, weights: { [target]: percent / 100 } }',
    to: '{ version: target, weights: { [other]: percent / 100 } }'
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
    name: 'deletes versions that were published today, by the date of what they were published from',
    path: 'src/plan/oldversions.ts',
    from: 'isOld(each) && isOld(ordered[index + 1]) &&',
    to: 'isOld(each) &&'
  },
  {
    name: 'deletes the version that served before',
    path: 'src/release/prune.ts',
    from: '=> [version, previousVersion]))',
    to: '=> [version, version ?? previousVersion]))'
  },
  {
    name: 'deletes the version that served before when nothing was deployed',
    path: 'src/release/prune.ts',
    from: "if (outcome?.kind !== 'unchanged' ||",
    to: "if (outcome?.kind !== 'lost' ||"
  },
  {
    name: 'deletes old versions after a release that failed',
    path: 'src/release/prune.ts',
    from: '(dryRun ? planned : released).includes(outcome?.kind)',
    to: '(dryRun ? planned : released).includes(dryRun ? outcome?.kind : released[0])'
  },
  {
    name: 'deletes old versions in a dry run',
    path: 'src/release/prune.ts',
    from: '    if (dryRun) {',
    to: '    if (dryRun && keep < 0) {'
  },
  {
    name: 'goes on deleting versions when it is cancelled',
    path: 'src/release/prune.ts',
    from: "cancelled.addEventListener('abort', () => resolve()",
    to: "cancelled.addEventListener('never', () => resolve()"
  },
  {
    name: 'does not say that somebody chose what it was deleting',
    path: 'src/operations/deleteversions.ts',
    from: 'const chosen = goneOf(result).filter(version => inUse.has(version))',
    to: 'const chosen = goneOf(result).filter(version => !version && inUse.has(version))'
  },
  {
    name: 'never deletes an old version',
    path: 'src/plan/oldversions.ts',
    from: '.filter(version => !inUse.has(version))',
    to: '.filter(version => !version && !inUse.has(version))'
  },
  {
    name: 'sets up before the versions are tested',
    path: 'src/release/begin.ts',
    from: '  await testAll(releases, world)\n',
    to: '  await setUpAll(releases, world)\n  await testAll(releases, world)\n'
  },
  {
    name: 'sets up in a dry run',
    path: 'src/release/begin.ts',
    from: '    await dryRun(releases, world)\n',
    to: '    for (const each of releases) if (each.held?.source) each.target = each.held.source\n    await setUpAll(releases, world)\n    await dryRun(releases, world)\n'
  },
  {
    name: 'takes what exists already for a failure',
    path: 'src/aws/applications.ts',
    from: 'failure instanceof Failure && failure.code === code',
    to: 'failure instanceof Failure && failure.code === code.slice(1)'
  },
  {
    name: 'gives up on a new group that is not found at once',
    path: 'src/release/create.ts',
    from: 'isSetUp ? awaiting(world.codedeploy, world) : world.codedeploy',
    to: 'isSetUp === undefined ? world.codedeploy : world.codedeploy'
  },
  {
    name: "takes somebody's new group for its own",
    path: 'src/operations/setup.ts',
    from: "    if (result === 'exists') return await lookAt(group, options)\n",
    to: '    void [result, lookAt]\n'
  },
  {
    name: 'creates a group that does not roll back when it is stopped',
    path: 'src/aws/codedeploy-shapes.ts',
    from: 'autoRollbackConfiguration: { enabled: true, events: [...rollbackEvents] },',
    to: 'autoRollbackConfiguration: { enabled: true, events: rollbackEvents.slice(0, 2) },'
  },
  {
    name: 'creates a group without being given a role',
    path: 'src/plan/setup.ts',
    from: '  serviceRole === undefined\n    ? undefined\n    : { application, group, serviceRole,',
    to: "  group === ''\n    ? undefined\n    : { application, group, serviceRole: serviceRole ?? 'arn:aws:iam::123456789012:role/CodeDeployLambda',"
  }
]
