"""Writes the artifacts and snapshots of every contract, or checks that the committed ones are what the sources give.

Usage: build.py build | check
"""

import json
import re
import sys
from pathlib import Path

import vyper
from eth_utils import keccak
from vyper import ast as vy_ast
from vyper.compiler import output
from vyper.compiler.settings import anchor_settings

from bindings import FOLDER, bindings
from compiling import EVM_VERSION, ROOT, SIDES, compiled, contracts, spelled
from predeploys import describe

# What EIP-170 and EIP-3860 allow.
RUNTIME_LIMIT = 24_576
CREATION_LIMIT = 49_152


def modules_of(module, seen=None) -> list:
    """A module and all that it imports, each once."""
    seen = {} if seen is None else seen
    if module.path not in seen:
        seen[module.path] = module
        for statement in module._metadata["type"].import_stmts:
            imported = statement._metadata["import_info"].typ
            if hasattr(imported, "_module"):
                modules_of(imported._module, seen)
    return list(seen.values())


def errors_of(module) -> list[dict]:
    """The custom errors that a contract can revert with: `method_id("Name(types)")` in a `raw_revert` of its sources."""
    signatures = {
        identifier.args[0].value
        for part in modules_of(module)
        for revert in part.get_descendants(vy_ast.Call, {"func.id": "raw_revert"})
        for identifier in revert.get_descendants(vy_ast.Call, {"func.id": "method_id"})
    }
    errors = []
    for signature in sorted(signatures):
        name, types = signature[:-1].split("(", 1)
        errors.append({"type": "error", "name": name, "inputs": inputs_of(types)})
    return errors


def inputs_of(types: str) -> list[dict]:
    """The inputs that stand in a signature: `(address,uint32),address` is a tuple and an address."""
    inputs = []
    for kind in re.findall(r"\([^()]*\)|[^(),]+", types):
        if kind.startswith("("):
            inputs.append({"name": "", "type": "tuple", "components": inputs_of(kind[1:-1])})
        else:
            inputs.append({"name": "", "type": kind})
    return inputs


def with_plain_names(entries: list[dict]) -> list[dict]:
    """A name that Vyper reserves carries an underscore at its end in the sources (`from_`) and none in the ABI."""
    return [
        {
            key: with_plain_names(value) if key in ("inputs", "outputs", "components") else
            value.rstrip("_") if key == "name" else value
            for key, value in entry.items()
        }
        for entry in entries
    ]


def artifact(path: Path) -> dict:
    data = compiled(path)
    with anchor_settings(data.settings):
        abi = with_plain_names(output.build_abi_output(data))
    abi += errors_of(data.annotated_vyper_module)
    order = {"constructor": 0, "function": 1, "event": 2, "error": 3}
    abi.sort(key=lambda entry: (order.get(entry["type"], 4), entry.get("name", ""), len(entry.get("inputs", []))))
    result = {
        "contractName": path.stem,
        "compiler": f"vyper {vyper.__version__}",
        "evmVersion": EVM_VERSION,
        "abi": abi,
        "bytecode": "0x" + data.bytecode.hex(),
        "deployedBytecode": "0x" + data.bytecode_runtime.hex(),
        "storageLayout": data.storage_layout,
    }
    runtime, creation = len(data.bytecode_runtime), len(data.bytecode)
    if runtime > RUNTIME_LIMIT or creation > CREATION_LIMIT:
        raise SystemExit(f"{path}: {runtime} bytes at run time and {creation} to create are more than a chain takes")
    return result


def swift_text(description: str) -> str:
    """The description of the predeploys as it is compiled into the program."""
    return (
        "// swift-format-ignore-file\n\n/// `contracts/artifacts/l2/predeploys.json`, written by `scripts/contracts build`.\n"
        f'let predeployDescription = #"""\n{description}"""#\n'
    )


def signature(entry: dict) -> str:
    return f"{entry['name']}({','.join(map(spelled, entry['inputs']))})"


def snapshot(built: dict) -> str:
    """The ABI's signatures with their selectors, and the storage layout, as text for people."""
    lines = [f"{built['contractName']}", "", f"size {len(built['deployedBytecode']) // 2 - 1} bytes", "", "abi"]
    for entry in built["abi"]:
        kind = entry["type"]
        if kind == "function":
            returns = ",".join(map(spelled, entry["outputs"]))
            selector = keccak(text=signature(entry))[:4].hex()
            state = "" if entry["stateMutability"] == "nonpayable" else f" {entry['stateMutability']}"
            lines.append(f"  0x{selector} {signature(entry)}{state}" + (f" -> ({returns})" if returns else ""))
        elif kind == "event":
            inputs = ",".join(spelled(i) + (" indexed" if i["indexed"] else "") for i in entry["inputs"])
            lines.append(f"  event 0x{keccak(text=signature(entry)).hex()} {entry['name']}({inputs})")
        elif kind == "error":
            lines.append(f"  error 0x{keccak(text=signature(entry))[:4].hex()} {signature(entry)}")
        elif kind == "constructor":
            lines.append(f"  constructor({','.join(map(spelled, entry['inputs']))})")
        else:
            lines.append(f"  {kind} {entry['stateMutability']}")
    lines += ["", "storage"]

    def place(layout: dict, prefix: str, unit: str) -> None:
        for name, item in layout.items():
            if "type" not in item or isinstance(item["type"], dict):
                place(item, f"{prefix}{name}.", unit)
                continue
            at = item.get("slot", item.get("offset"))
            at = hex(at) if at > 1_000_000 else at
            lines.append(f"  {unit} {at} {prefix}{name} {item['type']} ({item.get('n_slots', item.get('length'))})")

    place(built["storageLayout"].get("storage_layout", {}), "", "slot")
    place(built["storageLayout"].get("transient_storage_layout", {}), "", "transient")
    place(built["storageLayout"].get("code_layout", {}), "", "code")
    return "\n".join(lines) + "\n"


def outputs() -> dict[Path, str]:
    """Every file that the sources give, with its text."""
    files, built = {}, {side: {path.stem: artifact(path) for path in contracts(side)} for side in SIDES}
    for side in SIDES:
        for name, result in built[side].items():
            files[ROOT / "artifacts" / side / f"{name}.json"] = json.dumps(result, indent=1, sort_keys=True) + "\n"
            files[ROOT / "snapshots" / side / f"{name}.txt"] = snapshot(result)
    description = json.dumps(describe(built["l2"]), indent=1) + "\n"
    # A slot of storage takes a line.
    description = re.sub(
        r'\{\n\s+("slot"[^{}]*?)\n\s+\}', lambda found: "{" + re.sub(r"\n\s+", " ", found[1]) + "}", description
    )
    files[ROOT / "artifacts" / "l2" / "predeploys.json"] = description
    files[ROOT.parent / "Sources" / "Layers" / "Genesis" / "PredeployDescription.swift"] = swift_text(description)
    return files | bindings(built)


def main(mode: str) -> int:
    files = outputs()
    present = {
        path
        for side in SIDES
        for pattern in (f"artifacts/{side}/*.json", f"snapshots/{side}/*.txt")
        for path in ROOT.glob(pattern)
        if path.name != "gas.txt"
    } | set(FOLDER.rglob("*.swift"))
    if mode == "build":
        for path in present - files.keys():
            path.unlink()
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        print(f"contracts: wrote {len(files)} files")
        return 0
    wrong = [f"{path.relative_to(ROOT.parent)}: no source gives it" for path in sorted(present - files.keys())]
    for path, text in sorted(files.items()):
        if not path.exists():
            wrong.append(f"{path.relative_to(ROOT.parent)}: missing")
        elif path.read_text() != text:
            wrong.append(f"{path.relative_to(ROOT.parent)}: not what the sources compile to")
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        print("contracts: run scripts/contracts build, look at the difference, and commit it", file=sys.stderr)
        return 1
    print(f"contracts: {len(files)} files are what the sources compile to")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("build", "check"):
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1]))
