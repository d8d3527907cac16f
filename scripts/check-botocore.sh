#!/usr/bin/env bash
# Needs `node`, and `python3` with botocore, which comes with the AWS CLI.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/simulated-aws.sh
python3 scripts/check-botocore.py
