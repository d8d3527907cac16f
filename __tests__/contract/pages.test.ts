import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { outcomes } from '../../src/deployment/outcome.ts'
import { pages, root, text, tracked } from './files.ts'

/** Headings outside fenced blocks, as written. */
const headings = (page: string): string[] =>
  [
    ...text(page)
      .replace(/^```[\s\S]*?^```/gm, '')
      .matchAll(/^#+ (.+)$/gm)
  ].map(([, title = '']) => title)

/** GitHub's anchor for a heading: lower case, no punctuation, a hyphen for each space. */
const anchor = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')

/** The links of a page that stay in the repository: to a file, to a heading, or to both. */
const links = (page: string): { target: string; to: string; heading: string }[] =>
  [...text(page).matchAll(/\]\(([^)\s]+)[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter(target => !/^https?:/.test(target))
    .map(target => {
      const [file = '', heading = ''] = target.split('#')
      return { target, to: file === '' ? page : join(page, '..', file), heading }
    })

describe.each(pages())('%s', page => {
  test('links to files that are there', () => {
    const broken = links(page).filter(
      ({ to }) => !tracked().some(path => path === to || path.startsWith(`${to}/`))
    )
    expect(broken.map(({ target }) => target)).toEqual([])
  })

  test('links to headings that are there', () => {
    const broken = links(page).filter(
      ({ to, heading }) => heading !== '' && !headings(to).map(anchor).includes(heading)
    )
    expect(broken.map(({ target }) => target)).toEqual([])
  })

  test('has no two headings with the same anchor', () => {
    const anchors = headings(page).map(anchor)
    // Keep a Changelog has the same headings below each version.
    const again = anchors.filter((each, index) => anchors.indexOf(each) !== index)
    expect(page === 'CHANGELOG.md' ? [] : again).toEqual([])
  })
})

describe('the pages', () => {
  test('have generated parts that are up to date', () => {
    const check = ['--no-warnings', join('scripts', 'docs.ts'), '--check']
    expect(() => execFileSync(process.execPath, check, { cwd: root, stdio: 'pipe' })).not.toThrow()
  })

  test('in docs/ are all reached from the README', () => {
    const linked = links('README.md').map(({ to }) => to)
    expect(pages().filter(page => page.startsWith('docs/') && !linked.includes(page))).toEqual([])
  })

  test('on outcomes have a section for each of them, from best to worst', () => {
    expect(headings('docs/outcomes.md').filter(each => /^[a-z-]+$/.test(each))).toEqual([...outcomes])
  })

  test('on outcomes say of each what to do about it', () => {
    const sections = text('docs/outcomes.md').split(/^## /m)
    const silent = outcomes.filter(
      kind => !sections.some(each => each.startsWith(`${kind}\n`) && each.includes('**What to do:**'))
    )
    expect(silent).toEqual([])
  })
})
