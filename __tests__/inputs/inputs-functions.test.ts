import { describe, expect, test } from '@jest/globals'
import { readEntries } from '../../src/inputs/functions.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { InputError } from '../../src/inputs/reader.ts'
import { job, required } from './given.ts'

/** The order of a step with this list and the usual inputs, or what is wrong with them. */
async function ordered(functions: string, inputs: Record<string, string> = required) {
  const entries = await readEntries(functions)
  const given: Record<string, string> = { ...inputs, functions }
  try {
    const order = parseInputs({ input: name => given[name] ?? '', env: job, ...(entries && { entries }) })
    return order.kind === 'release' ? order.requests : []
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
    expect(await ordered(two)).toMatchObject([
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

  test('may be written as JSON', async () => {
    expect(await ordered('[{"function-name": "ledger"}]')).toMatchObject([{ functionName: 'ledger' }])
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
      name: 'is watching a deployment besides',
      functions: '- function-name: a',
      inputs: { 'deployment-id': 'd-1' },
      problems: [
        "functions: got '- function-name: a'; accepted is nothing together with deployment-id: that deployment has been started already"
      ]
    }
  ])('$name', async ({ functions, inputs, problems }) => {
    expect(await ordered(functions, inputs)).toEqual(problems)
  })

  test('is an input that is not of one function', async () => {
    const [only, ...more] = await ordered('- function-name: ledger\n  dry-run: true')
    expect(more).toEqual([])
    expect(only).toMatch(
      /^dry-run: got 'true'; accepted is function-name, alias, .* in an entry \(functions, entry 1, ledger\)$/
    )
  })

  test('is text that is not YAML, told in one line', async () => {
    const [only, ...more] = await ordered('- a: [')
    expect(more).toEqual([])
    expect(only).toMatch(
      /^functions: got text that is not YAML \(.+\); accepted is a YAML or JSON list[^\n]*$/
    )
  })

  test('does not hide those of other entries', async () => {
    const found = await ordered('- alias: 7\n- function-name: ledger\n  codedeploy-deployment-group: /')
    expect(found).toHaveLength(2)
  })
})
