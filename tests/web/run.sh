#!/bin/sh
# run.sh TEST.mjs: runs a test under node, or says why it cannot and exits with 77, which ctest shows as skipped.
skip() { echo "SKIPPED: $1"; exit 77; }
command -v node >/dev/null || skip "no Node.js: ./quickstart deps installs it"
[ -d "$CHIPFIT_NODE_MODULES/playwright-core" ] || skip "chipfit was built without the page of reports"
case "$1" in
  */trace_test.mjs) ;;
  *) command -v chromium >/dev/null || skip "no chromium: ./quickstart deps test installs it" ;;
esac
exec node --test --test-concurrency=1 "$1"
