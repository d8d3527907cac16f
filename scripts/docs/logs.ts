import { play, release } from '../../__tests__/scenarios/play.ts'
import { diskOf } from '../../simulator/disk.ts'
import { block } from './page.ts'

export const hooks = {
  'before-allow-traffic-hook': 'CodeDeployHook_before',
  'after-allow-traffic-hook': 'CodeDeployHook_after'
}

/** The log of a canary with both hooks that succeeds. */
export async function log(): Promise<string[]> {
  const disk = diskOf({ dist: { 'index.mjs': 'export const handler = async () => ({ statusCode: 201 })\n' } })
  const { log } = await play({ inputs: { ...release, ...hooks, code: 'dist' }, disk })
  const shown = log
    // The AppSpec is a log group of its own, collapsed until somebody opens it.
    .filter(line => !line.startsWith('│ '))
    .map(line => line.replace(/^(?=AppSpec$)/, '▸ '))
  return block('text', shown)
}
