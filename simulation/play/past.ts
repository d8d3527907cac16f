import type { Aws } from '../../simulator/aws.ts'
import { deployEarlier } from '../../simulator/earlier.ts'
import { ServiceError } from '../../simulator/error.ts'
import type { Names } from '../../simulator/setting.ts'
import { groupOf } from '../draw/actors.ts'
import type { PastEvent } from '../draw/history.ts'

/** A rollback that nothing announces is over so long after its deployment, ms. */
const settledMs = 20_000

/** Lets all of this happen, one after the other. AWS may refuse some of it, and that is fine. */
export async function playPast(events: readonly PastEvent[], aws: Aws): Promise<void> {
  for (const { functionName: FunctionName } of new Set(events.map(({ of }) => of)))
    aws.lambda.createAlias({ FunctionName, Name: 'beta', FunctionVersion: '2' })
  for (const event of events) {
    try {
      await happen(event, aws)
    } catch (refusal) {
      if (!(refusal instanceof ServiceError)) throw refusal
    }
    await aws.clock.sleep(settledMs)
  }
}

async function happen(event: PastEvent, aws: Aws): Promise<void> {
  const { functionName: FunctionName } = event.of
  switch (event.kind) {
    case 'deployment':
      await deployEarlier(aws, event.deployment)
      return
    case 'revert':
      return await revertNewest(event.of, aws)
    case 'move':
      aws.lambda.updateAlias({
        FunctionName,
        Name: 'live',
        FunctionVersion: event.version,
        RoutingConfig: { AdditionalVersionWeights: {} }
      })
      return
    case 'deletion':
      aws.lambda.deleteFunction({ FunctionName, Qualifier: event.version })
  }
}

async function revertNewest(of: Names, aws: Aws): Promise<void> {
  const newest = aws.codedeploy
    .listDeployments({ ...groupOf(of), includeOnlyStatuses: ['Succeeded'] })
    .deployments.map(id => aws.codedeploy.deployments.find(id))
    .sort((a, b) => b.createdMs - a.createdMs)[0]
  const { settings, appSpec } = newest ?? {}
  if (!settings || !appSpec || appSpec.functionName !== of.functionName) return
  const { alias, currentVersion: to } = appSpec
  await deployEarlier(aws, { names: of, alias, to, description: `reverts ${settings.id}` })
}
