import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Routed } from '../wire/route.ts'
import type { Caller } from './authorization.ts'
import { type Need, needsOf } from './needs.ts'
import type { Policy } from './policy.ts'

/** What the callers of this account may do. */
export class Permissions {
  /** The policy for all callers over the wire; undefined allows everything. */
  policy: Policy | undefined
  /**
   * What CreateDeployment needs on the application. `register`: RegisterApplicationRevision, as in public logs of refusals;
   * `either`: that or GetApplicationRevision, as in the permissions reference.
   */
  revision: 'register' | 'either' = 'register'
  readonly #aws: Aws

  constructor(aws: Aws) {
    this.#aws = aws
  }

  /** @throws AccessDeniedException when the policy does not allow all that the request needs */
  check(caller: Caller, { service, operation }: Routed, input: Record<string, unknown>): void {
    const { policy } = this
    if (!policy) return
    for (const need of needsOf(this.#aws, service, operation.name, input)) {
      const verdicts = need.actions.map(action => policy.judge(action, need.resource))
      if (verdicts.includes('allowed')) continue
      throw refusal(caller, need, verdicts.includes('explicit'), service === 'lambda' ? 403 : 400)
    }
  }
}

/** This wording is recorded for CodeDeploy, Lambda and Logs. */
function refusal(caller: Caller, { actions, resource }: Need, explicit: boolean, status: number) {
  const [action] = actions
  const reason = explicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`
  return new ServiceError(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
    status
  )
}
