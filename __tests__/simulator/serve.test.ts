import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from '@jest/globals'

const SERVE = fileURLToPath(new URL('../../simulator/serve.ts', import.meta.url))

/** Runs the command until it ends; `signal` is sent as soon as it has said how to use it. */
function run(
  args: string[],
  signal?: NodeJS.Signals
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [SERVE, ...args])
    let out = ''
    let err = ''
    child.stdout.on('data', chunk => {
      out += chunk
      if (signal && out.includes('Ctrl-C')) child.kill(signal)
    })
    child.stderr.on('data', chunk => {
      err += chunk
    })
    child.on('close', code => resolve({ code, out, err }))
  })
}

describe('npm run simulator', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'says how to point the AWS CLI at it, and ends cleanly at %s',
    async signal => {
      const { code, out, err } = await run(['--port', '0', '--speed', '60', '--ending', 'weights'], signal)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toMatch(/export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+ AWS_REGION=eu-west-1/)
      expect(out).toContain('There is a bucket for packages of code, payments-packages')
    }
  )

  test.each([
    { args: ['--port', 'x'], line: '--port: not a port: x\n' },
    { args: ['--speed', '0'], line: '--speed: not a positive number: 0\n' },
    { args: ['--ending', 'happy'], line: '--ending: there is no ending happy\n' },
    { args: ['--assume', 'colour=red'], line: '--assume: there is no open question colour\n' },
    { args: ['--assume', 'weightUnit=red'], line: '--assume: weightUnit is one of fraction, percent\n' }
  ])('refuses $args in one line', async ({ args, line }) => {
    expect(await run(args)).toEqual({ code: 2, out: '', err: line })
  })
})
