import { parseArgs } from 'node:util'
import { type Aws, createAws } from './aws.ts'
import { scaledClock } from './clock.ts'
import { endings } from './demo/endings.ts'
import { type IdTokens, serveIdTokens } from './identity/oidc.ts'
import { nodeHere } from './nodehere.ts'
import { payments } from './setting.ts'
import { answers, type Uncertain } from './uncertain.ts'
import { serve } from './wire/server.ts'

const USAGE = `Serves simulated Lambda, CodeDeploy, CloudWatch alarms and logs, S3, STS, and GitHub's OIDC tokens on this machine.

  npm run simulator -- [options]

  --port <n>            default 4566
  --speed <n>           simulated seconds per second; default 60
  --ending <name>       start from the scene of one of the demo's endings (npm run demo -- --list)
  --assume <key=value>  answer one open question differently, e.g. weightUnit=percent; may be repeated
`

const BUCKET = 'payments-packages'

/** Reads the command line. @throws Error with one line for people */
function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '4566' },
      speed: { type: 'string', default: '60' },
      ending: { type: 'string' },
      assume: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false }
    }
  })
  const port = Number(values.port)
  const speed = Number(values.speed)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port: not a port: ${values.port}`)
  if (!(speed > 0) || !Number.isFinite(speed))
    throw new Error(`--speed: not a positive number: ${values.speed}`)
  const ending = endings.find(({ name }) => name === values.ending)
  if (values.ending !== undefined && !ending) throw new Error(`--ending: there is no ending ${values.ending}`)
  return { port, speed, ending, uncertain: readAssumptions(values.assume), help: values.help }
}

function readAssumptions(given: string[]): Partial<Uncertain> {
  const known: Record<string, unknown[]> = answers
  const assumed: Record<string, unknown> = {}
  for (const each of given) {
    const [key = '', value = ''] = each.split('=')
    const answer = known[key]?.find(candidate => String(candidate) === value)
    if (answer === undefined) {
      const choice = known[key]?.join(', ')
      throw new Error(
        `--assume: ${choice ? `${key} is one of ${choice}` : `there is no open question ${key}`}`
      )
    }
    assumed[key] = answer
  }
  return assumed
}

/** As the AWS CLI takes it: JSON with the AppSpec, JSON too, as a text in it. */
function revision(CurrentVersion: string, TargetVersion: string): string {
  const Properties = { Name: 'payments-api', Alias: 'live', CurrentVersion, TargetVersion }
  const Resources = [{ 'payments-api': { Type: 'AWS::Lambda::Function', Properties } }]
  const content = JSON.stringify({ version: '0.0', Resources })
  return JSON.stringify({ revisionType: 'AppSpecContent', appSpecContent: { content } })
}

/** `clock` tells the action the simulator's clock, and `github` says where it gets the job's OIDC tokens. */
function instructions(
  url: string,
  { region, account, partition }: Aws,
  speed: number,
  clock: string,
  github: IdTokens['env']
): string {
  return `Simulated AWS at ${url}, ${speed} times as fast as real time. For this shell:

  export AWS_ENDPOINT_URL=${url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_PAGER=
  export AWS_ACCESS_KEY_ID=simulated AWS_SECRET_ACCESS_KEY=simulated
  export LAMBDA_CODEDEPLOY_CLOCK=${clock}
  export ACTIONS_ID_TOKEN_REQUEST_URL='${github.ACTIONS_ID_TOKEN_REQUEST_URL}'
  export ACTIONS_ID_TOKEN_REQUEST_TOKEN=${github.ACTIONS_ID_TOKEN_REQUEST_TOKEN}

Try a release of payments-api from version 7 to 8 with this action, as the runner would start it:

  env INPUT_FUNCTION-NAME=payments-api INPUT_ALIAS=live INPUT_CODEDEPLOY-APPLICATION=payments \\
    INPUT_CODEDEPLOY-DEPLOYMENT-GROUP=payments-live INPUT_CODEDEPLOY-DEPLOYMENT-CONFIG=Canary10Percent5Minutes \\
    INPUT_ROLE-TO-ASSUME=arn:${partition}:iam::${account}:role/release-payments-api ${nodeHere(process.execPath, process.cwd())} dist/index.js

Or with the AWS CLI:

  aws lambda publish-version --function-name payments-api --query Version
  aws deploy create-deployment --application-name payments --deployment-group-name payments-live \\
    --deployment-config-name CodeDeployDefault.LambdaCanary10Percent5Minutes \\
    --revision '${revision('7', '8')}'
  aws lambda get-alias --function-name payments-api --name live
  aws cloudwatch set-alarm-state --alarm-name payments-errors --state-value ALARM --state-reason demo

What clients do is set with metrics of namespace Simulator: CallsPerMinute, ErrorRate, DurationP95. Here version 8 fails a fifth of
its calls, for the action's max-error-rate:

  aws cloudwatch put-metric-data --namespace Simulator --metric-name ErrorRate --value 20 \\
    --dimensions FunctionName=payments-api,ExecutedVersion=8

There is a bucket for packages of code, ${BUCKET}: for the action's code-bucket, or

  aws s3 cp code.zip s3://${BUCKET}/payments-api/code.zip
  aws lambda update-function-code --function-name payments-api --s3-bucket ${BUCKET} --s3-key payments-api/code.zip

Ctrl-C ends it.
`
}

async function main(): Promise<void> {
  const { port, speed, ending, uncertain, help } = readOptions(process.argv.slice(2))
  if (help) return void process.stdout.write(USAGE)
  const origin = Date.now()
  const aws = createAws({ clock: scaledClock(speed, origin), uncertain, tellsTime: speed === 1 })
  payments(aws, { bucket: BUCKET, ...ending?.setting })
  await ending?.prepare?.(aws)
  const [server, github] = await Promise.all([serve(aws, port), serveIdTokens(aws.clock)])
  const end = () => void Promise.all([server.close(), github.close()]).then(() => process.exit(0))
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  process.stdout.write(instructions(server.url, aws, speed, `${speed}x@${origin}`, github.env))
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
})
