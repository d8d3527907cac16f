import { spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { parseSync } from '@swc/core'
import { blocksOf } from '../../scripts/docs/blocks.ts'
import { readAppSpec } from '../../src/plan/appspec.ts'
import { blocks, type PageBlock, text } from './files.ts'
import { diagramProblems } from './mermaid.ts'

/** The rule for blocks of each language, which returns a block's problems. YAML and shell also have tests of their own. */
const rules: Record<string, (block: PageBlock) => string[] | Promise<string[]>> = {
  // workflows.test.ts
  yaml: () => [],
  // policies.test.ts; the rest is an AppSpec.
  json: async ({ body }) =>
    'Statement' in JSON.parse(body) || (await readAppSpec(body))
      ? []
      : ['is neither a policy nor an AppSpec'],
  // commands.test.ts
  sh: ({ body }) => bash(body),
  js: ({ body }) =>
    text('examples/hook.mjs').includes(body) ? [] : ['is not the code of examples/hook.mjs'],
  ts: ({ body }) => typescript(body),
  hcl: ({ body }) => unbalanced(body),
  mermaid: ({ body }) => diagramProblems(body),
  text: ({ body }) => body.split('\n').filter(line => /\t|\s$/.test(line))
}

function bash(script: string): string[] {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })
  return status === 0 ? [] : [stderr]
}

/** Terraform is not at hand: at least its braces and quotes are closed. */
function unbalanced(code: string): string[] {
  const plain = code.replace(/"(?:[^"\\]|\\.)*"/g, '')
  const count = (sign: string) => plain.split(sign).length - 1
  return count('{') === count('}') && count('"') === 0 ? [] : ['has a brace or a quote that is not closed']
}

function typescript(code: string): string[] {
  try {
    parseSync(code, { syntax: 'typescript', target: 'es2024' })
    return []
  } catch (error) {
    return [String(error)]
  }
}

describe.each(blocks())('$name', block => {
  test(`is in a language that has a rule, and follows it (${block.language} ${block.mark})`, async () => {
    expect(Object.keys(rules)).toContain(block.language)
    expect(['', 'before']).toContain(block.mark)
    expect(await rules[block.language]?.(block)).toEqual([])
  })
})

describe('a block that breaks its rule is noticed', () => {
  test.each([
    { name: 'JSON that is no policy', language: 'json', body: '{}' },
    { name: 'a shell script with an open quote', language: 'sh', body: 'echo "x\n' },
    { name: 'JavaScript that is not in examples/', language: 'js', body: 'never()\n' },
    { name: 'TypeScript that cannot be parsed', language: 'ts', body: 'const = 1\n' },
    {
      name: 'a diagram with a node that nobody declared',
      language: 'mermaid',
      body: 'flowchart TD\n  a --> b\n'
    },
    { name: 'HCL with an open brace', language: 'hcl', body: 'resource "a" "b" {\n' },
    { name: 'a text with a tab', language: 'text', body: 'a\tb\n' }
  ])('$name', async ({ language, body }) => {
    expect(await rules[language]?.({ language, body, mark: '', line: 1, page: '', name: '' })).not.toEqual([])
  })

  test('a fence that is not closed', () => {
    expect(() => blocksOf('a\n```sh\nnpm ci\n')).toThrow('the block that begins in line 2 is not closed')
  })
})
