/**
 * Writes the generated parts of the README, each between marker comments of its name: the tables of inputs and outputs from
 * action.yml, and two job logs from releases that are played in virtual time.
 * With `--check` it writes nothing and exits with 1 when something there is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { play, release } from '../__tests__/scenarios/play.ts'

interface Action {
  inputs: Record<string, { description: string; default?: string }>
  outputs: Record<string, { description: string }>
}

const at = (name: string): string => join(import.meta.dirname, '..', name)
const { inputs, outputs }: Action = parse(readFileSync(at('action.yml'), 'utf8'))

const row = (...cells: string[]): string => `| ${cells.map(cell => cell.replace(/\|/g, '\\|')).join(' | ')} |`

const inputTable = (): string[] => [
  row('input', 'default', 'meaning'),
  row('---', '---', '---'),
  ...Object.entries(inputs).map(([name, input]) =>
    row(`\`${name}\``, input.default === undefined ? '' : `\`${input.default}\``, input.description)
  )
]

const outputTable = (): string[] => [
  row('output', 'meaning'),
  row('---', '---'),
  ...Object.entries(outputs).map(([name, { description }]) => row(`\`${name}\``, description))
]

/** The log of a canary with both hooks. With an alarm after some minutes, only from where the two begin to differ. */
async function log(alarmAfter?: number): Promise<string[]> {
  const { log } = await play({
    inputs: {
      ...release,
      'before-allow-traffic-hook': 'CodeDeployHook_before',
      'after-allow-traffic-hook': 'CodeDeployHook_after'
    },
    before: (aws, clock) => {
      if (alarmAfter === undefined) return
      const alarm = { AlarmName: 'payments-errors', StateValue: 'ALARM', StateReason: 'Threshold Crossed' }
      clock.at(clock.now() + alarmAfter * 60_000, () => aws.alarms.setAlarmState(alarm))
    }
  })
  const shown = log
    // The AppSpec is a group of its own, folded until somebody opens it.
    .filter(line => !line.startsWith('│ '))
    .map(line => line.replace(/^(?=AppSpec$)/, '▸ ').replace(/^(?=Plan$|Result: )/, '▾ '))
  const begin = alarmAfter === undefined ? 0 : shown.findIndex(line => line.startsWith('Deployment '))
  return ['```text', ...shown.slice(begin), '```']
}

const readme = readFileSync(at('README.md'), 'utf8')
const parts = {
  inputs: inputTable(),
  outputs: outputTable(),
  'log: succeeded': await log(),
  'log: alarm': await log(2)
}

let written = readme
for (const [name, lines] of Object.entries(parts)) {
  const between = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!between.test(written)) throw new Error(`README.md has no <!-- ${name} --> … <!-- /${name} -->`)
  written = written.replace(between, (_, start, end) => `${start}\n${lines.join('\n')}\n\n${end}`)
}

if (!process.argv.includes('--check')) writeFileSync(at('README.md'), written)
else if (written !== readme) {
  console.error('README.md is out of date. Run: npm run docs')
  process.exitCode = 1
}
