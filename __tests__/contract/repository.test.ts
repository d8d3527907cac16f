import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { sources, text, tracked } from './files.ts'

interface Update {
  'package-ecosystem': string
  directory: string
  cooldown?: Record<string, number>
}

/** Where packages are installed: the root, and the CDK app. */
const folders = tracked()
  .filter(path => /(^|\/)package-lock\.json$/.test(path))
  .map(path => dirname(path))
  .sort()

describe('the words of the repository', () => {
  test('no file speaks of the place where it was written', () => {
    // Put together here, so that this file does not contain them itself.
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
    const resolved = folders.flatMap(folder => {
      const { packages } = JSON.parse(text(join(folder, 'package-lock.json')))
      return Object.values(packages as Record<string, { resolved?: string }>).filter(each => each.resolved)
    })
    expect(resolved).toEqual([])
    expect(tracked().filter(path => /(^|\/)\.(npmrc|yarnrc.*)$|pip\.conf$/.test(path))).toEqual([])
  })

  test('each package names exact versions, and gets updates that are a week old', () => {
    for (const folder of folders) {
      const { dependencies, devDependencies } = JSON.parse(text(join(folder, 'package.json')))
      for (const version of Object.values({ ...dependencies, ...devDependencies }))
        expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    }
    const { updates } = parse(text('.github/dependabot.yml')) as { updates: Update[] }
    const npm = updates.filter(each => each['package-ecosystem'] === 'npm')
    expect(npm.map(({ directory, cooldown }) => ({ directory, cooldown }))).toEqual(
      folders.map(folder => ({ directory: join('/', folder), cooldown: { 'default-days': 7 } }))
    )
  })

  test('time is read in src/clock.ts and nowhere else in the program', () => {
    const reads = /Date\.now|new Date\(\)|performance\.now|hrtime/
    expect(sources('src').filter(path => reads.test(text(path)))).toEqual(['src/clock.ts'])
  })
})
