"""The creation code of the contracts that worlds are made of."""
import functools
import pathlib

import vyper
from eth_abi import encode

CLIENTS = pathlib.Path(__file__).resolve().parents[1]
PLACES = {name: CLIENTS for name in ("token", "collectible")}
NAMES = ("token", "collectible", "pool", "game", "spoiler", "purse")


@functools.cache
def creation(name):
    folder = PLACES.get(name, CLIENTS / "ending/applications")
    compiled = vyper.compile_code((folder / f"{name}.vy").read_text(), output_formats=["bytecode"])
    return bytes.fromhex(compiled["bytecode"][2:])


def creating(name, types=(), *arguments):
    """The data of a transaction that makes a contract."""
    return creation(name) + encode(list(types), arguments)
