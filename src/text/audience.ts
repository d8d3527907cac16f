/**
 * The audience that GitHub's OIDC token needs for STS to accept it for this role. It is the client id of the account's identity
 * provider; for China see https://github.com/aws-actions/configure-aws-credentials#oidc-audience.
 */
export const audienceOf = (roleArn: string): string =>
  roleArn.startsWith('arn:aws-cn:') ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com'
