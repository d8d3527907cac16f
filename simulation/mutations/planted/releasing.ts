import type { Mutation } from '../mutation.ts'

/** In the order of a release. */
export const releasing: readonly Mutation[] = [
  {
    name: 'stops a deployment for a release that is refused all the same',
    path: 'src/release/replace.ts',
    from: "if (rolledBack?.kind === 'refuse') {",
    to: "if (rolledBack?.kind === 'refuse' && false) {"
  },
  {
    name: 'stops a deployment while another function of the step may yet be refused',
    path: 'src/release/resolve.ts',
    from: '!(isPutOff || anotherWaits(release))',
    to: '!(isPutOff && anotherWaits(release))'
  },
  {
    name: 'brings back a newer commit that somebody goes back from',
    path: 'src/release/afterwards.ts',
    from: "const cause = rolledBack.kind === 'shift' && ",
    to: "const cause = rolledBack.kind === 'refuse' && "
  },
  {
    name: 'saves its state only once the id is known',
    path: 'src/release/create.ts',
    from: 'world.journal.creating({ record, subject: watched, fingerprint })',
    to: 'void watched'
  },
  {
    name: 'ignores that the alias moved while it was publishing',
    path: 'src/release/prepare.ts',
    from: 'release.held = { ...held, alias }',
    to: 'release.held = alias ? held : { ...held, alias }'
  },
  {
    name: 'does not revert what had succeeded when another function fails',
    path: 'src/release/revert.ts',
    from: '|| done.length === 0) return',
    to: '|| done.length >= 0) return'
  },
  {
    name: 'takes the others back for a missing alias when it is cut short before it creates that',
    path: 'src/release/lastalias.ts',
    from: 'previousVersion === undefined &&',
    to: 'previousVersion !== undefined &&'
  },
  {
    name: 'trusts what Lambda said of an alias long ago, while another function was shifting',
    path: 'src/release/confirm.ts',
    from: 'confirmedAt >= now - freshMs',
    to: 'confirmedAt >= 0 * freshMs'
  },
  {
    name: 'waits for GitHub though if-outdated only warns',
    path: 'src/release/judge.ts',
    from: 'if (mayBeCalledOff(world)) return await judging',
    to: 'if (world.github) return await judging'
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
    name: 'goes back from what served earlier, not from what serves',
    path: 'src/release/goback.ts',
    from: '...(await readPrevious(request, held, world))',
    to: '...(held.previous ? {} : await readPrevious(request, held, world))'
  },
  {
    name: 'deploys a version whose test has failed',
    path: 'src/release/tests.ts',
    from: "if (result.kind !== 'failed') return true",
    to: 'if (result) return true'
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
    name: 'tests a version in a dry run',
    path: 'src/release/begin.ts',
    from: '    await dryRun(releases, world)',
    to: '    await publishAndDecide(releases, world)\n    await testAll(releases, world)\n    await dryRun(releases, world)'
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
    name: 'lets a change of weights come through that is under way when post gives back',
    path: 'src/release/giveback.ts',
    from: 'const result = await setWeights(record, alias, before, options)',
    to: "const result = wasSet ? await setWeights(record, alias, before, options) : ({ kind: 'set', alias } as const)"
  },
  {
    name: 'judges the release once more after old versions were deleted',
    path: 'src/run.ts',
    from: '    await prune(inputs, world)\n',
    to: '    await prune(inputs, world)\n    await confirm(world)\n    await revert(watched, world)\n'
  },
  {
    name: 'tells what served before old versions were deleted as what serves',
    path: 'src/release/prune.ts',
    from: '  await readAfterwards(world)\n',
    to: ''
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
    from: "outcome?.kind === 'unchanged' ? version",
    to: "outcome?.kind === 'lost' ? version"
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
    name: 'looks at once after the last deletion',
    path: 'src/release/prune.ts',
    from: 'const until = patience.stale + Math.max(',
    to: 'const until = Math.max('
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
    name: 'gives up on a new group that is not found at once',
    path: 'src/release/create.ts',
    from: 'isSetUp ? awaiting(world.codedeploy, world) : world.codedeploy',
    to: 'isSetUp === undefined ? world.codedeploy : world.codedeploy'
  },
  {
    name: 'sets weights over what somebody has set since the plan',
    path: 'src/release/weigh.ts',
    from: '  await refuseIfMoved(release, world)\n',
    to: ''
  }
]
