#!/usr/bin/env bash
# Creates, with the AWS CLI alone, what a release needs once: the function, an alarm, and CodeDeploy's application and group. What exists
# is left as it is, so it can be run again. From then on, a workflow such as ../release.yml owns the code, the versions and the alias:
# the first release creates the alias. Needs `aws` (version 1 or 2) and `zip`.
set -euo pipefail

function=${FUNCTION:-payments-api}
alias=${ALIAS:-live}
application=${APPLICATION:-payments}
group=${GROUP:-payments-live}
alarm=$function-$alias-errors
: "${FUNCTION_ROLE:?the ARN of the role that the function runs with}"
: "${SERVICE_ROLE:?the ARN of the role that CodeDeploy moves the traffic with: see docs/permissions.md}"

# exists <command...>: any failure other than "not found" ends the script.
exists() {
  local told
  told=$("$@" 2>&1 >/dev/null) && return
  grep -qE 'ResourceNotFoundException|DoesNotExistException' <<<"$told" && return 1
  printf '%s\n' "$told" >&2
  exit 1
}

if exists aws lambda get-function --function-name "$function"; then
  echo "Function $function is there"
else
  # A function cannot be created without code. Releases replace it.
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  echo 'export const handler = async () => ({ statusCode: 503 })' >"$folder/index.mjs"
  (cd "$folder" && zip -q code.zip index.mjs)
  aws lambda create-function --function-name "$function" --role "$FUNCTION_ROLE" --runtime nodejs24.x --handler index.handler \
    --zip-file "fileb://$folder/code.zip" >/dev/null
  aws lambda wait function-active-v2 --function-name "$function"
  echo "Function $function is created"
fi

# On a line of its own: in a condition, a failure would pass for an alarm that is missing.
alarms=$(aws cloudwatch describe-alarms --alarm-names "$alarm" --query 'length(MetricAlarms)' --output text)
if [ "$alarms" != 0 ]; then
  echo "Alarm $alarm is there"
else
  # Of the calls through the alias only. Minutes without a call are fine.
  aws cloudwatch put-metric-alarm --alarm-name "$alarm" --namespace AWS/Lambda --metric-name Errors \
    --dimensions "Name=FunctionName,Value=$function" "Name=Resource,Value=$function:$alias" \
    --statistic Sum --period 60 --evaluation-periods 1 --threshold 5 --comparison-operator GreaterThanThreshold \
    --treat-missing-data notBreaching
  echo "Alarm $alarm is created"
fi

if exists aws deploy get-application --application-name "$application"; then
  echo "Application $application is there"
else
  aws deploy create-application --application-name "$application" --compute-platform Lambda >/dev/null
  echo "Application $application is created"
fi

if exists aws deploy get-deployment-group --application-name "$application" --deployment-group-name "$group"; then
  echo "Group $group is there"
else
  aws deploy create-deployment-group --application-name "$application" --deployment-group-name "$group" \
    --service-role-arn "$SERVICE_ROLE" --deployment-config-name CodeDeployDefault.LambdaCanary10Percent5Minutes \
    --deployment-style deploymentType=BLUE_GREEN,deploymentOption=WITH_TRAFFIC_CONTROL \
    --auto-rollback-configuration enabled=true,events=DEPLOYMENT_FAILURE,DEPLOYMENT_STOP_ON_ALARM,DEPLOYMENT_STOP_ON_REQUEST \
    --alarm-configuration "enabled=true,alarms=[{name=$alarm}]" >/dev/null
  echo "Group $group is created"
fi
