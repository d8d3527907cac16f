import { partitionOf } from '../text/links.ts'

/** Builds ARNs for the message that says which permission is missing. */
export class Arns {
  readonly #region: string
  /** `*` until an answer reveals it, which is a valid account in a policy. */
  #account = '*'

  constructor(region: string) {
    this.#region = region
  }

  /** Takes the account from any ARN of ours. */
  learn(arn: string | undefined): void {
    const account = arn?.split(':')[4]
    if (account && /^\d{12}$/.test(account)) this.#account = account
  }

  /** `name` may be a name, a partial or a full ARN. */
  lambda(name: string, qualifier?: string): string {
    const suffix = qualifier ? `:${qualifier}` : ''
    if (name.startsWith('arn:')) return `${name}${suffix}`
    return `${this.#prefix('lambda')}:function:${name.slice(name.lastIndexOf(':') + 1)}${suffix}`
  }

  group = (application: string, group: string): string =>
    `${this.#prefix('codedeploy')}:deploymentgroup:${application}/${group}`

  configuration = (name: string): string => `${this.#prefix('codedeploy')}:deploymentconfig:${name}`

  application = (name: string): string => `${this.#prefix('codedeploy')}:application:${name}`

  logGroup = (name: string): string => `${this.#prefix('logs')}:log-group:${name}:*`

  object = (bucket: string, key: string): string => `arn:${partitionOf(this.#region)}:s3:::${bucket}/${key}`

  #prefix(service: string): string {
    return `arn:${partitionOf(this.#region)}:${service}:${this.#region}:${this.#account}`
  }
}
