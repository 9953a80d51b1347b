#!/bin/bash
# The figures that the project promises, each a ratio taken within one run. Prints tables; exits 1 when one is missed.
#   tests/bench/run.sh BUILD_FOLDER [pairs]
set -uo pipefail
build=${1:?usage: tests/bench/run.sh BUILD_FOLDER [pairs]}
pairs=${2:-200}
missed=0
# Workers have a cleared environment: what they are compared with has the same.
unset "${!OPENBLAS_@}" "${!OMP_@}" "${!GOMP_@}" "${!GOTO_@}" "${!ONEDNN_@}" "${!DNNL_@}" "${!BLIS_@}" 2>/dev/null
plugins=$build/lib/chipfit/plugins worker=$build/bin/chipfit-worker

printf '\n== What this machine reaches in registers and memory\n'
"$build/bin/bench_peak" || missed=1

printf '\n== Harness against bare loops over libraries\n'
"$build/bin/bench_fidelity" "$plugins/openblas.so" "$worker" "$pairs" || missed=1
if [ -x "$build/bin/bench_fidelity_onednn" ]; then
  "$build/bin/bench_fidelity_onednn" "$plugins/onednn.so" "$worker" "$pairs" || missed=1
else
  echo 'oneDNN is not installed: left out'
fi

printf '\n== Isolation\n'
"$build/bin/bench_isolation" "$plugins/openblas.so" "$worker" "$pairs" || missed=1

printf '\n== Proven timing\n'
gemm=512x512x512 conv=n4c64h28w28:k64r3s3:p1x1
directions=("conv_fwd:f32:nhwc:$conv" "conv_bwd_data:f32:nhwc:$conv" "conv_bwd_weights:f32:nhwc:$conv")
prove() { "$build/bin/bench_proven" "$plugins/$1.so" "$worker" 60 "${@:2}" || missed=1; }
prove openblas gemm:f32:NN:$gemm gemm:f32:NN:1024x1024x1024 gemm:f64:NN:$gemm "${directions[@]}"
[ ! -f "$plugins/native.so" ] || prove native gemm:{f32,f64,bf16,i8}:NN:$gemm "${directions[@]}"
[ ! -f "$plugins/onednn.so" ] || prove onednn gemm:{f32,bf16}:NN:$gemm "${directions[@]}"

printf '\n== Restart of a worker\n'
"$build/bin/bench_restart" "$plugins/reference.so" "$worker" || missed=1

printf '\n== The kernels of this project against libraries and the machine\n'
if [ -f "$plugins/native.so" ]; then
  "$build/bin/bench_native" "$plugins" "$worker" --pairs "$pairs" || missed=1
else
  echo 'backend native is not built: left out'
fi

printf '\n== Verification against the verified work (one core)\n'
"$build/bin/bench_oracle_cost" || missed=1

printf '\n== The quick suite\n'
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
begin=$(date +%s.%N)
"$build/bin/chipfit" run --suite quick --out "$out" >"$out/summary" 2>"$out/log" || missed=1
end=$(date +%s.%N)
manifest=("$out"/*/manifest.json)
awk -v begin="$begin" -v end="$end" '
  /"case_time_s"/ { gsub(/[^0-9.e-]/, "", $2); total = $2 }
  /"verification_time_s"/ { gsub(/[^0-9.e-]/, "", $2); verify = $2 }
  /"judge_peak_memory_byte"/ { gsub(/[^0-9.e-]/, "", $2); memory = $2 }
  END {
    wall = end - begin
    printf "wall %.1f s (aim 60), verification %.1f %% of it (aim 10), peak memory of the judge %.0f MiB\n", wall, 100 * verify / wall, memory / 1048576
    exit !(wall <= 60 && verify <= 0.1 * wall)
  }' "${manifest[0]}" || missed=1
exit $missed
