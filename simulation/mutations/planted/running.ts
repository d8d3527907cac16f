import type { Mutation } from '../mutation.ts'

/** In what surrounds a release: main, post, plan and report. */
export const running: readonly Mutation[] = [
  {
    name: 'leaves a state that no environment can hold',
    path: 'src/state.ts',
    from: 'text = pack(JSON.stringify({ ...run, releases, undeployed }))',
    to: "text = JSON.stringify({ ...run, releases, undeployed })\n    if (text !== '') break"
  },
  {
    name: 'keeps no state for the post step',
    path: 'src/journal.ts',
    from: 'if (!this.#run) return\n    // What',
    to: 'if (this.#run) return\n    // What'
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
    name: 'leaves requests under way that nobody waits for',
    path: 'src/main.ts',
    from: 'await run(inputs, world).finally(world.leave)',
    to: 'await run(inputs, world)'
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
    name: 'begins though nothing is kept for post',
    path: 'src/main.ts',
    from: "if (!runner.saveState('main', 'started')) return",
    to: "if (runner.saveState('main', 'started') === undefined) return"
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
    name: 'leaves in post what a killed step had set',
    path: 'src/post.ts',
    from: 'if (saved.releases.some(({ weights }) => weights))',
    to: 'if (saved.releases.length === 0)'
  },
  {
    name: 'gives the rest of the traffic to the target too',
    path: 'src/plan/weight.ts',
    from: '{ version: other, weights: { [target]: percent / 100 } }',
    to: '{ version: target, weights: { [other]: percent / 100 } }'
  },
  {
    name: 'deletes versions that were published today, by the date of what they were published from',
    path: 'src/plan/oldversions.ts',
    from: 'isOld(each) && isOld(ordered[index + 1]) &&',
    to: 'isOld(each) &&'
  },
  {
    name: 'never deletes an old version',
    path: 'src/plan/oldversions.ts',
    from: 'found.filter(each => !each.isDurable)',
    to: 'found.slice(found.length)'
  },
  {
    name: 'creates a group without being given a role',
    path: 'src/plan/setup.ts',
    from: '  serviceRole === undefined\n    ? undefined\n    : { application, group, serviceRole,',
    to: "  group === ''\n    ? undefined\n    : { application, group, serviceRole: serviceRole ?? 'arn:aws:iam::123456789012:role/CodeDeployLambda',"
  },
  {
    name: "takes its own stop for somebody else's when the answer was lost",
    path: 'src/aws/deployments.ts',
    from: "kind: mayHaveActed ? 'asked' : 'over'",
    to: "kind: 'over'"
  }
]
