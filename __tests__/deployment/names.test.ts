import { expect, test } from '@jest/globals'
import { bareName } from '../../src/deployment/names.ts'

test.each<[given: string, name: string]>([
  ['payments-api', 'payments-api'],
  ['123456789012:function:payments-api', 'payments-api'],
  ['arn:aws:lambda:eu-west-1:123456789012:function:payments-api', 'payments-api']
])('the bare name of %s is %s', (given, name) => {
  expect(bareName(given)).toBe(name)
})
