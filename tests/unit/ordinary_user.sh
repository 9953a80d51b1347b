#!/bin/sh
# ordinary_user.sh PROGRAM...: runs test programs as the user nobody where the tests run as root, as they do in containers:
# isolation works by other means then. Exits with 77, which ctest shows as skipped, where that cannot be.
skip() { echo "SKIPPED: $1"; exit 77; }
[ "$(id -u)" = 0 ] || skip "the tests run as an ordinary user already"
command -v runuser >/dev/null || skip "no runuser (util-linux)"
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
chown nobody "$home"
failed=0
for program; do
  runuser -u nobody -- test -x "$program" || skip "nobody may not read $program"
  runuser -u nobody -- env HOME="$home" TMPDIR="$home" "$program" --gtest_brief=1 || failed=1
done
exit $failed
