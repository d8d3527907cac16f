import type { Mutation } from '../mutation.ts'

/** In how AWS and GitHub are asked. */
export const asking: readonly Mutation[] = [
  {
    name: 'waits for a late answer after a cancel until it is killed',
    path: 'src/aws/ask.ts',
    from: 'if (!late) return await answered',
    to: 'if (late) return await answered'
  },
  {
    name: 'loses sight of all deployments when it may not read one',
    path: 'src/aws/deployments.ts',
    from: 'return new Map(deploymentIds.map(id => [id, ifExists(this.#look(id))]))',
    to: 'const each = await Promise.all(deploymentIds.map(id => ifExists(this.#look(id))))\n      return new Map(deploymentIds.map((id, index) => [id, each[index] as DeploymentView]))'
  },
  {
    name: 'gives up the lifecycle events when an answer does not know the deployment yet',
    path: 'src/aws/targets.ts',
    from: "['DeploymentNotStartedException', 'DeploymentDoesNotExistException']",
    to: "['DeploymentNotStartedException']"
  },
  {
    name: 'forgets the weights of the alias',
    path: 'src/aws/lambda.ts',
    from: 'weights: answer.RoutingConfig?.AdditionalVersionWeights ?? {}',
    to: 'weights: {}'
  },
  {
    name: "lets the SDK repeat requests by itself, CreateDeployment's too",
    path: 'src/aws/clients.ts',
    from: 'maxAttempts: 1,',
    to: 'maxAttempts: 3,'
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
    name: 'prints its session token when AWS repeats the request in a refusal',
    path: 'src/aws/network.ts',
    from: 'response.body = this.secrets.hiddenIn(response.body)',
    to: 'void this.secrets'
  },
  {
    name: 'signs by a clock that AWS has shown to be wrong',
    path: 'src/aws/network.ts',
    from: 'if (!isFromAws || headers.age !== undefined) return',
    to: 'if (!isFromAws || headers.age === undefined) return'
  },
  {
    name: 'waits without end for the rest of an answer that has begun',
    path: 'src/aws/network.ts',
    from: 'const waiting = this.timer.sleep(until - this.timer.now(), ended.signal)',
    to: 'const waiting = new Promise(() => {})'
  },
  {
    name: 'asks for many functions at once, beyond what Lambda grants an account',
    path: 'src/aws/budgets.ts',
    from: 'this.#lambda = limit(12, 1_000)',
    to: 'this.#lambda = limit(1_200, 1_000)'
  },
  {
    name: "takes a passing fault of GitHub's token endpoint for a refusal",
    path: 'src/aws/idtokens.ts',
    from: 'return noIdToken(this.#role, reasonIn(message), isRefusal(message))',
    to: 'return noIdToken(this.#role, reasonIn(message), isRefusal(message) || true)'
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
    name: 'prints the token that no header can hold',
    path: 'src/github/client.ts',
    from: ".replaceAll(token, '***')",
    to: ''
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
    name: 'leaves a release in progress at GitHub when that takes its time',
    path: 'src/main.ts',
    from: 'await github?.environment?.finishFor(last, lastStatusMs)',
    to: 'void github'
  },
  {
    name: 'gives a request up after 14 seconds without an answer',
    path: 'src/aws/ask.ts',
    from: 'patienceMs = patience.sight, silence',
    to: 'patienceMs = patience.sight * 0 + 15_000, silence'
  },
  {
    name: 'goes back by deployments that did not succeed',
    path: 'src/aws/history.ts',
    from: "includeOnlyStatuses: ['Succeeded']",
    to: "includeOnlyStatuses: ['Succeeded', 'Failed', 'Stopped']"
  },
  {
    name: 'goes back by the oldest deployment when CodeDeploy lists that first',
    path: 'src/aws/history.ts',
    from: '[...deployments].sort((a, b) => b.createdAt - a.createdAt)',
    to: '[...deployments]'
  },
  {
    name: 'sets weights whatever others have made of the alias',
    path: 'src/aws/lambda.ts',
    from: '        RevisionId: from.revisionId\n',
    to: ''
  },
  {
    name: 'takes what exists already for a failure',
    path: 'src/aws/applications.ts',
    from: 'failure instanceof Failure && failure.code === code',
    to: 'failure instanceof Failure && failure.code === code.slice(1)'
  },
  {
    name: 'creates a group that does not roll back when it is stopped',
    path: 'src/aws/codedeploy-shapes.ts',
    from: 'autoRollbackConfiguration: { enabled: true, events: [...rollbackEvents] },',
    to: 'autoRollbackConfiguration: { enabled: true, events: rollbackEvents.slice(0, 2) },'
  }
]
