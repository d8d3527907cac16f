import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { type AwsOptions, clientConfiguration } from './clients.ts'
import type { Network } from './network.ts'

export interface CloudWatch {
  connect(): Promise<CloudWatchClient>
  /** A request with this input no longer matters once the signal aborts. */
  abandon(input: object, signal: AbortSignal): void
}

/** The client of CloudWatch, which is loaded and created when it is first used. */
export function cloudWatch(options: AwsOptions, network: Network): CloudWatch {
  let client: Promise<CloudWatchClient> | undefined
  return {
    connect: () => {
      client ??= import('@aws-sdk/client-cloudwatch').then(({ CloudWatchClient }) =>
        network.equip(new CloudWatchClient(clientConfiguration(options)))
      )
      return client
    },
    abandon: (input, signal) => network.abandon(input, signal)
  }
}
