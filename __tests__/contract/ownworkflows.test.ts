import { describe, expect, test } from '@jest/globals'
import { commandsOf } from '../../scripts/docs/shell.ts'
import { text, tracked } from './files.ts'
import { npmProblems } from './npmcommands.ts'
import { readYaml, stepsOf, type Workflow } from './steps.ts'

const paths = tracked()
  .filter(path => /^\.github\/workflows\/.*\.yml$/.test(path))
  .sort()
const yamlOf = (path: string) => readYaml(text(path)) as Workflow

test('this repository has workflows of its own', () => {
  expect(paths).toEqual(['.github/workflows/ci.yml', '.github/workflows/simulation.yml'])
})

describe.each(paths)('%s', path => {
  test('may do nothing but read the contents', () => {
    const { permissions, jobs } = yamlOf(path)
    expect(permissions).toEqual({})
    for (const job of Object.values(jobs)) expect(job.permissions).toEqual({ contents: 'read' })
  })

  test('uses the same actions as the others, pinned to commits', () => {
    const uses = (of: string) => text(of).match(/uses: .*/g) ?? []
    expect(uses(path)).toEqual(uses('.github/workflows/ci.yml'))
    for (const each of uses(path))
      expect(each).toMatch(/^uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('runs npm commands that exist', () => {
    const commands = stepsOf(yamlOf(path)).flatMap(({ run = '' }) => commandsOf(run))
    const npm = commands
      .map(words => words.filter(word => word !== '--silent'))
      .filter(([program]) => program === 'npm')
    expect(npm.flatMap(npmProblems)).toEqual([])
  })
})

test('the gate and the schedule play fresh seeds', () => {
  expect(text('.ci/run')).toContain('simulate -- --fresh 5000')
  expect(text('.github/workflows/simulation.yml')).toContain('simulate -- --fresh 200000')
})
