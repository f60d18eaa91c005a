#!/usr/bin/env python3
"""Chooses the sequences of instructions that Whit fuses, from profiles of many programs.

    choose.py [--bytes N] [--general N] PROFILE... > core/src/ops/sequences.txt

A profile is what `whit run` of a build with `--features profile` writes to the file that WHIT_PROFILE names. Each profile
counts the same, whatever its length, but those of one family (the name up to the first `-`) share the weight of a few.

The choice is greedy: given the sequences chosen so far, every position of the code has the one that translation would
give it, and so a number of dispatches; the candidates are what is dispatched one after the other, and those are taken
that spare most for the machine code they need. First come sequences that help many programs a little: a gain counts by
its square root, program by program, which holds for programs that are not among the profiles. Then come sequences
that help some of them much.
"""
import argparse
import collections
import math
import pathlib
import re
import sys

# Ends a sequence: what follows is not executed next, or not by falling through.
LAST = re.compile(r"^(br|br_table|return\w*|call[012]?|call_indirect[12]?|unreachable)$")
# A sequence has at most one: each side of it has a dispatch of its own.
BRANCH = re.compile(r"^br_if_\w+$|_branch(_not)?$")
ACCESS = re.compile(r"load|store")
# Rare, large, or done by the driver.
NEVER = re.compile(
    r"^(enter|call_import|return_many|return_call\w*|finish|translate|memory|data|table|elem|ref|unreachable)\b|"
    r"^(struct\.new\w*|array\.(new\w*|fill|copy|init_\w+)|atomic|throw\w*)$|\.[gs]et128$|_(other|far)$|"
    r"\.(div_[su]|rem_[su]|ceil|floor|trunc\w*|nearest|min|max|copysign|popcnt|clz|ctz|convert_i64_u)$|imported$"
)
# Machine code of a handler but for its dispatch, of a dispatch, and of guessing where a branch leads, in bytes: for
# weighing only.
BODY, DISPATCH, GUESS = 22, 16, 18
# Instructions that are less than this part of a program's are left out.
LEAST = 1e-5


class Line:
    """Instructions that stand one after the other in memory."""

    def __init__(self, rows, weight):
        self.shapes = [shape for _, _, shape in rows]
        counts = [count * weight for count, _, _ in rows]
        self.entries = [(count - fell) * weight for count, fell, _ in rows]
        # Which part of the executions of the instruction before goes on with this one.
        self.follow = [0.0] + [
            min(1.0, fell * weight / before) if before else 0.0
            for before, (_, fell, _) in zip(counts, rows[1:])
        ]


def read_list(path):
    return {tuple(line.split(" | ")) for line in path.read_text().splitlines()}


def read(path, fuel):
    """The lines of a profile as lists of (count, fell, shape) and the total count. Fuel is left out unless asked for."""
    lines, rows, total = [], [], 0
    pending = None
    with open(path) as file:
        for text in file:
            parts = text.rstrip("\n").split(" ", 2)
            if len(parts) < 3:
                lines.append(rows)
                rows, pending = [], None
                continue
            count, fell, shape = int(parts[0]), int(parts[1]), parts[2]
            if shape == "fuel" and not fuel:
                # Whoever came to it goes on with what it pays for.
                pending = fell
                continue
            if pending is not None:
                fell, pending = min(pending, fell), None
            rows.append((count, fell, shape))
            total += count
    lines.append(rows)
    return lines, total


def cut(lines, least):
    """Leaves out what is executed less than `least` times."""
    for rows in lines:
        part = []
        for row in rows:
            if row[0] >= least:
                part.append(row)
            else:
                if part:
                    yield part
                part = []
        if part:
            yield part


def name(shape):
    return shape.split(" ", 1)[0]


def possible(sequence):
    names = [name(shape) for shape in sequence]
    if any(NEVER.search(each) for each in names) or any(LAST.match(each) for each in names[:-1]):
        return False
    # Together they would need more registers than there are.
    if names[0].startswith("enter") and ("fuel" in names[:-1] or any(ACCESS.search(each) for each in names)):
        return False
    return sum(bool(BRANCH.search(each)) for each in names) <= 1


def swapped(sequence):
    """The same with the two pinned locals exchanged."""
    exchange = {"P0": "P1", "P1": "P0"}
    return tuple(" ".join(exchange.get(word, word) for word in shape.split(" ")) for shape in sequence)


def cost(sequence):
    names = [name(shape) for shape in sequence]
    branches = sum(bool(BRANCH.search(each)) for each in names)
    return len(sequence) * BODY + (1 + branches) * DISPATCH + (branches + names.count("br")) * GUESS


def assign(line, chosen, longest):
    """How many instructions each position's sequence has."""
    shapes = line.shapes
    size = len(shapes)
    best = [0] * (size + 1)
    lengths = [1] * size
    for at in range(size - 1, -1, -1):
        least = best[at + 1]
        for length in range(2, min(longest, size - at) + 1):
            if best[at + length] <= least and tuple(shapes[at:at + length]) in chosen:
                least = best[at + length]
                lengths[at] = length
        best[at] = least + 1
    return lengths


def dispatches(line, lengths):
    """How often each position is dispatched, and from each the flow to the position behind its sequence."""
    starts = line.entries[:]
    flows = [0.0] * len(starts)
    for at, length in enumerate(lengths):
        flow = starts[at]
        if flow <= 0:
            continue
        for inside in range(at + 1, min(at + length, len(starts) - 1) + 1):
            flow *= line.follow[inside]
        if at + length < len(starts):
            starts[at + length] += flow
            flows[at] = flow
    return starts, flows


def candidates(lines, chosen, longest):
    """What each sequence that could be added spares in `lines`, and how many dispatches there are now."""
    gains = collections.Counter()
    total = 0.0
    for line in lines:
        lengths = assign(line, chosen, longest)
        starts, flows = dispatches(line, lengths)
        total += sum(starts)
        for at, flow in enumerate(flows):
            if flow <= 0:
                continue
            behind = at + lengths[at]
            # The whole of the next sequence, or only how it begins: the rest is then dispatched by itself.
            for length in {lengths[behind], 1}:
                end = behind + length
                if end - at <= longest and end <= len(line.shapes):
                    # Only the last of the next sequence's instructions spares its dispatch.
                    part = flow if length == lengths[behind] else 0.5 * flow
                    gains[tuple(line.shapes[at:end])] += part
    return gains, total


def gains_of(programs, chosen, longest, power):
    """What each sequence that could be added spares, over all programs, and how many dispatches there are now."""
    gains, dispatched = collections.Counter(), 0.0
    for lines in programs:
        own, count = candidates(lines, chosen, longest)
        dispatched += count
        for sequence, gain in own.items():
            gains[sequence] += gain ** power
    return gains, dispatched


def best(gains, chosen, refused, only, power):
    """The sequences that can be added, best first; all of them have the instruction `only`, if there is one."""
    ranked = []
    for sequence, gain in gains.items():
        if sequence in chosen or sequence in refused or not possible(sequence):
            continue
        if only and only not in map(name, sequence):
            continue
        # What one program does with one pinned local another does with the other.
        other = swapped(sequence)
        if other != sequence:
            gain += 0.3 * gains.get(other, 0.0)
        ranked.append((gain ** (1 / power) / cost(sequence), sequence))
    ranked.sort(reverse=True)
    return [sequence for _, sequence in ranked]


def used(programs, chosen):
    """Those of `chosen` that translation would still use, now that there are longer ones."""
    longest = max(map(len, chosen))
    found = set()
    for lines in programs:
        for line in lines:
            lengths = assign(line, chosen, longest)
            starts, _ = dispatches(line, lengths)
            for at, length in enumerate(lengths):
                if length > 1 and starts[at] > 0:
                    found.add(tuple(line.shapes[at:at + length]))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("profiles", nargs="+", type=pathlib.Path)
    parser.add_argument("--bytes", type=int, default=120_000, help="machine code that the sequences may take, about")
    parser.add_argument("--general", type=int, default=70_000, help="how much of it goes to what helps many programs")
    parser.add_argument("--longest", type=int, default=8, help="instructions of a sequence")
    parser.add_argument("--round", type=int, default=60, help="sequences taken before the gains are computed again")
    parser.add_argument("--refused", type=pathlib.Path, help="sequences that are not to be chosen, one a line")
    parser.add_argument("--fuel", action="store_true", help="choose from code that pays for fuel")
    parser.add_argument("--only", metavar="NAME", help="choose sequences with this instruction")
    parser.add_argument("--with", dest="given", type=pathlib.Path, help="sequences that are chosen in any case")
    args = parser.parse_args()
    refused = read_list(args.refused) if args.refused else set()
    given = read_list(args.given) if args.given else set()
    chosen = set(given)

    families = collections.Counter(path.stem.split("-")[0] for path in args.profiles)
    programs = []
    for path in args.profiles:
        rows, total = read(path, args.fuel)
        if not total:
            continue
        weight = 1 / math.sqrt(families[path.stem.split("-")[0]]) / total
        programs.append([Line(part, weight) for part in cut(rows, total * LEAST)])
    taken, before = 0, None
    while True:
        power = 0.5 if taken < args.general else 1.0
        gains, dispatched = gains_of(programs, chosen, args.longest, power)
        before = before or dispatched
        part = dispatched / before
        print(f"{len(chosen)} sequences, {taken} bytes: {part:.3f} of the dispatches", file=sys.stderr)
        fresh = best(gains, chosen, refused, args.only, power)[:args.round]
        if taken >= args.bytes or not fresh:
            break
        chosen |= set(fresh)
        taken += sum(cost(sequence) for sequence in fresh)
    for sequence in sorted(given | used(programs, chosen)):
        print(" | ".join(sequence))


if __name__ == "__main__":
    main()
