#!/usr/bin/env python3
"""Plants one-line bugs in harness/stats and kernels/oracle and counts how many the tests catch.

usage: run.py BUILD_DIR [--sample N] [--seed S] [--only stats|oracle]

Mutants are made in a copy of the tree, BUILD_DIR/source, and built in BUILD_DIR with the assertions of the standard
library, as the gate's tests under sanitizers are. A mutant that does not compile is no mutant, nor is one of
equivalent.txt, which says why nobody could tell it from the original. One that the tests do not notice is printed as
SURVIVED. Exit code 1 where fewer than 90 % are caught.
"""
import argparse, pathlib, random, re, shutil, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = {"stats": ("harness/stats", "unit_stats"), "oracle": ("kernels/oracle", "unit_oracle")}

# pattern → replacement; each place where a pattern matches is one mutant.
MUTATIONS = [
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
    (r" == ", " != "), (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "),
    (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " / "), (r" / ", " * "),
    (r" \+= ", " -= "), (r" -= ", " += "), (r"\+\+", "--"),
    (r"\b1\b(?!\.)", "2"), (r"\b0\b(?!\.)", "1"), (r"\b2\b(?!\.)", "3"),
    (r"\b0\.5\b", "0.6"), (r"std::min", "std::max"), (r"std::max", "std::min"),
    (r"std::abs\(", "("), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"^(\s+)continue;", r"\1;"), (r"complement\(([a-z]+), ", r"cdf(\1, "),
]
SKIP = re.compile(r"^\s*(#|//|/\*|\*|using |namespace |template|struct |class |constexpr std::array|}|static_assert)")


def mutants(source, part):
    folder, _ = PARTS[part]
    for path in sorted((source / folder).glob("*.cpp")):
        lines = path.read_text().splitlines(keepends=True)
        for number, line in enumerate(lines):
            if SKIP.match(line):
                continue
            code = line.split("//")[0]
            for pattern, replacement in MUTATIONS:
                for match in re.finditer(pattern, code):
                    changed = code[: match.start()] + match.expand(replacement) + code[match.end() :] + line[len(code) :]
                    if changed != line:
                        yield part, path, number, line, changed


def equivalents():
    """Texts of mutants that compute the same, from lines "file: original => mutant  # why"."""
    lines = (pathlib.Path(__file__).parent / "equivalent.txt").read_text().splitlines()
    return {line.split("  # ")[0] for line in lines if line and not line.startswith("#")}


def text_of(source, mutant):
    _, path, _, line, changed = mutant
    return f"{path.relative_to(source)}: {line.strip()} => {changed.strip()}"


def run(command, limit_s):
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=limit_s)
        return done.returncode
    except subprocess.TimeoutExpired:
        return -1


def try_one(build, mutant):
    part, path, number, _, changed = mutant
    original = path.read_text()
    lines = original.splitlines(keepends=True)
    lines[number] = changed
    target = PARTS[part][1]
    try:
        path.write_text("".join(lines))
        if run(["ninja", "-C", build, target], 900) != 0:
            return "not compiled"
        # A test that never ends is a test that notices.
        return "caught" if run([f"{build}/bin/{target}", "--gtest_brief=1", "--gtest_fail_fast"], 300) != 0 else "SURVIVED"
    finally:
        path.write_text(original)


def prepare(build):
    """A copy of the tree, and a build folder for it."""
    source = build / "source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(ROOT, source, symlinks=True, ignore=shutil.ignore_patterns("build", ".git", "published", "20*Z-*"))
    subprocess.run(["cmake", "-S", source, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                    "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -D_GLIBCXX_ASSERTIONS"], check=True, stdout=subprocess.DEVNULL)
    for _, target in PARTS.values():
        subprocess.run(["ninja", "-C", build, target], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([f"{build}/bin/{target}", "--gtest_brief=1"], check=True, stdout=subprocess.DEVNULL)
    return source


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--sample", type=int, default=60, help="mutants of each part (0: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    build = pathlib.Path(options.build).resolve()
    build.mkdir(parents=True, exist_ok=True)
    source = prepare(build)
    draw, same = random.Random(options.seed), equivalents()
    failed = False
    for part in PARTS:
        if options.only and part != options.only:
            continue
        todo = [mutant for mutant in mutants(source, part) if text_of(source, mutant) not in same]
        total = len(todo)
        if options.sample:
            todo = draw.sample(todo, min(options.sample, total))
        counts, survivors = {"caught": 0, "SURVIVED": 0, "not compiled": 0}, []
        for index, mutant in enumerate(todo):
            outcome = try_one(build, mutant)
            counts[outcome] += 1
            text = f"line {mutant[2] + 1} of {text_of(source, mutant)}"
            print(f"[{index + 1}/{len(todo)}] {outcome}: {text}", flush=True)
            if outcome == "SURVIVED":
                survivors.append(text)
        judged = counts["caught"] + counts["SURVIVED"]
        share = counts["caught"] / judged if judged else 0
        print(f"{part}: {counts['caught']} of {judged} caught ({share:.1%}), {counts['not compiled']} did not compile, "
              f"drawn from {total}, seed {options.seed}")
        for text in survivors:
            print(f"  SURVIVED {text}")
        failed = failed or share < 0.9
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
