# Source this from the root of the repository: it starts the simulator and points the AWS CLI at it until the shell exits.
# Sets $simulator, the process id, and $scratch, a folder that is deleted at the end.
PATH="$PWD/node_modules/.bin:$PATH"

scratch=$(mktemp -d)
node simulator/serve.ts --port 0 --speed 60 >"$scratch/simulator.log" 2>&1 &
simulator=$!
trap 'kill "$simulator" 2>/dev/null || true; wait "$simulator" 2>/dev/null || true; rm -rf "$scratch"' EXIT

for _ in $(seq 100); do
  grep -q 'Ctrl-C' "$scratch/simulator.log" && break
  kill -0 "$simulator" 2>/dev/null || { cat "$scratch/simulator.log"; exit 1; }
  sleep 0.1
done
AWS_ENDPOINT_URL=$(grep -o 'http://127.0.0.1:[0-9]*' "$scratch/simulator.log" | head -1)
export AWS_ENDPOINT_URL
export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 AWS_PAGER='' AWS_MAX_ATTEMPTS=1
export AWS_ACCESS_KEY_ID=simulated AWS_SECRET_ACCESS_KEY=simulated
export AWS_CONFIG_FILE="$scratch/none" AWS_SHARED_CREDENTIALS_FILE="$scratch/none" AWS_EC2_METADATA_DISABLED=true

# release <INPUT=value...>: runs this action as a runner does, and prints its outcome. When it fails, its log goes to stderr.
release() {
  : >"$scratch/output"
  env "$(grep -o 'LAMBDA_CODEDEPLOY_CLOCK=.*' "$scratch/simulator.log")" GITHUB_OUTPUT="$scratch/output" "${@/#/INPUT_}" \
    node dist/index.js >"$scratch/release.log" || cat "$scratch/release.log" >&2
  sed -n '/^outcome<</{n;p;}' "$scratch/output" | tail -n 1
}
