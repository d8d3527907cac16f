import type { Looks } from './looks.ts'
import { block } from './page.ts'

/** Columns for the timeline, to the right of the labels. */
const widest = 84
const labelWidth = 12
const scales = [2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 90, 120, 300]

/** A release on a timeline: hooks, traffic, and a tick for each request that the step sent. */
export function drawing(looks: Looks): string[] {
  const total = Math.max(looks.known, looks.end)
  const scale = scales.find(each => total / each <= widest - 1) ?? 600
  const width = Math.floor(total / scale) + 1
  const column = (at: number) => Math.min(width - 1, Math.max(0, Math.floor(at / scale)))
  const line = (label: string, cells: string) => `${label.padStart(labelWidth - 2)}  ${cells}`.trimEnd()

  const shares = [...new Set(looks.traffic.map(({ share }) => share))].filter(share => share > 0)
  const steps = shares
    .sort((a, b) => b - a)
    .map(share => {
      const from = looks.traffic.find(each => each.share >= share)?.at ?? total
      return line(
        `${Math.round(share * 100)} %`,
        `${' '.repeat(column(from))}${'▄'.repeat(width - column(from))}`
      )
    })
  const hooks = spans(looks, column, width)
  return block('text', [
    ...(hooks.trim() === '' ? [] : [line('hooks', hooks)]),
    ...steps,
    '',
    line('status', ticks(looks.status, column, width)),
    line('events', ticks(looks.events, column, width)),
    line('alias', ticks(looks.alias, column, width)),
    line('', axis(scale, width)),
    '',
    line('', `one column is ${scale} seconds;  │ one request,  2 two requests`)
  ])
}

/** Hooks that took time, from start to end. */
function spans({ lifecycle }: Looks, column: (at: number) => number, width: number): string {
  const cells = Array.from({ length: width }, () => ' ')
  for (const { name, from, to } of lifecycle) {
    if (name === 'AllowTraffic' || to - from < 1) continue
    for (let at = column(from); at <= column(to); at++) cells[at] = '━'
  }
  return cells.join('')
}

function ticks(moments: readonly number[], column: (at: number) => number, width: number): string {
  const counts = Array.from({ length: width }, () => 0)
  for (const at of moments) counts[column(at)] = (counts[column(at)] ?? 0) + 1
  return counts.map(count => (count === 0 ? '·' : count === 1 ? '│' : String(Math.min(count, 9)))).join('')
}

/** Minutes below the timeline, as many as fit. */
function axis(scale: number, width: number): string {
  const every = [1, 2, 5, 10, 15, 30].find(minutes => (minutes * 60) / scale >= 8) ?? 60
  let written = ''
  for (let minute = 0; (minute * 60) / scale < width; minute += every)
    written = `${written.padEnd((minute * 60) / scale)}${minute}:00`
  return written
}
