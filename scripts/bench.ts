/**
 * Measures this action and its alternatives side by side, and prints the tables for the section Figures in README.md. Waiting is
 * simulated: an hour of it takes milliseconds. Starts are real, and use dist/ as it is. `--write` puts the tables into README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { report } from '../bench/report.ts'

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '100' },
    starts: { type: 'string', default: '21' }
  }
})

const lines = await report({ seeds: Number(values.seeds), starts: Number(values.starts) })
console.log(lines.join('\n'))
if (values.write) {
  const path = join(import.meta.dirname, '..', 'README.md')
  const readme = readFileSync(path, 'utf8')
  const between = /(<!-- figures -->\n)[\s\S]*?(<!-- \/figures -->)/
  if (!between.test(readme)) throw new Error('README.md has no <!-- figures --> … <!-- /figures -->')
  writeFileSync(
    path,
    readme.replace(between, (_, start, end) => `${start}\n${lines.join('\n')}\n\n${end}`)
  )
}
