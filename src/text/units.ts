/** `5m 00s`, `43s`, `1h 05m`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`
  return `${Math.floor(seconds / 3600)}h ${two(Math.floor((seconds % 3600) / 60))}m`
}

/** `212 ms`, `1.2 s`, and from a minute on as above: for what is usually over at once. */
export function milliseconds(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`
  return ms < 59_950 ? `${(ms / 1_000).toFixed(1)} s` : duration(ms)
}

/** `5:07`, `1:05:07`: time since the start, for the first column. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

export const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Epoch ms as `14:32 UTC`, or as `Sat 14:32 UTC` when `now` is on another day: no deployment takes a week. */
export function timeOfDay(at: number, now = at): string {
  const [then, today] = [new Date(at), new Date(now)]
  const day = then.getUTCDay() === today.getUTCDay() ? '' : `${days[then.getUTCDay()]} `
  return `${day}${then.toISOString().slice(11, 16)} UTC`
}

/** Epoch ms as `14:32:09`, in UTC. */
export const timeToTheSecond = (at: number): string => new Date(at).toISOString().slice(11, 19)

/** Epoch ms as `2026-11-26 14:32 UTC`. */
export const dateAndTime = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace(/T/, ' ')} UTC`

/** A share from 0 to 1 as `10%` or `12.5%`. */
export const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`

/** `812 B`, `34.2 kB`, `1.1 MB`, rounded up; a MB is 1024 × 1024 bytes, as in Lambda's limits. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const [unit, many] = bytes < 1024 ** 2 ? ['kB', bytes / 1024] : ['MB', bytes / 1024 ** 2]
  return `${Math.ceil(many * 10) / 10} ${unit}`
}
