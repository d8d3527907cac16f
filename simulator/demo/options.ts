import { parseArgs } from 'node:util'
import type { Ending } from './ending.ts'
import { endings } from './endings.ts'
import { endingOfSeveral, severalEndings } from './severalfunctions.ts'

/** What `npm run demo -- …` was asked for. */
export type Options =
  | { kind: 'help' }
  | { kind: 'list' }
  /** `problem` is one line for the person who typed it. */
  | { kind: 'wrong'; problem: string }
  | RehearseOptions

export interface RehearseOptions {
  kind: 'rehearse'
  ending: Ending
  /** Simulated seconds per second. */
  speed: number
  /** `with:` of the step, which takes precedence over the ending's inputs. */
  inputs: Record<string, string>
  /** A file that the job summary is also written to. */
  summaryFile: string | undefined
  /** The folder with the action.yml. */
  action: string | undefined
  color: boolean
}

export const HELP = `Rehearses a release in a terminal: the real action, a model of GitHub's runner, a simulated AWS.

  npm run demo -- [options]

  --ending NAME         how the release ends (default: succeeded); see --list
  --functions N         release N functions in one step, all or none (endings succeeded, alarm, interrupted)
  --strategy NAME       how traffic moves, for instance Linear10PercentEvery1Minute
  --speed N             simulated seconds per second (default: depends on the ending)
  --input NAME=VALUE    an input of the step; may be repeated
  --summary-file PATH   also write the job summary to a file
  --action FOLDER       the folder with the action.yml (default: this repository)
  --no-color            no colours; NO_COLOR does the same
  --list                list the endings
  --help                this text

Ctrl-C cancels the job as GitHub would. The exit code is 0 when the release ended as rehearsed.`

const wrong = (problem: string): Options => ({ kind: 'wrong', problem })

/** Reads the command line. `colorful`: what the terminal and NO_COLOR say. */
export function readOptions(args: readonly string[], colorful: boolean): Options {
  const parsed = parse(args)
  if (typeof parsed === 'string') return wrong(parsed)
  const { values } = parsed
  if (values.help) return { kind: 'help' }
  if (values.list) return { kind: 'list' }
  const name = values.ending ?? 'succeeded'
  const ending =
    values.functions === undefined
      ? endings.find(other => other.name === name)
      : several(name, values.functions)
  if (typeof ending === 'string') return wrong(ending)
  if (!ending)
    return wrong(
      `--ending ${name}: there is no such ending. There are: ${endings.map(e => e.name).join(', ')}.`
    )
  const speed =
    values.speed === undefined ? ending.speed * stretch(values.strategy ?? '') : Number(values.speed)
  if (!(speed >= 1 && speed <= 10_000))
    return wrong(`--speed ${values.speed}: must be a number from 1 to 10000.`)
  const inputs: Record<string, string> = {}
  if (values.strategy !== undefined) inputs['codedeploy-deployment-config'] = values.strategy
  for (const input of values.input ?? []) {
    const at = input.indexOf('=')
    if (at < 1) return wrong(`--input ${input}: must be NAME=VALUE.`)
    inputs[input.slice(0, at)] = input.slice(at + 1)
  }
  return {
    kind: 'rehearse',
    ending,
    speed,
    inputs,
    summaryFile: values['summary-file'],
    action: values.action,
    color: colorful && !values['no-color']
  }
}

/** The ending with that many functions, or what is wrong with the request. */
function several(name: string, given: string): Ending | string {
  const count = Number(given)
  if (!Number.isInteger(count) || count < 2 || count > 30)
    return `--functions ${given}: must be a number from 2 to 30.`
  const known = severalEndings.find(each => each === name)
  return known
    ? endingOfSeveral(known, count)
    : `--functions goes with --ending ${severalEndings.join(', ')}, not ${name}.`
}

const USUAL_MINUTES = 5

/** How many times as long as the usual canary a strategy takes, at least 1: it is rehearsed that much faster. */
function stretch(strategy: string): number {
  const [, canary, percent, interval] =
    /Canary\d+Percent(\d+)Minutes|Linear(\d+)PercentEvery(\d+)Minute/.exec(strategy) ?? []
  const minutes = canary ? Number(canary) : (Math.ceil(100 / Number(percent)) - 1) * Number(interval)
  return Math.max(1, Math.round(minutes / USUAL_MINUTES) || 1)
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ending: { type: 'string' },
        strategy: { type: 'string' },
        speed: { type: 'string' },
        input: { type: 'string', multiple: true },
        'summary-file': { type: 'string' },
        action: { type: 'string' },
        functions: { type: 'string' },
        'no-color': { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' }
      }
    })
  } catch (error) {
    const [first] = (error as Error).message.split(/\n|\. /)
    return `${first}. See --help.`
  }
}
