/** An IAM policy document. */
export interface PolicyDocument {
  Version: string
  Statement: PolicyStatement | readonly PolicyStatement[]
}

export interface PolicyStatement {
  Sid?: string
  Effect: 'Allow' | 'Deny'
  Action: string | readonly string[]
  Resource: string | readonly string[]
  /** The request must have exactly these values, such as the service that a role is passed to. */
  Condition?: { StringEquals: Readonly<Record<string, string>> }
}

/** What else a request says that a condition may ask for, by the condition's key. */
export type Context = Readonly<Record<string, string>>

/** `explicit` and `implicit` are denials: by a statement that denies, or because no statement allows. */
export type Verdict = 'allowed' | 'explicit' | 'implicit'

const MEMBERS = ['Sid', 'Effect', 'Action', 'Resource', 'Condition']

/**
 * An identity-based policy, evaluated as in "Policy evaluation logic" in the IAM user guide. Actions and resources may contain
 * `*` and `?`, and the one condition that is known is StringEquals with one value. Everything else that a policy could say is refused,
 * so that nothing in it is ignored.
 */
export class Policy {
  readonly #statements: readonly PolicyStatement[]

  /** @throws Error when the document is no policy or uses something that is not simulated */
  constructor(document: PolicyDocument) {
    if (document.Version !== '2012-10-17') throw new Error(`The policy has Version ${document.Version}`)
    this.#statements = listed(document.Statement)
    for (const statement of this.#statements) check(statement)
  }

  /** `action` such as `lambda:GetAlias`; `resource` is an ARN, or `*` for an action on no resource in particular. */
  judge(action: string, resource: string, context: Context = {}): Verdict {
    const matching = this.#statements.filter(
      ({ Action, Resource, Condition }) =>
        Object.entries(Condition?.StringEquals ?? {}).every(([key, value]) => context[key] === value) &&
        listed(Action).some(each => matches(each.toLowerCase(), action.toLowerCase())) &&
        listed(Resource).some(each => matchesArn(each, resource))
    )
    if (matching.some(({ Effect }) => Effect === 'Deny')) return 'explicit'
    return matching.length > 0 ? 'allowed' : 'implicit'
  }
}

const listed = <T>(one: T | readonly T[]): readonly T[] =>
  Array.isArray(one) ? (one as readonly T[]) : [one as T]

function check(statement: PolicyStatement): void {
  const name = statement.Sid ?? 'without Sid'
  const unknown = Object.keys(statement).find(member => !MEMBERS.includes(member))
  if (unknown) throw new Error(`Statement ${name}: the simulator does not know ${unknown}`)
  const { StringEquals = {}, ...operators } = statement.Condition ?? { StringEquals: {} }
  const odd = [
    ...Object.keys(operators),
    ...Object.values(StringEquals).filter(each => typeof each !== 'string')
  ]
  if (odd.length > 0)
    throw new Error(`Statement ${name}: the simulator does not know the condition ${odd[0]}`)
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny')
    throw new Error(`Statement ${name}: Effect is ${statement.Effect}`)
  for (const action of listed(statement.Action))
    if (!/^(\*|[a-z0-9-]+:[A-Za-z*?]+)$/.test(action))
      throw new Error(`Statement ${name}: ${action} is no action`)
  for (const resource of listed(statement.Resource))
    if (resource !== '*' && (!/^arn:([^:]*:){4}.+$/.test(resource) || resource.includes('${')))
      throw new Error(`Statement ${name}: ${resource} is no ARN`)
}

/** A wildcard stays within its part of an ARN; the last part, the resource, may itself contain colons. */
function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true
  const parts = partsOf(arn)
  return partsOf(pattern).every((part, index) => matches(part, parts[index] ?? ''))
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':')
  return [...parts.slice(0, 5), parts.slice(5).join(':')]
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}
