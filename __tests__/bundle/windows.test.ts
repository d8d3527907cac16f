import { expect, test } from '@jest/globals'
import { unzipSync } from 'fflate'
import type { Rehearsed } from '../../simulator/demo/rehearsal.ts'
import type { Os } from '../../simulator/runner/os.ts'
import { like, step } from './step.ts'

/** What one job has of its own. */
const own = /\bd-[0-9A-Z]{9}\b|\d+:\d\d(:\d\d)?|20\d\d-\d\d-\d\d|\b\d+s\b/g

const release = (os: Os): Promise<Rehearsed> =>
  step(like('succeeded', { inputs: { code: 'dist', 'codedeploy-deployment-config': 'AllAtOnce' } }), { os })

test('a release on Windows uploads the same archive as one on Linux, and has the same outputs, state and summary', async () => {
  const [linux, windows] = await Promise.all([release('Linux'), release('Windows')])
  const archives = [linux, windows].map(({ requests }) => {
    const sent = requests.find(({ operation }) => operation === 'UpdateFunctionCode')?.input as {
      ZipFile: string
    }
    return sent.ZipFile
  })
  expect(Object.keys(unzipSync(Buffer.from(archives[0] ?? '', 'base64')))).toEqual([
    'index.mjs',
    'package.json'
  ])
  expect(archives[1]).toEqual(archives[0])
  const said = ({ result: { outputs, state, summary } }: Rehearsed) => ({
    outputs: Object.keys(outputs).sort(),
    outcome: outputs.outcome,
    sha256: outputs['code-sha256'],
    state: Object.keys(state).sort(),
    summary: summary.replace(own, '…').split('\n')
  })
  expect(said(windows)).toEqual(said(linux))
}, 60_000)
