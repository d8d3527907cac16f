import { play, release } from '../../__tests__/scenarios/play.ts'
import { drawing } from './drawing.ts'
import { hooks } from './logs.ts'
import { gaps, looksOf, strategy, withHooks } from './looks.ts'
import { block, table } from './page.ts'

/** The AppSpec of a release with both hooks, as it was sent. */
export async function appSpec(): Promise<string[]> {
  const { outputs } = await play({ inputs: { ...release, ...hooks } })
  return block('json', (outputs.appspec ?? '').split('\n'))
}

export const canaryDrawing = async (): Promise<string[]> => drawing(await looksOf(withHooks(20)))

export const linearDrawing = async (): Promise<string[]> =>
  drawing(await looksOf(strategy('Linear20PercentEvery2Minutes')))

/** How looks are spaced in each phase, beginning with the first pause of the phase. */
export async function spacing(): Promise<string[]> {
  const silent = await looksOf({
    inputs: { ...release, ...hooks, 'wait-for-minutes': '180' },
    setting: { before: { behaviour: 'silent' } }
  })
  const long = await looksOf(strategy('Canary10Percent30Minutes'))
  const within = (moments: readonly number[], from: number, to: number) =>
    moments.filter(at => at >= from && at <= to)
  const hook = silent.lifecycle.find(({ name }) => name === 'BeforeAllowTraffic')
  const shift = long.lifecycle.find(({ name }) => name === 'AllowTraffic')
  if (!hook || !shift) throw new Error('the releases did not reach the phases to be measured')
  const begin = long.looks.filter(at => at < shift.from)
  return table(
    ['phase', 'seconds between looks, from the beginning of the phase'],
    [
      ['the deployment was just created', listed(gaps([0, ...begin]))],
      ['a hook runs, and has not reported back', listed(gaps(within(silent.looks, hook.from, hook.to)))],
      ['traffic shifts, and nothing is due', listed(gaps(within(long.looks, shift.from, shift.to)))]
    ]
  )
}

/** The first of them; the rest are like the last one shown. */
function listed(seconds: readonly number[]): string {
  const shown = seconds.slice(0, 12).map(each => each.toFixed(1).replace(/\.0$/, ''))
  return `${shown.join(', ')}${seconds.length > shown.length ? ' …' : ''}`
}
