import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { violations } from '../invariants/invariants.ts'
import { type PlayedScene, play } from '../play/play.ts'
import { warmUp } from '../play/warmup.ts'
import { violationLine } from './figures.ts'
import { type Phase, phases, sceneOf, type Trouble, troubles } from './phases.ts'

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url))
const marks = ['<!-- tables: npm run simulate -- --table -->', '<!-- end of tables -->'] as const

/** Writes the tables into docs/reliability.md, or with `checkOnly` says whether they are up to date. Gives the exit code. */
export async function reliabilityTable(checkOnly: boolean): Promise<number> {
  await warmUp()
  const text = await readFile(page, 'utf8')
  const fresh = between(text, await tables())
  if (fresh === text) return 0
  if (checkOnly) {
    console.error('docs/reliability.md is not up to date: npm run simulate -- --table')
    return 1
  }
  await writeFile(page, fresh)
  return 0
}

/** All tables, one for each phase, as Markdown. Throws when a release in them violates an invariant. */
export async function tables(): Promise<string> {
  const sections: string[] = []
  for (const phase of phases) {
    const rows: string[] = []
    for (const trouble of troubles) rows.push(await row(trouble, phase))
    sections.push(
      [
        `### ${phase.name}`,
        '',
        '| what happens | outcome | serves at the end | what the step reports |',
        '| --- | --- | --- | --- |',
        ...rows
      ].join('\n')
    )
  }
  return sections.join('\n\n')
}

async function row(trouble: Trouble, phase: Phase): Promise<string> {
  const world = await play(sceneOf(trouble, phase))
  const [broken] = violations(world)
  if (broken) throw new Error(`${trouble.name}, ${phase.name}: ${violationLine(broken)}`)
  const cells = [
    trouble.name,
    outcomeOf(world),
    `\`${world.stage.historyOf('payments-api').last.serving}\``,
    told(world)
  ]
  return `| ${cells.join(' | ')} |`
}

function outcomeOf({ played: [only] }: PlayedScene): string {
  if (!only) return ''
  const { title = '' } = only.post.job.log.annotations.at(-1)?.properties ?? {}
  const [, result] = /^Lambda CodeDeploy: ([\w-]+)/.exec(title) ?? []
  if (only.main.killed) return `(killed)${result ? `, then post: \`${result}\`` : ''}`
  return `\`${only.main.job.outputs.outcome}\``
}

/** Why it did not succeed; otherwise the log lines that a release without trouble does not have. */
function told({ played: [only] }: PlayedScene): string {
  if (!only) return ''
  const lines = [...only.main.job.log.lines, ...only.post.job.log.lines].flatMap(({ text }) =>
    text.split('\n')
  )
  const why = lines.findLast(line => line.startsWith('Why:'))
  if (why) return cell(why.replace(/^Why: +/, ''))
  const odd = lines.filter(line =>
    /sight lost|sight regained|trying again|lost \(|found our|Warning/.test(line)
  )
  return odd.length > 0
    ? cell(odd.map(line => line.replace(/^ +\d\S* +| +after \d.*$/g, '').replace(/ {2,}/g, ' ')).join(' … '))
    : 'nothing'
}

/** Ids are of no use to a reader, and some characters would break the table. */
const cell = (text: string): string =>
  text
    .replace(/\bd-[A-Z0-9]{9}\b/g, 'd-…')
    .replaceAll('|', '\\|')
    .replace(/[<>]/g, sign => (sign === '<' ? '&lt;' : '&gt;'))

function between(text: string, content: string): string {
  const [start, end] = marks
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/reliability.md lacks the lines '${start}' and '${end}'`)
  return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`
}
