import { describe, expect, test } from '@jest/globals'
import { readEntries } from '../../src/inputs/functions.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { InputError } from '../../src/inputs/reader.ts'
import { functionInputs } from '../../src/inputs/table.ts'
import { job, required } from './given.ts'

/** The releases that a step with this list and the usual inputs asks for, or what is wrong with them. */
async function asked(functions: string, inputs: Record<string, string> = required) {
  const entries = await readEntries(functions)
  const given: Record<string, string> = { ...inputs, functions }
  try {
    const parsed = parseInputs({ input: name => given[name] ?? '', env: job, ...(entries && { entries }) })
    return parsed.kind === 'release' ? parsed.requests : []
  } catch (error) {
    if (error instanceof InputError) return error.problems
    throw error
  }
}

const two = `
- function-name: payments-api
- function-name: ledger
  alias: stable
  codedeploy-deployment-group: ledger-live
  target-version: 8
  create-alias: false
  alarms: [ledger-errors, ledger-latency]
`

describe('each entry of functions', () => {
  test("takes what it leaves out from the step's own inputs", async () => {
    expect(await asked(two)).toMatchObject([
      {
        functionName: 'payments-api',
        alias: 'live',
        application: 'payments',
        group: 'payments-live',
        alarms: 'group',
        createAlias: true
      },
      {
        functionName: 'ledger',
        alias: 'stable',
        application: 'payments',
        group: 'ledger-live',
        targetVersion: '8',
        createAlias: false,
        alarms: { names: ['ledger-errors', 'ledger-latency'], ignorePollFailure: false }
      }
    ])
  })

  test('is a name and nothing else with codedeploy-service-role', async () => {
    const role = 'arn:aws:iam::123456789012:role/CodeDeployLambda'
    const requests = await asked('[function-name: orders, function-name: ledger]', {
      alias: 'live',
      'codedeploy-service-role': role
    })
    expect(requests).toMatchObject([
      { functionName: 'orders', application: 'orders', group: 'live', serviceRole: role },
      { functionName: 'ledger', application: 'ledger', group: 'live', serviceRole: role }
    ])
  })

  test('may allow points above the version before, without quotes', async () => {
    const requests = await asked('- max-error-rate: +2')
    expect(requests.map(each => typeof each === 'object' && each.gate)).toEqual([
      { maxErrorRate: { percent: 2, isRelative: true }, minInvocations: 20, ifNoTraffic: 'warn' }
    ])
  })

  test('has the conditions that others give for what it publishes, in whichever form', async () => {
    const inHex = 'f'.repeat(64)
    const inBase64 = Buffer.from(inHex, 'hex').toString('base64')
    const requests = await asked(`
- { function-name: orders, alias: a, codedeploy-deployment-group: a }
- { function-name: orders, alias: b, codedeploy-deployment-group: b, code-sha256: ${inHex} }
- { function-name: orders, alias: c, codedeploy-deployment-group: c, code-sha256: ${inBase64}, revision-id: r-1 }
- { function-name: orders, alias: d, codedeploy-deployment-group: d, target-version: 6 }
- { function-name: ledger, alias: e, codedeploy-deployment-group: e }`)
    const conditions = requests.map(each =>
      typeof each === 'string' ? each : [each.alias, each.codeSha256, each.revisionId]
    )
    expect(conditions).toEqual([
      ['a', inHex, 'r-1'],
      ['b', inHex, 'r-1'],
      ['c', inBase64, 'r-1'],
      ['d', undefined, undefined],
      ['e', undefined, undefined]
    ])
  })

  test('may be written as JSON', async () => {
    expect(await asked('[{"function-name": "ledger"}]')).toMatchObject([{ functionName: 'ledger' }])
  })
})

describe('a problem with functions', () => {
  const accepted =
    "accepted is a YAML or JSON list whose entries give inputs by name, such as '- function-name: orders'"
  test.each<{ name: string; functions: string; inputs?: Record<string, string>; problems: string[] }>([
    {
      name: 'is a list without entries',
      functions: '[]',
      problems: [`functions: got an empty list; ${accepted}`]
    },
    {
      name: 'is anything but a list',
      functions: 'function-name: ledger',
      problems: [`functions: got a mapping; ${accepted}`]
    },
    {
      name: 'is an entry that is only a name',
      functions: '- ledger',
      problems: [`functions: entry 1 is a string; ${accepted}`]
    },
    {
      name: 'is an input that is a mapping',
      functions: '- alias: { name: live }',
      problems: [`functions: alias of entry 1 is a mapping; ${accepted}`]
    },
    {
      name: 'names the input, the entry and its function',
      functions: '- function-name: ledger\n  alias: 7',
      problems: [
        "alias: got '7'; accepted is a name that is not a number: numbers are versions (functions, entry 1, ledger)"
      ]
    },
    {
      name: 'is a function given twice',
      functions: '- codedeploy-deployment-group: a\n- codedeploy-deployment-group: b',
      problems: [
        "function-name: got 'payments-api:live' in entries 1 and 2 of functions; accepted is each function and alias once"
      ]
    },
    {
      name: 'is a group given twice, because it runs one deployment at a time',
      functions: '- function-name: a\n- function-name: b',
      problems: [
        "codedeploy-deployment-group: got 'payments/payments-live' in entries 1 and 2 of functions; accepted is a group of its own for each entry: CodeDeploy runs one deployment in a group at a time"
      ]
    },
    {
      name: 'is a weight beside what is for deployments, which the step gives',
      functions: '- function-name: a\n  weight: 5',
      inputs: { 'function-name': 'a', alias: 'live', 'if-interrupted': 'continue' },
      problems: [
        "if-interrupted: got 'continue'; accepted is nothing together with weight: CodeDeploy has no part in that"
      ]
    },
    {
      name: 'is a weight for some of them only',
      functions: '- function-name: a\n  weight: 5\n- function-name: b\n  codedeploy-deployment-group: b',
      problems: ['weight: given for 1 of 2 entries of functions; accepted is for all of them, or for none']
    },
    {
      name: 'is how many versions to keep, when the aliases of one function do not agree',
      functions:
        '- function-name: orders\n  keep-versions: 5\n- function-name: orders\n  alias: beta\n  codedeploy-deployment-group: beta',
      problems: [
        "keep-versions: got different keep-versions for 'orders' in entries 1 and 2 of functions; accepted is the same for all aliases of a function"
      ]
    },
    {
      name: 'is a condition of $LATEST, when the aliases of one function do not agree',
      functions: `
- { function-name: orders, alias: a, codedeploy-deployment-group: a }
- { function-name: orders, alias: b, codedeploy-deployment-group: b, revision-id: r-1, code-sha256: ${'A'.repeat(43)}= }
- { function-name: orders, alias: c, codedeploy-deployment-group: c, revision-id: r-2, code-sha256: ${'f'.repeat(64)} }
- { function-name: ledger, alias: d, codedeploy-deployment-group: d, revision-id: r-3 }`,
      problems: [
        "code-sha256: got different code-sha256 for 'orders' in entries 2 and 3 of functions; accepted is the same in all entries of a function that give one",
        "revision-id: got different revision-id for 'orders' in entries 2 and 3 of functions; accepted is the same in all entries of a function that give one"
      ]
    },
    {
      name: 'is an input of the whole step in an entry',
      functions: '- function-name: ledger\n  dry-run: true',
      problems: [
        "dry-run: got 'true'; accepted is nothing in an entry: it is an input of the whole step, so give it beside functions (functions, entry 1, ledger)"
      ]
    },
    {
      name: 'is a name in an entry that is no input',
      functions: '- functionname: ledger',
      problems: [`functionname: got 'ledger'; accepted is ${functionInputs.join(', ')} (functions, entry 1)`]
    },
    {
      name: 'is an input of an entry that its target-version excludes, also where the step gives it',
      functions: '- function-name: ledger\n  target-version: 8',
      inputs: { ...required, 'revision-id': 'r-1' },
      problems: [
        "revision-id: got 'r-1'; accepted is nothing together with target-version: no version is published then (functions, entry 1, ledger)"
      ]
    },
    {
      name: 'is told in one line, whatever the names and values hold',
      functions: '- function-name: "a\\nb"\n  "x\\ry": "c\\nd"',
      problems: [
        `x…: got 'c…'; accepted is ${functionInputs.join(', ')} (functions, entry 1, a…)`,
        "function-name: got 'a…'; accepted is a function name, 123456789012:function:NAME, or the full ARN of the function (functions, entry 1, a…)"
      ]
    },
    {
      name: 'is a list beside the deployment to watch',
      functions: '- function-name: a\n- function-name: b',
      inputs: { 'deployment-id': 'd-1' },
      problems: [
        "functions: got '- function-name: a…'; accepted is nothing together with deployment-id: that deployment has been started already"
      ]
    }
  ])('$name', async ({ functions, inputs, problems }) => {
    expect(await asked(functions, inputs)).toEqual(problems)
  })

  test('is text that is not YAML, told in one line', async () => {
    const [only, ...more] = await asked('- a: [')
    expect(more).toEqual([])
    expect(only).toMatch(
      /^functions: got text that is not YAML \(.+\); accepted is a YAML or JSON list[^\n]*$/
    )
  })

  test('does not hide those of other entries', async () => {
    const found = await asked('- alias: 7\n- function-name: ledger\n  codedeploy-deployment-group: /')
    expect(found).toHaveLength(2)
  })
})
