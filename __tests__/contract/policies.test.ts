import { describe, expect, test } from '@jest/globals'
import { Policy, type PolicyDocument, type PolicyStatement } from '../../simulator/identity/policy.ts'
import { allOperations } from '../../simulator/wire/route.ts'
import { blocks } from './files.ts'

interface Statement extends Omit<PolicyStatement, 'Resource'> {
  Principal?: Record<string, string>
  Resource?: string | string[]
}

const policies = blocks('json')
  .map(block => ({ ...block, policy: JSON.parse(block.body) as { Version: string; Statement: Statement[] } }))
  .filter(({ policy }) => policy.Statement !== undefined)

const isTrust = ({ policy }: (typeof policies)[number]): boolean =>
  policy.Statement.every(({ Principal }) => Principal !== undefined)

/** The IAM actions for the operations that the simulator serves, and the few actions that are not one of them. */
function knownActions(): string[] {
  const served = Object.entries(allOperations).flatMap(([service, operations]) =>
    operations.map(({ name }) => `${service}:${name === 'Invoke' ? 'InvokeFunction' : name}`)
  )
  return [...served, 'codedeploy:RegisterApplicationRevision', 'iam:PassRole', 'sts:AssumeRole']
}

const actionsOf = (statements: readonly Statement[]): string[] => statements.flatMap(({ Action }) => Action)

test('the pages have policies, and trust policies', () => {
  expect(policies.filter(isTrust).length).toBeGreaterThan(0)
  expect(policies.filter(each => !isTrust(each)).length).toBeGreaterThan(0)
})

const isOfCloudWatch = (action: string): boolean =>
  action === 'cloudwatch:GetMetricData' || action === 'cloudwatch:DescribeAlarms'

describe.each(policies)('the policy of $name', each => {
  const { policy } = each

  test('grants actions that exist', () => {
    const known = knownActions()
    expect(actionsOf(policy.Statement).filter(action => !known.includes(action))).toEqual([])
  })

  test('can be evaluated by the simulated IAM, or trusts somebody by name', () => {
    if (isTrust(each)) {
      const trusted = policy.Statement.flatMap(({ Principal }) => Object.values(Principal ?? {}))
      expect(trusted.filter(who => !/^(codedeploy\.amazonaws\.com|arn:aws:iam::.*)$/.test(who))).toEqual([])
    } else expect(() => new Policy(policy as PolicyDocument)).not.toThrow()
  })

  test('grants nothing on all resources', () => {
    // CloudWatch cannot allow reading for some metrics or alarms only.
    const elsewhere = policy.Statement.filter(({ Action }) =>
      [Action].flat().some(name => !isOfCloudWatch(name))
    )
    const resources = elsewhere.flatMap(({ Resource }) => Resource)
    expect(resources.filter(resource => resource === '*')).toEqual([])
  })
})
