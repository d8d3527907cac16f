import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parse } from 'yaml'
import { job, problemsOf, requestOf, required } from './given.ts'

const given = (inputs: Record<string, string>) => problemsOf({ ...required, ...inputs })
const longName = 'a'.repeat(256)

describe('a problem with an input begins with its name, shows what was given, and says what is accepted:', () => {
  test.each<{ name: string; inputs: Record<string, string>; problem: string }>([
    {
      name: 'a required input that is missing',
      inputs: { alias: '' },
      problem: 'alias: required, but not given (unless functions or deployment-id is given)'
    },
    {
      name: 'a function name with spaces',
      inputs: { 'function-name': 'payments api' },
      problem:
        "function-name: got 'payments api'; accepted is a function name, 123456789012:function:NAME, or the full ARN of the function"
    },
    {
      name: 'a function with a qualifier',
      inputs: { 'function-name': 'payments-api:live' },
      problem:
        "function-name: got 'payments-api:live'; accepted is it without the qualifier ':live': the alias is an input of its own"
    },
    {
      name: 'a function of another region',
      inputs: { 'function-name': 'arn:aws:lambda:us-east-1:123456789012:function:payments-api' },
      problem:
        "function-name: got 'arn:aws:lambda:us-east-1:123456789012:function:payments-api'; accepted is a function in eu-west-1, the region of this step"
    },
    {
      name: 'an ARN as an alias',
      inputs: { alias: 'payments:live' },
      problem:
        "alias: got 'payments:live'; accepted is 1 to 128 letters, digits, - and _ (a name, not an ARN)"
    },
    {
      name: 'a version as an alias',
      inputs: { alias: '7' },
      problem: "alias: got '7'; accepted is a name that is not a number: numbers are versions"
    },
    {
      name: 'an application with a slash',
      inputs: { 'codedeploy-application': 'a/b' },
      problem: "codedeploy-application: got 'a/b'; accepted is 1 to 100 letters, digits and + = , . @ _ -"
    },
    {
      name: 'an application that is missing',
      inputs: { 'codedeploy-application': '' },
      problem:
        'codedeploy-application: required, but not given (unless functions, deployment-id or codedeploy-service-role is given)'
    },
    {
      name: 'a service role by its name',
      inputs: { 'codedeploy-service-role': 'CodeDeployLambda' },
      problem:
        "codedeploy-service-role: got 'CodeDeployLambda'; accepted is the ARN of an IAM role, such as arn:aws:iam::123456789012:role/codedeploy"
    },
    {
      name: 'an alias that is too long to name a group',
      inputs: {
        alias: longName.slice(0, 101),
        'codedeploy-deployment-group': '',
        'codedeploy-service-role': 'arn:aws:iam::123456789012:role/codedeploy'
      },
      problem: `alias: got '${longName.slice(0, 101)}'; accepted is at most 100 characters without codedeploy-deployment-group, which is then named after it`
    },
    {
      name: 'a strategy beyond the limits',
      inputs: { 'codedeploy-deployment-config': 'Canary100Percent5Minutes' },
      problem:
        "codedeploy-deployment-config: got 'Canary100Percent5Minutes'; accepted is a strategy within CodeDeploy's limits: the percentage must be from 1 to 99"
    },
    {
      name: 'fewer versions to keep than what serves and what served before',
      inputs: { 'keep-versions': '1' },
      problem: "keep-versions: got '1'; accepted is a whole number from 2 to 1000"
    },
    {
      name: 'more versions to keep than anybody needs',
      inputs: { 'keep-versions': '1001' },
      problem: "keep-versions: got '1001'; accepted is a whole number from 2 to 1000"
    },
    {
      name: '$LATEST as the target',
      inputs: { 'target-version': '$LATEST' },
      problem:
        "target-version: got '$LATEST'; accepted is a published version number such as 8, or 'previous'"
    },
    {
      name: 'another word than the one for going back',
      inputs: { 'target-version': 'Previous' },
      problem:
        "target-version: got 'Previous'; accepted is a published version number such as 8, or 'previous'"
    },
    {
      name: 'the code of what would be published, when going back',
      inputs: { 'target-version': 'previous', 'revision-id': 'r-1' },
      problem:
        "revision-id: got 'r-1'; accepted is nothing together with target-version: no version is published then"
    },
    {
      name: 'version zero',
      inputs: { 'current-version': '0' },
      problem: "current-version: got '0'; accepted is a published version number such as 7"
    },
    {
      name: 'a digest that is too short',
      inputs: { 'code-sha256': 'ab12' },
      problem:
        "code-sha256: got 'ab12'; accepted is the code's SHA-256, in base64 (44 characters ending in =) or in hex (64 digits)"
    },
    {
      name: 'a guard of code that is not published',
      inputs: { 'target-version': '8', 'revision-id': 'r-1' },
      problem:
        "revision-id: got 'r-1'; accepted is nothing together with target-version: no version is published then"
    },
    {
      name: 'a version description that Lambda would refuse',
      inputs: { 'version-description': 'x'.repeat(257) },
      problem: "version-description: got '257 characters'; accepted is at most 256"
    },
    {
      name: 'a hook with a qualifier',
      inputs: { 'before-allow-traffic-hook': 'check:live' },
      problem:
        "before-allow-traffic-hook: got 'check:live'; accepted is the name or ARN of a function, without qualifier"
    },
    {
      name: 'a word that is not a boolean',
      inputs: { wait: 'yes' },
      problem: "wait: got 'yes'; accepted is 'true' or 'false'"
    },
    {
      name: 'half a minute',
      inputs: { 'wait-for-minutes': '0.5' },
      problem: "wait-for-minutes: got '0.5'; accepted is a whole number from 1 to 5760"
    },
    {
      name: 'a choice that there is not',
      inputs: { 'if-interrupted': 'panic' },
      problem: "if-interrupted: got 'panic'; accepted is 'rollback', 'stop' or 'continue'"
    },
    {
      name: 'another choice that there is not',
      inputs: { 'if-in-progress': 'queue' },
      problem: "if-in-progress: got 'queue'; accepted is 'wait', 'fail' or 'replace'"
    },
    {
      name: 'a region that is none',
      inputs: { 'aws-region': 'Ireland' },
      problem: "aws-region: got 'Ireland', which is not a region such as eu-west-1"
    },
    {
      name: 'a user where a role is asked for',
      inputs: { 'role-to-assume': 'arn:aws:iam::123456789012:user/me' },
      problem:
        "role-to-assume: got 'arn:aws:iam::123456789012:user/me'; accepted is the ARN of an IAM role, such as arn:aws:iam::123456789012:role/deploy"
    },
    {
      name: 'alarms and none of them',
      inputs: { alarms: 'a\nnone' },
      problem: "alarms: got 'a, none'; accepted is either names or 'none' alone"
    },
    {
      name: 'an alarm given twice',
      inputs: { alarms: 'a\nb\na\na' },
      problem: "alarms: got 'a'; accepted is each name once"
    },
    {
      name: 'too many alarms',
      inputs: { alarms: Array.from({ length: 11 }, (_, index) => `a${index}`).join('\n') },
      problem: "alarms: got '11 names'; accepted is at most 10"
    },
    {
      name: 'an alarm with a name that is too long',
      inputs: { alarms: longName },
      problem: `alarms: got '${longName}'; accepted is names of at most 255 characters`
    },
    {
      name: 'unreadable alarms without alarms',
      inputs: { 'ignore-poll-alarm-failure': 'true' },
      problem:
        "ignore-poll-alarm-failure: got 'true'; accepted is 'false' without alarms: it is part of the alarms given here"
    },
    {
      name: 'rollback events that there are not, all of them',
      inputs: { 'auto-rollback-events': 'DEPLOYMENT_FAILURE, none, ON_MONDAY' },
      problem:
        "auto-rollback-events: got 'none, ON_MONDAY'; accepted is DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST, or 'group' or 'none' alone"
    },
    {
      name: 'a deployment id that is none',
      inputs: { 'deployment-id': 'deploy-1' },
      problem:
        "deployment-id: got 'deploy-1'; accepted is a CodeDeploy deployment id such as d-1A2B3C4D5, or 'active'"
    },
    {
      name: 'watching without waiting',
      inputs: { 'deployment-id': 'd-1', wait: 'false' },
      problem:
        "wait: got 'false'; accepted is 'true' together with deployment-id: watching is all that is asked for"
    },
    {
      name: 'watching in a dry run',
      inputs: { 'deployment-id': 'd-1', 'dry-run': 'true' },
      problem:
        "dry-run: got 'true'; accepted is 'false' together with deployment-id: nothing is changed anyway"
    },
    {
      name: 'a weight above all of the traffic',
      inputs: { weight: '101' },
      problem: "weight: got '101'; accepted is a whole number from 0 to 100"
    },
    {
      name: 'a weight together with a strategy of CodeDeploy',
      inputs: { weight: '10', 'codedeploy-deployment-config': 'AllAtOnce' },
      problem:
        "codedeploy-deployment-config: got 'AllAtOnce'; accepted is nothing together with weight: CodeDeploy has no part in that"
    },
    {
      name: 'a weight for the previous version, which only CodeDeploy knows',
      inputs: { weight: '10', 'target-version': 'previous' },
      problem:
        "target-version: got 'previous'; accepted is a published version number such as 8 together with weight"
    },
    {
      name: 'what is active, without the group to look in',
      inputs: { 'deployment-id': 'active', 'codedeploy-deployment-group': '' },
      problem: 'codedeploy-deployment-group: required, but not given: deployment-id is active'
    },
    {
      name: 'watching what was started with other settings',
      inputs: { 'deployment-id': 'd-1', alarms: 'none' },
      problem:
        "alarms: got 'none'; accepted is nothing together with deployment-id: that deployment has been started already"
    }
  ])('$name', ({ inputs, problem }) => {
    expect(given(inputs)).toEqual([problem])
  })

  test('a region that nobody gives', () => {
    const { AWS_REGION: _, ...env } = job
    expect(problemsOf(required, env)).toEqual([
      'aws-region: not given, and neither AWS_REGION nor AWS_DEFAULT_REGION is set. Give a region such as eu-west-1, or run aws-actions/configure-aws-credentials first'
    ])
  })
})

describe('the problems of all inputs', () => {
  test('are reported at once', () => {
    expect(problemsOf({ alias: '7', wait: 'yes', 'target-version': 'x' }).map(nameOf).sort()).toEqual([
      'alias',
      'codedeploy-application',
      'codedeploy-deployment-group',
      'function-name',
      'target-version',
      'wait'
    ])
  })

  const names = Object.keys(parse(readFileSync('action.yml', 'utf8')).inputs as object)
  const value = fc.oneof(
    fc.constantFrom(
      '',
      'true',
      'false',
      'none',
      'group',
      '7',
      '$LATEST',
      'a b',
      'd-1A2B3C4D5',
      'eu-west-1',
      'x'.repeat(300)
    ),
    fc.string({ maxLength: 20 })
  )
  const anyInputs = fc.dictionary(fc.constantFrom(...names), value)

  test('each begin with the name of an input', () => {
    fc.assert(
      fc.property(anyInputs, inputs => {
        expect(problemsOf(inputs).filter(problem => !names.includes(nameOf(problem)))).toEqual([])
      }),
      { numRuns: 500 }
    )
  })

  test('do not hide one another: each wrong input is named, whatever else is wrong', () => {
    const wrong: Record<string, string> = {
      'function-name': 'a b',
      alias: '7',
      'codedeploy-application': '/',
      'codedeploy-deployment-group': '/',
      'codedeploy-deployment-config': '/',
      'target-version': 'x',
      'current-version': 'x',
      'before-allow-traffic-hook': '/',
      'after-allow-traffic-hook': '/',
      'auto-rollback-events': 'x',
      'create-alias': 'x',
      wait: 'x',
      'wait-for-minutes': 'x',
      'if-in-progress': 'x',
      'if-interrupted': 'x',
      'dry-run': 'x',
      'aws-region': 'x'
    }
    fc.assert(
      fc.property(fc.subarray(Object.keys(wrong)), some => {
        const inputs = Object.fromEntries(some.map(name => [name, wrong[name] ?? '']))
        expect([...new Set(given(inputs).map(nameOf))].sort()).toEqual([...some].sort())
      })
    )
  })
})

test('a region of the European Sovereign Cloud is a region', () => {
  expect(given({ 'aws-region': 'eusc-de-east-1' })).toEqual([])
})

test('ignoring alarms that cannot be read goes with alarms, not with none', () => {
  expect(given({ alarms: 'none', 'ignore-poll-alarm-failure': 'true' })).toEqual([
    "ignore-poll-alarm-failure: got 'true'; accepted is 'false' together with alarms: none"
  ])
})

describe('whatever the description,', () => {
  test('what is sent to CodeDeploy has at most 256 characters', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 200, maxLength: 600 }), text => {
        const input = { 'codedeploy-deployment-description': text }
        expect(requestOf(input).deploymentDescription.length).toBeLessThanOrEqual(256)
      })
    )
  })
})

function nameOf(problem: string): string {
  return problem.slice(0, problem.indexOf(':'))
}
