# pragma version 0.4.3
"""
@title MayflyCollectionFactory
@notice Makes collections whose tokens come to L1 at the rollup's end; anyone may ask for one.
@dev A collection's address: CREATE2 with the salt keccak256(abi.encode(minter, name, symbol, URI)) and the creation
     code of the kind's blueprint (ERC-5202) followed by the arguments of its constructor.
"""

event CollectionCreated:
    collection: indexed(address)
    minter: indexed(address)

blueprint: public(address)
blueprintERC1155: public(address)


@deploy
def __init__(_blueprint: address, _blueprintERC1155: address):
    self.blueprint = _blueprint
    self.blueprintERC1155 = _blueprintERC1155


@external
def createERC721(_name: String[64], _symbol: String[32], _baseTokenURI: String[160]) -> address:
    """
    @notice Makes a collection in which the caller mints. A token's URI is the base and its number.
    """
    return self._create(self.blueprint, _name, _symbol, _baseTokenURI)


@external
def createERC1155(_name: String[64], _symbol: String[32], _uri: String[160]) -> address:
    """
    @notice Makes a collection of items in any number, in which the caller mints. The URI is that of all items, for clients
            to put an item's number where `{id}` stands.
    """
    return self._create(self.blueprintERC1155, _name, _symbol, _uri)


@internal
def _create(blueprint: address, name: String[64], symbol: String[32], text: String[160]) -> address:
    collection: address = create_from_blueprint(
        blueprint,
        msg.sender,
        name,
        symbol,
        text,
        salt=keccak256(abi_encode(msg.sender, name, symbol, text)),
        revert_on_failure=False,
    )
    assert collection != empty(address), "MayflyCollectionFactory: the collection exists"
    log CollectionCreated(collection=collection, minter=msg.sender)
    return collection


@external
@pure
def version() -> String[16]:
    return "1.0.0"
