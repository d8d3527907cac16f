import { describe, expect, it, test } from '@jest/globals'
import { readOptions } from '../../../simulator/demo/options.ts'

const read = (line: string, colorful = true) => readOptions(line.split(' ').filter(Boolean), colorful)

describe('the command line of a rehearsal', () => {
  it('rehearses a success by default', () => {
    expect(read('')).toMatchObject({
      kind: 'rehearse',
      ending: { name: 'succeeded' },
      speed: 20,
      inputs: {},
      color: true
    })
  })

  it('accepts all of its options', () => {
    expect(
      read(
        '--ending alarm --strategy AllAtOnce --speed 7 --input a=b=c --input alarms= --summary-file s.md --action x'
      )
    ).toMatchObject({
      kind: 'rehearse',
      ending: { name: 'alarm' },
      speed: 7,
      inputs: { 'codedeploy-deployment-config': 'AllAtOnce', a: 'b=c', alarms: '' },
      summaryFile: 's.md',
      action: 'x'
    })
  })

  test.each<[line: string, speed: number]>([
    ['--strategy Canary10Percent30Minutes', 120],
    ['--strategy CodeDeployDefault.LambdaLinear10PercentEvery10Minutes', 360],
    ['--strategy Linear10PercentEvery1Minute', 40],
    ['--strategy AllAtOnce', 20],
    ['--strategy Canary10Percent30Minutes --speed 20', 20]
  ])('rehearses longer strategies faster: %s', (line, speed) => {
    expect(read(line)).toMatchObject({ speed })
  })

  it('has no colours if the terminal has none or they are switched off', () => {
    expect(read('', false)).toMatchObject({ color: false })
    expect(read('--no-color')).toMatchObject({ color: false })
  })

  it('can ask for help and for a list', () => {
    expect([read('--help'), read('-h'), read('--list')]).toEqual([
      { kind: 'help' },
      { kind: 'help' },
      { kind: 'list' }
    ])
  })

  test.each<[line: string, problem: RegExp]>([
    ['--ending bogus', /^--ending bogus: there is no such ending\. There are: succeeded, alarm, /],
    ['--speed fast', /^--speed fast: must be a number from 1 to 10000\.$/],
    ['--speed 0', /^--speed 0: must be a number from 1 to 10000\.$/],
    ['--input alarms', /^--input alarms: must be NAME=VALUE\.$/],
    ['--input =x', /^--input =x: must be NAME=VALUE\.$/],
    ['--ending', /^Option '--ending <value>' argument missing\. See --help\.$/],
    ['--loud', /^Unknown option '--loud'\. See --help\.$/],
    ['alarm', /^Unexpected argument 'alarm'\. See --help\.$/]
  ])('has its problem reported in one line: %s', (line, problem) => {
    const options = read(line)
    expect(options.kind === 'wrong' ? options.problem : options).toMatch(problem)
  })
})
