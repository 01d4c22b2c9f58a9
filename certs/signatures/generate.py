#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes this directory anew: leaves that differ in how they are signed, all with key.key, and end_points.txt, which has
tls-server-end-point (RFC 5929 4.1) of each as hashlib computes it. Needs OpenSSL 3.0 or newer."""
import hashlib
import pathlib
import ssl
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EC = ("EC", "ec_paramgen_curve:P-256")
RSA = ("RSA", "rsa_keygen_bits:2048")
ED25519 = ("ED25519",)
PSS = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest")

# name: issuer's key, options of the signature; the hash that RFC 5929 takes for it, if any.
CASES = {
    "ecdsa-sha256": (EC, ("-sha256",), "sha256"),
    "ecdsa-sha384": (EC, ("-sha384",), "sha384"),
    "ecdsa-sha512": (EC, ("-sha512",), "sha512"),
    "rsa-sha384": (RSA, ("-sha384",), "sha384"),
    "rsa-pss-sha256": (RSA, ("-sha256", *PSS), "sha256"),
    "rsa-pss-sha512": (RSA, ("-sha512", *PSS), "sha512"),
    "ecdsa-sha1": (EC, ("-sha1",), "sha256"),
    "rsa-sha1": (RSA, ("-sha1",), "sha256"),
    "rsa-pss-sha1": (RSA, ("-sha1", *PSS), "sha256"),
    "rsa-md5": (RSA, ("-md5",), "sha256"),
    "rsa-sha224": (RSA, ("-sha224",), None),
    "ed25519": (ED25519, (), None),
}


def run(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def new_key(path, kind):
    run("genpkey", "-algorithm", kind[0], *[word for option in kind[1:] for word in ("-pkeyopt", option)], "-out", path)


def main():
    key, lines = HERE / "key.key", []
    new_key(key, EC)
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        (work / "extensions").write_text("subjectAltName=DNS:localhost\n", encoding="ascii")
        run("req", "-new", "-key", key, "-subj", "/CN=signatures", "-out", work / "request")
        for name, (kind, options, end_point) in CASES.items():
            new_key(work / "signer.key", kind)
            run("req", "-x509", "-key", work / "signer.key", "-subj", "/CN=tlseam test signer", "-out", work / "signer.crt")
            made = HERE / f"{name}.crt"
            run("x509", "-req", "-in", work / "request", "-CA", work / "signer.crt", "-CAkey", work / "signer.key",
                "-days", 15000, "-extfile", work / "extensions", *options, "-out", made)
            der = ssl.PEM_cert_to_DER_cert(made.read_text(encoding="ascii"))
            lines.append(f"{name} {hashlib.new(end_point, der).hexdigest() if end_point else 'unsupported'}")
    (HERE / "end_points.txt").write_text("\n".join(lines) + "\n", encoding="ascii")


main()
