import { type Clock, realClock } from './clock.ts'

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

function isLoopback(url: string | undefined): boolean {
  if (!url || !URL.canParse(url)) return false
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}
