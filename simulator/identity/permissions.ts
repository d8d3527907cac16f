import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Routed } from '../wire/route.ts'
import type { Caller } from './authorization.ts'
import { needsOf } from './needs.ts'
import type { Context, Policy, Verdict } from './policy.ts'

/** What the callers of this account may do. */
export class Permissions {
  /** The policy for all callers over the wire; undefined allows everything. */
  policy: Policy | undefined
  /**
   * What CreateDeployment needs on the application. `register`: RegisterApplicationRevision, as in public logs of refusals;
   * `either`: that or GetApplicationRevision, as in the permissions reference.
   */
  revision: 'register' | 'either' = 'register'
  /** On what DeleteFunction for a version is checked: on the version's ARN, as other requests with a qualifier, or on the function's. */
  deletion: 'version' | 'function' = 'version'
  readonly #aws: Aws

  constructor(aws: Aws) {
    this.#aws = aws
  }

  /** What the policy says about one action. */
  judge(action: string, resource: string, context?: Context): Verdict {
    return this.policy?.judge(action, resource, context) ?? 'allowed'
  }

  /** @throws AccessDeniedException when the policy does not allow all that the request needs */
  check(caller: Caller, { service, operation }: Routed, input: Record<string, unknown>): void {
    if (!this.policy) return
    for (const need of needsOf(this.#aws, service, operation.name, input)) {
      const verdicts = need.actions.map(action => this.judge(action, need.resource, need.context))
      if (verdicts.includes('allowed')) continue
      const verdict = verdicts.includes('explicit') ? 'explicit' : 'implicit'
      throw new ServiceError(
        'AccessDeniedException',
        denial(caller, need.actions[0], need.resource, verdict),
        service === 'lambda' ? 403 : 400
      )
    }
  }
}

/** This wording is recorded for CodeDeploy, Lambda, Logs and S3, which puts the resource in quotes. */
export function denial(caller: Caller, action: string, resource: string, verdict: Verdict): string {
  const reason =
    verdict === 'explicit'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`
}
