#!/usr/bin/env bash
# Starts the simulator for the rest of a job: what it says to export is exported to all later steps.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$RUNNER_TEMP/simulator.log
# Without the tracking id, or the runner would end it with the job's own processes. In a session of its own where there is such a thing
# (not on macOS, nor in Git Bash on Windows), so that no terminal takes it along.
session=$(command -v setsid || true)
RUNNER_TRACKING_ID='' $session npm run --silent simulator >"$log" 2>&1 </dev/null &
simulator=$!
# A cold machine takes its time over this.
for _ in $(seq 600); do
  grep -q 'Ctrl-C' "$log" && break
  kill -0 "$simulator" 2>/dev/null || break
  sleep 0.1
done
cat "$log"
grep -q 'Ctrl-C' "$log"
sed -n 's/^  export //p' "$log" | xargs -n 1 | tee -a "$GITHUB_ENV"
