#!/usr/bin/env bash
# Checks the CDK app as a reader gets it: installs what its lock file names, checks its types and those of the pages, makes its templates,
# and looks whether they are valid and say what is promised. Needs `node` 22.18 or later, `tsc` and `cfn-lint`. Only npm uses the network, and there is no account.
set -euo pipefail

cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Without what somebody has installed or made there.
mkdir "$scratch/app" "$scratch/home"
tar -C examples/cdk --exclude ./node_modules --exclude ./cdk.out -cf - . | tar -C "$scratch/app" -xf -
(cd "$scratch/app" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
tsc -p "$scratch/app"
# The pages show parts of stacks, in which not every name is used. CDK does not keep to exactOptionalPropertyTypes itself.
node --no-warnings scripts/extract.ts cdk "$scratch/app"
tsc -p "$scratch/app" --noUnusedLocals false --exactOptionalPropertyTypes false
rm "$scratch/app/pages.ts"

# An environment of its own: the CLI would look for credentials, and keep notes in the home folder.
synth() { # <what it is called> <more arguments>...
  (
    cd "$scratch/app"
    env -i PATH="$PATH" HOME="$scratch/home" CDK_DISABLE_CLI_TELEMETRY=true CDK_DISABLE_VERSION_CHECK=true AWS_EC2_METADATA_DISABLED=true \
      node_modules/.bin/cdk synth --quiet --strict --no-notices --output "$scratch/$1" "${@:2}"
  )
}
synth first
synth released --context released=true

# W3005: CDK writes each dependency out, also where a reference says the same.
cfn-lint --ignore-checks W3005 -- "$scratch"/{first,released}/payments.template.json
node --no-warnings scripts/check-cdk.ts "$scratch"/{first,released}/payments.template.json
