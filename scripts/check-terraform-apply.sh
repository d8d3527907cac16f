#!/usr/bin/env bash
# Creates, changes and destroys what a release needs with Terraform, against the simulator, and releases in between: after each step the
# plan must be empty.
# Needs `node`. Exit code 77: skipped, because there is no Terraform here, or no AWS provider for it; a folder with the provider may be
# named by TF_PLUGINS.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v terraform >/dev/null; then
  echo 'Terraform is not installed'
  exit 77
fi
. scripts/simulated-aws.sh

cp -R scripts/terraform "$scratch/terraform"
printf 'UEsDBBQAAAAAAAAAAACGphA2BQAAAAUAAAAIAAAAaW5kZXguanNoZWxsb1BLAQIUABQAAAAAAAAAAACGphA2BQAAAAUAAAAIAAAAAAAAAAAAAAAAAAAAAABpbmRleC5qc1BLBQYAAAAAAQABADYAAAArAAAAAAA=' |
  base64 -d >"$scratch/code.zip"
export TF_VAR_code="$scratch/code.zip" TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1

run() { # <what> <terraform's arguments...>
  local what=$1
  shift
  if terraform -chdir="$scratch/terraform" "$@" -no-color >"$scratch/terraform.log" 2>&1; then
    printf 'ok    %s\n' "$what"
  else
    printf 'WRONG %s\n' "$what"
    tail -40 "$scratch/terraform.log"
    exit 1
  fi
}

if ! terraform -chdir="$scratch/terraform" init ${TF_PLUGINS:+-plugin-dir="$TF_PLUGINS"} -input=false -no-color >"$scratch/init.log" 2>&1; then
  cat "$scratch/init.log"
  grep -qE 'Failed to (query available provider packages|install provider)' "$scratch/init.log" || exit 1
  echo 'Terraform finds no AWS provider here'
  exit 77
fi
run 'apply creates everything' apply -auto-approve
run 'the next plan is empty' plan -detailed-exitcode
export TF_VAR_team=billing TF_VAR_rollback_events='["DEPLOYMENT_STOP_ON_ALARM"]'
run 'apply changes tags and settings' apply -auto-approve
run 'the next plan is empty' plan -detailed-exitcode
export TF_VAR_memory=256
run 'apply publishes a version, and leaves the alias alone' apply -auto-approve
ended=$(release FUNCTION-NAME=orders ALIAS=live CODEDEPLOY-APPLICATION=orders CODEDEPLOY-DEPLOYMENT-GROUP=orders-live)
if [ "$ended" = succeeded ]; then
  echo 'ok    this action releases it'
else
  printf 'WRONG this action does not release it\n%s\n' "$ended"
  exit 1
fi
run 'the next plan is empty' plan -detailed-exitcode
run 'destroy removes everything' destroy -auto-approve
