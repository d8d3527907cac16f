import { appendFileSync } from 'node:fs'

const { env } = process
const answer = await fetch(`${env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=sts.amazonaws.com`, {
  headers: { authorization: `Bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` }
})
const { value } = await answer.json()
const assumed = await fetch(env.AWS_ENDPOINT_URL, {
  method: 'POST',
  body: new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: env['INPUT_ROLE-TO-ASSUME'],
    RoleSessionName: 'GitHubActions',
    // The simulated role allows an hour, as a role does unless its maximum is raised.
    DurationSeconds: String(Math.min(3600, Number(env['INPUT_ROLE-DURATION-SECONDS']))),
    WebIdentityToken: value
  })
})
const text = await assumed.text()
if (!assumed.ok) throw new Error(text)
const of = name => new RegExp(`<${name}>(.*?)</${name}>`).exec(text)?.[1]
const exported = {
  AWS_REGION: env['INPUT_AWS-REGION'],
  AWS_DEFAULT_REGION: env['INPUT_AWS-REGION'],
  AWS_ACCESS_KEY_ID: of('AccessKeyId'),
  AWS_SECRET_ACCESS_KEY: of('SecretAccessKey'),
  AWS_SESSION_TOKEN: of('SessionToken')
}
for (const [name, each] of Object.entries(exported)) appendFileSync(env.GITHUB_ENV, `${name}=${each}\n`)
