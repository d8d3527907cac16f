import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { scaledClock } from '../../simulator/clock.ts'
import { baseInputs } from '../../simulator/demo/rehearsal.ts'
import { type Action, readAction } from '../../simulator/runner/action.ts'
import { payments } from '../../simulator/setting.ts'
import { serve } from '../../simulator/wire/server.ts'

let folder = ''
let action: Action

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-'))
  action = await readAction(join(import.meta.dirname, '..', '..'))
})

afterAll(() => rm(folder, { recursive: true }))

/** A process of the step that finds no state, and can keep none when `stateFile` does not exist. */
async function run(script: string, stateFile: string): Promise<{ code: unknown; outputs: string; aws: Aws }> {
  const aws = createAws({ clock: scaledClock(60) })
  payments(aws)
  const server = await serve(aws)
  const outputFile = join(folder, 'output')
  await writeFile(outputFile, '')
  const inputs = Object.entries(baseInputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])
  const env = {
    ...Object.fromEntries(inputs),
    AWS_REGION: aws.region,
    AWS_ENDPOINT_URL: server.url,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    GITHUB_STATE: stateFile,
    GITHUB_OUTPUT: outputFile
  }
  try {
    const code = await new Promise(resolve =>
      execFile(process.execPath, [script], { env }, error => resolve(error ? error.code : 0))
    )
    // On Windows the lines of the file end in CRLF.
    return { code, outputs: (await readFile(outputFile, 'utf8')).replaceAll('\r\n', '\n'), aws }
  } finally {
    await server.close()
  }
}

test('main does not begin when its state cannot be kept', async () => {
  const { code, outputs, aws } = await run(action.main, join(folder, 'missing'))
  expect(code).toBe(1)
  expect(outputs).toMatch(/^error-code<<(.*)\nSTATE_NOT_SAVED\n\1$/m)
  expect(aws.requests).toEqual([])
})

test('post does not release when it finds no state', async () => {
  const stateFile = join(folder, 'state')
  await writeFile(stateFile, '')
  const { code, outputs, aws } = await run(action.post ?? '', stateFile)
  expect({ code, outputs, requests: aws.requests }).toEqual({ code: 0, outputs: '', requests: [] })
})
