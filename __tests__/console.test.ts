import { expect, test } from '@jest/globals'
import { deploymentUrl, partitionOf } from '../src/console.ts'

test.each<{ name: string; region: string; partition: string; url: string }>([
  {
    name: 'a deployment is shown in the console of its region',
    region: 'eu-west-1',
    partition: 'aws',
    url: 'https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-1A2B3C4D5?region=eu-west-1'
  },
  {
    name: 'China has a partition and a console of its own',
    region: 'cn-north-1',
    partition: 'aws-cn',
    url: 'https://cn-north-1.console.amazonaws.cn/codesuite/codedeploy/deployments/d-1A2B3C4D5?region=cn-north-1'
  },
  {
    name: 'so has GovCloud',
    region: 'us-gov-west-1',
    partition: 'aws-us-gov',
    url: 'https://us-gov-west-1.console.amazonaws-us-gov.com/codesuite/codedeploy/deployments/d-1A2B3C4D5?region=us-gov-west-1'
  },
  {
    name: 'a region that only begins like those has not',
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
