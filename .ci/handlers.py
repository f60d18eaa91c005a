"""Finds the handlers, which execute one operation each, in a release binary."""
import re
import subprocess

# Demangled names of the handlers; the group is the operation.
HANDLER = re.compile(r"whit::exec::dispatch::dispatcher::handler::<whit::exec::(\w+::\w+)")
# What handlers jump to besides each other.
SHARED = re.compile(r"whit::exec::dispatch::dispatcher::(branch_table|out_of_bounds|stop)$|raw::Context>::stop_for$")
SYMBOL = re.compile(r"^([0-9a-f]+) ([0-9a-f]+) [tTwW] (.+)$")


def handlers(binary, pattern=HANDLER):
    """Size by address of the handlers, or other functions. Functions that the linker found to be alike stand at one
    address."""
    command = ["nm", "--print-size", "--demangle", "--defined-only", binary]
    symbols = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    found = (SYMBOL.match(line) for line in symbols)
    return {int(symbol[1], 16): int(symbol[2], 16) for symbol in found if symbol and pattern.search(symbol[3])}
