import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Ending } from './ending.ts'
import { endings } from './endings.ts'
import { HELP, type RehearseOptions, readOptions } from './options.ts'
import { baseInputs, type Rehearsed, rehearse } from './rehearsal.ts'
import { closing, heading, LogPrinter, opening, results, type Screen, workflowStep } from './screen.ts'

const USES = 'your-org/lambda-codedeploy@v1'
const WIDEST = 120
const STRATEGY = 'codedeploy-deployment-config'

export interface Terminal {
  out(text: string): void
  /** Receives complaints about the command line. */
  err(text: string): void
  columns: number
  colorful: boolean
}

/**
 * The command behind `npm run demo`. Returns the exit code: 0 when the release ended as rehearsed, 1 when it did not,
 * 2 when the command line is wrong. `signal` cancels the job.
 */
export async function demo(
  args: readonly string[],
  terminal: Terminal,
  signal?: AbortSignal
): Promise<number> {
  const options = readOptions(args, terminal.colorful)
  if (options.kind === 'wrong') {
    terminal.err(`demo: ${options.problem}\n`)
    return 2
  }
  if (options.kind !== 'rehearse') {
    terminal.out(`${options.kind === 'help' ? HELP : listed(endings)}\n`)
    return 0
  }
  const action = resolve(options.action ?? join(import.meta.dirname, '..', '..'))
  if (!existsSync(join(action, 'action.yml'))) {
    terminal.err(`demo: --action ${options.action}: there is no action.yml.\n`)
    return 2
  }
  const screen = { color: options.color, width: Math.min(terminal.columns, WIDEST) }
  return await show({ ...options, action }, screen, terminal, signal)
}

async function show(
  options: RehearseOptions & { action: string },
  screen: Screen,
  terminal: Terminal,
  signal: AbortSignal | undefined
): Promise<number> {
  const { ending, speed, action } = options
  const say = (lines: readonly string[]) => terminal.out(lines.map(line => `${line}\n`).join(''))
  const inputs = { ...baseInputs, ...ending.inputs, ...options.inputs }
  // Nothing is uploaded when a version is asked for.
  if (inputs['target-version']) delete inputs.code
  for (const [name, value] of Object.entries(inputs)) if (value === '') delete inputs[name]
  say(opening(screen, `Rehearsal: ${ending.name}`, ending.about, `simulated AWS, ${speed} times as fast`))
  say(heading(screen, 'The step'))
  say(workflowStep(screen, USES, inputs))
  say(heading(screen, 'Its log'))
  const printer = new LogPrinter(screen)
  const rehearsed = await rehearse({
    ending,
    speed,
    inputs,
    action,
    uses: USES,
    ...(!screen.color && { env: { NO_COLOR: '1' } }),
    onLine: line => say(printer.print(line)),
    ...(signal && { signal })
  })
  const { result } = rehearsed
  say(results(screen, result))
  if (options.summaryFile !== undefined)
    await writeFile(options.summaryFile, result.summary + (result.post?.summary ?? ''))
  const differences = signal?.aborted
    ? ['the job was cancelled from the keyboard']
    : compare(ending, inputs, rehearsed)
  const asRehearsed = differences.length === 0
  const verdict = asRehearsed
    ? 'As rehearsed'
    : `Not as rehearsed: ${differences.join('; ')}.\n  What happened`
  say(closing(screen, asRehearsed, `${verdict}: ${whatHappened(rehearsed)}`))
  return asRehearsed ? 0 : 1
}

/** How the release differed from what the ending says; empty when it ended as rehearsed. */
export function compare(ending: Ending, inputs: Record<string, string>, rehearsed: Rehearsed): string[] {
  const { result, serving } = rehearsed
  const { step, outcome, serves } = ending.expect
  // If traffic is split in the end, the expected weights are those of the default strategy.
  const usual = inputs[STRATEGY] === baseInputs[STRATEGY]
  const wanted = serves?.includes(':') && !usual ? serving : serves
  const checks: [what: string, expected: string | undefined, actual: string][] = [
    ['the step', step, result.outcome],
    ['output outcome', outcome, result.outputs.outcome ?? ''],
    [
      'output serving-version',
      ending.functions ? undefined : outcome && wanted,
      result.outputs['serving-version'] ?? ''
    ],
    ['the alias', wanted, serving]
  ]
  return checks
    .filter(([, expected, actual]) => expected !== undefined && expected !== actual)
    .map(([what, expected, actual]) => `${what}: expected ${expected}, got ${actual || 'nothing'}`)
}

const VERBS = { success: 'passed', failure: 'failed', cancelled: 'was cancelled' }

function whatHappened({ result, serving, tookMs }: Rehearsed): string {
  const outcome = result.outputs.outcome ? `, outcome ${result.outputs.outcome}` : ''
  return `the step ${VERBS[result.outcome]}${outcome}, ${serving || 'no version'} serving, after ${elapsed(tookMs)}.`
}

function listed(all: readonly Ending[]): string {
  const longest = Math.max(...all.map(({ name }) => name.length))
  return all.map(({ name, about }) => `  ${name.padEnd(longest)}  ${about}`).join('\n')
}

/** 5:07, or 1:02:15. */
function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const two = (value: number) => String(Math.floor(value) % 60).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = hours > 0 ? `${hours}:${two(seconds / 60)}` : String(Math.floor(seconds / 60))
  return `${minutes}:${two(seconds)}`
}

if (import.meta.main) {
  const job = new AbortController()
  process.on('SIGINT', () => {
    // A second Ctrl-C is for those who do not want to see how the cancelled job ends.
    if (job.signal.aborted) process.exit(130)
    job.abort()
  })
  const { NO_COLOR, FORCE_COLOR, COLUMNS } = process.env
  const terminal = {
    columns: process.stdout.columns || Number(COLUMNS) || WIDEST,
    colorful: !NO_COLOR && (process.stdout.isTTY || (FORCE_COLOR ?? '0') !== '0'),
    out: (text: string) => process.stdout.write(text),
    err: (text: string) => process.stderr.write(text)
  }
  process.exitCode = await demo(process.argv.slice(2), terminal, job.signal)
}
