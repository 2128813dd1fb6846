"""Compiles a contract of `sources/` the one way that artifacts and tests share."""

import json
import warnings
from functools import cache
from pathlib import Path

import snekmate
from vyper.compiler.input_bundle import FileInput, FilesystemInputBundle
from vyper.compiler.phases import CompilerData
from vyper.compiler.settings import Settings, anchor_settings

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "sources"
SIDES = ("l1", "l2")
SEARCH_PATHS = [Path(list(snekmate.__path__)[0]).resolve().parent, SOURCES]
EVM_VERSION = "prague"

# Long byte arrays are meant where they stand; their cost is in the gas tables.
warnings.filterwarnings("ignore", message="Use of large arrays can be unsafe!")


def contracts(side: str) -> list[Path]:
    """The source files of one side (`l1` or `l2`), sorted by name; each compiles to one contract."""
    return sorted((SOURCES / side).glob("*.vy"))


@cache
def compiled(path: Path) -> CompilerData:
    """What the compiler makes of a source file.

    Where a file NAME.layout.json lies beside NAME.vy, it fixes the storage slots. Bytecode carries no metadata, so that
    it depends on nothing but the sources and the compiler.
    """
    bundle = FilesystemInputBundle(SEARCH_PATHS)
    layout_path = path.with_suffix(".layout.json")
    layout = bundle.load_json_file(layout_path) if layout_path.exists() else None
    return _compiled(bundle.load_file(path), bundle, layout)


def compiled_text(text: str) -> CompilerData:
    """What the compiler makes of a contract given as text."""
    path = Path("inline.vy")
    return _compiled(FileInput(-1, path, path, text), FilesystemInputBundle(SEARCH_PATHS), None)


def _compiled(source, bundle, layout) -> CompilerData:
    settings = Settings(evm_version=EVM_VERSION)
    data = CompilerData(source, bundle, settings=settings, storage_layout=layout, no_bytecode_metadata=True)
    with anchor_settings(data.settings):
        _ = data.bytecode, data.bytecode_runtime
    return data


def spelled(kind: dict) -> str:
    """An ABI type as it stands in a signature."""
    if kind["type"].startswith("tuple"):
        return "(" + ",".join(map(spelled, kind["components"])) + ")" + kind["type"][5:]
    return kind["type"]


def read_json(path: Path):
    return json.loads(path.read_text())
