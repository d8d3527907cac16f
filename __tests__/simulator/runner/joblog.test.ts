import { describe, expect, it, test } from '@jest/globals'
import { JobLog, type JobLogOptions } from '../../../simulator/runner/joblog.ts'
import { Masks } from '../../../simulator/runner/masks.ts'

const logOf = (lines: string[], options: Partial<JobLogOptions> = {}) => {
  const log = new JobLog({ stage: 'main', masks: new Masks(), ...options })
  for (const line of lines) log.receive(line)
  return log
}
const shown = (log: JobLog) => log.lines.map(({ kind, text }) => `${kind}: ${text}`)

describe('the log', () => {
  test.each<[claim: string, lines: string[], shown: string[]]>([
    [
      'shows plain text',
      ['text', '', ' ::unknown:: '],
      ['output: text', 'output: ', 'output:  ::unknown:: ']
    ],
    [
      'shows groups',
      ['::group::Title', 'text', '##[endgroup]'],
      ['group: Title', 'output: text', 'endgroup: ']
    ],
    [
      'shows annotations',
      ['::notice::n', '##[warning]w', '::error::a%0Ab'],
      ['notice: n', 'warning: w', 'error: a\nb']
    ],
    ['hides debug lines', ['::debug::d'], []],
    ['hides an annotation without text', ['::error::'], []],
    [
      'hides masks and what they mask from then on',
      ['word', '::add-mask::word', 'a word'],
      ['output: word', 'output: a ***']
    ],
    ['prevents forging the markers of the runner', ['##[start-action x]'], ['output: ##[\\start-action x]']],
    [
      'echoes commands on demand, and some of them never',
      ['::echo::on', '::group::g', '::error::e', '::add-mask::secret', '::echo::off', '::endgroup::'],
      [
        'output: ::group::g',
        'group: g',
        'error: e',
        'output: ::add-mask::***',
        'output: ::echo::off',
        'endgroup: '
      ]
    ],
    [
      'shows everything as text while commands are stopped',
      ['::stop-commands::tok', '::error::e', '##[add-mask]e', '::set-env name=a::b', '::TOK::', '::error::e'],
      [
        'output: ::stop-commands::tok',
        'output: ::error::e',
        'output: ##[add-mask]e',
        'output: ::set-env name=a::b',
        'output: ::TOK::',
        'error: e'
      ]
    ],
    [
      'masks a token of more than six characters',
      ['::stop-commands::longtok', '::longtok::'],
      ['output: ::stop-commands::***', 'output: ::***::']
    ]
  ])('%s', (_, lines, expected) => {
    expect(shown(logOf(lines))).toEqual(expected)
  })

  it('shows debug lines and echoes commands when debugging', () => {
    expect(shown(logOf(['::debug::d', '::group::g'], { debug: true }))).toEqual([
      'debug: d',
      'output: ::group::g',
      'group: g'
    ])
  })
})

describe('an annotation', () => {
  it('has its properties', () => {
    const log = logOf(['::error title=T,file=a.ts,line=1,endLine=2,col=3,endColumn=4::m'])
    expect(log.annotations).toEqual([
      {
        level: 'error',
        message: 'm',
        properties: { title: 'T', file: 'a.ts', line: '1', endline: '2', col: '3', endcolumn: '4' }
      }
    ])
  })

  it('counts only among the first ten of its level, but its line is always shown', () => {
    const log = logOf([
      ...Array.from({ length: 11 }, (_, i) => `::error::e${i}`),
      '::notice::n',
      '::warning::w'
    ])
    expect(log.annotations.map(({ message }) => message)).toEqual([
      'e0',
      'e1',
      'e2',
      'e3',
      'e4',
      'e5',
      'e6',
      'e7',
      'e8',
      'e9',
      'n',
      'w'
    ])
    expect(log.lines).toHaveLength(13)
  })

  it('is cut at 4096 characters', () => {
    const log = logOf([`::error::${'x'.repeat(4097)}`])
    expect(log.annotations[0]?.message).toBe('x'.repeat(4096))
  })

  it('is masked', () => {
    expect(logOf(['::add-mask::key', '::error::a key']).annotations[0]?.message).toBe('a ***')
  })
})

describe('a command', () => {
  it('sets outputs and state in the deprecated way, with a warning', () => {
    const log = logOf(['::set-output name=a::1', '##[save-state name=b]2', '::save-state name=B::3'])
    expect([...log.outputs, ...log.state]).toEqual([
      ['a', '1'],
      ['b', '3']
    ])
    expect(log.annotations.map(({ level }) => level)).toEqual(['warning', 'warning', 'warning'])
    expect(log.failed).toBe(false)
  })

  test.each<[claim: string, line: string, message: RegExp]>([
    ['set-env', '::set-env name=a::b', /^The `set-env` command is disabled/],
    ['set-env in mid-line', 'x ##[set-env name=a]b', /^The `set-env` command is disabled/],
    ['add-path', '::add-path::/tmp', /^The `add-path` command is disabled/],
    [
      'set-output without a name',
      '::set-output::x',
      /^Required field 'name' is missing in ##\[set-output\] command\.$/
    ],
    [
      'save-state without a name',
      '::save-state::x',
      /^Required field 'name' is missing in ##\[save-state\] command\.$/
    ],
    ['echo with anything but on and off', '::echo::maybe', /^Invalid echo command value\./]
  ])('fails the step: %s', (_, line, message) => {
    const log = logOf([line])
    expect(log.failed).toBe(true)
    expect(log.annotations.at(-2)?.message).toBe(`Unable to process command '${line}' successfully.`)
    expect(log.annotations.at(-1)?.message).toMatch(message)
    expect(log.commands).toEqual([])
  })

  it('may change the environment if the workflow allows unsecure commands', () => {
    const log = logOf(['::set-env name=a::b', '::add-path::/tools'], { unsecure: true })
    expect([log.failed, [...log.env], [...log.path]]).toEqual([false, [['a', 'b']], ['/tools']])
  })

  test.each(['', 'error', 'Pause-Logging', 'stop-commands'])('cannot stop commands until "%s"', token => {
    expect(() => logOf([`::stop-commands::${token}`])).toThrow(/^You cannot use a endToken/)
  })

  it('warns about an empty mask and hides nothing', () => {
    const log = logOf(['::add-mask:: ', 'a b'])
    expect(shown(log)).toEqual([
      "warning: Can't add secret mask for empty string in ##[add-mask] command.",
      'output: a b'
    ])
  })

  it('is recorded, so that a test can see that nothing injected took effect', () => {
    const log = logOf(['::add-matcher::/x.json', '| ::error::text'])
    expect(log.commands).toEqual([{ name: 'add-matcher', properties: new Map(), data: '/x.json' }])
  })
})
