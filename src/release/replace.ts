import type { ReplaceResult } from '../operations/conflict.ts'
import { createConfiguration } from '../operations/createdeployment.ts'
import type { DeploymentDescription } from '../operations/existing.ts'
import { newConfiguration } from '../plan/deploymentrequest.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { decideAfter } from './afterwards.ts'
import type { Release } from './release.ts'
import { isUntested } from './tests.ts'

/**
 * Whether somebody else's deployment may be stopped for this release: not when the release would be refused all the same. A missing
 * deployment configuration is created before that, because it may be denied; but never before the tests. Throws Failure.
 */
export async function mayReplace(
  other: DeploymentDescription,
  release: Release,
  world: World
): Promise<ReplaceResult> {
  const tell = (line: string) => world.reporter.say(plain(line))
  const { rolledBack, succeeded } = (await decideAfter(other, release, world)) ?? {}
  if (rolledBack?.kind === 'refuse') {
    // It may be just past its end, and CodeDeploy not show that yet.
    if (succeeded?.kind === 'refuse') return { kind: 'refused', cause: rolledBack.cause }
    tell(
      `Deployment ${other.id} is not stopped: only if it succeeds can this release begin (${rolledBack.cause.code})`
    )
    return { kind: 'wait' }
  }
  const { held } = release
  const creates = held && !isUntested(release) && newConfiguration(held)
  if (creates) {
    await createConfiguration(creates, { codedeploy: world.codedeploy, tell })
    release.held = { ...held, strategy: creates.strategy }
  }
  return { kind: 'stop' }
}
