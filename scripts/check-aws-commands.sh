#!/usr/bin/env bash
# Runs every `aws` command that the pages show with the real AWS CLI: against the simulator where it serves the operation, otherwise
# only as far as the CLI checks a command before it sends a request. Needs `aws` and `node` on PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/simulated-aws.sh

# A deployment to stop and to look at, in the names that the pages use.
aws lambda publish-version --function-name payments-api >/dev/null
revision='{"revisionType": "AppSpecContent", "appSpecContent": {"content": "{\"version\":\"0.0\",\"Resources\":[{\"payments-api\":{\"Type\":\"AWS::Lambda::Function\",\"Properties\":{\"Name\":\"payments-api\",\"Alias\":\"live\",\"CurrentVersion\":\"7\",\"TargetVersion\":\"8\"}}}],\"Hooks\":[{\"BeforeAllowTraffic\":\"CodeDeployHook_before\"}]}"}}'
id=$(aws deploy create-deployment --application-name payments --deployment-group-name payments-live \
  --deployment-config-name CodeDeployDefault.LambdaCanary10Percent30Minutes --revision "$revision" --query deploymentId --output text)
for _ in $(seq 50); do
  [ "$(aws lambda get-alias --function-name payments-api --name live --query RoutingConfig --output text)" != None ] && break
done

# What the scene makes no sense of, though the command is right: it is there already, or it has been stopped before.
harmless='ApplicationAlreadyExistsException|DeploymentGroupAlreadyExistsException|DeploymentAlreadyCompletedException'

node --no-warnings scripts/extract.ts aws >"$scratch/commands"
wrong=0
while read -r command; do
  command=${command//d-1A2B3C4D5/$id}
  # Where a command writes its answer.
  command=${command//response.json/$scratch/response.json}
  # Not simulated: the CLI checks what it is given, and prints a sample of an answer.
  case $command in "'aws' 'cloud"[ft]*) command+=' --generate-cli-skeleton output' ;; esac
  if told=$(bash -c "$command" 2>&1 </dev/null); then
    printf 'ok    %s\n' "$command"
  elif grep -qE "\(($harmless)\)" <<<"$told"; then
    printf 'ok    %s (%s)\n' "$command" "$(grep -oE "$harmless" <<<"$told" | head -1)"
  else
    printf 'WRONG %s\n%s\n' "$command" "$told"
    wrong=$((wrong + 1))
  fi
done <"$scratch/commands"
[ -s "$scratch/commands" ] && [ "$wrong" -eq 0 ]
