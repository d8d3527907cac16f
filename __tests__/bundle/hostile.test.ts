import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Rehearsed } from '../../simulator/demo/rehearsal.ts'
import { Faults } from '../../simulator/faults.ts'
import { GitHub, serveGitHub } from '../../simulator/github.ts'
import { liveFrom, repository, says, sha } from '../github/job.ts'
import { like, step } from './step.ts'

/** What a hostile function may write to its log, knowing that a release tool will show it. */
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
  test('the step ends as it would without them', () => {
    const { outcome, outputs, post } = played.result
    expect([outcome, outputs.outcome, outputs['serving-version'], post?.outcome]).toEqual([
      'failure',
      'rolled-back',
      '7',
      'success'
    ])
  })

  test('only our own commands are carried out', () => {
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

  test('in the summary it is inside one fence that it cannot close', () => {
    const { summary } = played.result
    const fence = /^(`{4,})text\n([\s\S]*?)\n\1$/m.exec(summary)?.[2] ?? ''
    expect(fence).toContain('</table></details><h1>succeeded</h1>\n```\n# succeeded\n```')
    expect(summary.replace(fence, '')).not.toMatch(/<h1>|<!--|!\[x\]/)
  })
})

describe('AWS refuses, and GitHub answers, in the same words', () => {
  let refused: Rehearsed

  beforeAll(async () => {
    const faults = new Faults()
    faults.add(says(422, hostile))
    const server = await serveGitHub(new GitHub(repository, faults))
    try {
      refused = await step(
        like('succeeded', {
          inputs: { 'github-token': repository.token },
          prepare: aws => {
            const FunctionName = 'payments-api'
            const { Version = '' } = aws.lambda.publishVersion({
              FunctionName,
              Description: liveFrom(sha.newer)
            })
            aws.lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion: Version })
            aws.lambda.updateFunctionConfiguration({ FunctionName, Description: 'ours' })
            aws.faults.add({
              operation: 'CreateDeployment',
              kind: 'custom',
              error: { name: 'InvalidRevisionException', message: hostile, status: 400 }
            })
          }
        }),
        { env: { GITHUB_SHA: sha.ours, GITHUB_API_URL: server.url } }
      )
    } finally {
      await server.close()
    }
  }, 60_000)

  test('the step is refused with one error, after one warning, and no other command is carried out', () => {
    const { commands, annotations, outputs, env } = refused.result
    expect([outputs.outcome, outputs['error-code']]).toEqual(['refused', 'InvalidRevisionException'])
    expect(annotations.map(({ level, properties }) => [level, properties.title])).toEqual([
      ['warning', 'Lambda CodeDeploy'],
      ['error', 'Lambda CodeDeploy: refused, live serves v8']
    ])
    expect(
      commands.filter(({ name }) => !['group', 'endgroup', 'error', 'warning'].includes(name.toLowerCase()))
    ).toEqual([])
    expect(env).toEqual({})
  })

  test('what they said is shown, harmless', () => {
    const [warning, error] = refused.result.annotations.map(({ message }) => message)
    expect(warning).toMatch(/^Whether a newer commit is live is not known: 422, ::set-output name=outcome/)
    expect(error).toContain('AWS:  ::set-output name=outcome::succeeded /   ::error title=Lambda CodeDeploy')
    expect(refused.result.summary).not.toMatch(/<h1>|<!--|!\[x\]/)
  })
})
