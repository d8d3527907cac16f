import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { PolicyDocument } from '../../simulator/identity/policy.ts'

type Properties = Record<string, unknown>

type Resources = Record<string, { Type: string; Properties: Properties }>

const pseudo: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com'
}

export const lambdaArn = (name: string): string => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`

/** A template that CDK has made. */
export class Template {
  readonly resources: Resources

  constructor(path: string) {
    const { Resources } = JSON.parse(readFileSync(path, 'utf8')) as { Resources: Resources }
    this.resources = resolved(Resources)
    // For AWS's own statistics; it lists which constructs are used.
    delete this.resources.CDKMetadata
  }

  ofType(type: string): Properties[] {
    return Object.values(this.resources)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => Properties)
  }

  /** The one resource of a type that has this among its properties, such as its name. */
  one(type: string, name: string): Properties {
    const [found, ...others] = this.ofType(type).filter(each => Object.values(each).includes(name))
    assert.ok(found && others.length === 0, `there is one ${type} with ${name}`)
    return found
  }

  /** The one role whose trust policy has this in it. */
  roleTrusting(text: string): Properties {
    const [found, ...others] = this.ofType('AWS::IAM::Role').filter(({ AssumeRolePolicyDocument }) =>
      JSON.stringify(AssumeRolePolicyDocument).includes(`"${text}"`)
    )
    assert.ok(found && others.length === 0, `there is one role that trusts ${text}`)
    return found
  }
}

/** The only policy of a role. */
export function policyOf(role: Properties): PolicyDocument {
  const [policy, ...others] = role.Policies as { PolicyDocument: PolicyDocument }[]
  assert.ok(policy && others.length === 0 && !role.ManagedPolicyArns, 'the role has one policy')
  return policy.PolicyDocument
}

/** With what references give, as far as a name or an ARN follows from the template. */
function resolved(resources: Resources): Resources {
  const nameOf = (id: string): string => {
    const { FunctionName, AlarmName, ApplicationName } = resources[id]?.Properties ?? {}
    return String(FunctionName ?? AlarmName ?? ApplicationName ?? id)
  }
  const attribute = ([id, name]: [string, string]): string =>
    resources[id]?.Type === 'AWS::Lambda::Function' && name === 'Arn'
      ? lambdaArn(nameOf(id))
      : `${id}.${name}`
  const resolve = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(resolve)
    if (typeof node !== 'object' || node === null) return node
    const [[key, given] = [], ...more] = Object.entries(node)
    if (more.length === 0 && key === 'Ref') return pseudo[given] ?? nameOf(given)
    if (more.length === 0 && key === 'Fn::Join') return given[1].map(resolve).join(given[0])
    if (more.length === 0 && key === 'Fn::GetAtt') return attribute(given)
    return Object.fromEntries(Object.entries(node).map(([name, each]) => [name, resolve(each)]))
  }
  return resolve(resources) as Resources
}
