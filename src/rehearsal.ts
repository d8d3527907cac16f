import { type Clock, realClock } from './clock.ts'

const endpoints = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_LAMBDA', 'AWS_ENDPOINT_URL_CODEDEPLOY']

/**
 * The clock of this job. `LAMBDA_CODEDEPLOY_CLOCK=60x@1763647200000` makes it run sixty times as fast from that moment on (epoch
 * ms), in step with the simulator; it is honoured only when AWS itself is a simulator on this machine.
 */
export function clockFrom(env: Readonly<Record<string, string | undefined>>): Clock {
  const [, speed, origin] = /^(\d+(?:\.\d+)?)x@(\d+)$/.exec(env.LAMBDA_CODEDEPLOY_CLOCK ?? '') ?? []
  const simulated = endpoints.some(name => isLoopback(env[name]))
  if (!simulated || !speed || !origin || Number(speed) <= 0) return realClock()
  return realClock(Number(speed), Number(origin))
}

function isLoopback(url: string | undefined): boolean {
  if (!url || !URL.canParse(url)) return false
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}
