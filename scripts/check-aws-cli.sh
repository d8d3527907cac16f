#!/usr/bin/env bash
# Drives the simulator with the AWS CLI: a client that shares no code with it and has its own model of every request and
# answer. Needs `aws` and `node` on PATH. Stops at the first check that fails.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/simulated-aws.sh

# check <what> <expected> <actual>
check() {
  if [ "$2" = "$3" ]; then
    printf 'ok    %s\n' "$1"
  else
    printf 'WRONG %s\n      expected: %s\n      got:      %s\n' "$1" "$2" "$3"
    exit 1
  fi
}

# refused <what> <error name> <command...>
refused() {
  local what=$1 name=$2 text
  shift 2
  text=$("$@" 2>&1 >/dev/null) && check "$what" "refused with $name" 'accepted'
  check "$what is refused with $name" "($name)" "$(grep -o '([A-Za-z0-9]*)' <<<"$text" | head -1)"
}

# until_shown <what> <expected> <seconds> <command...>: asks again until the command prints it
until_shown() {
  local what=$1 expected=$2 deadline=$((SECONDS + $3)) shown=''
  shift 3
  while [ $SECONDS -le $deadline ]; do
    shown=$("$@")
    [ "$shown" = "$expected" ] && break
  done
  check "$what" "$expected" "$shown"
}

revision() { # <current> <target>
  cat <<END
{"revisionType": "AppSpecContent", "appSpecContent": {"content":
"{\"version\":\"0.0\",\"Resources\":[{\"checked\":{\"Type\":\"AWS::Lambda::Function\",\"Properties\":{\"Name\":\"checked\",\"Alias\":\"live\",\"CurrentVersion\":\"$1\",\"TargetVersion\":\"$2\"}}}]}"}}
END
}

alias_now() { aws lambda get-alias --function-name checked --name live --output json --query '[FunctionVersion, RoutingConfig.AdditionalVersionWeights]' | tr -d ' \n'; }
status_of() { aws deploy get-deployment --deployment-id "$1" --query deploymentInfo.status --output text; }
deploy() { # <current> <target> <configuration>
  aws deploy create-deployment --application-name checked --deployment-group-name checked-live \
    --deployment-config-name "CodeDeployDefault.$3" --revision "$(revision "$1" "$2")" --query deploymentId --output text
}

printf 'UEsDBBQAAAAAAAAAAACGphA2BQAAAAUAAAAIAAAAaW5kZXguanNoZWxsb1BLAQIUABQAAAAAAAAAAACGphA2BQAAAAUAAAAIAAAAAAAAAAAAAAAAAAAAAABpbmRleC5qc1BLBQYAAAAAAQABADYAAAArAAAAAAA=' |
  base64 -d >"$scratch/code.zip"
role=arn:aws:iam::123456789012:role

echo "AWS CLI: $(aws --version)"
check 'create-function' 'Pending' "$(aws lambda create-function --function-name checked --runtime nodejs24.x --handler index.handler \
  --role $role/checked --zip-file "fileb://$scratch/code.zip" --query State --output text)"
aws lambda wait function-active-v2 --function-name checked
check 'publish-version' '1' "$(aws lambda publish-version --function-name checked --query Version --output text)"
check 'create-alias' 'arn:aws:lambda:eu-west-1:123456789012:function:checked:live' \
  "$(aws lambda create-alias --function-name checked --name live --function-version 1 --query AliasArn --output text)"
check 'get-alias shows no routing' '["1",null]' "$(alias_now)"
check 'update-function-code' 'InProgress' "$(aws lambda update-function-code --function-name checked \
  --zip-file "fileb://$scratch/code.zip" --query LastUpdateStatus --output text)"
aws lambda wait function-updated-v2 --function-name checked
key=payments-api/a+b.zip
check 's3 cp up and down' "$(cksum <"$scratch/code.zip")" "$(aws s3 cp --quiet "$scratch/code.zip" "s3://payments-packages/$key" &&
  aws s3 cp --quiet "s3://payments-packages/$key" - | cksum)"
check 's3api put-object' 'f43G0T0sGz2jIVBKL+RfQEgDI5t7u5YE3+7Ja6vyyCQ=' "$(aws s3api put-object --bucket payments-packages --key $key \
  --body "$scratch/code.zip" --checksum-algorithm SHA256 --query ChecksumSHA256 --output text)"
refused 'an object that must not exist' PreconditionFailed aws s3api put-object --bucket payments-packages --key $key --if-none-match '*'
refused 'an object that is missing' 404 aws s3api head-object --bucket payments-packages --key missing
refused 'a bucket that is missing' NoSuchBucket aws s3api get-object --bucket nobodys-packages --key $key "$scratch/none"
check 'update-function-code from S3' 'f43G0T0sGz2jIVBKL+RfQEgDI5t7u5YE3+7Ja6vyyCQ=' "$(aws lambda update-function-code \
  --function-name checked --s3-bucket payments-packages --s3-key $key --query CodeSha256 --output text)"
aws lambda wait function-updated-v2 --function-name checked
refused 'code that is not in S3' InvalidParameterValueException aws lambda update-function-code --function-name checked \
  --s3-bucket payments-packages --s3-key missing
check 'publish-version gives the next number' '2' "$(aws lambda publish-version --function-name checked --query Version --output text)"

aws deploy create-application --application-name checked --compute-platform Lambda >/dev/null
aws cloudwatch put-metric-alarm --alarm-name checked-errors --metric-name Errors --namespace AWS/Lambda --statistic Sum \
  --period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold
aws deploy create-deployment-group --application-name checked --deployment-group-name checked-live \
  --service-role-arn $role/CodeDeployLambda --deployment-config-name CodeDeployDefault.LambdaAllAtOnce \
  --deployment-style deploymentType=BLUE_GREEN,deploymentOption=WITH_TRAFFIC_CONTROL \
  --auto-rollback-configuration enabled=true,events=DEPLOYMENT_FAILURE,DEPLOYMENT_STOP_ON_ALARM,DEPLOYMENT_STOP_ON_REQUEST \
  --alarm-configuration enabled=true,alarms=[{name=checked-errors}] >/dev/null
check 'create-application and create-deployment-group' 'Lambda' "$(aws deploy get-deployment-group --application-name checked \
  --deployment-group-name checked-live --query deploymentGroupInfo.computePlatform --output text)"

refused 'an application that exists' ApplicationAlreadyExistsException \
  aws deploy create-application --application-name checked --compute-platform Lambda
refused 'a service role that does not trust CodeDeploy' InvalidRoleException \
  aws deploy create-deployment-group --application-name checked --deployment-group-name untrusted \
  --service-role-arn $role/NoTrust --deployment-style deploymentType=BLUE_GREEN,deploymentOption=WITH_TRAFFIC_CONTROL
check 'list-deployment-groups' '["checked-live"]' \
  "$(aws deploy list-deployment-groups --application-name checked --query deploymentGroups --output json | tr -d ' \n')"

echo '-- a canary that succeeds'
id=$(deploy 1 2 LambdaCanary10Percent10Minutes)
until_shown 'a tenth of the traffic goes to 2, the alias stays on 1' '["1",{"2":0.1}]' 8 alias_now
check 'list-deployments finds it' "$id" "$(aws deploy list-deployments --application-name checked \
  --deployment-group-name checked-live --include-only-statuses InProgress --query 'deployments[0]' --output text)"
refused 'a second deployment' DeploymentLimitExceededException deploy 1 2 LambdaAllAtOnce
target=$(aws deploy list-deployment-targets --deployment-id "$id" --query 'targetIds[0]' --output text)
until_shown 'batch-get-deployment-targets shows the weight' '0.1' 5 aws deploy batch-get-deployment-targets --deployment-id "$id" \
  --target-ids "$target" --query 'deploymentTargets[0].lambdaTarget.lambdaFunctionInfo.targetVersionWeight' --output text
until_shown 'all traffic goes to 2' '["2",null]' 15 alias_now
until_shown 'get-deployment says so' 'Succeeded' 5 status_of "$id"

echo '-- traffic and its figures'
traffic() { aws cloudwatch put-metric-data --namespace Simulator --metric-name "$1" --value "$2" --dimensions "FunctionName=checked,$3"; }
has_errors() { # <number>: whether in some minute so many calls of version 2 failed
  aws cloudwatch get-metric-data --start-time "$(date -ud '-1 hour' +%FT%TZ)" --end-time "$(date -ud '+1 day' +%FT%TZ)" \
    --query "contains(MetricDataResults[0].Values, \`$1\`)" --output text --metric-data-queries '[{"Id": "errors", "MetricStat": {"Stat": "Sum",
      "Period": 60, "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": [{"Name": "FunctionName", "Value":
      "checked"}, {"Name": "Resource", "Value": "checked:live"}, {"Name": "ExecutedVersion", "Value": "2"}]}}}]'
}
traffic CallsPerMinute 600 Resource=checked:live
traffic ErrorRate 20 ExecutedVersion=2
until_shown 'a fifth of the calls of version 2 fail' True 8 has_errors 120.0
traffic CallsPerMinute 0 Resource=checked:live
refused "a metric in AWS's own namespace" InvalidParameterValue aws cloudwatch put-metric-data --namespace AWS/Lambda \
  --metric-name Errors --value 1

echo '-- an alarm that rolls back'
id=$(deploy 2 1 LambdaLinear10PercentEvery3Minutes)
until_shown 'traffic moves in steps' '["2",{"1":0.2}]' 10 alias_now
aws cloudwatch set-alarm-state --alarm-name checked-errors --state-value ALARM --state-reason check
until_shown 'the deployment is stopped' 'Stopped' 5 status_of "$id"
check 'because of the alarm' 'ALARM_ACTIVE' "$(aws deploy get-deployment --deployment-id "$id" \
  --query deploymentInfo.errorInformation.code --output text)"
rollback=$(aws deploy get-deployment --deployment-id "$id" --query deploymentInfo.rollbackInfo.rollbackDeploymentId --output text)
until_shown 'its rollback succeeds while the alarm is still active' 'Succeeded' 5 status_of "$rollback"
check 'all traffic is back' '["2",null]' "$(alias_now)"
aws cloudwatch set-alarm-state --alarm-name checked-errors --state-value OK --state-reason check

echo '-- a stop without rollback'
id=$(deploy 2 1 LambdaCanary10Percent10Minutes)
until_shown 'traffic is split' '["2",{"1":0.1}]' 8 alias_now
check 'stop-deployment' 'Pending' "$(aws deploy stop-deployment --deployment-id "$id" --no-auto-rollback-enabled --query status --output text)"
until_shown 'the deployment is stopped' 'Stopped' 5 status_of "$id"
check 'traffic stays split' '["2",{"1":0.1}]' "$(alias_now)"

echo '-- looking around, and cleaning up'
arn=arn:aws:codedeploy:eu-west-1:123456789012
function=arn:aws:lambda:eu-west-1:123456789012:function:checked
check 'list-functions' 'checked' "$(aws lambda list-functions --query "Functions[?FunctionName=='checked'].FunctionName" --output text)"
check 'list-functions of all versions' '$LATEST 1 2' "$(aws lambda list-functions --function-version ALL \
  --query "Functions[?FunctionName=='checked'].Version" --output text | tr '\t' '\n' | LC_ALL=C sort | paste -sd' ')"
aws lambda tag-resource --resource $function --tags team=checks,old=yes,older=yes
aws lambda untag-resource --resource $function --tag-keys old older
check 'tag-resource and untag-resource of Lambda' 'checks' "$(aws lambda list-tags --resource $function --query 'Tags.*' --output text)"
check 'get-function-concurrency' 'None' "$(aws lambda get-function-concurrency --function-name checked \
  --query ReservedConcurrentExecutions --output text)"
check 'get-function-code-signing-config' 'None' "$(aws lambda get-function-code-signing-config --function-name checked \
  --query CodeSigningConfigArn --output text)"
check 'get-account-settings' '1000' "$(aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions --output text)"
refused 'a policy that is missing' ResourceNotFoundException aws lambda get-policy --function-name checked
refused 'provisioned concurrency that is missing' ProvisionedConcurrencyConfigNotFoundException \
  aws lambda get-provisioned-concurrency-config --function-name checked --qualifier live
check 'describe-alarm-history' 'Alarm updated from ALARM to OK' "$(aws cloudwatch describe-alarm-history --alarm-name checked-errors \
  --history-item-type StateUpdate --query 'AlarmHistoryItems[0].HistorySummary' --output text)"
aws cloudwatch tag-resource --resource-arn arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checked-errors --tags Key=team,Value=checks
check 'tag-resource of CloudWatch' 'checks' "$(aws cloudwatch list-tags-for-resource --query 'Tags[0].Value' --output text \
  --resource-arn arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checked-errors)"
check 'batch-get-applications' 'checked payments' "$(aws deploy batch-get-applications --application-names checked payments \
  --query 'applicationsInfo[].applicationName' --output text | tr '\t' ' ')"
check 'batch-get-deployment-groups' 'checked-live' "$(aws deploy batch-get-deployment-groups --application-name checked \
  --deployment-group-names checked-live --query 'deploymentGroupsInfo[0].deploymentGroupName' --output text)"
aws deploy register-application-revision --application-name checked --revision "$(revision 2 9)"
check 'list-application-revisions' '3' "$(aws deploy list-application-revisions --application-name checked --query 'length(revisions)')"
newest=$(aws deploy list-application-revisions --application-name checked --sort-by registerTime --sort-order descending --query 'revisions[0]')
check 'batch-get-application-revisions' '[]' "$(aws deploy batch-get-application-revisions --application-name checked \
  --revisions "$newest" --query 'revisions[0].genericRevisionInfo.deploymentGroups' --output json)"
aws deploy tag-resource --resource-arn $arn:application:checked --tags Key=team,Value=checks
aws deploy update-application --application-name checked --new-application-name renamed
check 'tag-resource and update-application' 'checks' "$(aws deploy list-tags-for-resource --resource-arn $arn:application:renamed \
  --query 'Tags[0].Value' --output text)"
aws deploy delete-deployment-group --application-name renamed --deployment-group-name checked-live >/dev/null
aws deploy delete-application --application-name renamed
refused 'an application that was deleted' ApplicationDoesNotExistException aws deploy get-application --application-name renamed
refused "a configuration of CodeDeploy's own" InvalidOperationException \
  aws deploy delete-deployment-config --deployment-config-name CodeDeployDefault.LambdaAllAtOnce
aws cloudwatch delete-alarms --alarm-names checked-errors
refused 'an alarm that was deleted' ResourceNotFound \
  aws cloudwatch set-alarm-state --alarm-name checked-errors --state-value OK --state-reason check
refused 'an operation that is not simulated' UnknownOperationException aws deploy list-git-hub-account-token-names

echo '-- wrong requests'
refused 'an alias on a version that does not exist' ResourceNotFoundException \
  aws lambda update-alias --function-name checked --name live --function-version 99
refused 'a weight over 1' ValidationException \
  aws lambda update-alias --function-name checked --name live --routing-config '{"AdditionalVersionWeights":{"1":1.5}}'
refused 'a stale revision' PreconditionFailedException \
  aws lambda update-alias --function-name checked --name live --revision-id stale
refused 'an unknown deployment' DeploymentDoesNotExistException aws deploy get-deployment --deployment-id d-AAAAAAAAA
refused 'an unknown application' ApplicationDoesNotExistException aws deploy get-application --application-name nobody
refused 'stopping a deployment that has ended' DeploymentAlreadyCompletedException aws deploy stop-deployment --deployment-id "$id"
refused 'an unknown alarm' ResourceNotFound \
  aws cloudwatch set-alarm-state --alarm-name nobody --state-value ALARM --state-reason check

kill -INT "$simulator"
wait "$simulator" && ended=0 || ended=$?
check 'the simulator ends cleanly when interrupted' 0 "$ended"
echo "All as it should be, in $SECONDS seconds."
