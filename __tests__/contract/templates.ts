import { isMap, isScalar, isSeq, type Node, type ParsedNode, parseDocument } from 'yaml'
import type { PolicyDocument } from '../../simulator/identity/policy.ts'
import { text } from './files.ts'

/** What both templates are told about one function. */
export interface Given {
  functionName: string
  alias: string
  repository: string
  environment: string
  /** Before and after traffic moves. */
  hooks: readonly string[]
}

/** What a template makes of it, for the usual account and region. */
export interface Rendered {
  deploying: PolicyDocument
  service: PolicyDocument
}

const account = '123456789012'
const region = 'eu-west-1'

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>

/** The resources of the CloudFormation template, with all functions and conditions resolved. */
export function cloudFormation(given: Given): Resources {
  const document = parseDocument(text('setup/cloudformation.yaml'), { logLevel: 'silent' })
  const template = plain(document.contents) as Template
  const defaults = Object.entries(template.Parameters).flatMap(([name, { Default }]) =>
    Default === undefined ? [] : [[name, String(Default)]]
  )
  const values: Record<string, string> = {
    ...Object.fromEntries(defaults),
    FunctionName: given.functionName,
    Alias: given.alias,
    Repository: given.repository,
    Environment: given.environment,
    BeforeAllowTrafficHook: given.hooks[0] ?? '',
    AfterAllowTrafficHook: given.hooks[1] ?? '',
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::URLSuffix': 'amazonaws.com',
    // What a reference to a resource gives.
    Application: given.functionName,
    DeploymentGroup: given.alias,
    Errors: `${given.functionName}-${given.alias}-errors`
  }
  return resolve(template.Resources, values, template.Conditions) as Resources
}

interface Template {
  Parameters: Record<string, { Default?: unknown }>
  Conditions: Record<string, unknown>
  Resources: unknown
}

/** A function of CloudFormation, such as `!Sub text`. */
class Intrinsic {
  readonly name: string
  readonly given: unknown
  constructor(name: string, given: unknown) {
    this.name = name
    this.given = given
  }
}

/** The document as values, with an Intrinsic for each node that has a tag of CloudFormation's. */
function plain(node: Node | ParsedNode | null): unknown {
  const { tag = '' } = node ?? {}
  const value = untagged(node)
  return /^![A-Z]/.test(tag) ? new Intrinsic(tag.slice(1), value) : value
}

function untagged(node: Node | ParsedNode | null): unknown {
  if (isSeq(node)) return node.items.map(each => plain(each as Node))
  if (isMap(node))
    return Object.fromEntries(node.items.map(({ key, value }) => [String(key), plain(value as Node | null)]))
  return isScalar(node) ? node.value : undefined
}

function resolve(node: unknown, values: Record<string, string>, conditions: Template['Conditions']): unknown {
  const again = (each: unknown): unknown => resolve(each, values, conditions)
  if (Array.isArray(node)) return node.map(again).filter(each => each !== undefined)
  if (node instanceof Intrinsic) return called(node, values, conditions, again)
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, each]) => {
      const value = again(each)
      return value === undefined ? [] : [[key, value]]
    })
  )
}

function called(
  { name, given }: Intrinsic,
  values: Record<string, string>,
  conditions: Template['Conditions'],
  again: (node: unknown) => unknown
): unknown {
  const listed = given as unknown[]
  switch (name) {
    case 'Ref':
      return given === 'AWS::NoValue' ? undefined : values[String(given)]
    case 'Sub':
      return String(given).replace(/\$\{([\w:]+)\}/g, (_, key: string) => {
        const value = values[key]
        if (value === undefined) throw new Error(`nothing is known of ${key}`)
        return value
      })
    case 'GetAtt':
      return `the ${given}`
    case 'If':
      return again(again(conditions[String(listed[0])]) ? listed[1] : listed[2])
    case 'Equals':
      return again(listed[0]) === again(listed[1])
    case 'Not':
      return !again(listed[0])
    case 'Or':
      return listed.some(each => again(each))
    case 'Condition':
      return again(conditions[String(given)])
    default:
      throw new Error(`no test knows !${name}`)
  }
}

/** A policy of the Terraform module: a template with the values in it, and a part for hooks. */
export function terraformPolicy(file: string, given: Given): PolicyDocument {
  const values: Record<string, string> = {
    partition: 'aws',
    region,
    account,
    function: given.functionName,
    application: given.functionName,
    group: given.alias
  }
  const filled = (line: string) => line.replace(/\$\{(\w+)\}/g, (_, key: string) => values[key] ?? `?${key}?`)
  const json = text(`setup/terraform/${file}`)
    .replace(/%\{ if length\(hooks\) > 0 \}(.*?)%\{ endif \}/s, given.hooks.length > 0 ? '$1' : '')
    .replace(/\$\{jsonencode\(\[for hook in hooks : "(.*)"\]\)\}/g, (_, arn: string) =>
      JSON.stringify(given.hooks.map(hook => filled(arn.replace(/\$\{hook\}/, hook))))
    )
  return JSON.parse(filled(json)) as PolicyDocument
}

interface InlinePolicy {
  PolicyDocument: PolicyDocument
}

const inline = (resources: Resources, role: string): PolicyDocument => {
  const [policy] = (resources[role]?.Properties.Policies ?? []) as InlinePolicy[]
  if (!policy) throw new Error(`${role} has no policy`)
  return policy.PolicyDocument
}

/** Both templates, by name. */
export const templates: Record<string, (given: Given) => Rendered> = {
  'setup/cloudformation.yaml': given => {
    const resources = cloudFormation(given)
    return { deploying: inline(resources, 'DeployingRole'), service: inline(resources, 'ServiceRole') }
  },
  'setup/terraform': given => ({
    deploying: terraformPolicy('deploying-role.json.tftpl', given),
    service: terraformPolicy('service-role.json.tftpl', given)
  })
}
