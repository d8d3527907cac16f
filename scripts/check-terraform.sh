#!/usr/bin/env bash
# Checks the Terraform module, the example and the blocks of the pages: their format, their language, and that the policies are JSON, with
# hooks and without. Exit code 77: skipped, because there is no Terraform here, or no AWS provider for it.
set -euo pipefail

cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if ! command -v terraform >/dev/null; then
  echo 'Terraform is not installed'
  exit 77
fi
terraform fmt -check -diff setup/terraform
terraform fmt -check -diff examples/terraform
mkdir "$scratch/blocks"
npx --no-install node --no-warnings scripts/extract.ts terraform "$scratch/blocks"
terraform fmt -check -diff "$scratch/blocks"

# Rendering needs no provider.
mkdir "$scratch/render"
for hooks in '[]' '["smoke-test"]'; do
  for template in setup/terraform/*.tftpl; do
    echo "templatefile(\"$PWD/$template\", { partition = \"aws\", region = \"eu-west-1\", account = \"123456789012\", function = \"f\", application = \"f\", group = \"live\", hooks = $hooks })" |
      terraform -chdir="$scratch/render" console |
      sed -e 1d -e '$d' |
      python3 -m json.tool >/dev/null
  done
done

# The example uses the module by its path.
mkdir "$scratch/examples"
cp -r setup "$scratch/setup"
cp -r examples/terraform "$scratch/examples/terraform"
modules='setup/terraform examples/terraform'
# The blocks name the function as the example does, so each is put beside it.
for block in "$scratch"/blocks/*.tf; do
  module=examples/$(basename "$block" .tf)
  modules+=" $module"
  cp -r examples/terraform "$scratch/$module"
  cp -r setup "$scratch/$module/setup"
  cp "$block" "$scratch/$module/"
done
for module in $modules; do
  if ! terraform -chdir="$scratch/$module" init -backend=false -input=false -no-color >"$scratch/init" 2>&1; then
    if grep -qE 'Failed to (query available provider packages|install provider)' "$scratch/init"; then
      echo 'Terraform finds no AWS provider here'
      exit 77
    fi
    cat "$scratch/init"
    exit 1
  fi
  terraform -chdir="$scratch/$module" validate -no-color
done
