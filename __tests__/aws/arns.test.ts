import { describe, expect, test } from '@jest/globals'
import { Arns } from '../../src/aws/arns.ts'

const learned = (region: string, arn?: string) => {
  const arns = new Arns(region)
  arns.learn(arn)
  return arns
}
const known = learned('eu-west-1', 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api')

describe('the resource of a missing permission is named', () => {
  test.each<{ name: string; arn: string; is: string }>([
    {
      name: 'for a function',
      arn: known.lambda('payments-api'),
      is: 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api'
    },
    {
      name: 'for an alias',
      arn: known.lambda('payments-api', 'live'),
      is: 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api:live'
    },
    {
      name: 'for a function by its partial ARN',
      arn: known.lambda('123456789012:function:check'),
      is: 'arn:aws:lambda:eu-west-1:123456789012:function:check'
    },
    {
      name: 'for a function by its ARN',
      arn: known.lambda('arn:aws:lambda:eu-west-1:1:function:check', '3'),
      is: 'arn:aws:lambda:eu-west-1:1:function:check:3'
    },
    {
      name: 'for a deployment group',
      arn: known.group('payments', 'payments-live'),
      is: 'arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:payments/payments-live'
    },
    {
      name: 'for a deployment configuration',
      arn: known.configuration('C'),
      is: 'arn:aws:codedeploy:eu-west-1:123456789012:deploymentconfig:C'
    },
    {
      name: 'for an application',
      arn: known.application('payments'),
      is: 'arn:aws:codedeploy:eu-west-1:123456789012:application:payments'
    },
    {
      name: 'for a log group',
      arn: known.logGroup('/aws/lambda/check'),
      is: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/check:*'
    },
    {
      name: 'in China',
      arn: learned('cn-north-1').application('a'),
      is: 'arn:aws-cn:codedeploy:cn-north-1:*:application:a'
    },
    {
      name: 'in any account while the account is unknown',
      arn: learned('eu-west-1').application('a'),
      is: 'arn:aws:codedeploy:eu-west-1:*:application:a'
    },
    {
      name: "in any account when the ARN is AWS's own",
      arn: learned('eu-west-1', 'arn:aws:iam::aws:policy/x').application('a'),
      is: 'arn:aws:codedeploy:eu-west-1:*:application:a'
    },
    {
      name: 'in any account when the ARN has no account',
      arn: learned('eu-west-1', 'arn:aws:s3:::bucket').application('a'),
      is: 'arn:aws:codedeploy:eu-west-1:*:application:a'
    }
  ])('$name', ({ arn, is }) => {
    expect(arn).toBe(is)
  })
})
