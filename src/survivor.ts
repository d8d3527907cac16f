import { randomUUID } from 'node:crypto'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from './clock.ts'

/** How often main looks whether post has begun, and post whether main is over, ms. */
const lookMs = 250
/** How long post waits for a sign of main, ms. */
const signMs = 2_000
/** How long post waits until main is over, ms. A cancelled main needs less than ten seconds. */
const overMs = 15_000

/** Where main and post of one step meet: a path that nobody else uses. */
export const meetingPlace = (env: Readonly<Record<string, string | undefined>>): string =>
  join(env.RUNNER_TEMP || tmpdir(), `lambda-codedeploy-${randomUUID()}`)

/**
 * In a job with `container:`, the runner signals `docker exec`, which passes nothing on: main survives the end of its step, and would
 * release what was cancelled. It calls `cancel` once post has begun. Gives what is to be called when main is over.
 */
export function listenForPost(place: string, cancel: () => void, clock: Clock): () => void {
  const over = new AbortController()
  const listen = async () => {
    while (!over.signal.aborted && !existsSync(place)) await clock.sleep(lookMs, over.signal)
    if (over.signal.aborted) return
    attempt(() => renameSync(place, heard(place)))
    cancel()
  }
  void listen()
  return () => {
    over.abort()
    attempt(() => rmSync(heard(place), { force: true }))
  }
}

/** What post finds out about main: it was over already, it is over now, or it goes on. */
export type Survivor = 'none' | 'over' | 'goes on'

/** Tells a main that has survived that the job is cancelled, and waits until it is over. */
export async function tellSurvivor(place: string, clock: Clock): Promise<Survivor> {
  if (!attempt(() => writeFileSync(place, ''))) return 'none'
  if (!(await isGone(place, signMs, clock))) {
    attempt(() => rmSync(place, { force: true }))
    return 'none'
  }
  return (await isGone(heard(place), overMs, clock)) ? 'over' : 'goes on'
}

const heard = (place: string): string => `${place}.heard`

async function isGone(path: string, withinMs: number, clock: Clock): Promise<boolean> {
  const until = clock.now() + withinMs
  while (existsSync(path)) {
    if (clock.now() >= until) return false
    await clock.sleep(lookMs)
  }
  return true
}

/** A disk that cannot be written takes nothing but this from the release. */
function attempt(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
