import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const root = join(import.meta.dirname, '..', '..')
const home = mkdtempSync(join(tmpdir(), 'simulator-'))
let printed = ''
let end: () => Promise<void>

beforeAll(async () => {
  const child = spawn(process.execPath, ['simulator/serve.ts', '--port', '0', '--speed', '60'], { cwd: root })
  const ended = new Promise(resolve => child.once('close', resolve))
  end = async () => {
    child.kill('SIGTERM')
    await ended
  }
  for await (const chunk of child.stdout) {
    printed += chunk
    if (printed.includes('Ctrl-C')) break
  }
})

afterAll(async () => {
  await end()
  rmSync(home, { recursive: true })
})

/** What the simulator prints to be typed, from the line that begins so to the end of its command. */
const command = (beginning: string): string[] =>
  [...printed.matchAll(/^ {2}((?:.*\\\n)*.*)$/gm)].flatMap(([, text = '']) =>
    text.startsWith(beginning) ? text : []
  )

/** The real action, run from a shell with nothing but what the simulator says. */
test('npm run simulator prints all that the action needs to assume a role and to tell times in order', () => {
  const script = [...command('export '), ...command('env ')].join('\n')
  const { stdout, status } = spawnSync('bash', ['-c', script], {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: [join(process.execPath, '..'), process.env.PATH].join(delimiter),
      // Git Bash would take a variable of the action for a list of paths.
      MSYS2_ENV_CONV_EXCL: '*',
      HOME: home,
      RUNNER_DEBUG: '1',
      GITHUB_STEP_SUMMARY: ''
    }
  })
  const lines = stripVTControlCharacters(stdout).split('\n')
  expect({ status, notice: lines.find(line => line.startsWith('::notice')) }).toEqual({
    status: 0,
    notice: expect.stringContaining('payments-api:live is wholly on v8')
  })
  expect(lines.filter(line => /AssumeRoleWithWebIdentity: \w+ in/.test(line))).toHaveLength(1)
  const times = lines.flatMap(line => {
    const [, minutes, seconds] = /^ +(\d+):(\d\d) {2}/.exec(line) ?? []
    return seconds === undefined ? [] : Number(minutes) * 60 + Number(seconds)
  })
  expect(times.length).toBeGreaterThan(3)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
}, 60_000)
