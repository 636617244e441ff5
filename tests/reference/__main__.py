"""The command: one dossier, the cases of a standard, or a server that reads a request a line."""

import argparse
import json
import sys
import time

from .cases import run_cases
from .dossier import read_dossier, refuse_float
from .edition import resolve
from .errors import EditionRefused, Refused
from .evaluate import evaluate
from .standard import load_standard


def answer(request, standards):
    """One request of `--serve`."""
    if "evaluate" in request:
        name = request["evaluate"]
        if name not in standards:
            raise Refused(f"unknown standard {name!r}")
        return evaluate(standards[name], request["dossier"], request.get("view"), request.get("set") or ())
    if "standard" in request:
        standards.pop(request["standard"], None)
        if "edition" not in request:
            standards[request["standard"]] = load_standard(request["files"])
            return {"ok": True}
        try:
            standards[request["standard"]] = resolve(request["files"], request["edition"])
        except EditionRefused as error:
            return {"refused": error.kind, "why": str(error)}
        return {"ok": True}
    raise Refused("a request has `standard` or `evaluate`")


def serve(source, sink):
    standards = {}
    for line in source:
        if not line.strip():
            continue
        try:
            result = answer(json.loads(line, parse_float=refuse_float), standards)
        except Exception as error:  # One bad request must not end the others.
            result = {"error": f"{type(error).__name__}: {error}"}
        sink.write(json.dumps(result, ensure_ascii=False, separators=(",", ":")))
        sink.write("\n")
        sink.flush()


def main():
    parser = argparse.ArgumentParser(prog="reference", description=__doc__)
    parser.add_argument("standard", nargs="?", help="folder of a standard")
    parser.add_argument("dossier", nargs="?", help="dossier, TOML or JSON")
    parser.add_argument("--view", choices=("declared", "reviewed"))
    parser.add_argument("--set", action="append", default=[], metavar="ADDRESS=VALUE")
    parser.add_argument("--serve", action="store_true", help="requests on stdin, answers on stdout")
    parser.add_argument("--cases", metavar="FOLDER", help="run the cases of a standard")
    parser.add_argument("--time", type=int, metavar="N", help="evaluate N times and print the mean")
    given = parser.parse_args()
    if given.serve:
        sys.stdin.reconfigure(encoding="utf-8")
        sys.stdout.reconfigure(encoding="utf-8")
        serve(sys.stdin, sys.stdout)
        return 0
    if given.cases:
        return run_cases(given.cases)
    if not given.standard or not given.dossier:
        parser.error("a standard and a dossier are needed")
    standard = load_standard(given.standard)
    table = read_dossier(given.dossier)
    if given.time:
        start = time.perf_counter()
        for _ in range(given.time):
            json.dumps(evaluate(standard, table, given.view, given.set))
        print(f"{(time.perf_counter() - start) / given.time * 1000:.2f} ms a dossier")
        return 0
    print(json.dumps(evaluate(standard, table, given.view, given.set), ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
