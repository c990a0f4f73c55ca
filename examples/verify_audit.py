#!/usr/bin/env python3
"""Verifies an exported audit.jsonl, or a bundle, with nothing but the Python standard library (3.8 or newer).

It shares no code with the program that wrote the file: it has its own RFC 8785 writer, RFC 6962 tree, C2SP note reader, ZIP reader and
Ed25519 verification, so that agreement between the two is evidence. When the `cryptography` package is installed it does the
signature check, and the report says which of the two did.

    verify_audit.py FILE... [--vkey KEY] [--checkpoint NOTE] [--complete] [--json]

FILE is an audit.jsonl, one that was unpacked from a bundle, or the ZIP of a bundle. `--files-from LIST` reads more names from a file.
Exit status: 0 when no file has a fault, 1 when one has, 2 on wrong usage. A file without a trusted checkpoint is never called
sealed: pass the verifier key (or a checkpoint) that you got from elsewhere than the file.

What is checked: every line is RFC 8785 text, hashes to its own `hash` and links to the line before; event hash and content
hash of every event; the chain of every stream; order of the leaves; Merkle root or inclusion proofs; the signed checkpoint; `step`,
`params`, `status`, `context`, `input_hashes` and `output_hashes`, derived anew from each event; the signed trailer: that every event which
it declares is there and no other, and every file of a bundle. A trailer of format 1 declares nothing: what was left out of such a file
cannot be seen, and `--complete` makes that a fault. It is one always where events stand in the file that no writer of format 1 knew.
"""
import argparse
import base64
import hashlib
import io
import json
import math
import re
import os
import struct
import sys
import zlib

ZERO_HASH = "0" * 64
MAX_SAFE = 2 ** 53 - 1
MAX_DEPTH = 64  # of a member of a line
HEX_HASH = re.compile(r"^[0-9a-f]{64}\Z")


def sha256(data):
    return hashlib.sha256(data).digest()


# ------------------------------------------------------------------------------------------------ RFC 8785

def number_text(value):
    """A double as ECMAScript prints it: the digits are those of repr, only the layout differs."""
    if math.isinf(value) or math.isnan(value):
        raise ValueError("no JSON number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    point = len(whole) + int(exponent or 0)
    padded = whole + fraction
    digits = padded.lstrip("0")
    point -= len(padded) - len(digits)
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        if len(digits) <= point:
            return sign + digits + "0" * (point - len(digits))
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = point - 1
    tail = "." + digits[1:] if len(digits) > 1 else ""
    return sign + digits[0] + tail + "e" + ("+" if power >= 0 else "-") + str(abs(power))


ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
ESCAPED = re.compile('["\\\\\x00-\x1f]')


def string_text(text):
    text.encode("utf-8")  # a lone surrogate raises
    return '"' + ESCAPED.sub(lambda m: ESCAPES.get(m.group(), "\\u%04x" % ord(m.group())), text) + '"'


def utf16_key(name):
    return name.encode("utf-16-be", "surrogatepass")


def canonical(value, depth=0):
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return string_text(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, int):
        return number_text(float(value))
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, depth + 1) for item in value) + "]"
    names = sorted(value, key=utf16_key)
    return "{" + ",".join(string_text(name) + ":" + canonical(value[name], depth + 1) for name in names) + "}"


def refuse_constant(token):
    raise ValueError(token)


def parse_json(text):
    # Every number is a double, as in ECMAScript; Python's own NaN and Infinity tokens are no JSON.
    return json.loads(text, parse_int=float, parse_constant=refuse_constant)


def hash_of(members):
    return sha256(canonical(members, -1).encode("utf-8"))


# ------------------------------------------------------------------------------------------------ RFC 6962

def leaf_hash(leaf):
    return sha256(b"\x00" + leaf)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def split_of(count):
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def root_of(hashes):
    """Root over leaf hashes; neighbours of equal width are merged as soon as both are there."""
    if not hashes:
        return sha256(b"")
    stack = []
    for current in hashes:
        width = 1
        while stack and stack[-1][1] == width:
            current = node_hash(stack.pop()[0], current)
            width *= 2
        stack.append((current, width))
    root = stack.pop()[0]
    while stack:
        root = node_hash(stack.pop()[0], root)
    return root


def root_from_proof(index, size, current, proof):
    """The root that a proof leads to, or None; read from the top down as RFC 6962 section 2.1.1 defines the path."""
    def walk(lo, hi, remaining):
        if hi - lo == 1:
            return current if not remaining else None
        if not remaining:
            return None
        middle = lo + split_of(hi - lo)
        if index < middle:
            left = walk(lo, middle, remaining[:-1])
            return None if left is None else node_hash(left, remaining[-1])
        right = walk(middle, hi, remaining[:-1])
        return None if right is None else node_hash(remaining[-1], right)
    return walk(0, size, list(proof)) if 0 <= index < size else None


# ------------------------------------------------------------------------------------- Ed25519 (RFC 8032)

P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P:
        return None
    return P - x if (x & 1) != sign else x


def point_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_mul(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = point_add(total, point)
        point = point_add(point, point)
        scalar >>= 1
    return total


def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2 ** 255 - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def pure_verify(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = point_of(public_key), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    left, right = point_mul(s, BASE), point_add(r, point_mul(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def load_verifier(pure):
    if not pure:
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

            def package_verify(public_key, message, signature):
                try:
                    Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
                    return True
                except (InvalidSignature, ValueError):
                    return False
            return package_verify, "the cryptography package"
        except ImportError:
            pass
    return pure_verify, "pure Python Ed25519 (no cryptography package used)"


# ------------------------------------------------------------------------------- C2SP notes and checkpoints

class Refused(Exception):
    pass


def strict_base64(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, UnicodeEncodeError):
        return None
    return data if base64.b64encode(data).decode("ascii") == text else None


# Unicode's White_Space property (str.isspace also counts U+001C to U+001F, which are control characters anyway).
BAD_NAME = re.compile("[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+]")


def is_key_name(name):
    return name != "" and not BAD_NAME.search(name)


def key_id(name, public_key):
    return sha256(name.encode("utf-8") + b"\n\x01" + public_key)[:4]


def parse_vkey(text):
    match = re.match(r"^([^+]*)\+([0-9a-f]{8})\+(.*)\Z", text)
    if not match:
        raise Refused("a verifier key reads name+keyId+base64")
    name, identity, data = match.group(1), bytes.fromhex(match.group(2)), strict_base64(match.group(3))
    if data is None or len(data) != 33 or data[0] != 1 or not is_key_name(name) or key_id(name, data[1:]) != identity:
        raise Refused("the verifier key is malformed")
    return name, identity, data[1:]


def parse_note(note):
    note.encode("utf-8")
    if re.search("[\x00-\x09\x0b-\x1f]", note):
        raise Refused("a note holds control characters")
    split = note.rfind("\n\n")
    if split < 0 or not note.endswith("\n"):
        raise Refused("a note is a text, an empty line and signature lines")
    lines = note[split + 2:].split("\n")[:-1]
    if not lines or len(lines) > 100:
        raise Refused("a note carries 1 to 100 signatures")
    signatures = []
    for line in lines:
        start, _, encoded = line[2:].partition(" ")
        data = strict_base64(encoded)
        if not line.startswith("\u2014 ") or not is_key_name(start) or data is None or len(data) <= 4:
            raise Refused("a signature line is malformed")
        signatures.append((start, data[:4], data[4:]))
    return note[:split + 1], signatures


def parse_checkpoint(text):
    lines = text[:-1].split("\n")
    if len(lines) < 3 or lines[0] == "" or "" in lines[3:]:
        raise Refused("a checkpoint is origin, size and root")
    if not re.match(r"^(0|[1-9][0-9]{0,15})\Z", lines[1]) or int(lines[1]) > MAX_SAFE:
        raise Refused("a tree size is decimal without leading zeros")
    root = strict_base64(lines[2])
    if root is None or len(root) != 32:
        raise Refused("a root is the base 64 of 32 bytes")
    return {"origin": lines[0], "size": int(lines[1]), "root": root}


def parse_vkeys(text):
    """One key a line."""
    keys = [parse_vkey(line.strip(" \t\r")) for line in text.split("\n") if line.strip(" \t\r")]
    if not keys:
        raise Refused("no verifier key was given: it reads name+keyId+base64")
    return keys


def key_named_in(note, keys):
    """The key that a note names, else the last one."""
    named = [identity for _, identity, _ in parse_note(note)[1]]
    return next((key for key in keys if key[1] in named), keys[-1])


def open_note(note, key, verify):
    text, signatures = parse_note(note)
    if key is not None:
        name, identity, public_key = key
        ours = [signature for signer, signed_by, signature in signatures if signer == name and signed_by == identity]
        if not ours:
            raise Refused("the note is not signed by the verifier key given")
        if not all(verify(public_key, text.encode("utf-8"), signature) for signature in ours):
            raise Refused("the signature does not verify")
    return text


def open_checkpoint(note, key, verify):
    checkpoint = parse_checkpoint(open_note(note, key, verify))
    if key is not None and checkpoint["origin"] != key[0]:
        raise Refused("the origin of the checkpoint is not the name of the key")
    return checkpoint


# -------------------------------------------------------------------------------------------- shapes of lines

def is_whole(value):
    return isinstance(value, float) and value.is_integer() and 0 <= value <= MAX_SAFE


def is_text(value):
    return isinstance(value, str)


def is_object(value):
    return isinstance(value, dict)


def is_hash(value):
    return isinstance(value, str) and HEX_HASH.match(value) is not None


def has_shape(value, shape):
    return isinstance(value, dict) and set(value) == set(shape) and all(test(value[name]) for name, test in shape.items())


CODE = {"commit": is_text, "lockHash": is_text, "version": is_text}
ENVELOPE = {
    "actor": is_text, "causationId": is_text, "code": lambda v: has_shape(v, CODE), "contentHash": is_hash,
    "correlationId": is_text, "envelopeVersion": lambda v: v == 1.0 and isinstance(v, float), "id": is_text, "prevHash": is_hash,
    "recordedAt": is_text, "revision": is_whole, "schemaVersion": is_whole, "stream": is_text, "type": is_text,
}
LINE = {
    "step": is_text, "params": is_object, "data": is_object, "ts": is_text, "type": is_text, "status": is_text,
    "context": is_object, "stream": is_text, "revision": is_whole, "event_id": is_text,
    "event_hash": is_hash, "leaf_index": is_whole, "input_hashes": is_object, "output_hashes": is_object,
    "envelope": lambda v: has_shape(v, ENVELOPE), "prev_hash": is_hash, "hash": is_hash,
}
# The store's own place of an event; it is there where the export was asked for it.
POSITION = {"position": is_text}
PROOF = {"event_id": is_text, "leaf_index": is_whole, "proof": lambda v: isinstance(v, list) and all(map(is_hash, v))}
SAFE_PATH = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z")


def is_exactly(number):
    return lambda value: value == number and isinstance(value, float)


def is_list_of(shape):
    return lambda value: isinstance(value, list) and all(has_shape(item, shape) for item in value)


def is_safe_path(value):
    return is_text(value) and SAFE_PATH.match(value) is not None


TRAILER = {
    "type": lambda v: v == "trailer", "format": is_exactly(1.0), "lines": is_whole, "last_hash": is_hash,
    "selection": lambda v: v == "all" or has_shape(v, {"run": is_text}), "tree_size": is_whole,
    "checkpoint": lambda v: v is None or is_text(v), "proofs": is_list_of(PROOF), "prev_hash": is_hash, "hash": is_hash,
}
# Version of the rules behind the readable part; files written before it was named have none.
DERIVATION = {"derivation": is_exactly(1.0)}
PLACE = {"stream": is_text, "revision": is_whole, "hash": is_hash}
DECLARED_FILE = {"path": is_safe_path, "sha256": is_hash}
# Format 2 declares what the export holds, and is signed.
DECLARING = dict(
    TRAILER, format=is_exactly(2.0), origin=is_text, events=is_whole, cited=is_list_of(PLACE),
    streams=lambda v: v == "all" or is_list_of(PLACE)(v), files=lambda v: v is None or is_list_of(DECLARED_FILE)(v),
    signed=lambda v: v is None or is_text(v), **DERIVATION)


def trailer_shape(body):
    if body.get("format") == 2.0:
        return DECLARING
    return dict(TRAILER, **DERIVATION) if "derivation" in body else TRAILER


# ------------------------------------------------------------------------------------ the readable part of a line

DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
is_texts = lambda value: isinstance(value, list) and all(map(is_text, value))
is_date = lambda value: value is None or (is_text(value) and DATE.match(value) is not None)
TABLE = {"kind": lambda v: v == "table", "sha256": is_hash, "bytes": is_whole, "rows": is_whole, "columns": is_texts, "first": is_date,
         "last": is_date, "calendars": is_texts}
DOCUMENT = {"kind": lambda v: v == "document", "sha256": is_hash, "bytes": is_whole, "mediaType": is_text}

# Step of each type of event under derivation 1; `*` stands for the risk profile. A type that is not here is its own step.
STEPS = {
    "LedgerOpened": "ledger_open", "LedgerSealed": "ledger_seal", "SigningKeyRotated": "ledger_key_rotate",
    "WitnessNamed": "ledger_witness_name",
    "LedgerFormatRaised": "ledger_format_raise", "ClockJumpAccepted": "ledger_clock_jump_accept",
    "SleeveRunOpened": "sleeve_open", "IntegrityPassed": "data_integrity", "MovesAccepted": "data_accept_moves",
    "IntegrityFailed": "data_integrity", "UniverseFormed": "data_prep", "AssetsSelected": "natural_selection",
    "SelectionAborted": "natural_selection", "SleeveSelected": "natural_selection",
    "EntrantsSelected": "natural_selection", "RegimesDetected": "regime_detect", "SleeveProfileSolved": "optimize_*",
    "SleeveProfileImported": "import_*", "SleeveProfileAbsent": "optimize_*", "SleeveProfileFailed": "optimize_*",
    "SleeveRunCertified": "sleeve_eligibility", "SleeveRunDegraded": "sleeve_eligibility",
    "SleeveRunFoundIneligible": "sleeve_eligibility", "SleeveRunAccepted": "sleeve_accept",
    "SleeveQuarantined": "sleeve_quarantine", "SleeveReinstated": "sleeve_reinstate", "SleeveDefined": "sleeve_define",
    "SleeveRunRejected": "sleeve_reject", "SleeveResultHeld": "sleeve_hold", "SleeveResultReleased": "sleeve_release",
    "DeadLetterResolved": "dead_letter_resolve", "DeadLetterErased": "dead_letter_erase", "MessagesRefused": "messages_refuse",
    "SleeveOverdue": "sleeve_overdue", "TokenCreated": "token_create", "TokenRevoked": "token_revoke", "ParityWaiverGranted": "parity_waive",
    "ParityWaiverRevoked": "parity_revoke", "MetaPortfolioDefined": "meta_define", "DefinitionProposed": "meta_propose",
    "DefinitionApproved": "meta_approve_definition", "DefinitionRejected": "meta_reject_definition",
    "ReallocationScheduled": "meta_schedule",
    "AllocationPublished": "meta_publish_*", "RebalanceSkipped": "meta_skip_*", "RebalanceHeld": "meta_hold_*",
    "RebalanceApproved": "meta_approve", "RebalanceRejected": "meta_reject_*", "ReallocationRefused": "meta_refuse",
    "PublicationHalted": "publication_halt", "PublicationResumed": "publication_resume", "MetaRunOpened": "meta_open",
    "ParityAccepted": "meta_parity", "ParityRejected": "meta_parity", "ParityWaived": "meta_parity",
    "SleeveReturnsJoined": "meta_join_*", "SleeveWeightsOptimised": "meta_optimize_*", "GuardrailsApplied": "meta_guardrails_*",
    "PortfolioFlattened": "meta_flatten_*", "AcceptanceMeasured": "meta_acceptance_*", "MetaProfileFailed": "meta_optimize_*",
    "MetaRunCompleted": "meta_complete", "BacktestStarted": "backtest_simulate", "WindowAllocated": "backtest_optimize",
    "BacktestCompleted": "backtest_summary", "BacktestFailed": "backtest_summary", "CacheUsed": "backtest_cache",
    "TournamentStarted": "tournament_simulate", "TournamentCompleted": "tournament_summary",
    "TournamentFailed": "tournament_summary",
    "PositionsCombined": "positions_combine", "CombinationRefused": "positions_combine",
    "ScanRecorded": "discovery_scan", "ScanAudited": "discovery_audit",
}
ERRORS = {"IntegrityFailed", "SleeveProfileFailed", "SleeveRunFoundIneligible", "ParityRejected",
          "MetaProfileFailed", "BacktestFailed", "TournamentFailed", "SleeveRunRejected", "MessagesRefused", "ReallocationRefused",
          "SleeveOverdue", "CombinationRefused"}
SKIPPED = {"SleeveProfileAbsent", "RebalanceSkipped"}
OPENINGS = {"SleeveRunOpened", "MetaRunOpened", "BacktestStarted", "TournamentStarted"}
BACKTESTS = {"BacktestStarted", "WindowAllocated", "BacktestCompleted", "BacktestFailed"}
SETTINGS_OF_BACKTEST = ("selection_mode", "rebalance_mode", "train_window", "test_window", "step_size", "engine", "simulator",
                        "universe_source")
WINDOW_OF_BACKTEST = {"window_index": "index", "train_start": "trainFirst", "test_start": "first", "test_end": "last"}
COMBINATIONS = {"PositionsCombined", "CombinationRefused"}
NAMED_OF_COMBINATION = ("name", "asOf", "constraints", "method", "correlationAware")
NAMED = ("risk", "meta", "sleeve", "profile", "asOf", "projection", "policy")
DERIVED = ("step", "params", "status", "context", "input_hashes", "output_hashes")
ARRAY_INDEX = re.compile(r"^(?:0|[1-9][0-9]{0,9})\Z")


# Streams that events of the ledger's own life may stand in; seals of version 1 stood in `ledger`.
OWN_STREAMS = {"SigningKeyRotated": ("ledger",), "LedgerFormatRaised": ("ledger",), "LedgerSealed": ("ledger", "seals")}


def members_in_order(value):
    """As ECMAScript lists the members of an object: array indices first."""
    indices = sorted((name for name in value if ARRAY_INDEX.match(name) and int(name) < 2 ** 32 - 1), key=int)
    return indices + [name for name in value if name not in set(indices)]


def references(value, path, found):
    """Collects the artifacts that some data refer to: SHA-256 by path."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            references(item, "%s[%d]" % (path, index), found)
    elif isinstance(value, dict):
        if has_shape(value, TABLE) or has_shape(value, DOCUMENT):
            found[path] = value["sha256"]
            return
        for name in members_in_order(value):
            references(value[name], name if path == "" else path + "." + name, found)
    return found


def joined(items, separator):
    """As ECMAScript joins a list."""
    def text(item):
        if item is None:
            return ""
        if isinstance(item, bool):
            return "true" if item else "false"
        if isinstance(item, float):
            return number_text(item)
        if isinstance(item, list):
            return joined(item, ",")
        return "[object Object]" if isinstance(item, dict) else item
    return separator.join(map(text, items))


def profiles_of(data):
    """The risk profiles that a step of a backtest is about: its own, those asked for, or those that it tells of."""
    if is_text(data.get("risk")):
        return data["risk"]
    options = data.get("options")
    asked = options.get("risks") if is_object(options) else None
    if isinstance(asked, list):
        return list(filter(is_text, asked))
    told = [item for member in ("tested", "failed") if isinstance(data.get(member), list) for item in data[member]]
    return [item["risk"] for item in told if is_object(item) and is_text(item.get("risk"))]


def backtest_context(data):
    """What a step of a backtest was taken under; None where it has no such thing."""
    params = data["params"] if is_object(data.get("params")) else {}
    context = {name: params.get(name) for name in SETTINGS_OF_BACKTEST}
    context.update({name: data.get(member) for name, member in WINDOW_OF_BACKTEST.items()})
    context["profile"] = profiles_of(data)
    return context


LOCAL_USER = {"name": lambda v: v is None or is_text(v), "uid": lambda v: v is None or is_whole(v)}


def claimed(actor, local_user):
    """A name with the words that keep it from being taken for an identity."""
    if not has_shape(local_user, LOCAL_USER):
        return actor + " (claimed)"
    name, uid = local_user["name"], local_user["uid"]
    if name is None:
        return "%s (claimed; %s)" % (actor, "local user unknown" if uid is None else "local uid " + number_text(uid))
    return "%s (claimed; local user %s)" % (actor, name)


def derive(envelope, data):
    kind, stream = envelope["type"], envelope["stream"]
    risk = data["risk"] if is_text(data.get("risk")) else ""
    hashes = references(data, "", {})
    path = data.get("path")
    read = lambda at: kind in OPENINGS or (kind in COMBINATIONS and at == "inputs")
    named = NAMED_OF_COMBINATION if kind in COMBINATIONS else NAMED
    context = {"run": stream[stream.find("-") + 1:], "portfolio": joined(path, "/") if isinstance(path, list) else ""}
    if "localUser" in data:
        context["by"] = claimed(envelope["actor"], data["localUser"])
    if kind in BACKTESTS:
        context.update(backtest_context(data))
    return {
        "step": STEPS[kind].replace("*", risk, 1) if kind in STEPS else kind,
        "params": data["params"] if is_object(data.get("params")) else {name: data[name] for name in named if name in data},
        "status": "error" if kind in ERRORS else "skipped" if kind in SKIPPED else "success",
        "context": context,
        "input_hashes": {at: sha256 for at, sha256 in hashes.items() if read(at)},
        "output_hashes": {at: sha256 for at, sha256 in hashes.items() if not read(at)},
    }


# ------------------------------------------------------------------------------------------------------ ZIP

LOG, SUMS = "audit.jsonl", "SHA256SUMS"
BYTES_MAX = 2 ** 30
ENTRY_BYTES_MAX = 2 ** 28
AUDIT_BYTES_MAX = 2 ** 32
EXPANSION_MAX, EXPANSION_BYTES_FREE = 50, 2 ** 25
LINE_BYTES_MAX = 2 ** 22
FAULTS_MAX = 10_000  # with more of them a file is no export, and is read no further


class Archive:
    """A ZIP by its central directory; what two readers could read in two ways is refused."""
    def __init__(self, data):
        self.data = data
        self.entries = {}
        end = self.end()
        disks, here, count, size, start = struct.unpack_from("<IHHII", data, end + 4)
        if disks != 0 or here != count or count == 0xFFFF:
            raise Refused("it is split, or ZIP64")
        if start + size != end:
            raise Refused("its directory is not where it should be")
        at, total = start, 0
        for _ in range(count):
            if at + 46 > end or data[at:at + 4] != b"PK\x01\x02":
                raise Refused("its directory is damaged")
            flags, method = struct.unpack_from("<HH", data, at + 8)
            crc, packed, unpacked, name_size, extra, comment = struct.unpack_from("<IIIHHH", data, at + 16)
            following = at + 46 + name_size + extra + comment
            if following > end:
                raise Refused("its directory is damaged")
            name = data[at + 46:at + 46 + name_size]
            try:
                path = name.decode("utf-8")
            except ValueError:
                raise Refused("a name is not UTF-8")
            if flags & 1 or method not in (0, 8):
                raise Refused("an entry is encrypted or packed oddly")
            content = self.content_at(struct.unpack_from("<I", data, at + 42)[0], method, name, packed, start)
            total += unpacked
            if unpacked > ENTRY_BYTES_MAX or total > min(BYTES_MAX, EXPANSION_BYTES_FREE + EXPANSION_MAX * len(data)):
                raise Refused("it holds too much")
            if not (path.endswith("/") and unpacked == 0):
                if not is_safe_path(path) or path in self.entries:
                    raise Refused("a name is doubled or unsafe")
                self.entries[path] = (method, crc, content, packed, unpacked)
            at = following
        if at != end:
            raise Refused("its directory is damaged")
        before = 0
        for _, _, content, packed, _ in sorted(self.entries.values(), key=lambda entry: entry[2]):
            if content < before:
                raise Refused("two entries share their content")
            before = content + packed

    def end(self):
        for comment in range(65536):
            at = len(self.data) - 22 - comment
            if at < 0:
                break
            if self.data[at:at + 4] == b"PK\x05\x06" and struct.unpack_from("<H", self.data, at + 20)[0] == comment:
                return at
        raise Refused("its end is missing")

    def content_at(self, at, method, name, packed, start):
        if at + 30 > start or self.data[at:at + 4] != b"PK\x03\x04":
            raise Refused("an entry has no head")
        name_size, extra = struct.unpack_from("<HH", self.data, at + 26)
        if struct.unpack_from("<H", self.data, at + 8)[0] != method or self.data[at + 30:at + 30 + name_size] != name:
            raise Refused("an entry has two heads")
        content = at + 30 + name_size + extra
        if content + packed > start:
            raise Refused("an entry reaches beyond the end")
        return content

    def read(self, path):
        method, crc, at, packed, unpacked = self.entries[path]
        content = self.data[at:at + packed]
        if method == 8:
            inflate = zlib.decompressobj(-15)
            try:
                content = inflate.decompress(content, unpacked + 1)
            except zlib.error:
                raise Refused("an entry does not unpack")
            if not inflate.eof or inflate.unconsumed_tail or inflate.unused_data:
                raise Refused("an entry does not unpack")
        if len(content) != unpacked or zlib.crc32(content) != crc:
            raise Refused("an entry does not match its checksum")
        return content


# --------------------------------------------------------------------------------------------- verification

class Verification:
    def __init__(self, vkey, checkpoint, verify, complete, archive_key=None):
        self.keys = [] if vkey is None else parse_vkeys(vkey)
        self.archive_key = None
        if archive_key is not None:
            try:
                self.archive_key = parse_vkeys(archive_key)[0]
            except Refused:
                pass  # its bytes are judged with the other files
        self.complete = complete
        self.artifacts = {}   # address -> first line that names it
        self.given_note = checkpoint
        self.verify = verify
        self.faults = []
        self.gaps = []
        self.notes = []
        self.events = []      # one per event: line, lines, id, leaf, hash, recorded hash, steps
        self.tails = {}       # stream -> (revision, hash)
        self.count = 0
        self.bytes = 0
        self.unreadable = 0
        self.previous = ZERO_HASH
        self.last_hash = ZERO_HASH
        self.trailer = None
        self.trailer_line = None

    def fault(self, line, kind, expected, actual):
        self.faults.append({"line": line, "kind": kind, "expected": str(expected), "actual": str(actual)})

    def line(self, raw):
        self.count += 1
        self.bytes += len(raw) + 1
        number = self.count
        if self.trailer is not None:
            self.fault(number, "trailer_misplaced", "the trailer to be the last line", "another line")
        body = self.read_line(number, raw)
        if body is None:
            self.unreadable += 1
            self.previous = None
            return
        written = body.get("hash")
        if body.get("type") == "trailer":
            self.add_trailer(number, body)
        else:
            self.last_hash = written if is_text(written) else "none"
            if has_shape(body, dict(LINE, **POSITION) if "position" in body else LINE):
                self.add_event(number, body)
            else:
                self.unreadable += 1
                self.fault(number, "line_shape", "the members of a line", "others")
        self.previous = written if is_text(written) else "none"

    def read_line(self, number, raw):
        try:
            text = raw.decode("utf-8")
            body = parse_json(text)
        except (ValueError, RecursionError):
            self.fault(number, "not_canonical", "UTF-8 of a JSON object", "no JSON")
            return None
        if not is_object(body):
            self.fault(number, "not_canonical", "a JSON object", text[:80])
            return None
        try:
            whole = canonical(body, -1)
            digest = hash_of({name: value for name, value in body.items() if name != "hash"}).hex()
        except (ValueError, RecursionError) as error:
            self.fault(number, "not_canonical", "plain JSON", error)
            return None
        written = body.get("hash")
        if not is_text(written) or whole != text:
            self.fault(number, "not_canonical", "RFC 8785 text", "another text of the same value")
        if digest != written:
            self.fault(number, "line_hash", digest, written)
        if self.previous is not None and body.get("prev_hash") != self.previous:
            self.fault(number, "chain", self.previous, body.get("prev_hash"))
        return body

    def add_trailer(self, number, body):
        if not has_shape(body, trailer_shape(body)):
            self.unreadable += 1
            self.fault(number, "line_shape", "the members of a trailer", "others")
            return
        self.trailer, self.trailer_line = body, number
        if body["lines"] != number - 1:
            self.fault(number, "count", "%d lines before the trailer" % (number - 1), "%d" % body["lines"])
        if body["last_hash"] != body["prev_hash"]:
            self.fault(number, "chain", body["prev_hash"], body["last_hash"])

    def add_event(self, number, line):
        envelope, data = line["envelope"], line["data"]
        for column, member in (("ts", "recordedAt"), ("type", "type"), ("stream", "stream"), ("revision", "revision"), ("event_id", "id")):
            if line[column] != envelope[member]:
                self.fault(number, "column_mismatch", "%s %s" % (column, envelope[member]), "%s %s" % (column, line[column]))
        event = dict(envelope)
        event["data"] = data
        digest = hash_of(event)
        if digest.hex() != line["event_hash"]:
            self.fault(number, "event_hash", line["event_hash"], digest.hex())
        content = hash_of({"type": envelope["type"], "schemaVersion": envelope["schemaVersion"], "data": data}).hex()
        if content != envelope["contentHash"]:
            self.fault(number, "content_hash", envelope["contentHash"], content)
        last = self.events[-1] if self.events else None
        if last is None or last["leaf"] != line["leaf_index"] or last["recorded"] != line["event_hash"]:
            self.place(number, line)
            self.own_place(number, envelope, line["leaf_index"])
            last = {"line": number, "lines": 0, "id": line["event_id"], "leaf": line["leaf_index"], "hash": digest,
                    "recorded": line["event_hash"], "steps": set(), "stream": envelope["stream"], "revision": envelope["revision"],
                    "version": envelope["schemaVersion"]}
            self.events.append(last)
            step = derive(envelope, data)
            for address in list(step["input_hashes"].values()) + list(step["output_hashes"].values()):
                self.artifacts.setdefault(address, number)
            for member in DERIVED:
                if canonical(step[member]) != canonical(line[member]):
                    self.fault(number, "derived_mismatch", canonical(step[member])[:200], canonical(line[member])[:200])
        else:
            self.fault(number, "derived_mismatch", "no further step of this event", line["step"])
        if line["step"] in last["steps"]:
            self.fault(number, "duplicate", "each step of an event once", line["step"])
        last["steps"].add(line["step"])
        last["lines"] += 1

    def place(self, number, line):
        following = self.events[-1]["leaf"] + 1 if self.events else 0
        if line["leaf_index"] < following:
            self.fault(number, "leaf_order", "leaf %d or later" % following, "leaf %d" % line["leaf_index"])
        elif line["leaf_index"] > following:
            self.gaps.append((None, number, "leaf_order", "leaf %d" % following, "leaf %d" % line["leaf_index"]))
        envelope = line["envelope"]
        stream, revision = envelope["stream"], envelope["revision"]
        tail_revision, tail_hash = self.tails.get(stream, (-1, ZERO_HASH))
        if revision <= tail_revision:
            again = revision == tail_revision and line["event_hash"] == tail_hash
            self.fault(number, "duplicate" if again else "stream_chain", "%s revision %d or later" % (stream, tail_revision + 1), "revision %d" % revision)
            return
        if revision > tail_revision + 1:
            self.gaps.append((stream, number, "stream_chain", "%s revision %d" % (stream, tail_revision + 1), "revision %d" % revision))
        elif envelope["prevHash"] != tail_hash:
            self.fault(number, "stream_chain", tail_hash, envelope["prevHash"])
        self.tails[stream] = (revision, line["event_hash"])

    def own_place(self, number, envelope, leaf):
        """A ledger is opened once, by its first event: a second opening could name another key."""
        kind, stream = envelope["type"], envelope["stream"]
        if kind == "LedgerOpened":
            if (leaf, stream, envelope["revision"]) != (0, "ledger", 0):
                self.fault(number, "ledger_opened_again", "one LedgerOpened, the first event, ledger@0", "another, leaf %d" % leaf)
        elif kind in OWN_STREAMS and stream not in OWN_STREAMS[kind]:
            self.fault(number, "event_misplaced", "%s in stream %s" % (kind, " or ".join(OWN_STREAMS[kind])), "in stream " + stream)

    def head(self, note, line):
        if note is None:
            return None
        try:
            checkpoint = open_checkpoint(note, None, self.verify)
            key = self.key_for(note, checkpoint["origin"])
            if key is not None:
                open_checkpoint(note, key, self.verify)
        except (Refused, UnicodeEncodeError) as error:
            self.fault(line, "signature_invalid", "a checkpoint signed by the verifier key", error)
            return None
        checkpoint["line"] = line
        checkpoint["trust"] = "key" if self.keys else "checkpoint" if line == 0 else None
        return checkpoint

    def key_for(self, note, origin):
        """A key given, else the one that the archive carries: that one is trusted by nobody."""
        if self.keys:
            return key_named_in(note, self.keys)
        return self.archive_key if self.archive_key is not None and self.archive_key[0] == origin else None

    def check_declaration(self):
        """What the trailer declares, and whether it is there."""
        trailer, line = self.trailer, self.trailer_line
        if trailer is None:
            return None
        wanted = "an export that a known key vouches for"
        if trailer["format"] == 1.0:
            # Whoever wrote format 1 knew events of schema version 1 alone: others stand in a file whose declaration was taken off.
            later = next((event["version"] for event in self.events if event["version"] > 1), None)
            behind = "" if later is None else " behind an event of schema version %d" % later
            if self.complete or later is not None:
                self.fault(line, "unsigned", wanted, "trailer format 1" + behind)
            else:
                self.notes.append("the export declares nothing: what was left out of it cannot be seen")
            return None
        trust = None
        if trailer["signed"] is None:
            if self.keys or self.complete:
                self.fault(line, "unsigned", wanted, "no signature")
            else:
                self.notes.append("nobody signed what the export declares")
        elif self.signature_holds():
            trust = "key" if self.keys else None
            if not self.keys and self.complete:
                self.fault(line, "unsigned", wanted, "no key was given to open the signature with")
            elif not self.keys:
                self.notes.append("what the export declares was not trusted: no verifier key was given")
        if not self.unreadable:
            self.check_declared_events()
        streams, files = trailer["streams"], trailer["files"]
        return {"origin": trailer["origin"], "events": int(trailer["events"]), "streams": streams if streams == "all" else len(streams),
                "cited": len(trailer["cited"]), "files": None if files is None else len(files), "trust": trust}

    def signature_holds(self):
        trailer = self.trailer
        digest = hash_of({name: value for name, value in trailer.items() if name not in ("hash", "signed")}).hex()
        expected = "%s\nsleeve-ledger export 2\n%s\n" % (trailer["origin"], digest)
        try:
            if parse_note(trailer["signed"])[0] != expected:
                raise Refused("the signed text is not that of this export")
            key = self.key_for(trailer["signed"], trailer["origin"])
            if key is not None and key[0] != trailer["origin"]:
                raise Refused("the origin of the export is not the name of the key")
            open_note(trailer["signed"], key, self.verify)
            return True
        except (Refused, UnicodeEncodeError) as error:
            self.fault(self.trailer_line, "signature_invalid", "what the export declares, signed by the verifier key", error)
            return False

    def check_declared_events(self):
        trailer, line = self.trailer, self.trailer_line
        if trailer["events"] != len(self.events):
            self.fault(line, "incomplete", "%d events" % trailer["events"], "%d events" % len(self.events))
        if trailer["selection"] == "all" or trailer["streams"] == "all":
            if trailer["selection"] != trailer["streams"]:
                self.fault(line, "incomplete", "every stream declared exactly where everything is selected", "another selection")
            if trailer["cited"]:
                self.fault(line, "incomplete", "no single events in a file of all", len(trailer["cited"]))
            return
        there = {}
        for event in self.events:
            there.setdefault(event["stream"], {}).setdefault(event["revision"], event["recorded"])
        whole = {place["stream"]: place["revision"] for place in trailer["streams"]}
        run = trailer["selection"]["run"]
        if not any(stream.endswith("-" + run) for stream in whole):
            self.fault(line, "incomplete", "the stream of run " + run, "not declared")
        for place in trailer["streams"]:
            revisions = there.get(place["stream"], {})
            count = sum(1 for revision in revisions if revision <= place["revision"])
            if count != place["revision"] + 1:
                self.fault(line, "incomplete", "%s from revision 0 to %d" % (place["stream"], place["revision"]), "%d of these events" % count)
            elif revisions.get(place["revision"]) != place["hash"]:
                self.fault(line, "incomplete", "%s@%d" % (place["stream"], place["revision"]), "another event")
        cited = {(place["stream"], place["revision"]) for place in trailer["cited"]}
        for place in trailer["cited"]:
            if there.get(place["stream"], {}).get(place["revision"]) != place["hash"]:
                self.fault(line, "incomplete", "%s@%d" % (place["stream"], place["revision"]), "another event or none")
        for event in self.events:
            if event["revision"] > whole.get(event["stream"], -1) and (event["stream"], event["revision"]) not in cited:
                self.fault(event["line"], "undeclared", "a declared event", "%s@%d" % (event["stream"], event["revision"]))

    def check_files(self, hashes, log_hash, closed):
        """Every file of a bundle: those declared, those that events name, and the list of checksums."""
        line = self.trailer_line if self.trailer else self.count
        others = {path: digest for path, digest in hashes.items() if path not in (LOG, SUMS)}
        declared = self.declared_files()
        if declared is None:
            declared = others
        sums = dict(declared)
        sums[LOG] = log_hash
        text = "".join("%s  %s\n" % (sums[path], path) for path in sorted(sums))
        for path, expected in list(declared.items()) + [(SUMS, sha256(text.encode("utf-8")).hex())]:
            if path not in hashes:
                self.fault(line, "file_missing", path, "no such file")
            elif hashes[path] != expected:
                self.fault(line, "file_changed", "%s %s" % (path, expected), hashes[path])
            if path.startswith("artifacts/") and path[len("artifacts/"):] != expected:
                self.fault(line, "file_changed", "artifact " + path, expected)
        for address, at in self.artifacts.items():
            if "artifacts/" + address not in declared:
                self.fault(at, "artifact_missing", "artifacts/" + address, "no such file is declared")
        if closed:
            for path in others:
                if path not in declared:
                    self.fault(line, "undeclared", "a declared file", path)

    def declared_files(self):
        files = self.trailer.get("files") if self.trailer else None
        return None if files is None else {file["path"]: file["sha256"] for file in files}

    def check_seal(self):
        """The trusted checkpoint that holds, and the number of lines that it leaves uncovered."""
        trailer = self.trailer
        in_file = self.head(trailer["checkpoint"], self.trailer_line) if trailer else None
        given = self.head(self.given_note, 0)
        same = bool(in_file and given) and in_file["size"] == given["size"]
        if in_file and given and (in_file["origin"] != given["origin"] or (same and in_file["root"] != given["root"])):
            self.fault(0, "checkpoint_mismatch", show(given), show(in_file))
        if in_file and trailer["tree_size"] != in_file["size"]:
            self.fault(self.trailer_line, "checkpoint_mismatch", "tree_size %d" % in_file["size"], "tree_size %d" % trailer["tree_size"])
        if in_file and trailer["format"] == 2.0 and trailer["origin"] != in_file["origin"]:
            self.fault(self.trailer_line, "checkpoint_mismatch", "a checkpoint of " + trailer["origin"], show(in_file))
        if given and given["trust"] == "checkpoint":
            self.notes.append("the signature of the checkpoint given was not checked: no verifier key was given")
        if in_file and in_file["trust"] is None and not given:
            self.notes.append("the checkpoint in the file was not trusted: no verifier key and no checkpoint was given")
        if trailer and trailer["selection"] != "all":
            return self.check_selection(in_file, given, same)
        if self.unreadable:
            self.notes.append("the root was not recomputed: some lines could not be read")
            return None, self.lines_from(0)
        if trailer and trailer["proofs"]:
            self.fault(self.trailer_line, "proof_invalid", "no proofs in a file of all events", "%d proofs" % len(trailer["proofs"]))
        best = None
        for head in (in_file, given):
            if head and self.root_holds(head) and head["trust"] and (best is None or head["size"] > best["size"]):
                best = head
        return best, self.lines_from(best["size"] if best else 0)

    def root_holds(self, head):
        if head["size"] > len(self.events):
            self.fault(head["line"], "checkpoint_mismatch", "%d events under the checkpoint" % head["size"], "%d events in the file" % len(self.events))
            return False
        root = root_of([leaf_hash(event["hash"]) for event in self.events[:head["size"]]])
        if root == head["root"]:
            return True
        self.fault(head["line"], "root_mismatch", head["root"].hex(), root.hex())
        return False

    def check_selection(self, head, given, same):
        if given and head and not same:
            self.notes.append("the given checkpoint and the checkpoint of the proofs have different sizes: they were not compared")
            if given["size"] > head["size"]:
                text = "the export was made under %d events and the given checkpoint covers %d: it may lack what came later"
                self.notes.append(text % (head["size"], given["size"]))
        if head is None:
            if self.trailer["proofs"]:
                self.fault(self.trailer_line, "proof_invalid", "a checkpoint that the proofs lead to", "none")
            return None, self.lines_from(0)
        proofs = {proof["leaf_index"]: proof for proof in self.trailer["proofs"]}
        trust = head["trust"] or (given["trust"] if same and given["root"] == head["root"] else None)
        unsealed = 0
        for event in self.events:
            proven = False
            if event["leaf"] < head["size"]:
                proof = proofs.pop(event["leaf"], None)
                if proof is not None and proof["event_id"] == event["id"]:
                    path = [bytes.fromhex(item) for item in proof["proof"]]
                    proven = root_from_proof(int(event["leaf"]), head["size"], leaf_hash(event["hash"]), path) == head["root"]
                if not proven:
                    self.fault(event["line"], "proof_invalid", "leaf %d under %s" % (event["leaf"], show(head)), "no proof that leads there")
            if not proven or trust is None:
                unsealed += event["lines"]
        for proof in proofs.values():
            self.fault(head["line"], "proof_invalid", "proofs of events in the file", "a proof of " + proof["event_id"])
        return (dict(head, trust=trust) if trust else None), unsealed

    def lines_from(self, sealed_to):
        return sum(event["lines"] for event in self.events if event["leaf"] >= sealed_to)

    def finish(self, remainder):
        torn = None
        if remainder:
            torn = self.bytes
            self.fault(self.count + 1, "torn", "a newline at the end of the file", "%d bytes of a line from byte %d on" % (len(remainder), torn))
        elif self.trailer is None:
            torn = self.bytes
            self.fault(self.count + 1, "torn", "a trailer as the last line", "the end of the file at byte %d" % torn)
        selection = self.trailer["selection"] if self.trailer else None
        if not self.unreadable:
            for stream, *fault in self.gaps:
                if selection == "all" or (selection and stream is not None and stream.endswith("-" + selection["run"])):
                    self.fault(*fault)
        seal, unsealed = self.check_seal()
        declaration = self.check_declaration()
        return {
            "declaration": declaration,
            "lines": self.count - (1 if self.trailer else 0),
            "lastHash": self.last_hash,
            "sealedTo": seal["size"] if seal else 0,
            "unsealed": unsealed + self.unreadable,
            "seal": {"origin": seal["origin"], "size": seal["size"], "root": seal["root"].hex(), "trust": seal["trust"]} if seal else None,
            "tornAtByte": torn,
            "notes": self.notes,
            "faults": self.faults,
        }


def show(checkpoint):
    return "%s size %d root %s" % (checkpoint["origin"], checkpoint["size"], checkpoint["root"].hex())


def verify_lines(verification, lines):
    for raw in iter(lambda: lines.readline(LINE_BYTES_MAX + 1), b""):
        if len(raw) > LINE_BYTES_MAX:
            raise Refused("line %d has more than %d bytes, which no line of an export has" % (verification.count + 1, LINE_BYTES_MAX))
        if not raw.endswith(b"\n"):
            return verification.finish(raw)
        verification.line(raw[:-1])
        if len(verification.faults) > FAULTS_MAX:
            raise Refused("more than %d faults up to line %d, which no damaged export has" % (FAULTS_MAX, verification.count))
    return verification.finish(b"")


def sorted_faults(report):
    return dict(report, faults=sorted(report["faults"], key=lambda fault: fault["line"]))


def verify_archive(path, verification_with):
    try:
        if os.path.getsize(path) > BYTES_MAX:
            raise Refused("it holds too much")
        with open(path, "rb") as file:
            archive = Archive(file.read())
        hashes, log, key = {}, None, None
        for name in archive.entries:
            content = archive.read(name)
            hashes[name] = sha256(content).hex()
            if name == LOG:
                log = content
            if name == "verifier-key.txt":
                key = content.decode("utf-8", "replace")
        if log is None:
            raise Refused("it has no " + LOG)
    except Refused as error:
        fault = {"line": 0, "kind": "archive", "expected": "a ZIP archive of evidence", "actual": str(error)}
        return {"lines": 0, "lastHash": ZERO_HASH, "sealedTo": 0, "unsealed": 0, "seal": None, "declaration": None, "tornAtByte": None,
                "notes": [], "faults": [fault]}
    verification = verification_with(key)
    report = verify_lines(verification, io.BytesIO(log))
    verification.check_files(hashes, hashes[LOG], True)
    return sorted_faults(report)


def hash_of_file(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def verify_file(path, vkey, checkpoint, verify, complete):
    verification_with = lambda archive_key: Verification(vkey, checkpoint, verify, complete, archive_key)
    with open(path, "rb") as file:
        if file.read(2) == b"PK":
            return verify_archive(path, verification_with)
        file.seek(0)
        verification = verification_with(None)
        report = verify_lines(verification, file)
    declared = verification.declared_files()
    if declared is not None:
        # The log of an archive that somebody unpacked: what it declares stands beside it.
        beside = {name: os.path.join(os.path.dirname(path), name) for name in list(declared) + [SUMS]}
        hashes = {name: hash_of_file(file) for name, file in beside.items() if os.path.exists(file)}
        verification.check_files(hashes, hash_of_file(path), False)
    return sorted_faults(report)


def describe(path, report, signatures):
    print("%s: %d lines, last hash %s" % (path, report["lines"], report["lastHash"]))
    if report["seal"]:
        how = "signature verified by %s" % signatures if report["seal"]["trust"] == "key" else "signature NOT checked"
        print("  sealed to %d by %s (%s), %d lines unsealed" % (report["sealedTo"], report["seal"]["origin"], how, report["unsealed"]))
    else:
        print("  NOT SEALED: %d lines are covered by no trusted checkpoint" % report["unsealed"])
    declaration = report["declaration"]
    if declaration is None:
        print("  declares nothing: what was left out cannot be seen")
    else:
        print("  declares %(events)d events, %(streams)s whole streams and %(cited)d single events" % declaration
              + ("" if declaration["files"] is None else ", %d files" % declaration["files"])
              + ("; the signature holds" if declaration["trust"] == "key" else "; no trusted signature says so"))
    for note in report["notes"]:
        print("  note: " + note)
    for fault in report["faults"]:
        print("  line %(line)d: %(kind)s: expected %(expected)s, found %(actual)s" % fault)
    print("  %d faults" % len(report["faults"]))


def main(argv):
    parser = argparse.ArgumentParser(description="Verify exported audit.jsonl files.")
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--files-from", metavar="LIST", help="file with more names, one a line")
    parser.add_argument("--complete", action="store_true", help="fail as well when no known key vouches for what an export declares")
    parser.add_argument("--checkpoint", metavar="NOTE", help="file with a signed checkpoint from elsewhere")
    parser.add_argument("--vkey", metavar="KEY", help="C2SP verifier key, or a file that holds it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--pure", action="store_true", help="do not use the cryptography package even if it is installed")
    options = parser.parse_args(argv)
    verify, signatures = load_verifier(options.pure)
    try:
        checkpoint = None
        if options.checkpoint is not None:
            with open(options.checkpoint, encoding="utf-8", newline="") as file:
                checkpoint = file.read()
        vkey = options.vkey
        if vkey is not None and not re.match(r"^[^+]*\+[0-9a-f]{8}\+", vkey):
            with open(vkey, encoding="utf-8") as file:
                vkey = file.read()
        files = list(options.files)
        if options.files_from is not None:
            with open(options.files_from, encoding="utf-8") as file:
                files += [name for name in file.read().split("\n") if name]
        if not files:
            parser.error("give a FILE")
        reports = [dict(verify_file(path, vkey, checkpoint, verify, options.complete), file=path) for path in files]
    except (Refused, OSError, UnicodeDecodeError) as error:
        print("verify_audit.py: %s" % error, file=sys.stderr)
        return 2
    faultless = not any(report["faults"] for report in reports)
    if options.json:
        print(json.dumps({"ok": faultless, "signatures": signatures, "files": reports}))
    else:
        for report in reports:
            describe(report["file"], report, signatures)
    return 0 if faultless else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
