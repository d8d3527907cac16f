import { describe, expect, test } from '@jest/globals'
import { home, placeFor } from '../../scripts/act/world.ts'
import { createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'

const clock = new VirtualClock()
const places = [home, { region: 'us-east-1', account: '210987654321' }].map(place =>
  createAws({ clock, ...place })
)
const request = { method: 'POST', path: '/', query: {}, headers: {}, body: new Uint8Array() }
const signedFor = (region: string) => ({
  ...request,
  headers: {
    authorization: `AWS4-HMAC-SHA256 Credential=ASIA/20261120/${region}/lambda/aws4_request, SignedHeaders=host, Signature=1`
  }
})
const roleOf = (account: string) => ({
  ...request,
  body: new TextEncoder().encode(
    String(new URLSearchParams({ RoleArn: `arn:aws:iam::${account}:role/release` }))
  )
})

describe('a request to several simulated accounts', () => {
  test.each([
    {
      name: 'goes to the region that it is signed for',
      request: signedFor('us-east-1'),
      region: 'us-east-1'
    },
    { name: 'for a role goes to its account', request: roleOf('123456789012'), region: 'eu-west-1' }
  ])('$name', ({ request, region }) => {
    expect(placeFor(places, request).region).toBe(region)
  })

  test('for a region that is not there is nobody to answer', () => {
    expect(() => placeFor(places, signedFor('sa-east-1'))).toThrow(
      'no simulated account for region sa-east-1'
    )
  })
})
