import { expect, test } from '@jest/globals'
import {
  alarmUrl,
  aliasUrl,
  deploymentUrl,
  logGroupUrl,
  partitionOf,
  versionUrl
} from '../../src/text/links.ts'

test.each<{ name: string; region: string; partition: string; url: string }>([
  {
    name: 'a deployment is shown in the console of its region',
    region: 'eu-west-1',
    partition: 'aws',
    url: 'https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-1A2B3C4D5?region=eu-west-1'
  },
  {
    name: 'China has its own partition and console',
    region: 'cn-north-1',
    partition: 'aws-cn',
    url: 'https://cn-north-1.console.amazonaws.cn/codesuite/codedeploy/deployments/d-1A2B3C4D5?region=cn-north-1'
  },
  {
    name: 'so does GovCloud',
    region: 'us-gov-west-1',
    partition: 'aws-us-gov',
    url: 'https://us-gov-west-1.console.amazonaws-us-gov.com/codesuite/codedeploy/deployments/d-1A2B3C4D5?region=us-gov-west-1'
  },
  {
    name: 'a region that only starts like those does not',
    region: 'us-east-1',
    partition: 'aws',
    url: 'https://us-east-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-1A2B3C4D5?region=us-east-1'
  }
])('$name', ({ region, partition, url }) => {
  expect({ partition: partitionOf(region), url: deploymentUrl(region, 'd-1A2B3C4D5') }).toEqual({
    partition,
    url
  })
})

test('an id cannot lead elsewhere', () => {
  expect(deploymentUrl('eu-west-1', '../x?y#"z')).toBe(
    'https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/..%2Fx%3Fy%23%22z?region=eu-west-1'
  )
})

const pages: [page: string, url: (region: string) => string, path: string][] = [
  [
    'a version of a function',
    region => versionUrl(region, 'payments-api', '8'),
    '/lambda/home?region=REGION#/functions/payments-api/versions/8'
  ],
  [
    'an alias',
    region => aliasUrl(region, 'payments-api', 'live'),
    '/lambda/home?region=REGION#/functions/payments-api/aliases/live'
  ],
  [
    'an alarm whose name has spaces and signs',
    region => alarmUrl(region, 'Errors > 5 / min'),
    '/cloudwatch/home?region=REGION#alarmsV2:alarm/Errors%20%3E%205%20%2F%20min'
  ],
  [
    'a log group',
    region => logGroupUrl(region, '/aws/lambda/f'),
    '/cloudwatch/home?region=REGION#logsV2:log-groups/log-group/$252Faws$252Flambda$252Ff'
  ],
  [
    'a log group between two moments',
    region => logGroupUrl(region, '/aws/lambda/f', { from: 1_000, to: 2_000 }),
    '/cloudwatch/home?region=REGION#logsV2:log-groups/log-group/$252Faws$252Flambda$252Ff/log-events$3Fstart$3D1000$26end$3D2000'
  ]
]

test.each(
  [
    ['eu-west-1', 'console.aws.amazon.com'],
    ['cn-north-1', 'console.amazonaws.cn'],
    ['us-gov-west-1', 'console.amazonaws-us-gov.com']
  ].flatMap(([region = '', host = '']) => pages.map(page => [...page, region, host] as const))
)('%s has its page in %3$s', (_page, url, path, region, host) => {
  expect(url(region)).toBe(`https://${region}.${host}${path.replace('REGION', region)}`)
})

test('no name is too strange for a link', () => {
  expect(versionUrl('eu-west-1', '\ud800', '../#x')).toBe(
    'https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/%EF%BF%BD/versions/..%2F%23x'
  )
})
