/** Time as the program knows it. Everything that waits or reads the time is handed one of these. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms`, or as soon as `signal` aborts; it never rejects, so a loop looks at the signal itself. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** What a machine has to tell the time with. */
export interface Timepiece {
  /** Epoch ms; people and time servers set it while programs run. */
  wall(): number
  /** Milliseconds since some moment; nothing sets it. */
  elapsed(): number
}

const machine: Timepiece = { wall: () => Date.now(), elapsed: () => performance.now() }

/** What the machine's clock says at this moment, epoch ms, for who has to reckon with a library that reads it. */
export const machineTime = (): number => machine.wall()

/** The time as the machine knows it now, epoch ms, going on evenly from here, also when somebody sets the machine's clock. */
export function steadyTime({ wall, elapsed }: Timepiece = machine): () => number {
  const begun = elapsed()
  const at = wall()
  return () => at + Math.floor(elapsed() - begun)
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * The machine's clock, or one that runs `speed` times as fast from `origin` on.
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
 * The clock of this job. `LAMBDA_CODEDEPLOY_CLOCK=60x@1763647200000` makes it run sixty times as fast from that moment on (epoch
 * ms), in step with the simulator; it is honoured only when AWS itself is a simulator on this machine.
 */
export function clockFrom(env: Readonly<Record<string, string | undefined>>): Clock {
  const [, speed, origin] = /^(\d+(?:\.\d+)?)x@(\d+)$/.exec(env.LAMBDA_CODEDEPLOY_CLOCK ?? '') ?? []
  const given = Object.keys(env).filter(name => name.startsWith('AWS_ENDPOINT_URL') && env[name])
  const all = env.AWS_ENDPOINT_URL || (env.AWS_ENDPOINT_URL_LAMBDA && env.AWS_ENDPOINT_URL_CODEDEPLOY)
  const simulated = Boolean(all) && given.every(name => isLoopback(env[name]))
  if (!simulated || !speed || !origin || Number(speed) <= 0) return realClock()
  return realClock(Number(speed), Number(origin))
}

export function isLoopback(url: string | undefined): boolean {
  if (!url || !URL.canParse(url)) return false
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}
