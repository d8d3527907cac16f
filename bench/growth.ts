import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** What a watch holds in memory once all garbage is collected, bytes. */
export interface Growth {
  /** After its first hour. */
  early: number
  /** After its last. */
  late: number
}

/** Watches in a process of its own, whose garbage nobody else adds to. Takes some seconds. */
export async function growth(): Promise<Growth> {
  const script = join(import.meta.dirname, 'longwatch.ts')
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script])
  return JSON.parse(stdout)
}
