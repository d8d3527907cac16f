import { describe, expect, test } from '@jest/globals'
import { type Case, differences } from '../../scripts/act/case.ts'
import { readRun } from '../../scripts/act/events.ts'

const row: Case = {
  name: 'a release',
  workflow: 'release.yml',
  expect: { jobs: { 'Release/one': 'success' }, serves: { 'payments-api': '8' }, says: ['wholly on v8'] }
}

const step = (stage: string, stepResult: string) => ({
  job: 'Release/one',
  step: 'your-org/lambda-codedeploy@v1',
  stage,
  stepResult
})
const said = {
  job: 'Release/one',
  raw_output: true,
  msg: '\u001b[1mpayments-api:live is wholly on v8\u001b[0m in 5m 07s.\n'
}
const passed = [
  step('Main', 'success'),
  said,
  step('Post', 'success'),
  { job: 'Release/one', jobResult: 'success' }
]
const output = (lines: readonly object[]) =>
  ['time="now" level=info msg="not JSON"', ...lines.map(line => JSON.stringify(line))].join('\n')

describe('a run under act', () => {
  test.each<{ name: string; lines: object[]; serves?: string; expected: string[] }>([
    { name: 'that ended as expected differs in nothing', lines: passed, expected: [] },
    {
      name: 'whose job was passed over, which act reports with success, has not run',
      lines: [
        { job: 'Release/one', msg: 'Skipping unsupported platform -- Try running with `-P nobody=...`' }
      ],
      expected: ['job Release/one: expected success, but did not run', 'the log does not say: wholly on v8']
    },
    {
      name: 'whose job failed',
      lines: [...passed.slice(0, 3), { job: 'Release/one', jobResult: 'failure' }],
      expected: ['job Release/one: expected success, but failure']
    },
    {
      name: 'with a job that should not have run',
      lines: [...passed, { job: 'Release/two', jobResult: 'success' }],
      expected: ['job Release/two: expected not to run, but success']
    },
    {
      name: 'after which another version serves',
      lines: passed,
      serves: '7',
      expected: ['payments-api: expected to serve 8, but serves 7']
    },
    {
      name: 'whose post step failed',
      lines: [...passed.slice(0, 2), step('Post', 'failure'), passed[3] as object],
      expected: ['the action ran 1 times, and its post step passed 0 times']
    }
  ])('$name', ({ lines, serves = '8', expected }) => {
    const run = readRun(output(lines))
    expect(differences(row, { run, serves: { 'payments-api': serves } })).toEqual(expected)
  })

  test('has a log without colours', () => {
    expect(readRun(output(passed)).log).toEqual(['payments-api:live is wholly on v8 in 5m 07s.'])
  })
})
