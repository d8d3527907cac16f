import { play, release } from '../../__tests__/scenarios/play.ts'
import { block } from './page.ts'

export const hooks = {
  'before-allow-traffic-hook': 'CodeDeployHook_before',
  'after-allow-traffic-hook': 'CodeDeployHook_after'
}

/** The log of a canary with both hooks that succeeds. */
export async function log(): Promise<string[]> {
  const { log } = await play({ inputs: { ...release, ...hooks } })
  const shown = log
    // The AppSpec is a log group of its own, collapsed until somebody opens it.
    .filter(line => !line.startsWith('│ '))
    .map(line => line.replace(/^(?=AppSpec$)/, '▸ '))
  return block('text', shown)
}
