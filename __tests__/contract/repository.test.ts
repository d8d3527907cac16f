import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { readEntries } from '../../src/entries.ts'
import { parseInputs } from '../../src/inputs.ts'
import { action, blocks, root, sources, text, tracked } from './files.ts'

interface Step {
  uses?: string
  with?: Record<string, unknown>
}
interface Workflow {
  permissions: unknown
  jobs: Record<string, { permissions?: unknown; steps: Step[] }>
}

const examples = ['release', 'promote', 'watch', 'together'].map(name => `examples/${name}.yml`)
const workflows = [
  ...blocks('README.md', 'yaml').map((yaml, index) => ({ name: `README.md, example ${index + 1}`, yaml })),
  ...examples.map(name => ({ name, yaml: text(name) }))
].map(({ name, yaml }) => ({ name, workflow: parse(yaml) as Workflow }))

const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps }) => steps)

/** Inputs as the runner hands them over: as strings. What is only known in a run is left to that run. */
function inputsOf({ with: given = {} }: Step): Record<string, string> {
  const known = Object.entries(given).map(([name, value]) => [name, String(value)] as const)
  const sample: Record<string, string> = { 'deployment-id': 'd-1A2B3C4D5', 'target-version': '7' }
  return Object.fromEntries(
    known.map(([name, value]) => [name, value.includes('${{') ? (sample[name] ?? '') : value])
  )
}

describe.each(workflows)('$name', ({ workflow }) => {
  const ours = stepsOf(workflow).filter(({ uses }) => uses === 'your-org/lambda-codedeploy@v1')

  test('uses this action with inputs that exist', () => {
    expect(ours.length).toBeGreaterThan(0)
    const names = ours.flatMap(step => Object.keys(step.with ?? {}))
    expect(names.filter(name => !(name in action().inputs))).toEqual([])
  })

  test('gives inputs that the program accepts', async () => {
    for (const step of ours) {
      const inputs = inputsOf(step)
      const entries = await readEntries(inputs.functions ?? '')
      const given = { input: (name: string) => inputs[name] ?? '', env: { AWS_REGION: 'eu-west-1' } }
      expect(() => parseInputs({ ...given, ...(entries && { entries }) })).not.toThrow()
    }
  })

  test('grants nothing to the whole workflow, and to a job no more than it needs', () => {
    expect(workflow.permissions).toEqual({})
    for (const { permissions } of Object.values(workflow.jobs))
      expect({ contents: 'read', ...(permissions as object) }).toEqual({
        contents: 'read',
        'id-token': 'write'
      })
  })
})

describe('the words of the repository', () => {
  test('the generated parts of the README are up to date', () => {
    expect(() =>
      execFileSync(process.execPath, ['--no-warnings', join('scripts', 'readme.ts'), '--check'], {
        cwd: root,
        stdio: 'pipe'
      })
    ).not.toThrow()
  })

  test('the hook in the README is the one in examples/', () => {
    const [handler = 'missing'] = blocks('README.md', 'js')
    expect(text('examples/hook.mjs')).toContain(handler)
  })

  test('README and CONTRIBUTING name npm scripts that exist', () => {
    const { scripts } = JSON.parse(text('package.json'))
    const named = ['README.md', 'CONTRIBUTING.md'].flatMap(path =>
      [...text(path).matchAll(/npm run ([\w-]+)/g)].map(([, name = '']) => name)
    )
    expect([...new Set(named)].filter(name => !(name in scripts))).toEqual([])
  })

  test('links between files lead somewhere', () => {
    const pages = tracked().filter(path => path.endsWith('.md'))
    const broken = pages.flatMap(page =>
      [...text(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
        .map(([, target = '']) => target)
        .filter(target => !/^https?:/.test(target))
        .filter(target => !tracked().some(path => path.startsWith(join(page, '..', target))))
        .map(target => `${page}: ${target}`)
    )
    expect(broken).toEqual([])
  })

  test('no file speaks of the place where it was written', () => {
    // Put together here, so that this file does not hold them itself.
    const words = [
      ['..', 'shared'],
      ['', 'work', 'main'],
      ['', 'work', 'shared'],
      ['facts', 'aws.md']
    ].map(parts => parts.join('/'))
    const found = tracked().flatMap(path => {
      const content = text(path)
      return words.filter(word => content.includes(word)).map(word => `${path}: ${word}`)
    })
    expect(found).toEqual([])
  })

  test('packages are locked by name and version, and come from the registry that npm is set to', () => {
    const { packages } = JSON.parse(text('package-lock.json'))
    const resolved = Object.values(packages as Record<string, { resolved?: string }>).filter(
      each => each.resolved
    )
    expect(resolved).toEqual([])
    expect(tracked().filter(path => /(^|\/)\.(npmrc|yarnrc.*)$|pip\.conf$/.test(path))).toEqual([])
  })

  test('time is read in src/clock.ts and nowhere else in the program', () => {
    const reads = /Date\.now|new Date\(\)|performance\.now|hrtime/
    expect(sources('src').filter(path => reads.test(text(path)))).toEqual(['src/clock.ts'])
  })
})
