import { describe, expect, it, test } from '@jest/globals'
import type { ShownLine, Step, StepResult } from '../../../simulator/runner/runner.ts'
import { append, IGNORE, NO_POST, ready, run, STAY } from './fixture.ts'

/** What the process itself printed, without the runner's opening lines. */
const printed = (log: ShownLine[]) => {
  const start = log.findIndex(({ kind }) => kind === 'endgroup')
  return log.slice(start + 1).map(({ kind, text }) => (kind === 'output' ? text : `${kind}: ${text}`))
}
const envOf = (result: StepResult): Record<string, string> => JSON.parse(printed(result.log)[0] ?? '{}')
const PRINT_ENV = 'console.log(JSON.stringify(process.env))'
describe('an action', () => {
  it('gets its inputs as INPUT_ names in upper case, with spaces but not dashes replaced, and with their defaults', async () => {
    const env = envOf(
      await run({ main: PRINT_ENV }, { inputs: { 'plain-name': 'given', Flag: '' }, token: 'ghs_token' })
    )
    const inputs = Object.entries(env).filter(([name]) => name.startsWith('INPUT_'))
    expect(Object.fromEntries(inputs)).toEqual({
      'INPUT_PLAIN-NAME': 'given',
      INPUT_WITH_SPACE: 'b c',
      INPUT_FLAG: '',
      INPUT_TOKEN: '***',
      INPUT_REPOSITORY: 'of acme/payments',
      INPUT_OLD: '',
      INPUT_EMPTY: ''
    })
  })

  it('gets a warning about inputs that are unknown or deprecated, but gets them anyway', async () => {
    const result = await run(
      { main: 'console.log(process.env.INPUT_NEW)' },
      { inputs: { new: '1', old: '2' } }
    )
    expect(result.annotations.map(({ message }) => message)).toEqual([
      "Input 'old' has been deprecated with message: Use plain-name.",
      "Unexpected input(s) 'new', valid inputs are ['plain-name', 'with space', 'flag', 'token', 'repository', 'old', 'empty']"
    ])
    expect(printed(result.log)).toEqual(['1'])
  })

  it('gets the environment of a runner and of the step, and none of ours', async () => {
    process.env.OURS = 'leaked'
    const result = await run(
      { main: PRINT_ENV },
      { env: { AWS_REGION: 'eu-west-1', GITHUB_SHA: 'abc' }, uses: 'acme/act@v1' }
    )
    delete process.env.OURS
    const env = envOf(result)
    expect(env).toMatchObject({
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/payments',
      GITHUB_ACTION_REPOSITORY: 'acme/act',
      GITHUB_ACTION_REF: 'v1',
      GITHUB_SHA: 'abc',
      AWS_REGION: 'eu-west-1',
      RUNNER_OS: 'Linux'
    })
    expect(
      Object.keys(env)
        .filter(name => !/^(GITHUB|RUNNER|INPUT)_/.test(name))
        .sort()
    ).toEqual([
      'ACTIONS_CACHE_SERVICE_V2',
      'ACTIONS_RESULTS_URL',
      'ACTIONS_RUNTIME_TOKEN',
      'ACTIONS_RUNTIME_URL',
      'AWS_REGION',
      'CI',
      'HOME',
      'PATH'
    ])
    expect(env.ACTIONS_RUNTIME_TOKEN).toBe('***')
    expect(env.GITHUB_WORKSPACE).toBe(`${env.RUNNER_WORKSPACE}/payments`)
    expect(env.HOME).not.toBe(process.env.HOME)
  })

  it('runs in an empty workspace, on the Node of this repository, without a terminal and with an empty stdin', async () => {
    const main = `console.log(process.cwd() === fs.realpathSync(process.env.GITHUB_WORKSPACE), fs.readdirSync('.').length, process.version,
      process.stdout.isTTY, fs.readFileSync(0, 'utf8') === '')`
    expect(printed((await run({ main })).log)).toEqual([`true 0 ${process.version} undefined true`])
  })

  it('is introduced by its name, its inputs that are not empty, and the step environment', async () => {
    const result = await run(
      { main: '' },
      { inputs: { flag: '' }, env: { A: '1', GITHUB_SHA: 'x' }, uses: 'acme/act@v1' }
    )
    expect(result.log.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'group: Run acme/act@v1',
      'output: with:',
      'output:   plain-name: a',
      'output:   with space: b c',
      'output:   repository: of acme/payments',
      'output: env:',
      'output:   A: 1',
      'endgroup: '
    ])
  })

  test.each<[reason: string, manifest: string, message: string]>([
    ['an old Node', NO_POST.replace('node24', 'node16'), "action.yml: runs.using is 'node16'"],
    [
      'an unknown key in runs',
      NO_POST.replace('using:', 'env: {}, using:'),
      'action.yml: runs has unexpected env'
    ],
    [
      'an unknown key in an output',
      NO_POST.replace('description: Something', 'type: string'),
      'action.yml: outputs.out has unexpected type'
    ],
    [
      'a default that needs another context',
      NO_POST.replace('github.token', 'secrets.X'),
      'this model cannot evaluate $'
    ],
    ['no main', NO_POST.replace(', main: main.mjs', ''), 'action.yml: runs.main is missing']
  ])('is refused for %s', async (_, manifest, message) => {
    await expect(run({ main: '', manifest })).rejects.toThrow(message)
  })
})

describe('output', () => {
  test.each<[claim: string, main: string, shown: string[]]>([
    [
      'is cut at LF, CRLF and a lone CR',
      `process.stdout.write('a\\r::notice::b\\r\\nc\\nd\\u2028::notice::e')`,
      ['a', 'notice: b', 'c', 'd\u2028::notice::e']
    ],
    [
      'is searched for commands on stderr, too',
      `process.stderr.write('x\\n::warning::y')`,
      ['x', 'warning: y']
    ],
    [
      'of an uncaught error can issue commands',
      `process.exitCode = 0; throw new Error('no\\n::notice::injected')`,
      ['notice: injected']
    ],
    ['is read to its end', `process.stdout.write('x'.repeat(300000)+'\\n')`, ['x'.repeat(300000)]],
    [
      'may be cut inside a character',
      `process.stdout.write(Buffer.from([0xe2, 0x82])); setTimeout(() => process.stdout.write(Buffer.from([0xac])), 50)`,
      ['€']
    ]
  ])('%s', async (_, main, shown) => {
    expect(printed((await run({ main })).log)).toEqual(expect.arrayContaining(shown))
  })

  it('is masked by the secrets of the job', async () => {
    const result = await run({ main: 'console.log("a hunter2 b")' }, { secrets: ['hunter2'] })
    expect(printed(result.log)).toEqual(['a *** b'])
  })

  it('from a child that outlives the process is not waited for very long', async () => {
    const main = `import('node:child_process').then(({spawn}) => { const c = spawn(process.execPath, ['-e', 'setTimeout(()=>{}, 3000)'],
      { stdio: 'inherit', detached: true }); c.unref(); console.log(c.pid) })`
    const started = performance.now()
    const result = await run({ main })
    process.kill(Number(printed(result.log)[0]), 'SIGKILL')
    expect(result.outcome).toBe('success')
    expect(performance.now() - started).toBeLessThan(2500)
  })
})

describe('files', () => {
  const ALL =
    append('OUTPUT', 'a=1\na=2\n') +
    append('STATE', 'k=v\n') +
    append('STEP_SUMMARY', '# Done') +
    append('ENV', 'E=1\n') +
    append('PATH', '/tools\n')
  test.each<[end: string, rest: string, step: Partial<Step>]>([
    ['success', '', {}],
    ['failure', 'process.exitCode = 3;', {}],
    ['a crash', 'throw new Error("x");', {}],
    ['cancellation', STAY, { cancelAt: ready }],
    ['a kill', STAY, { kill: ready }]
  ])('are read after %s', async (_, rest, step) => {
    const { outputs, state, summary, env, path } = await run({ main: ALL + rest }, step)
    expect({ outputs, state, summary, env, path }).toEqual({
      outputs: { a: '2' },
      state: { k: 'v' },
      summary: '# Done\n',
      env: { E: '1' },
      path: ['/tools']
    })
  })

  it('may be missing at the end', async () => {
    const result = await run({
      main: 'for (const f of ["OUTPUT", "STATE", "ENV", "PATH", "STEP_SUMMARY"]) fs.rmSync(process.env["GITHUB_" + f])'
    })
    expect([result.outcome, result.annotations]).toEqual(['success', []])
  })

  test.each<[file: string, text: string, message: string]>([
    ['OUTPUT', 'a=1\nnonsense\nb=2', "Invalid format 'nonsense'"],
    ['OUTPUT', 'a=1\n=x', "Value cannot be null. (Parameter 'name')"],
    ['OUTPUT', 'a=1\nb<<EOF\nx', 'Invalid value. EOF marker missing new line.']
  ])('fail the step when %s holds %j, and what came before counts', async (file, text, message) => {
    const result = await run({ main: append(file, text) + append('STATE', 'k=v') })
    expect(result).toMatchObject({ outcome: 'failure', exitCode: 0, outputs: { a: '1' }, state: { k: 'v' } })
    expect(result.annotations.map(a => a.message)).toEqual([
      `Unable to process file command '${file.toLowerCase()}' successfully.`,
      message
    ])
  })

  it('cannot set NODE_OPTIONS, which is an error but no failure', async () => {
    const result = await run({ main: append('ENV', 'node_options=--x\nA=1') })
    expect(result).toMatchObject({ outcome: 'success', env: { A: '1' } })
    expect(result.annotations.map(a => a.message)).toEqual([
      "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."
    ])
  })
})

describe('the summary', () => {
  it('is masked line by line and gets LF line ends', async () => {
    const result = await run({ main: append('STEP_SUMMARY', 'a key\r\nb key') }, { secrets: ['key'] })
    expect(result.summary).toBe('a ***\nb ***\n')
  })

  it('of 1 MiB is uploaded', async () => {
    const result = await run({
      main: 'fs.writeFileSync(process.env.GITHUB_STEP_SUMMARY, "x".repeat(1024 * 1024))'
    })
    expect([result.summary.length, result.annotations]).toEqual([1024 * 1024 + 1, []])
  })

  it('of one byte more is dropped whole, with an annotation, and the step succeeds', async () => {
    const result = await run({
      main: 'fs.writeFileSync(process.env.GITHUB_STEP_SUMMARY, "é".repeat(512 * 1024) + "x")'
    })
    expect([result.outcome, result.summary]).toEqual(['success', ''])
    expect(result.annotations.map(a => a.message)).toEqual([
      '$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got 1024k. For more information see: https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-markdown-summary'
    ])
  })
})

describe('an output that holds a secret', () => {
  it('stays a step output but is not a job output', async () => {
    const result = await run({
      main: `console.log('::add-mask::1234');${append('OUTPUT', 'arn=a:1234\nb=c\n')}`
    })
    expect([result.outputs, result.jobOutputs]).toEqual([{ arn: 'a:1234', b: 'c' }, { b: 'c' }])
  })
})

describe('a step', () => {
  test.each<[end: string, main: string, outcome: string, exitCode: number | null]>([
    ['succeeds with exit code 0', '', 'success', 0],
    ['succeeds in spite of an error annotation', 'console.log("::error::x")', 'success', 0],
    ['fails with any other exit code', 'process.exitCode = 1', 'failure', 1],
    ['fails when it crashes', 'throw new Error("x")', 'failure', 1],
    ['fails on a disabled command', 'console.log("x ##[set-env name=a]b")', 'failure', 0],
    ['fails when a signal ends it', 'process.kill(process.pid, "SIGKILL")', 'failure', null],
    [
      'fails when it stops commands with a forbidden token',
      'console.log("::stop-commands::"); setInterval(() => {}, 1000)',
      'failure',
      null
    ]
  ])('%s', async (_, main, outcome, exitCode) => {
    const result = await run({ main })
    expect([result.outcome, result.exitCode, result.job]).toEqual([outcome, exitCode, outcome])
  })
})

describe('a cancelled step', () => {
  const names = (result: StepResult) => result.signals.map(({ signal }) => signal)

  test.each<[claim: string, main: string, signals: string[], exitCode: number | null]>([
    ['gets SIGINT', `process.on('SIGINT', () => process.exit(0));${STAY}`, ['SIGINT'], 0],
    ['gets SIGINT, and dies of it without a handler', STAY, ['SIGINT'], null],
    [
      'gets SIGTERM when SIGINT was not enough',
      `process.on('SIGINT', () => {}); process.on('SIGTERM', () => process.exit(5));${STAY}`,
      ['SIGINT', 'SIGTERM'],
      5
    ],
    ['gets SIGKILL when nothing was enough', IGNORE + STAY, ['SIGINT', 'SIGTERM', 'SIGKILL'], null]
  ])('%s, and is cancelled whatever its exit code', async (_, main, signals, exitCode) => {
    const result = await run({ main }, { cancelAt: ready })
    expect([names(result), result.exitCode]).toEqual([signals, exitCode])
    expect([result.outcome, result.job]).toEqual(['cancelled', 'cancelled'])
    expect(result.annotations.map(a => a.message)).toEqual(['The operation was canceled.'])
  })

  // Whatever this machine is: the events of a console come as messages.
  test.each<[claim: string, main: string, signals: string[], exitCode: number | null]>([
    ['gets SIGINT', `process.on('SIGINT', () => process.exit(0));${STAY}`, ['SIGINT'], 0],
    [
      'gets SIGINT, and dies of it without a handler',
      STAY,
      ['SIGINT'],
      process.platform === 'win32' ? 0xc000013a : 0x3a
    ],
    [
      'gets SIGBREAK when SIGINT was not enough, and no SIGTERM',
      `for (const s of ['SIGINT', 'SIGTERM']) process.on(s, () => {}); process.on('SIGBREAK', () => process.exit(5));${STAY}`,
      ['SIGINT', 'SIGBREAK'],
      5
    ],
    [
      'is killed when nothing was enough',
      `for (const s of ['SIGINT', 'SIGBREAK']) process.on(s, () => {});${STAY}`,
      ['SIGINT', 'SIGBREAK', 'SIGKILL'],
      null
    ]
  ])('on Windows %s', async (_, main, signals, exitCode) => {
    const result = await run({ main }, { cancelAt: ready, os: 'Windows' })
    expect([names(result), result.exitCode, result.outcome]).toEqual([signals, exitCode, 'cancelled'])
  })

  it('on Windows takes itself for a process of Windows, writes CRLF, and post reads what it saved', async () => {
    const lines = (file: string) =>
      `fs.appendFileSync(process.env.GITHUB_${file}, ['a<<E', 'one\\ntwo', 'E', ''].join(os.EOL));`
    const main = `import os from 'node:os';${lines('STATE')}${lines('OUTPUT')}console.log(process.platform, process.env.RUNNER_OS, JSON.stringify(os.EOL))`
    const result = await run(
      { main, post: 'console.log(JSON.stringify(process.env.STATE_a))' },
      { os: 'Windows' }
    )
    expect(result.log.at(-1)?.text).toBe('win32 Windows "\\r\\n"')
    expect([result.outputs, result.state]).toEqual([{ a: 'one\ntwo' }, { a: 'one\ntwo' }])
    expect(result.post?.log.at(-1)?.text).toBe('"one\\ntwo"')
  })

  it('has 7.5 s before SIGTERM and 2.5 s more before SIGKILL', async () => {
    const result = await run({ main: IGNORE + STAY }, { cancelAt: ready, graceScale: 10 })
    const [sigint = 0, sigterm = 0, sigkill = 0] = result.signals.map(({ at }) => at * 10)
    expect(sigterm - sigint).toBeGreaterThan(7_490)
    expect(sigkill - sigterm).toBeGreaterThan(2_490)
    expect(printed(result.log)).toEqual([
      'ready',
      'got SIGINT',
      'got SIGTERM',
      'error: The operation was canceled.'
    ])
  })

  it('can still print while it ends', async () => {
    const main = `process.on('SIGINT', () => { console.log('::notice::stopping'); ${append('OUTPUT', 'o=1')} process.exit(0) });${STAY}`
    const result = await run({ main }, { cancelAt: ready })
    expect(printed(result.log)).toEqual(['ready', 'notice: stopping', 'error: The operation was canceled.'])
    expect(result.outputs).toEqual({ o: '1' })
  })

  it('can no longer fail', async () => {
    const result = await run({ main: `console.log('::set-env name=a::b');${STAY}` }, { cancelAt: ready })
    expect(result.outcome).toBe('cancelled')
  })

  it('may be cancelled some time after a line, or by an AbortSignal', async () => {
    expect((await run({ main: STAY }, { cancelAt: line => ready(line) && 10 })).outcome).toBe('cancelled')
    const job = new AbortController()
    const result = await run(
      { main: STAY },
      { signal: job.signal, onLine: line => ready(line) && job.abort() }
    )
    expect(result.outcome).toBe('cancelled')
  })

  it('whose job is already cancelled is cancelled at once', async () => {
    expect((await run({ main: STAY }, { signal: AbortSignal.abort() })).outcome).toBe('cancelled')
  })
})

describe('a step that is killed', () => {
  it('fails, whether a line or somebody outside chose the moment', async () => {
    const operator = new AbortController()
    const result = await run(
      { main: STAY },
      { kill: operator.signal, onLine: line => ready(line) && operator.abort() }
    )
    expect((await run({ main: STAY }, { kill: line => ready(line) && 10 })).outcome).toBe('failure')
    expect([result.outcome, result.exitCode]).toEqual(['failure', null])
  })
})

describe('a step that runs out of time', () => {
  it('gets the same signals and fails', async () => {
    const result = await run({ main: STAY, post: 'console.log("post ran")' }, { timeoutMs: 300 })
    expect([result.outcome, result.job, result.signals.map(({ signal }) => signal)]).toEqual([
      'failure',
      'failure',
      ['SIGINT']
    ])
    expect(result.annotations.map(a => a.message)).toEqual([
      "The action '../' has timed out after 0.005 minutes."
    ])
    expect(result.post?.outcome).toBe('success')
  })
})

describe('post', () => {
  const post =
    'console.log("state", process.env.STATE_id, process.env.STATE_Id, process.env["INPUT_PLAIN-NAME"], process.env.E);'
  test.each<[end: string, main: string, step: Partial<Step>, outcome: string]>([
    ['success', '', {}, 'success'],
    ['failure', 'process.exitCode = 1;', {}, 'failure'],
    ['cancellation', STAY, { cancelAt: ready }, 'cancelled'],
    ['a kill', STAY, { kill: ready }, 'failure']
  ])('runs after %s with the state and inputs', async (_, main, step, outcome) => {
    const saved = append('STATE', 'id=1\nID=2\n') + append('ENV', 'E=3\n')
    const result = await run({ main: saved + main, post }, { inputs: { 'plain-name': 'x' }, ...step })
    expect(result.outcome).toBe(outcome)
    expect(result.post?.log.map(({ text }) => text)).toEqual(['Post job cleanup.', 'state 2 undefined x 3'])
  })

  it('has files and annotations of its own, and its outputs are lost', async () => {
    const result = await run({
      main: append('OUTPUT', 'a=main\n') + append('STEP_SUMMARY', 'main'),
      post: `${append('OUTPUT', 'a=post\n') + append('STEP_SUMMARY', 'post')}console.log('::error::e')`
    })
    expect(result.outputs).toEqual({ a: 'main' })
    expect([result.summary, result.post?.summary]).toEqual(['main\n', 'post\n'])
    expect([result.annotations.length, result.post?.annotations.length]).toEqual([0, 1])
  })

  it('that fails, fails the job but not the step', async () => {
    const result = await run({ main: '', post: 'process.exitCode = 1' })
    expect([result.outcome, result.post?.outcome, result.job]).toEqual(['success', 'failure', 'failure'])
  })

  it('that fails after a cancellation leaves the job cancelled, and nothing signals it', async () => {
    const job = new AbortController()
    const result = await run(
      {
        main: STAY,
        post: 'process.on("SIGINT", () => console.log("signalled")); setTimeout(() => { process.exitCode = 1 }, 60)'
      },
      { signal: job.signal, onLine: line => ready(line) && job.abort() }
    )
    expect([result.post?.outcome, result.job, result.post?.signals]).toEqual(['failure', 'cancelled', []])
  })

  it('does not exist unless action.yml says so', async () => {
    expect((await run({ main: '' })).post).toBeUndefined()
  })
})
