"""A throw-away certificate authority, so that https host names work on loopback, truly verified."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Certificate(StrEnum):
    """What a site shows: a good certificate or one of the bad ones."""

    GOOD = "good"
    EXPIRED = "expired"
    SELF_SIGNED = "self_signed"
    WRONG_NAME = "wrong_name"


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Authority:
    """An authority whose keys live in *folder* and die with it. Not for anything but loopback."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        #: One key for all leaves: making a key costs more than signing, and nothing is secret here.
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[tuple[str, Certificate], ssl.SSLContext] = {}
        name = _name("Windcatch loopback authority")
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=2))
            .not_valid_after(datetime.now(UTC) + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        #: The authority's certificate (PEM): give it to a client as SSL_CERT_FILE.
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, kind: Certificate = Certificate.GOOD) -> ssl.SSLContext:
        """Return a server context for *host*; made once, at most 4,096 hosts are remembered."""
        known = self._contexts.get((host, kind))
        if known is not None:
            return known
        if len(self._contexts) >= 4096:
            self._contexts.clear()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # No session tickets: one write less per handshake, and no client here resumes.
        context.num_tickets = 0
        pem = self._folder / "leaf.pem"
        pem.write_bytes(self._leaf(host, kind))
        context.load_cert_chain(pem)
        self._contexts[host, kind] = context
        return context

    def _leaf(self, host: str, kind: Certificate) -> bytes:
        now = datetime.now(UTC)
        end = now - timedelta(days=1) if kind is Certificate.EXPIRED else now + timedelta(days=30)
        shown = "wrong.invalid" if kind is Certificate.WRONG_NAME else host
        signer = self._leaf_key if kind is Certificate.SELF_SIGNED else self._key
        own = _name("Windcatch loopback site")
        issuer = own if kind is Certificate.SELF_SIGNED else self._certificate.subject
        leaf = (
            x509.CertificateBuilder()
            .subject_name(own)
            .issuer_name(issuer)
            .public_key(self._leaf_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(shown)]), critical=False)
            .sign(signer, hashes.SHA256())
        )
        key = self._leaf_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return key + leaf.public_bytes(serialization.Encoding.PEM)
