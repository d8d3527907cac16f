import type { Clock } from '../clock.ts'
import type { Arns } from './arns.ts'
import { once } from './ask.ts'
import { type AwsOptions, clientConfiguration, letGo } from './clients.ts'
import { isTheirs, tellsOfFailure } from './invocationlog.ts'
import type { Network } from './network.ts'

/** How late log lines may reach CloudWatch, ms. */
const lateMs = 5_000
/** How often to ask before giving up on lines that have not arrived. */
const tries = 3
const mostPages = 10
/** Enough to show what went wrong, and few enough to read. */
const mostLines = 20

/** CloudWatch Logs, asked only when a hook has failed; its client is loaded then. */
export class Logs {
  readonly #options: AwsOptions
  readonly #network: Network
  readonly #clock: Clock
  readonly #arns: Arns

  constructor(options: AwsOptions, network: Network, clock: Clock, arns: Arns) {
    this.#options = options
    this.#network = network
    this.#clock = clock
    this.#arns = arns
  }

  /**
   * The last lines that functions wrote to `group` between two moments (epoch ms), oldest first, and what Lambda wrote of failures. Throws
   * Failure.
   */
  async tail(group: string, from: number, to: number): Promise<string[]> {
    const { CloudWatchLogsClient, FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs')
    const client = this.#network.equip(new CloudWatchLogsClient(clientConfiguration(this.#options)))
    const input = { logGroupName: group, startTime: from - 1_000, endTime: to + lateMs }
    try {
      for (let attempt = 1; ; attempt++) {
        const lines: string[] = []
        let nextToken: string | undefined
        // Pages come oldest first, and an empty one is not always the last.
        for (let page = 1; page <= mostPages; page++) {
          const command = new FilterLogEventsCommand({ ...input, ...(nextToken && { nextToken }) })
          const answer = await once('logs:FilterLogEvents', this.#arns.logGroup(group), () =>
            client.send(command)
          )
          for (const { message = '' } of answer.events ?? [])
            lines.push(...message.replace(/\n+$/, '').split('\n'))
          nextToken = answer.nextToken
          if (!nextToken) break
        }
        const telling = lines.filter(line => isTheirs(line) || tellsOfFailure(line))
        if (telling.length > 0 || attempt === tries) return telling.slice(-mostLines)
        await this.#clock.sleep(lateMs)
      }
    } finally {
      letGo(client, this.#options)
    }
  }
}
