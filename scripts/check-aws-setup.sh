#!/usr/bin/env bash
# Runs the example for the AWS CLI against the simulator as a reader would: twice, and then two releases with this action, the first of
# which creates the alias. Needs `aws` and `node`. Exit code 77: skipped, because there is no `zip` here.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v zip >/dev/null; then
  echo 'zip is not installed'
  exit 77
fi
. scripts/simulated-aws.sh

export FUNCTION=ledger-api APPLICATION=ledger GROUP=ledger-live
export FUNCTION_ROLE=arn:aws:iam::123456789012:role/ledger-api SERVICE_ROLE=arn:aws:iam::123456789012:role/CodeDeployLambda

# same <what> <expected> <actual>
same() {
  if [ "$2" = "$3" ]; then
    printf 'ok    %s\n' "$1"
  else
    printf 'WRONG %s\n      expected: %s\n      got:      %s\n' "$1" "$2" "$3"
    exit 1
  fi
}

states() { bash examples/aws-cli/set-up.sh | sed 's/.* is //' | paste -sd ' '; }

same 'all that a release needs is created' 'created created created created' "$(states)"
aws cloudwatch put-metric-alarm --alarm-name ledger-api-live-errors --namespace AWS/Lambda --metric-name Errors --threshold 7 \
  --statistic Sum --period 60 --evaluation-periods 1 --comparison-operator GreaterThanThreshold
same 'and left as it is the second time' 'there there there there' "$(states)"
same 'even where somebody has changed it' 7 "$(aws cloudwatch describe-alarms --alarm-names ledger-api-live-errors \
  --query 'MetricAlarms[0].Threshold' --output text)"
same 'the alarm stops deployments of the group, which rolls back' 'ledger-api-live-errors True 3' "$(aws deploy get-deployment-group \
  --application-name ledger --deployment-group-name ledger-live --output text --query \
  'deploymentGroupInfo.[alarmConfiguration.alarms[0].name, autoRollbackConfiguration.enabled, length(autoRollbackConfiguration.events)]' |
  tr '\t' ' ')"

same 'a second alias shares function and application' 'there created there created' \
  "$(ALIAS=beta GROUP=ledger-beta states)"
same 'its group has an alarm of its own' ledger-api-beta-errors "$(aws deploy get-deployment-group --application-name ledger \
  --deployment-group-name ledger-beta --output text --query 'deploymentGroupInfo.alarmConfiguration.alarms[].name')"
same 'which watches the calls through that alias' ledger-api:beta "$(aws cloudwatch describe-alarms --output text \
  --alarm-names ledger-api-beta-errors --query 'MetricAlarms[].Dimensions[] | [?Name==`Resource`].Value')"

release_code() { # <folder>
  release FUNCTION-NAME=ledger-api ALIAS=live CODEDEPLOY-APPLICATION=ledger CODEDEPLOY-DEPLOYMENT-GROUP=ledger-live "CODE=$1"
}

mkdir "$scratch/job"
export GITHUB_WORKSPACE=$scratch/job
for release in one two; do
  mkdir "$scratch/job/$release"
  echo "export const handler = async () => '$release'" >"$scratch/job/$release/index.mjs"
done
same 'the first release creates the alias' created "$(release_code one)"
same 'the next one shifts it' succeeded "$(release_code two)"
