#!/bin/bash
# Every hostile plugin at every isolation level, all levels side by side so that each is the others' load, and then
# the honest controls beside twice as many computing processes as cores. Prints one line for each part; exits 1 when
# any verdict was wrong or any control was flagged.
#   tests/hostile/stress.sh BUILD_FOLDER [rounds] [controls] [LEVEL,LEVEL…]     (20 500 L0,L1,L1+Landlock,L2,L3)
set -uo pipefail
build=$(readlink -f "${1:?usage: tests/hostile/stress.sh BUILD_FOLDER [rounds] [controls] [levels]}")
rounds=${2:-20} controls=${3:-500} levels=${4:-L0,L1,L1+Landlock,L2,L3}
tests=$build/bin/e2e_hostile
log=$(mktemp -d)
load=() failed=0
end_load() { [ ${#load[@]} -eq 0 ] || kill "${load[@]}" 2>/dev/null; load=(); }
trap 'end_load; rm -rf "$log"' EXIT

# start_load N: N processes that compute at the priority of a measurement.
start_load() {
  local i
  for ((i = 0; i < $1; ++i)); do
    while :; do :; done &
    load+=($!)
  done
}

# part NAME REPEATS LEVELS FILTER: prints how many tests ran and which failed; false when one did or none ran.
part() {
  local name=$1 repeats=$2 begin=$SECONDS
  CHIPFIT_HOSTILE_LEVELS=$3 "$tests" --gtest_filter="$4" --gtest_repeat="$repeats" --gtest_brief=1 >"$log/$name" 2>&1
  local code=$? ran wrong
  ran=$(sed -n 's/^\[=*\] \([0-9]*\) tests* from .* ran.*/\1/p' "$log/$name" | awk '{ n += $1 } END { print n + 0 }')
  wrong=$(grep -c '^\[  FAILED  \] .*(.* ms)$' "$log/$name")
  printf '%-32s %6d runs %4d wrong %6d s\n' "$name" "$ran" "$wrong" $((SECONDS - begin))
  if [ "$code" -ne 0 ] || [ "$ran" -eq 0 ]; then
    grep -E '^\[  FAILED|Failure|verdict |flagged|REACHED|Which is' "$log/$name" | head -60
    return 1
  fi
}

running=()
for level in ${levels//,/ }; do
  part "hostile-$level" "$rounds" "$level" 'All/Hostile.GetsItsVerdict/*' &
  running+=($!)
done
for one in "${running[@]}"; do wait "$one" || failed=1; done
# Honest plugins while others compute at their priority: no flag, whatever the clock does.
start_load $((2 * $(nproc)))
honest='*honest*:*slow_link_auto:*slow_link_without_accumulation*:*newer_minor*:*log_chatter*'
names=$(CHIPFIT_HOSTILE_LEVELS=auto "$tests" --gtest_list_tests --gtest_filter="$honest" | grep -c GetsItsVerdict)
part controls $(((controls + names - 1) / (names > 0 ? names : 1))) auto "$honest" || failed=1
exit $failed
