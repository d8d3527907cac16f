import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Rehearsed } from '../../simulator/demo/rehearsal.ts'
import { like, step } from './step.ts'

/** What a function may write to its log, knowing that a release tool will show it. */
const hostile = [
  '::set-output name=outcome::succeeded',
  '  ::error title=Lambda CodeDeploy: succeeded::all is well',
  '##[set-env name=x]y',
  'text ##[add-mask]7',
  'a lone\rcarriage return\r::save-state name=run::{}',
  '\u2028::stop-commands::pause',
  '</table></details><h1>succeeded</h1>',
  '```\n# succeeded\n```',
  '\u001b[2J\u001b[32mAll green\u001b[0m',
  '\u202eereh gnihton\u202c',
  '![x](https://example.com/x.png) <!-- ',
  '| a | b |'
].join('\n')

let played: Rehearsed

beforeAll(async () => {
  played = await step(like('before-hook', { setting: { before: { behaviour: 'fail', log: hostile } } }))
}, 60_000)

describe('a hook writes workflow commands, HTML, Markdown and control characters to its log', () => {
  test('the step ends as it would without', () => {
    const { outcome, outputs, post } = played.result
    expect([outcome, outputs.outcome, outputs['serving-version'], post?.outcome]).toEqual([
      'failure',
      'rolled-back',
      '7',
      'success'
    ])
  })

  test('no command is carried out but our own', () => {
    const { commands, annotations, env, path, outputs } = played.result
    const foreign = commands.filter(
      ({ name }) => !['group', 'endgroup', 'error'].includes(name.toLowerCase())
    )
    expect(foreign).toEqual([])
    expect(annotations.map(({ level, properties }) => [level, properties.title])).toEqual([
      ['error', 'Lambda CodeDeploy: rolled-back, live serves v7']
    ])
    expect([env, path]).toEqual([{}, []])
    expect(Object.keys(outputs)).not.toContain('x')
  })

  test('the text is shown, harmless', () => {
    const shown = played.result.log.map(({ text }) => text).join('\n')
    expect(shown).toContain('│ ::set-output name=outcome::succeeded')
    expect(shown).toContain('│ #\\#[set-env name=x]y')
    expect(shown).toContain('│ \\x1b[2J\\x1b[32mAll green\\x1b[0m')
    expect(shown).toContain('│ \\u{202e}ereh gnihton\\u{202c}')
  })

  test('in the summary it stands inside one fence that it cannot close', () => {
    const { summary } = played.result
    const fence = /^(`{4,})text\n([\s\S]*?)\n\1$/m.exec(summary)?.[2] ?? ''
    expect(fence).toContain('</table></details><h1>succeeded</h1>\n```\n# succeeded\n```')
    expect(summary.replace(fence, '')).not.toMatch(/<h1>|<!--|!\[x\]/)
  })
})
