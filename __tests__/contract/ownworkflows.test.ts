import { basename } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { commandsOf } from '../../scripts/docs/shell.ts'
import { text, tracked } from './files.ts'
import { npmProblems } from './npmcommands.ts'
import { readYaml, stepsOf, type Workflow } from './steps.ts'

const paths = tracked()
  .filter(path => /^\.github\/workflows\/.*\.yml$/.test(path))
  .sort()
const yamlOf = (path: string) => readYaml(text(path)) as Workflow

/** What the jobs of each workflow may do; the workflow as a whole may nothing. */
const rights: Record<string, Record<string, unknown>> = {
  'ci.yml': { gate: { contents: 'read' }, bundle: { contents: 'read' }, action: { contents: 'read' } },
  'codeql.yml': { analyze: { contents: 'read', 'security-events': 'write' } },
  'dependency-review.yml': { review: { contents: 'read' } },
  // What is new runs without rights.
  'dist.yml': { build: { contents: 'read' }, commit: { contents: 'write', actions: 'write' } },
  // releaseworkflow.test.ts
  'release-lambda.yml': {
    plan: { contents: 'read', 'id-token': 'write' },
    release: { contents: 'read', 'id-token': 'write' },
    bake: { 'id-token': 'write' }
  },
  // Publishing waits for the approval of environment release.
  'release.yml': {
    check: { contents: 'read' },
    draft: { contents: 'write', 'id-token': 'write', attestations: 'write' },
    publish: { contents: 'write', 'pull-requests': 'write' }
  },
  'released.yml': { release: { contents: 'read' } },
  'scorecard.yml': {
    analysis: { contents: 'read', 'security-events': 'write', 'id-token': 'write' }
  },
  'simulation.yml': { 'fresh-seeds': { contents: 'read' }, 'planted-bugs': { contents: 'read' } }
}

test('this repository has the workflows that are listed here', () => {
  expect(paths.map(path => basename(path))).toEqual(Object.keys(rights).sort())
})

test('its workflows and the examples use each action at one commit, which a comment names by its version', () => {
  const examples = tracked().filter(path => /^examples\/.*\.yml$/.test(path))
  const uses = [...paths, ...examples].flatMap(path => text(path).match(/uses: .*/g) ?? [])
  const others = [...new Set(uses)].filter(each => !/lambda-codedeploy|\.\/$/.test(each)).sort()
  for (const each of others) expect(each).toMatch(/^uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  const commits = new Map(
    others.map(each => [/uses: ([\w.-]+\/[\w.-]+)/.exec(each)?.[1], each.split('@')[1]])
  )
  for (const each of others) {
    const [, repository] = /uses: ([\w.-]+\/[\w.-]+)/.exec(each) ?? []
    expect(each).toContain(`@${commits.get(repository)}`)
  }
})

describe.each(paths)('%s', path => {
  test('gives each job the rights that are listed here, and says why', () => {
    const { permissions, jobs } = yamlOf(path)
    expect(permissions).toEqual({})
    const granted = Object.entries(jobs).map(([name, job]) => [name, job.permissions])
    expect(Object.fromEntries(granted)).toEqual(rights[basename(path)])
    const silent = text(path).match(/^ +[\w-]+: (read|write)$/gm)
    expect(silent).toBeNull()
  })

  test('has no expression in a script', () => {
    expect(stepsOf(yamlOf(path)).filter(({ run }) => run?.includes('${{'))).toEqual([])
  })

  test('runs npm commands that exist', () => {
    const commands = stepsOf(yamlOf(path)).flatMap(({ run = '' }) => commandsOf(run))
    const npm = commands
      .map(words => words.filter(word => word !== '--silent'))
      .filter(([program]) => program === 'npm')
    expect(npm.flatMap(npmProblems)).toEqual([])
  })
})

test('CI runs the bundle and the action itself on each system that runners have, and a failure hides no other', () => {
  const { bundle, action } = yamlOf('.github/workflows/ci.yml').jobs as Record<
    string,
    { strategy?: unknown; 'runs-on'?: string }
  >
  const everywhere = {
    'runs-on': expect.stringContaining('matrix.os'),
    strategy: { 'fail-fast': false, matrix: { os: ['ubuntu-24.04', 'windows-2025', 'macos-15'] } }
  }
  expect([bundle, action]).toEqual([expect.objectContaining(everywhere), expect.objectContaining(everywhere)])
})

test('the gate and the schedule play fresh seeds', () => {
  expect(text('.ci/run')).toContain('simulate -- --fresh 5000')
  expect(text('.github/workflows/simulation.yml')).toContain('simulate -- --fresh 200000')
})
