import { describe, expect, test } from '@jest/globals'
import { clockFrom } from '../src/clock.ts'

/** The rehearsal began a minute ago, sixty times as fast, so an hour has passed in it. */
const origin = Date.now() - 60_000
const fast = `60x@${origin}`

const isFast = (env: Record<string, string>) => clockFrom(env).now() - origin >= 3_600_000

describe('the job runs by a faster clock', () => {
  test.each<{ name: string; env: Record<string, string> }>([
    { name: 'when AWS is a simulator on this machine', env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' } },
    { name: 'when its address is localhost', env: { AWS_ENDPOINT_URL: 'http://localhost:4566' } },
    { name: 'when it listens on IPv6', env: { AWS_ENDPOINT_URL: 'http://[::1]:4566' } },
    {
      name: 'when it is given for each service separately',
      env: {
        AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:4566',
        AWS_ENDPOINT_URL_CODEDEPLOY: 'http://127.0.0.1:4566'
      }
    }
  ])('$name', ({ env }) => {
    expect(isFast({ ...env, LAMBDA_CODEDEPLOY_CLOCK: fast })).toBe(true)
  })
})

describe("the job runs by the machine's clock", () => {
  const simulated = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }
  test.each<{ name: string; env: Record<string, string> }>([
    { name: 'when nobody asks for another', env: simulated },
    { name: 'when AWS is real', env: { LAMBDA_CODEDEPLOY_CLOCK: fast } },
    {
      name: 'when AWS is elsewhere',
      env: { AWS_ENDPOINT_URL: 'https://vpce.example.com', LAMBDA_CODEDEPLOY_CLOCK: fast }
    },
    {
      name: 'when the host name only looks like this machine',
      env: { AWS_ENDPOINT_URL: 'http://localhost.example.com', LAMBDA_CODEDEPLOY_CLOCK: fast }
    },
    {
      name: 'when this machine is only a user name',
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1@example.com', LAMBDA_CODEDEPLOY_CLOCK: fast }
    },
    {
      name: 'when one of the services is the real AWS',
      env: {
        ...simulated,
        AWS_ENDPOINT_URL_LAMBDA: 'https://lambda.eu-west-1.amazonaws.com',
        LAMBDA_CODEDEPLOY_CLOCK: fast
      }
    },
    {
      name: 'when the endpoint is no URL',
      env: { AWS_ENDPOINT_URL: 'localhost', LAMBDA_CODEDEPLOY_CLOCK: fast }
    },
    { name: 'when time would stand still', env: { ...simulated, LAMBDA_CODEDEPLOY_CLOCK: `0x@${origin}` } },
    {
      name: 'when time would run backwards',
      env: { ...simulated, LAMBDA_CODEDEPLOY_CLOCK: `-60x@${origin}` }
    },
    { name: 'when the rehearsal has no origin', env: { ...simulated, LAMBDA_CODEDEPLOY_CLOCK: '60x' } }
  ])('$name', ({ env }) => {
    const before = Date.now()
    const now = clockFrom(env).now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })
})
