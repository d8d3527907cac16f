import { describe, expect, test } from '@jest/globals'
import { sources, text, tracked } from './files.ts'

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
