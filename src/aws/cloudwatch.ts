import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { type AwsOptions, clientConfiguration } from './clients.ts'
import type { Network } from './network.ts'

/** The client of CloudWatch, which is loaded and created when it is first used. */
export function cloudWatchClient(options: AwsOptions, network: Network): () => Promise<CloudWatchClient> {
  let client: Promise<CloudWatchClient> | undefined
  return () => {
    client ??= import('@aws-sdk/client-cloudwatch').then(({ CloudWatchClient }) =>
      network.equip(new CloudWatchClient(clientConfiguration(options)))
    )
    return client
  }
}
