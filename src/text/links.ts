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

/** AWS never sends a lone surrogate, but encodeURIComponent would throw on one. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())

const origin = (region: string): string => `https://${region}.${hostOf(region)[2]}`

export const deploymentUrl = (region: string, deploymentId: string): string =>
  `${origin(region)}/codesuite/codedeploy/deployments/${encoded(deploymentId)}?region=${region}`

const functionUrl = (region: string, functionName: string): string =>
  `${origin(region)}/lambda/home?region=${region}#/functions/${encoded(functionName)}`

export const versionUrl = (region: string, functionName: string, version: string): string =>
  `${functionUrl(region, functionName)}/versions/${encoded(version)}`

export const aliasUrl = (region: string, functionName: string, alias: string): string =>
  `${functionUrl(region, functionName)}/aliases/${encoded(alias)}`

export const alarmUrl = (region: string, alarm: string): string =>
  `${origin(region)}/cloudwatch/home?region=${region}#alarmsV2:alarm/${encoded(alarm)}`

/**
 * A CloudWatch log group, optionally narrowed to the time between two moments (epoch ms). The page expects names encoded twice,
 * with `$` where the second encoding has `%`: `/aws/lambda/f` is `$252Faws$252Flambda$252Ff`.
 */
export function logGroupUrl(region: string, group: string, between?: { from: number; to: number }): string {
  const name = encodeURIComponent(encoded(group)).replaceAll('%', '$')
  const events = between ? `/log-events$3Fstart$3D${between.from}$26end$3D${between.to}` : ''
  return `${origin(region)}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${name}${events}`
}
