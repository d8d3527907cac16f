#!/usr/bin/env bash
# Starts the simulator for the rest of a job: what it says to export is exported to all later steps.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$RUNNER_TEMP/simulator.log
# In a session of its own, or it would end with this step; without the tracking id, or the runner would end it.
RUNNER_TRACKING_ID='' nohup setsid npm run --silent simulator >"$log" 2>&1 </dev/null &
for _ in $(seq 100); do
  grep -q 'Ctrl-C' "$log" && break
  sleep 0.1
done
cat "$log"
grep -q 'Ctrl-C' "$log"
sed -n 's/^  export //p' "$log" | xargs -n 1 | tee -a "$GITHUB_ENV"
