import type { FunctionVersion, Holdings } from '../../src/plan/holdings.ts'

export const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api'

export const version = (number: string, over: Partial<FunctionVersion> = {}): FunctionVersion => ({
  version: number,
  arn: number === '$LATEST' ? arn : `${arn}:${number}`,
  codeSha256: `code of ${number}`,
  role: 'arn:aws:iam::123456789012:role/payments',
  ...over
})

export const alias = (number: string, weights: Record<string, number> = {}) => ({
  arn: `${arn}:live`,
  version: number,
  weights
})

/** live serves 7, `$LATEST` is newer; the group has an alarm and shifts ten percent first. Nothing is running. */
export const holdings = (over: Partial<Holdings> = {}): Holdings => ({
  source: version('$LATEST'),
  previous: undefined,
  alias: alias('7'),
  live: version('7'),
  group: {
    computePlatform: 'Lambda',
    configuration: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    alarms: ['payments-errors'],
    rollbackEvents: ['DEPLOYMENT_FAILURE']
  },
  strategy: { type: 'TimeBasedCanary', percentage: 10, minutes: 5 },
  configuration: {
    name: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    strategy: { type: 'TimeBasedCanary', percentage: 10, minutes: 5 },
    mayCreate: false
  },
  hooks: new Map(),
  running: [],
  warnings: [],
  ...over
})
