import { type Aws, createAws } from '../../simulator/aws.ts'
import { scaledClock } from '../../simulator/clock.ts'
import { serveIdTokens } from '../../simulator/identity/oidc.ts'
import { scopeOf } from '../../simulator/identity/signature.ts'
import { serve } from '../../simulator/wire/server.ts'
import type { WireRequest } from '../../simulator/wire/wire.ts'

/** One account in one region. */
export interface Place {
  region: string
  account: string
}

export const home: Place = { region: 'eu-west-1', account: '123456789012' }

/** Simulated accounts behind one address, and GitHub's OIDC tokens. */
export interface World {
  places: readonly Aws[]
  /** For the environment of the jobs. */
  env: Record<string, string>
  close(): Promise<void>
}

/** Serves these places, `speed` times as fast as real time. No two are in the same region. */
export async function openWorld(speed: number, places: readonly Place[]): Promise<World> {
  const origin = Date.now()
  const clock = scaledClock(speed, origin)
  const all = places.map(place => createAws({ clock, ...place }))
  const [server, github] = await Promise.all([serve(request => placeFor(all, request)), serveIdTokens(clock)])
  return {
    places: all,
    env: { AWS_ENDPOINT_URL: server.url, LAMBDA_CODEDEPLOY_CLOCK: `${speed}x@${origin}`, ...github.env },
    close: async () => {
      await Promise.all([server.close(), github.close()])
    }
  }
}

/** A signature names the region. What has none asks for a role, whose ARN names the account. */
export function placeFor(places: readonly Aws[], { headers, body }: WireRequest): Aws {
  const region = scopeOf(headers)?.region
  const account = /arn:aws:iam::(\d{12}):role/.exec(decodeURIComponent(new TextDecoder().decode(body)))?.[1]
  const found = places.find(each => (region ? each.region === region : each.account === account))
  if (!found) throw new Error(`no simulated account for region ${region} or account ${account}`)
  return found
}
