import { describe, expect, test } from '@jest/globals'
import { functionInputs, inputNames, inputTable, isInput } from '../../src/inputs/table.ts'
import { problemsOf, required } from './given.ts'

/** A value of each input that is right, and not its default. */
const other: Readonly<Record<string, string>> = {
  'deployment-id': 'd-1A2B3C4D5',
  'target-version': '8',
  'current-version': '7',
  'code-sha256': 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=',
  weight: '10',
  'ignore-poll-alarm-failure': 'true',
  wait: 'false',
  functions: '- function-name: ledger',
  'dry-run': 'true'
}

const exclusions = inputNames.flatMap(name =>
  Object.entries(inputTable[name].notWith ?? {}).map(([beside, why]) => ({ name, beside, why }))
)

describe('every exclusion of the table', () => {
  test.each(exclusions)('is a problem: $name with $beside', ({ name, beside, why }) => {
    const value = other[name] ?? 'something'
    const accepted = inputTable[name].default ? `'${inputTable[name].default}'` : 'nothing'
    expect(problemsOf({ ...required, [beside]: other[beside] ?? '', [name]: value })).toContainEqual(
      `${name}: got '${value}'; accepted is ${accepted} together with ${beside}: ${why}`
    )
  })

  test.each(exclusions)('is none for the default: $name with $beside', ({ name, beside }) => {
    const inputs = { ...required, [beside]: other[beside] ?? '', [name]: inputTable[name].default ?? '' }
    expect(problemsOf(inputs)).toEqual([])
  })
})

test('a boolean that is none is told once, also where only its default is accepted', () => {
  expect(problemsOf({ 'deployment-id': 'd-1', wait: 'no' })).toEqual([
    "wait: got 'no'; accepted is 'true' or 'false'"
  ])
})

test('a default may be written in any way that YAML has', () => {
  expect(problemsOf({ 'deployment-id': 'd-1', wait: 'True', 'dry-run': 'FALSE' })).toEqual([])
})

test('what is no input is not one, be it a property of every object', () => {
  expect(['alias', 'constructor', 'toString', ''].filter(isInput)).toEqual(['alias'])
})

test('an entry of functions can give what is about one function, and nothing else', () => {
  expect(functionInputs).toEqual([
    'function-name',
    'alias',
    'codedeploy-application',
    'codedeploy-deployment-group',
    'codedeploy-deployment-config',
    'target-version',
    'current-version',
    'code',
    'code-bucket',
    'code-sha256',
    'revision-id',
    'version-description',
    'codedeploy-deployment-description',
    'test-event',
    'test-expect',
    'before-allow-traffic-hook',
    'after-allow-traffic-hook',
    'alarms',
    'ignore-poll-alarm-failure',
    'auto-rollback-events',
    'create-alias',
    'if-in-progress',
    'codedeploy-service-role',
    'max-error-rate',
    'min-invocations',
    'if-no-traffic',
    'weight',
    'keep-versions'
  ])
})
