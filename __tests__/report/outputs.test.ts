import { describe, expect, test } from '@jest/globals'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { type Outputs, outputs } from '../../src/report/outputs.ts'
import { record, rolledBack, split, succeeded } from './records.ts'

const empty: Outputs = {
  outcome: '',
  version: '',
  'previous-version': '',
  'serving-version': '',
  'deployment-id': '',
  'deployment-status': '',
  'rollback-deployment-id': '',
  'alias-arn': '',
  'function-arn': '',
  appspec: '',
  'console-url': '',
  'error-code': '',
  'error-message': '',
  'duration-seconds': '',
  'code-sha256': '',
  metrics: '',
  summary: '',
  results: '[]'
}
const parsed = (results: string): Record<string, unknown>[] => JSON.parse(results)

describe('the outputs', () => {
  test('have the summary once it is known, and the results of the functions have none', () => {
    const told = outputs([record({ outcome: succeeded })], '### It succeeded.')
    expect(told.summary).toBe('### It succeeded.')
    expect(parsed(told.results).map(each => 'summary' in each)).toEqual([false])
  })

  test('are all set, and empty, before anything is known', () => {
    expect(outputs([])).toEqual(empty)
    expect(Object.keys(outputs([]))).toEqual(Object.keys(empty))
  })

  test('have everything that is known about a release that was rolled back', () => {
    const { results, summary, ...own } = outputs([
      record({
        outcome: rolledBack,
        deploymentStatus: 'Stopped',
        rollbackId: 'd-BACK',
        aliasArn: 'arn:alias',
        functionArn: 'arn:version',
        codeSha256: 'Zm9v',
        appSpec: '{}'
      })
    ])
    expect(own).toEqual({
      outcome: 'rolled-back',
      version: '8',
      'previous-version': '7',
      'serving-version': '7',
      'deployment-id': 'd-NEW',
      'deployment-status': 'Stopped',
      'rollback-deployment-id': 'd-BACK',
      'alias-arn': 'arn:alias',
      'function-arn': 'arn:version',
      appspec: '{}',
      'console-url':
        'https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-NEW?region=eu-west-1',
      'error-code': 'ALARM_ACTIVE',
      'error-message':
        'Alarm payments-errors went off, so CodeDeploy stopped the deployment.\nActivated alarms: <payments-errors>',
      'duration-seconds': '65',
      'code-sha256': 'Zm9v',
      metrics: ''
    })
    expect(parsed(results)).toEqual([{ 'function-name': 'payments-api', alias: 'live', ...own }])
  })

  test.each<{ name: string; record: ReleaseRecord; output: keyof Outputs; value: string }>([
    {
      name: 'have the shares while the alias is split',
      record: record({ outcome: { ...rolledBack, serving: split } }),
      output: 'serving-version',
      value: '7:0.9,8:0.1'
    },
    {
      name: 'do not guess what serves',
      record: record({ outcome: { kind: 'succeeded' } }),
      output: 'serving-version',
      value: ''
    },
    {
      name: 'have the id as soon as it is known, before there is an outcome',
      record: record(),
      output: 'deployment-id',
      value: 'd-NEW'
    },
    { name: 'have no outcome before there is one', record: record(), output: 'outcome', value: '' },
    {
      name: 'have no error when it succeeded',
      record: record({ outcome: succeeded }),
      output: 'error-message',
      value: ''
    },
    {
      name: 'have every problem with the inputs',
      record: record({
        outcome: {
          kind: 'refused',
          cause: { code: 'INVALID_INPUT', what: 'Two inputs.', next: '', problems: ['a: x', 'b: y'] }
        }
      }),
      output: 'error-message',
      value: 'Two inputs.\na: x\nb: y'
    },
    {
      name: 'round the duration to seconds',
      record: record({ startedAt: 0, endedAt: 1_501 }),
      output: 'duration-seconds',
      value: '2'
    },
    {
      name: 'have a duration even if it starts at the epoch',
      record: record({ startedAt: 0, endedAt: 0 }),
      output: 'duration-seconds',
      value: '0'
    }
  ])('$name', ({ record: of, output, value }) => {
    expect(outputs([of])[output]).toBe(value)
  })

  test('have no duration before the deployment ended', () => {
    const { endedAt: _, ...running } = record()
    expect(outputs([running])['duration-seconds']).toBe('')
  })

  test('of several functions have the worst outcome, and each one in the results', () => {
    const told = outputs([
      record({ outcome: succeeded }),
      record({ functionName: 'ledger', outcome: rolledBack })
    ])
    expect({ ...told, results: '[]' }).toEqual({ ...empty, outcome: 'rolled-back' })
    expect(
      parsed(told.results).map(each => [each['function-name'], each.outcome, each['serving-version']])
    ).toEqual([
      ['payments-api', 'succeeded', '8'],
      ['ledger', 'rolled-back', '7']
    ])
  })

  test('of several functions do not say what came of any before all have ended', () => {
    const told = outputs([
      record({ outcome: succeeded }),
      record({ functionName: 'orders', outcome: rolledBack }),
      record({ functionName: 'ledger' })
    ])
    expect({ ...told, results: '[]' }).toEqual(empty)
    expect(
      parsed(told.results).map(each => [
        each['function-name'],
        each.outcome,
        each['serving-version'],
        each['error-code'],
        each['deployment-id']
      ])
    ).toEqual([
      ['payments-api', '', '', '', 'd-NEW'],
      ['orders', '', '', '', 'd-NEW'],
      ['ledger', '', '', '', 'd-NEW']
    ])
  })
})
