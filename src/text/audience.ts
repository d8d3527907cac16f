/**
 * For whom GitHub's OIDC token must be, so that STS takes it for this role. It is the client id that the account's identity provider
 * was created with: in China that of STS there, as https://github.com/aws-actions/configure-aws-credentials#oidc-audience has it.
 */
export const audienceOf = (roleArn: string): string =>
  roleArn.startsWith('arn:aws-cn:') ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com'
