import { expect, test } from '@jest/globals'
import { audienceOf } from '../../src/text/audience.ts'

test.each([
  { partition: 'aws', audience: 'sts.amazonaws.com' },
  { partition: 'aws-us-gov', audience: 'sts.amazonaws.com' },
  { partition: 'aws-cn', audience: 'sts.amazonaws.com.cn' }
])('in partition $partition the token is for $audience', ({ partition, audience }) => {
  expect(audienceOf(`arn:${partition}:iam::123456789012:role/release`)).toBe(audience)
})
