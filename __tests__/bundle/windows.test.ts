import { expect, test } from '@jest/globals'
import { unzipSync } from 'fflate'
import type { Rehearsed } from '../../simulator/demo/rehearsal.ts'
import { type Os, ownOs } from '../../simulator/runner/os.ts'
import { like, step } from './step.ts'

/** What one job has of its own. */
const own = /\bd-[0-9A-Z]{9}\b|\d+:\d\d(:\d\d)?|20\d\d-\d\d-\d\d|\b\d+s\b/g

const release = (os: Os): Promise<Rehearsed> =>
  step(like('succeeded', { inputs: { code: 'dist', 'codedeploy-deployment-config': 'AllAtOnce' } }), { os })

const archiveOf = ({ requests }: Rehearsed): string => {
  const sent = requests.find(({ operation }) => operation === 'UpdateFunctionCode')
  return (sent?.input as { ZipFile: string } | undefined)?.ZipFile ?? ''
}

test('a release on Windows uploads the same archive as one on Linux, and has the same outputs, state and summary', async () => {
  const windows = await release('Windows')
  expect(Object.keys(unzipSync(Buffer.from(archiveOf(windows), 'base64')))).toEqual([
    'index.mjs',
    'package.json'
  ])
  expect(windows.result.outputs['code-sha256']).toBe('qLHvWZld3L2zE80G37qetlSWIcl69cg7kz1NWra4lpk=')
  // Windows itself cannot play another system: there the digest has to do.
  const linux = ownOs === 'Windows' ? windows : await release('Linux')
  expect(archiveOf(windows)).toEqual(archiveOf(linux))
  const said = ({ result: { outputs, state, summary } }: Rehearsed) => ({
    outputs: Object.keys(outputs).sort(),
    outcome: outputs.outcome,
    sha256: outputs['code-sha256'],
    state: Object.keys(state).sort(),
    summary: summary.replace(own, '…').split('\n')
  })
  expect(said(windows)).toEqual(said(linux))
}, 60_000)
