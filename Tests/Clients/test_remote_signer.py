"""Keys that the program never sees: a remote signer signs for the batcher, the proposer and people."""
import subprocess
import unittest

from rollup import RollupCase, call, eventually
from signer import Signer, server_context

THIEF = bytes.fromhex("ee" * 20)


def certificates(folder):
    """An authority, and certificates of it for the signer and its client: files by name."""
    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def file(name):
        return folder / f"{name}.pem"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", file("ca-key"), "-out", file("ca"), "-subj", "/CN=authority", "-days", 2)
    for name in ["server", "client"]:
        openssl("req", *curve, "-keyout", file(f"{name}-key"), "-out", file("request"), "-subj", f"/CN={name}")
        names = folder / "names"
        names.write_text("subjectAltName=IP:127.0.0.1\n")
        openssl(
            "x509", "-req", "-in", file("request"), "-CA", file("ca"), "-CAkey", file("ca-key"), "-CAcreateserial",
            "-out", file(name), "-days", 2, "-extfile", names)
        file(f"{name}-key").chmod(0o600)
    return file


class RemoteSignerTest(RollupCase):
    def test_a_batcher_and_a_proposer_whose_keys_are_elsewhere(self):
        def body(rollup):
            with Signer(rollup.accounts["batcher"], rollup.accounts["proposer"]) as signer:
                def asking(role):
                    return ["--signer", signer.url, "--signer-address", rollup.accounts[role].address]
                common = [*rollup.files, "--l1", rollup.l1.url, "--l1-poll", 100]
                rollup.sequencer()
                node = ["--node", rollup.url("sequencer")]
                rollup.start(
                    "batcher", "batcher", *common, *node, *asking("batcher"), "--da", "blobs", "--channel-blocks", 1)
                rollup.start("proposer", "proposer", *common, *node, *asking("proposer"), "--interval", 5, "--depth", "safe")
                rollup.verifier()
                self.check_agreement(rollup, 3)
                eventually(lambda: "propose block" in rollup.output("proposer"), 60, "a proposal")
                # It says that it does not sign, and all goes on when it does again.
                signer.refusal = "the vault is locked"
                eventually(lambda: "the vault is locked" in rollup.output("batcher"), 60, "the batcher's complaint")
                signer.refusal = None
                self.check_agreement(rollup, 3)
                # What it changes is not sent.
                signer.change = lambda transaction: transaction.update(to=THIEF, value=10**18)
                eventually(lambda: "another transaction than the one" in rollup.output("batcher"), 60, "the batcher's refusal")
                self.assertEqual(int(call(rollup.l1.url, "eth_getBalance", "0x" + THIEF.hex(), "latest"), 16), 0)
                signer.change = lambda transaction: None
                self.check_agreement(rollup, 3)
            for name in ["batcher", "proposer"]:
                self.assertNotIn(rollup.accounts[name].key.hex().removeprefix("0x"), rollup.output(name))
        self.run_rollup(body)

    def test_mutual_tls(self):
        def body(rollup):
            rollup.sequencer()
            file = certificates(rollup.path)
            user = rollup.accounts["user"]
            with Signer(user, tls=server_context(file("server"), file("server-key"), file("ca"))) as signer:
                def deposit(*arguments):
                    return rollup.run(
                        "bridge", "deposit", *rollup.files, "--l1", rollup.l1.url, "--amount", "1", "--json", "--signer",
                        signer.url, "--signer-address", user.address, *arguments)
                shown = ["--signer-cert", file("client"), "--signer-key", file("client-key")]
                deposit("--signer-ca", file("ca"), *shown)
                for arguments, reason in [
                    (["--signer-ca", file("ca")], "does not sign for"),  # It shows nothing.
                    (shown, "does not sign for"),  # The signer is of no authority that the system trusts.
                    (["--signer-ca", file("client-key"), *shown], "does not hold what it should"),
                    (["--signer-cert", file("client")], "go together"),
                    (["--key-file", rollup.path / "user.key"], "takes the place of"),
                ]:
                    with self.assertRaisesRegex(RuntimeError, reason):
                        deposit(*arguments)
                file("client-key").chmod(0o644)
                with self.assertRaisesRegex(RuntimeError, "others may read the key"):
                    deposit("--signer-ca", file("ca"), *shown)
                self.assertEqual(signer.signed, 1)
        self.run_rollup(body)


if __name__ == "__main__":
    unittest.main()
