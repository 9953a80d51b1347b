#!/bin/bash
# A package is made from this build, taken, and gone through as far as this machine goes; broken ones are refused.
#   tests/gpu/package_test.sh BUILD_FOLDER
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export TMPDIR=$folder XZ_OPT=-0
failed=0

# expect CODE WORDS ARGUMENTS…: the command ends with CODE and says WORDS.
expect() {
  local code=$1 words=$2 said status; shift 2
  said=$("$here/check.sh" "$@" 2>&1)
  status=$?
  [ $status -eq "$code" ] && grep -q -- "$words" <<<"$said" && return
  printf 'gpu-check %s: exit %d, expected %d and "%s". It said:\n%s\n' "$*" $status "$code" "$words" "$said"
  failed=1
}

package=$folder/package.tar.xz
expect 0 MiB --build "$1" --package "$package"
expect 0 oracle_native --take "$package" --list
if [ ! -e /dev/nvidiactl ]; then
  expect 77 SKIPPED --take "$package" --minutes 1 --to "$folder/out"
fi
head -c 100000 "$package" >"$folder/torn.tar.xz"
expect 65 'no whole package' --take "$folder/torn.tar.xz"
expect 66 'not there' --take "$folder/missing.tar.xz"
left=$(find "$folder" -maxdepth 1 -name 'chipfit-gpu-*' -o -maxdepth 1 -name 'chipfit-package-*')
[ -z "$left" ] || { echo "left behind: $left"; failed=1; }
exit $failed
