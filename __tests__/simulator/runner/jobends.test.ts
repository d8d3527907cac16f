import { describe, expect, it, test } from '@jest/globals'
import { append, IGNORE, ready, run, STAY } from './fixture.ts'

const POST = "console.log('post ran');"
/** Ends by itself 100 ms after a cancel reached the job. */
const SOON = 'console.log("ready"); setTimeout(() => {}, 100);'

describe('a step whose condition is always()', () => {
  it('gets no signal when the job is cancelled, and ends as it likes', async () => {
    const result = await run(
      { main: IGNORE + SOON + append('OUTPUT', 'o=1'), post: POST },
      { always: true, cancelAt: ready }
    )
    expect([result.outcome, result.signals, result.outputs, result.job]).toEqual([
      'success',
      [],
      { o: '1' },
      'cancelled'
    ])
    expect(result.post?.outcome).toBe('success')
  })

  it('is killed with the worker 15 s before the time of a cancelled job is over, and post does not run', async () => {
    const result = await run(
      { main: append('OUTPUT', 'o=1') + STAY, post: POST },
      { always: true, cancelAt: ready, cancelTimeoutMs: 20_000 }
    )
    expect([result.outcome, result.outputs, result.job, result.post]).toEqual([
      'cancelled',
      {},
      'cancelled',
      undefined
    ])
    expect(result.signals.map(({ signal }) => signal)).toEqual(['SIGKILL'])
  })
})

describe('a post step after a cancel', () => {
  it('is killed when the worker is, and its files are lost', async () => {
    const result = await run(
      { main: STAY, post: append('STEP_SUMMARY', '# half') + STAY },
      { cancelAt: ready, cancelTimeoutMs: 40_000 }
    )
    expect([result.post?.outcome, result.post?.summary, result.job]).toEqual(['cancelled', '', 'cancelled'])
    expect(result.post?.signals.map(({ signal }) => signal)).toEqual(['SIGKILL'])
  })

  it('shares this time with main', async () => {
    const result = await run({ main: STAY, post: POST }, { cancelAt: ready, cancelTimeoutMs: 300_000 })
    expect([result.post?.outcome, result.job]).toEqual(['success', 'cancelled'])
  })
})

describe('a runner that shuts down', () => {
  test.each([
    { name: 'signals the step', always: false },
    { name: 'signals also a step whose condition is always()', always: true }
  ])('$name, starts no post step, and the job has failed', async ({ always }) => {
    const shutdown = new AbortController()
    const result = await run(
      { main: STAY, post: POST },
      { always, shutdown: shutdown.signal, onLine: line => void (ready(line) && shutdown.abort()) }
    )
    expect([result.outcome, result.job, result.post]).toEqual(['cancelled', 'failure', undefined])
    expect(result.signals.map(({ signal }) => signal)).toEqual(['SIGINT'])
  })
})

describe('continue-on-error', () => {
  it('makes the conclusion of a failed step a success, and lets the job pass', async () => {
    const result = await run({ main: 'process.exitCode = 1' }, { continueOnError: true })
    expect([result.outcome, result.conclusion, result.job]).toEqual(['failure', 'success', 'success'])
  })

  it('also holds for post', async () => {
    const result = await run({ main: '', post: 'process.exitCode = 1' }, { continueOnError: true })
    expect([result.post?.outcome, result.post?.conclusion, result.job]).toEqual([
      'failure',
      'success',
      'success'
    ])
  })

  it('does not hold for a cancel', async () => {
    const result = await run({ main: STAY }, { continueOnError: true, cancelAt: ready })
    expect([result.outcome, result.conclusion, result.job]).toEqual(['cancelled', 'cancelled', 'cancelled'])
  })

  it('is not needed by a step that fails otherwise: its conclusion is its outcome', async () => {
    const result = await run({ main: 'process.exitCode = 1' })
    expect([result.outcome, result.conclusion, result.job]).toEqual(['failure', 'failure', 'failure'])
  })
})

describe('names and secrets', () => {
  it('outputs ignore case and keep the one that came first', async () => {
    const result = await run({ main: append('OUTPUT', 'Version=7\nversion=8\n') })
    expect(result.outputs).toEqual({ Version: '8' })
  })

  it('a secret is trimmed before it is masked', async () => {
    const result = await run({ main: "console.log('[s3cret]')" }, { secrets: ['  s3cret\n'] })
    expect(result.log.at(-1)?.text).toBe('[***]')
  })

  it('the files of commands are named by what the commands do', async () => {
    const names = ['PATH', 'ENV', 'STEP_SUMMARY', 'STATE', 'OUTPUT'].map(name => `GITHUB_${name}`)
    const main = `for (const name of ${JSON.stringify(names)}) console.log(process.env[name].split('/').at(-1).replace(/_[0-9a-f-]{36}$/, ''))`
    const result = await run({ main })
    expect(result.log.slice(-5).map(({ text }) => text)).toEqual([
      'add_path',
      'set_env',
      'step_summary',
      'save_state',
      'set_output'
    ])
  })
})
