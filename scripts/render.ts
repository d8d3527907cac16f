/**
 * Shows what users see of every ending: plays each in virtual time, and writes the job summary as GitHub shows it, light and dark,
 * and the job log as an image of a terminal.
 *
 *     npm run render -- [--out folder] [ending ...]    all endings, or some, to a folder; default: a new temporary one
 *     npm run render -- --readme                       the pictures of the README, to docs/pictures/
 *
 * If there is no Chromium on this machine, the pages are written as HTML only.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { Browser, findChromium } from './render/browser.ts'
import { logPage, summaryPage, type Theme } from './render/page.ts'
import { small } from './render/png.ts'
import { scenes } from './render/scenes.ts'
import { show } from './render/stage.ts'

const { values, positionals } = parseArgs({
  options: { out: { type: 'string' }, readme: { type: 'boolean' } },
  allowPositionals: true
})
/** The README and docs/canary.md show the logs of the most common endings, and two summaries. */
const inReadme = [
  'rolled-back-alarm',
  'succeeded',
  'rolled-back-before-hook',
  'refused-test',
  'interrupted',
  'rolled-back-canary-errors',
  'succeeded-no-traffic'
]
const summariesInReadme = ['rolled-back-alarm', 'rolled-back-canary-errors']
const given = values.readme ? inReadme : positionals
const names = given.length > 0 ? given : Object.keys(scenes)
const themes: readonly Theme[] = ['light', 'dark']
const out = values.out ? resolve(values.out) : mkdtempSync(join(tmpdir(), 'lambda-codedeploy-pictures-'))
const pictures = values.readme ? join(import.meta.dirname, '..', 'docs', 'pictures') : out
for (const folder of [out, pictures]) mkdirSync(folder, { recursive: true })

const chromium = findChromium()
const browser = chromium === undefined ? undefined : await Browser.start(chromium)
if (!browser)
  console.log('There is no Chromium here (Debian: apt-get install chromium), so no PNGs: only HTML.')

/** Wide enough for the summary column of a run's page, and for 120 columns of the log. */
const widths = { summary: 980, log: 930 }

async function draw(name: string, html: string, width: number): Promise<void> {
  const page = join(out, `${name}.html`)
  writeFileSync(page, html)
  if (!browser) return
  const picture = await browser.picture(pathToFileURL(page).href, width)
  writeFileSync(join(pictures, `${name}.png`), small(picture))
}

try {
  for (const name of names) {
    const scene = scenes[name]
    if (!scene) throw new Error(`No ending is called ${name}. There are: ${Object.keys(scenes).join(', ')}`)
    const { log, summary } = await show(scene)
    writeFileSync(join(out, `${name}.md`), summary)
    await draw(`${name}-log`, logPage(log), widths.log)
    if (values.readme && !summariesInReadme.includes(name)) continue
    for (const theme of themes) await draw(`${name}-${theme}`, summaryPage(summary, theme), widths.summary)
  }
} finally {
  await browser?.stop()
}
console.log(pictures)
