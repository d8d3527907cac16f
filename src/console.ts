/** Links into the AWS console, in the partition that the region belongs to. */

const hosts: readonly [prefix: string, partition: string, host: string][] = [
  ['cn-', 'aws-cn', 'console.amazonaws.cn'],
  ['us-gov-', 'aws-us-gov', 'console.amazonaws-us-gov.com'],
  ['eusc-', 'aws-eusc', 'console.amazonaws-eusc.eu'],
  ['', 'aws', 'console.aws.amazon.com']
]

const hostOf = (region: string): readonly [string, string, string] =>
  hosts.find(([prefix]) => region.startsWith(prefix)) ?? ['', 'aws', 'console.aws.amazon.com']

export const partitionOf = (region: string): string => hostOf(region)[1]

export const deploymentUrl = (region: string, deploymentId: string): string =>
  `https://${region}.${hostOf(region)[2]}/codesuite/codedeploy/deployments/${encodeURIComponent(deploymentId)}?region=${region}`
