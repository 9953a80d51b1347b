#!/bin/bash
# guide.sh BUILD SOURCE WORK: every command of docs/vendor-guide.md, in a home folder of its own; both languages show the
# same commands. Only ./quickstart lines are left out: they are how the build under test was made.
set -euo pipefail
build=$1 source=$2 work=$3
fail() { echo "guide.sh: $*" >&2; exit 1; }
blocks() { awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$1"; }

english=$(blocks "$source/docs/vendor-guide.md")
[ -n "$english" ] || fail "no commands in the guide"
[ "$english" = "$(blocks "$source/docs/vendor-guide.zh.md")" ] || fail "the two languages show different commands"

# A first passing plugin is at most ten commands away: everything up to the first ctest.
first=$(grep -n -m1 '^ctest' <<<"$english" | cut -d: -f1)
[ "$first" -le 10 ] || fail "$first commands to a first passing plugin"
lines=$(wc -l <"$source/backends/template/mychip_simple.cpp")
[ "$lines" -le 25 ] || fail "a simple plugin has $lines lines"

rm -rf "$work"
mkdir -p "$work/home" "$work/tree/build"
ln -s "$build" "$work/tree/build/release"
export HOME=$work/home XDG_STATE_HOME=$work/state
unset CHIPFIT_PLUGIN_PATH XDG_DATA_HOME DESTDIR LD_LIBRARY_PATH
commands=$(grep -v '^\./quickstart' <<<"$english")
if [ -n "${CHIPFIT_GUIDE_INSTALLED:-}" ]; then  # a prefix that was installed by hand, for a build without CUDA
  commands=$(grep -v '^cmake --install' <<<"$commands")
  ln -s "$CHIPFIT_GUIDE_INSTALLED" "$HOME/chipfit"
fi
cd "$work/tree"
bash -euxo pipefail -c "$commands" || fail "a command of the guide failed"

bundle=$(echo "$HOME"/results/mycompany/x1/*.intake.json)
[ -s "$bundle" ] || fail "intake has left no record"
[ -s "${bundle%.intake.json}/results.csv" ] || fail "intake has left no results"
rates=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == "rate_flop_per_s") at = i; next } $at > 0' \
  "${bundle%.intake.json}/results.csv" | wc -l)
[ "$rates" -gt 0 ] || fail "no measured rate"

# The shortest way of the three builds and passes too, under a name that is not the template's.
export PATH=$HOME/chipfit/bin:$PATH
cd "$HOME"
begin=$SECONDS
chipfit new tiny_chip --simple
[ ! -e tiny_chip/mychip.cpp ] && ! grep -rqi mychip tiny_chip || fail "the template's name is left in the project"
cmake -S tiny_chip -B tiny_chip/build -DCMAKE_PREFIX_PATH="$HOME/chipfit"
cmake --build tiny_chip/build
ctest --test-dir tiny_chip/build --output-on-failure
chipfit run --case gemm:f32:NN:64x64x64 --quick --backend tiny_chip/build/tiny_chip.so --out results
echo "new project: built, checked and run in $((SECONDS - begin)) s"
if chipfit new tiny_chip; then fail "a project was written over another"; fi
if chipfit new '../evil'; then fail "a name with a path was taken"; fi
