#!/bin/bash
# Everything that a machine with an NVIDIA GPU has to show, in one command that can be stopped and gone on with:
# is every kernel and library path right, then how fast is it. See docs/gpu.md.
set -uo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)

usage() {
  cat <<'TEXT'
usage: gpu-check [OPTIONS]
  --minutes N       stop after N minutes (30); what is left is done by the next call
  --continue FILE…  what an earlier call packed (gpu-check.tar.xz.*): done parts are not done again
  --only PART[,P]   these parts alone; --list names them
  --to DIR          where the packed outputs go ($OUT, else results/gpu-check)
  --work DIR        where the parts' own files lie (the package's or the build's folder)
  --build DIR       the build to check (build/release, made where it is not there)
  --take FILE       unpack this package and check it, instead of building
  --package FILE    make such a package (tar.xz, at most 64 MiB) and end
  --list            name the parts, most valuable first
Needs no network. Exit codes: 0 all was right, 1 something was wrong, 75 parts are left, 77 there is no GPU.
TEXT
}

minutes=30 to=${OUT:-} work= build= take= package= only= list=
earlier=()
while [ $# -gt 0 ]; do
  case $1 in
    --minutes | --to | --work | --build | --take | --package | --only)
      [ $# -ge 2 ] || { echo "gpu-check: $1 needs a value" >&2; exit 2; }
      printf -v "${1#--}" %s "$2"; shift 2 ;;
    --continue) shift; while [ $# -gt 0 ] && [[ $1 != --* ]]; do earlier+=("$1"); shift; done ;;
    --list) list=1; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "gpu-check: unknown option '$1'" >&2; usage >&2; exit 2 ;;
  esac
done
[[ $minutes =~ ^[0-9]+$ && $minutes -ge 1 ]] || { echo "gpu-check: --minutes is a whole number from 1" >&2; exit 2; }
say() { printf '\033[1m== [%3d s] %s\033[0m\n' "$SECONDS" "$*"; }

# ---- a package, or a build ------------------------------------------------------------------------------------------

if [ -n "$take" ]; then
  [ -r "$take" ] || { echo "gpu-check: $take is not there; a machine with nvcc makes it: gpu-check --package FILE" >&2; exit 66; }
  unpacked=$(mktemp -d "${TMPDIR:-/tmp}/chipfit-gpu-XXXXXX")
  if ! tar -xJf "$take" -C "$unpacked" 2>"$unpacked/why" || [ ! -x "$unpacked/chipfit-gpu/gpu-check" ]; then
    echo "gpu-check: $take is no whole package ($(tail -n 1 "$unpacked/why")); copy or make it again" >&2
    rm -rf "$unpacked"
    exit 65
  fi
  again=(--minutes "$minutes")
  for option in to work only; do [ -z "${!option}" ] || again+=("--$option" "${!option}"); done
  [ ${#earlier[@]} -eq 0 ] || again+=(--continue "${earlier[@]}")
  [ -z "$list" ] || again+=(--list)
  [ -n "$to" ] || again+=(--to "$PWD/results/gpu-check")
  "$unpacked/chipfit-gpu/gpu-check" "${again[@]}"
  status=$?
  rm -rf "$unpacked"  # what it found is packed in --to
  exit $status
fi

if [ -x "$here/bin/chipfit" ]; then
  root=$here suites=$here/suites build=$here
else
  repository=$(cd "$here/../.." && pwd)
  suites=$repository/kernels/suites
  if [ -z "$build" ]; then
    build=$repository/build/release
    "$repository/quickstart" build >&2 || exit 70
  fi
  root=$build
fi
programs=(chipfit chipfit-worker chipfit-cuda-peak gpu_check gpu_bare_gemm)

make_package() {
  local file=$1 stage top program plugin library
  stage=$(mktemp -d "${TMPDIR:-/tmp}/chipfit-package-XXXXXX")
  top=$stage/chipfit-gpu
  mkdir -p "$top/bin" "$top/lib/chipfit/plugins" "$top/suites"
  cp "$here/check.sh" "$top/gpu-check" && cp "$here/tables.py" "$top/" && cp "$suites"/*.csv "$top/suites/"
  for program in "${programs[@]}"; do
    cp "$root/bin/$program" "$top/bin/" || { echo "gpu-check: $program is not built: a package needs nvcc and the tests" >&2; return 70; }
  done
  for plugin in cuda cuda_native; do cp "$root/lib/chipfit/plugins/$plugin".* "$top/lib/chipfit/plugins/" || return 70; done
  strip --strip-unneeded "$top"/bin/* "$top"/lib/chipfit/plugins/*.so
  # Everything but the C and C++ libraries, which are older here than on any machine with a driver for CUDA 13. The
  # programs look beside themselves first (BUILD_RPATH).
  ldd "$top"/bin/* "$top"/lib/chipfit/plugins/*.so | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
    grep -vE '/(libc|libm|libdl|librt|libpthread|libgcc_s|libstdc\+\+|ld-linux[^/]*)\.so' |
    while read -r library; do cp -L "$library" "$top/lib/"; done
  tar -C "$stage" -cJf "$file" chipfit-gpu
  rm -rf "$stage"
  local bytes; bytes=$(stat -c %s "$file")
  echo "$file: $((bytes / 1048576)) MiB"
  [ "$bytes" -le $((64 << 20)) ] || { echo "gpu-check: the package is larger than 64 MiB" >&2; return 1; }
}
if [ -n "$package" ]; then
  make_package "$package"
  exit
fi

# ---- the parts, most valuable first ---------------------------------------------------------------------------------

work=${work:-$root/gpu-check-work}
to=${to:-$PWD/results/gpu-check}
chipfit=$root/bin/chipfit
export CHIPFIT_TEST_PLUGINS=$root/lib/chipfit/plugins
mkdir -p "$work/done" "$work/logs" "$work/runs" "$to" || exit 74
for file in "${earlier[@]}"; do [ -r "$file" ] || { echo "gpu-check: $file is not there" >&2; exit 66; }; done
[ ${#earlier[@]} -eq 0 ] || cat "${earlier[@]}" | tar -xJ -C "$work" || exit 65

# Libraries in a Python environment's wheels: the plugin looks there when this names it.
if [ -z "${VIRTUAL_ENV:-}" ] && command -v python3 >/dev/null; then
  prefix=$(python3 -c 'import sys; print(sys.prefix)' 2>/dev/null)
  compgen -G "$prefix/lib/python3*/site-packages/nvidia/*/lib" >/dev/null && export VIRTUAL_ENV=$prefix
fi

decode=() main=() energy=()
for m in 1 16 64; do decode+=("gemm:bf16:NT:${m}x8192x8192"); done
main=(gemm:bf16:NT:4096x4096x4096 gemm:bf16:NT:8192x8192x8192 gemm:bf16:NN:8192x8192x8192 gemm:f16:NT:8192x8192x8192
  gemm:bf16:NT:2048x2048x2048 gemm:bf16:NT:1024x1024x1024 gemm:e4m3:NT:8192x8192x8192 gemm:i8:NT:8192x8192x8192
  gemm:f32:NT:8192x8192x8192:tf32 gemm:f32:NN:4096x4096x4096 gemm:f32:NN:8192x8192x8192 gemm:f64:NN:4096x4096x4096
  "${decode[@]}" conv_fwd:bf16:nhwc:n256c64h56w56:k64r3s3:p1x1 conv_fwd:bf16:nhwc:n256c128h28w28:k128r3s3:p1x1
  conv_fwd:bf16:nhwc:n256c256h14w14:k256r3s3:p1x1 conv_fwd:bf16:nhwc:n256c512h7w7:k512r3s3:p1x1
  conv_fwd:bf16:nhwc:n256c256h56w56:k64r1s1 conv_bwd_data:bf16:nhwc:n256c256h14w14:k256r3s3:p1x1
  conv_bwd_weights:bf16:nhwc:n256c256h14w14:k256r3s3:p1x1)
energy=(gemm:bf16:NT:8192x8192x8192 gemm:e4m3:NT:8192x8192x8192 gemm:f32:NT:8192x8192x8192:tf32
  gemm:f32:NN:8192x8192x8192 gemm:f64:NN:4096x4096x4096 conv_fwd:bf16:nhwc:n256c256h14w14:k256r3s3:p1x1)
square_bf16=()
for n in 1024 2048 4096 8192; do square_bf16+=("gemm:bf16:NT:${n}x${n}x$n"); done

cases() { local id; for id in "$@"; do printf -- '--case\n%s\n' "$id"; done; }

# measure NAME [options of chipfit run]: into runs/NAME, gone on with where an earlier call had to stop.
measure() {
  local name=$1 resume=() peaks=() status; shift
  compgen -G "$work/runs/$name/*/manifest.json" >/dev/null && resume=(--resume)
  [ -s "$work/peaks.csv" ] && peaks=(--peaks "$work/peaks.csv")
  timeout -s TERM -k 20 "$(left)" "$chipfit" run --out "$work/runs/$name" "${resume[@]}" "${peaks[@]}" \
    --option trial_s=0.15 "$@" >"$work/logs/$name.txt" 2>&1
  status=$?
  tail -n 4 "$work/logs/$name.txt"
  [ $status -eq 124 ] && return 75
  return $status
}
both=(--backend cuda,cuda_native)

do_info() {
  { date -u; uname -a; lscpu | head -25; free -g; nvidia-smi -q; nvcc --version; "$chipfit" version; "$chipfit" doctor
    "$chipfit" devices --backend cuda,cuda_native; } >"$work/logs/info.txt" 2>&1
  "$chipfit" devices --backend cuda,cuda_native
  command -v cuobjdump >/dev/null || return 0
  # Matrix instructions, copies by the engine, and accesses to local memory, which should be none.
  cuobjdump -sass "$root/lib/chipfit/plugins/cuda_native.so" >"$work/sass" 2>/dev/null
  grep -oE '\b(HGMMA|QGMMA|IGMMA|HMMA|IMMA|DMMA|UTMALDG|UTMASTG|LDL|STL)\b' "$work/sass" | sort | uniq -c >"$work/logs/sass.txt"
  rm -f "$work/sass"
  tr '\n' ' ' <"$work/logs/sass.txt"; echo
}
do_peak() { "$root/bin/chipfit-cuda-peak" 0.3 >"$work/peaks.csv.new" && mv "$work/peaks.csv.new" "$work/peaks.csv" && cat "$work/peaks.csv"; }
oracle() { # oracle SECONDS FILTER: of each test of each plugin
  CHIPFIT_GPU_SECONDS=$1 CHIPFIT_GPU_LOG=$work/checks.csv CHIPFIT_GPU_SEED=$RANDOM timeout -k 10 "$(left)" \
    "$root/bin/gpu_check" --gtest_brief=1 --gtest_filter="$2" >"$work/logs/oracle-now.txt" 2>&1
  local status=$?
  cat "$work/logs/oracle-now.txt" >>"$work/logs/oracle.txt"
  grep -E '^ +[0-9]+ ×|problems checked|FAILED|Failure|by .*: ' "$work/logs/oracle-now.txt" | tail -n 60
  # Here there is a GPU: a plugin that cannot be opened is a fault, though its tests are skipped.
  grep -q 'problems checked' "$work/logs/oracle-now.txt" || { echo "nothing was checked"; status=1; }
  return $status
}
do_oracle_native() { oracle 25 'Plugins/CudaDevice.*/1:Plugins/GpuOracle.*AtEdges/1'; }
do_oracle_library() { oracle 12 'Plugins/CudaDevice.*/0:Plugins/GpuOracle.*AtEdges/0'; }
do_oracle_random() { oracle 30 'Plugins/GpuOracle.RandomShapes/*'; }
do_sanitizer() {
  local tool status=0
  command -v compute-sanitizer >/dev/null || { echo "compute-sanitizer is not installed: left out"; return 0; }
  for tool in memcheck racecheck synccheck; do
    CHIPFIT_GPU_SECONDS=6 timeout -k 10 35 compute-sanitizer --tool $tool --error-exitcode 3 --print-limit 20 \
      "$root/bin/gpu_check" --gtest_brief=1 --gtest_filter='Plugins/GpuOracle.*AtEdges/1' >"$work/logs/sanitizer-$tool.txt" 2>&1
    case $? in
      3) status=1 ;;
      0 | 124) ;;
      *) grep -q 'Device not supported' "$work/logs/sanitizer-$tool.txt" || status=1 ;;
    esac
    echo "$tool: $(grep -E 'ERROR SUMMARY|not supported' "$work/logs/sanitizer-$tool.txt" | tail -n 1)"
  done
  return $status
}
do_fidelity() { # in turns, so that a change of clocks meets both
  local turn
  for turn in 1 2 3; do
    "$root/bin/gpu_bare_gemm" 0.6 "${square_bf16[@]}" >"$work/bare-$turn.csv" || return
    "$chipfit" run --out "$work/runs/fidelity" --backend cuda --option trial_s=0 --time 0.6 $(cases "${square_bf16[@]}") \
      >"$work/logs/fidelity-$turn.txt" 2>&1 || return
  done
}
do_main() { measure main "${both[@]}" --time 0.4 --launches 3 $(cases "${main[@]}"); }
do_verification() { measure verification --backend cuda_native $(cases gemm:bf16:NT:8192x8192x8192); }
suite() { measure "$1-$2" "${both[@]}" --time 0.15 --suite "${4:-$1}" --dtype "$2" ${3:+--direction "$3"}; }
do_square_bf16() { suite square bf16; }
resnet_256() { # the suite's images are 32
  sed -E 's/^(conv,[^,]*,[^,]*,[^,]*),32,/\1,256,/' "$suites/resnet50.csv" >"$work/resnet50_n256.csv"
  suite resnet50_n256 "$1" "" "$work/resnet50_n256.csv"
}
do_resnet50_bf16() { resnet_256 bf16; }
do_llama_bf16() { suite llama3_70b bf16; }
do_bert_bf16() { suite bert_large bf16; }
do_square_types() { measure square-types "${both[@]}" --time 0.15 --suite square --dtype f16,e4m3,e5m2,i8,f64; }
do_square_f32() { measure square-f32 "${both[@]}" --time 0.15 --suite square --dtype f32 --math strict,tf32; }
do_energy() { measure energy "${both[@]}" --time 0.15 --sustained 12 $(cases "${energy[@]}"); }
do_hydro() { suite hydro f32 && suite hydro f64; }
do_deepbench_bf16() { suite deepbench_train bf16; }
do_resnet50_f32() { resnet_256 f32; }
do_llama_f32() { suite llama3_70b f32; }
do_bert_f32() { suite bert_large f32; }
do_deepbench_f32() { suite deepbench_train f32; }
do_counters() {
  command -v ncu >/dev/null || { echo "ncu is not installed: left out"; return 0; }
  local id
  for id in gemm:bf16:NT:8192x8192x8192 gemm:e4m3:NT:8192x8192x8192 gemm:f64:NN:4096x4096x4096 "${decode[1]}" \
    conv_fwd:bf16:nhwc:n256c256h14w14:k256r3s3:p1x1; do
    echo "## $id"
    timeout -k 10 40 ncu --clock-control none --launch-skip 30 --launch-count 1 --section SpeedOfLight --section Occupancy \
      --section LaunchStats --section WarpStateStats "$chipfit" run --in-process --out "$work/runs/counters" --time 0.05 \
      --backend cuda_native --option trial_s=0 --case "$id"
  done >"$work/logs/counters.txt" 2>&1
  grep -cE 'SM \[%\]|Compute \(SM\)' "$work/logs/counters.txt"
  return 0
}

# name, seconds without which it is not begun
parts='info 5
peak 15
oracle_native 60
oracle_library 40
fidelity 60
square_bf16 30
main 60
oracle_random 75
sanitizer 90
resnet50_bf16 30
llama_bf16 30
bert_bf16 30
square_types 30
square_f32 30
verification 30
energy 60
hydro 30
counters 100
deepbench_bf16 30
resnet50_f32 30
llama_f32 30
bert_f32 30
deepbench_f32 30'
if [ -n "$list" ]; then
  awk '{ print $1 }' <<<"$parts"
  exit 0
fi

"$chipfit" devices --backend cuda_native >"$work/logs/devices.txt" 2>&1
if [ $? -eq 69 ]; then
  echo "SKIPPED: no NVIDIA GPU can be used here; nothing was checked and nothing measured"
  sed -n 's/^not used: /  /p' "$work/logs/devices.txt"
  exit 77
fi

end=$((minutes * 60 - 15))  # the rest is for packing
left() { local s=$((end - SECONDS)); echo $((s > 1 ? s : 1)); }

# At most seven pieces of 15 MiB and the tables; after each part, so that a call that is killed leaves what it did.
pack() {
  command -v python3 >/dev/null && python3 "$here/tables.py" "$work" >"$work/tables.txt" 2>"$work/logs/tables.txt"
  rm -f "$to"/gpu-check.tar.xz.*
  tar -C "$work" -c . | xz -1 -T0 | split -b 15m -d -a 1 - "$to/gpu-check.tar.xz."
  cp "$work/tables.txt" "$to/tables.txt" 2>/dev/null
  [ "$(find "$to" -name 'gpu-check.tar.xz.*' | wc -l)" -le 7 ] || echo "gpu-check: the outputs are more than seven pieces" >&2
}

wrong=() waiting=()
packed_at=$SECONDS
while read -r name needed; do
  [ -z "$only" ] || [[ ,$only, == *,$name,* ]] || continue
  [ ! -e "$work/done/$name" ] || continue
  if [ "$(left)" -lt "$needed" ]; then
    waiting+=("$name")
    continue
  fi
  say "$name"
  began=$SECONDS
  "do_$name" </dev/null
  status=$?
  case $status in
    75) waiting+=("$name") ;;
    0) echo "$((SECONDS - began)) s" >"$work/done/$name" ;;
    *)  # it is said, and not tried again
      echo "$((SECONDS - began)) s, exit $status" >"$work/done/$name"
      wrong+=("$name") ;;
  esac
  if [ $((SECONDS - packed_at)) -ge 30 ]; then pack; packed_at=$SECONDS; fi
done <<<"$parts"
pack

say "done: $(cd "$work/done" && ls | tr '\n' ' ')"
[ ! -s "$work/tables.txt" ] || head -n 70 "$work/tables.txt"
[ ${#waiting[@]} -eq 0 ] || echo "left for the next call: ${waiting[*]}"
failed=$(grep -l 'exit' "$work"/done/* 2>/dev/null | xargs -r -n1 basename | tr '\n' ' ')
[ -z "$failed" ] || echo "WRONG in: $failed(logs/ in the packed files say what)"
echo "outputs: $to"
[ -z "$failed" ] || exit 1
[ ${#waiting[@]} -eq 0 ] || exit 75
