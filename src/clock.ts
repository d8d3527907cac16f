/** Time as the program sees it. Everything that waits or reads the time is given a clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms`, or as soon as `signal` aborts. It never rejects, so a loop must check the signal itself. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** A machine's two clocks. */
export interface Timepiece {
  /** Epoch ms. People and time servers may set it while programs run. */
  wall(): number
  /** Milliseconds since some moment. Nothing sets it. */
  elapsed(): number
}

/** The machine's own time, epoch ms, as read by libraries that cannot be given a clock. */
export const machineTime = (): number => Date.now()

const machine: Timepiece = { wall: machineTime, elapsed: () => performance.now() }

/** Epoch ms: the machine's time now, which then advances evenly even if somebody sets the machine's clock. */
export function steadyTime({ wall, elapsed }: Timepiece = machine): () => number {
  const begun = elapsed()
  const at = wall()
  return () => at + Math.floor(elapsed() - begun)
}

/** By how much somebody, or a sleep of the machine, has set the machine's clock since now, ms. */
export function settingSince({ wall, elapsed }: Timepiece = machine): () => number {
  const before = wall() - elapsed()
  return () => Math.round(wall() - elapsed() - before)
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * The machine's clock, or one that starts at `origin` and runs `speed` times as fast.
 * The fast one exists for rehearsals against the simulator, where a five-minute canary should take seconds.
 */
export function realClock(speed = 1, origin = Date.now()): Clock {
  const time = steadyTime()
  const now = () => origin + (time() - origin) * speed
  return {
    now,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const done = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, Math.min(Math.max(0, ms / speed), LONGEST_TIMER_MS))
        signal?.addEventListener('abort', done, { once: true })
      })
  }
}

/**
 * The clock of this job. `LAMBDA_CODEDEPLOY_CLOCK=60x@1763647200000` makes it start at that moment (epoch ms) and run sixty times as
 * fast, in step with the simulator. It is honoured only when AWS itself is a simulator on this machine.
 */
export function clockFrom(env: Readonly<Record<string, string | undefined>>): Clock {
  const [, speed, origin] = /^(\d+(?:\.\d+)?)x@(\d+)$/.exec(env.LAMBDA_CODEDEPLOY_CLOCK ?? '') ?? []
  const endpoints = Object.keys(env).filter(name => name.startsWith('AWS_ENDPOINT_URL') && env[name])
  const all = env.AWS_ENDPOINT_URL || (env.AWS_ENDPOINT_URL_LAMBDA && env.AWS_ENDPOINT_URL_CODEDEPLOY)
  const simulated = Boolean(all) && endpoints.every(name => isLoopback(env[name]))
  if (!simulated || !speed || !origin || Number(speed) <= 0) return realClock()
  return realClock(Number(speed), Number(origin))
}

export function isLoopback(url: string | undefined): boolean {
  if (!url || !URL.canParse(url)) return false
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}
