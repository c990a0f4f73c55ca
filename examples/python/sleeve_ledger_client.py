"""A client of the HTTP API of sleeve-ledger: the Python standard library (3.9 or newer) and pandas, in one file to copy.

    ledger = SleeveLedger("https://ledger.example:8443", token=os.environ["SLEEVE_LEDGER_TOKEN"])
    ledger.send_run("coins", returns, weights, currency="USD", definition=settings, wait=30)
    ledger.weights("meta_production")

Weights are fractions of the equity (0.6 is 60 %), returns are simple daily returns (0.01 is 1 %). What the server refuses is a
`LedgerProblem`; a result that became a dead letter is a `Refused`, with the id of the letter. Results are known again by what they say, so
that sending one twice changes nothing, and this client sends again by itself when the server is busy or away.
"""
from __future__ import annotations

import base64
import hashlib
import http.client
import io
import json
import math
import pathlib
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import zipfile
from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping, Optional, Sequence, Union

import pandas as pd

RESULT_TYPE = "io.sleeve-ledger.sleeve-result.v1"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BUSY = (429, 503)  # asked again after the time that the server says

Json = Any


# ---------------------------------------------------------------------------------------------- what comes back


class LedgerProblem(Exception):
    """A refusal: problem details of RFC 9457, with a code of docs/errors.md."""

    def __init__(self, status: int, body: Mapping[str, Json]):
        self.status = status
        self.code = str(body.get("title", "Unknown"))
        self.detail = str(body.get("detail", ""))
        self.advice = str(body.get("advice", ""))
        self.path: Optional[str] = (body.get("at") or {}).get("path")
        self.body = body
        super().__init__(f"{self.code} ({status}): {self.detail}")


class Refused(LedgerProblem):
    """A result, or one of a batch, became a dead letter: it is recorded, and later results of its sleeve wait behind it."""

    def __init__(self, status: int, body: Mapping[str, Json]):
        super().__init__(status, body)
        self.letter_id: Optional[str] = body.get("letterId")
        self.taken: list[Taken] = [Taken.of(one) for one in body.get("results", [body])]


@dataclass(frozen=True)
class Portfolio:
    """Where a portfolio that holds the sleeve stands: `pending` while nobody has decided on its newest results."""

    meta: str
    state: str
    run_id: Optional[str]


@dataclass(frozen=True)
class Taken:
    """What became of a result: accepted, already (recorded before), held (behind a dead letter), rejected (it is one)."""

    outcome: str
    sleeve: Optional[str]
    run_id: Optional[str]
    letter_id: Optional[str]
    code: Optional[str]
    portfolios: Optional[list[Portfolio]]
    position: Optional[str]

    @staticmethod
    def of(body: Mapping[str, Json]) -> Taken:
        return Taken(
            outcome=body["outcome"],
            sleeve=body["sleeve"],
            run_id=body["runId"],
            letter_id=body["letterId"],
            code=body["code"],
            portfolios=_portfolios(body),
            position=body["position"],
        )


@dataclass(frozen=True)
class ImportedRun:
    """What became of a run directory."""

    run_id: str
    already: bool
    eligibility: str
    reasons: list[str]
    portfolios: Optional[list[Portfolio]]
    result: Mapping[str, Json] = field(repr=False)


@dataclass(frozen=True)
class Explanation:
    """Why an asset has its weight: one row of `contributions` for each way from the portfolio to it."""

    symbol: str
    weight: float
    run_id: str
    contributions: pd.DataFrame


@dataclass(frozen=True)
class Happening:
    """One event of the stream."""

    id: Optional[str]
    name: str
    data: Json


@dataclass(frozen=True)
class Proven:
    """An event that stands in the ledger: at `leaf` of `size`, under `root`."""

    event_id: str
    event_sha256: str
    leaf: int
    size: int
    root: str
    #: True: the checkpoint is signed by the key that was given. None: that was not checked, and `note` says why.
    signed: Optional[bool]
    note: str


class ProofInvalid(Exception):
    """What was shown does not prove what it says."""


def _portfolios(body: Mapping[str, Json]) -> Optional[list[Portfolio]]:
    found = body.get("portfolios")
    return None if found is None else [Portfolio(one["meta"], one["state"], one["runId"]) for one in found]


# ---------------------------------------------------------------------------------------------- results as CloudEvents


def _date(value: Any) -> str:
    return pd.Timestamp(value).strftime("%Y-%m-%d")


def _series(returns: pd.Series) -> Json:
    known = returns.dropna().sort_index()
    return {"dates": [_date(date) for date in known.index], "values": [float(value) for value in known]}


def _weights(weights: Optional[pd.Series]) -> Json:
    if weights is None:
        return None
    return [{"symbol": str(symbol), "weight": float(weight)} for symbol, weight in weights.dropna().items()]


def sleeve_result(
    sleeve: str,
    returns: Union[pd.Series, pd.DataFrame],
    weights: Union[pd.Series, pd.DataFrame, None],
    *,
    currency: str,
    definition: Mapping[str, Json],
    as_of: Any = None,
    risk: str = "hrp",
    correction: int = 0,
    profile: Optional[str] = None,
    currency_treatment: Optional[str] = None,
    selection_mode: Optional[str] = None,
    integrity: tuple[str, str] = ("unknown", "the sender says nothing of its prices"),
    sign_test: tuple[str, str] = ("unknown", "the sender says nothing of it"),
    system: str = "python",
    run_id: Optional[str] = None,
) -> dict[str, Json]:
    """A result as the ledger reads it (docs/reference/messages.md).

    `returns`: daily returns by date, out of sample and net of costs; a column for each risk profile, or one series for the profile `risk`.
    `weights`: by EXCHANGE:SYMBOL, columns as those of the returns; a missing cell is a symbol that the profile does not hold.
    `as_of`: the last session of the data; left out, the last date of the returns.
    """
    by_risk = returns.to_frame(risk) if isinstance(returns, pd.Series) else returns
    held = weights.to_frame(risk) if isinstance(weights, pd.Series) else weights
    strangers = [] if held is None else sorted(set(held.columns) - set(by_risk.columns))
    if strangers:
        raise ValueError(f"weights without returns: {', '.join(map(str, strangers))}")
    return {
        "sleeve": sleeve,
        **({} if profile is None else {"profile": profile}),
        "asOf": _date(by_risk.index.max() if as_of is None else as_of),
        "correction": correction,
        "currency": currency,
        "currencyTreatment": currency_treatment,
        "definition": dict(definition),
        "selectionMode": selection_mode,
        "integrity": {"status": integrity[0], "detail": integrity[1]},
        "signTest": {"status": sign_test[0], "detail": sign_test[1]},
        "origin": {"system": system, "runId": run_id, "ledgerId": None, "runHash": None, "eligibility": None},
        "profiles": [
            {
                "risk": str(name),
                "weights": _weights(None if held is None or name not in held.columns else held[name]),
                "returns": _series(by_risk[name]),
            }
            for name in by_risk.columns
        ],
    }


def cloud_event(result: Mapping[str, Json], source: str = "/python") -> dict[str, Json]:
    """A result as a CloudEvent; its id follows from what it says, so that the same result has the same id."""
    text = json.dumps(result, sort_keys=True, allow_nan=False)
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{source} {text}")),
        "source": source,
        "type": RESULT_TYPE,
        "subject": result["sleeve"],
        "datacontenttype": "application/json",
        "data": dict(result),
    }


def packed(directory: Union[str, pathlib.Path]) -> bytes:
    """The files of a run directory as ZIP; links and hidden files are left out."""
    root = pathlib.Path(directory)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(root.rglob("*")):
            parts = path.relative_to(root).parts
            if path.is_file() and not path.is_symlink() and not any(part.startswith((".", "__")) for part in parts):
                file.write(path, "/".join(parts))
    return archive.getvalue()


# ---------------------------------------------------------------------------------------------- the client


class SleeveLedger:
    """One ledger, behind `sleeve-ledger serve`. What is asked is answered as data frames; the raw answers are in `.attrs`."""

    def __init__(
        self,
        url: str,
        token: Optional[str] = None,
        *,
        timeout: float = 60.0,
        attempts: int = 5,
        context: Optional[ssl.SSLContext] = None,
    ):
        """`context`: an `ssl.SSLContext` that knows the authority of the server's certificate, where the system does not."""
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise ValueError(f"not an address of HTTP: {url}")
        if token is not None and parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("a token is sent over https, or to this machine")
        self._url = url.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._attempts = attempts
        handlers = [] if context is None else [urllib.request.HTTPSHandler(context=context)]
        self._opener = urllib.request.build_opener(_NoRedirects(), *handlers)

    # -- sending

    def send_run(
        self,
        sleeve: str,
        returns: Union[pd.Series, pd.DataFrame],
        weights: Union[pd.Series, pd.DataFrame, None],
        *,
        wait: float = 0,
        **said: Any,
    ) -> Taken:
        """Sends the run of a sleeve; `said` is what `sleeve_result` takes. Raises `Refused` when it became a dead letter.

        `wait`: so many seconds for a worker to decide on the portfolios of the sleeve.
        """
        return self.send_result(sleeve_result(sleeve, returns, weights, **said), wait=wait)

    def send_result(self, result: Mapping[str, Json], *, wait: float = 0) -> Taken:
        body = json.dumps(cloud_event(result), allow_nan=False).encode("utf-8")
        return Taken.of(self._json("POST", "/v1/sleeve-results", body=body, headers=_sending(STRUCTURED, wait), wait=wait))

    def send_results(self, results: Sequence[Mapping[str, Json]], *, wait: float = 0) -> list[Taken]:
        """Several results in one request, in their order. Raises `Refused` when one of them became a dead letter: `taken` has all."""
        body = json.dumps([cloud_event(result) for result in results], allow_nan=False).encode("utf-8")
        answer = self._json("POST", "/v1/sleeve-results", body=body, headers=_sending(BATCH, wait), wait=wait)
        return [Taken.of(one) for one in answer["results"]]

    def send_run_directory(
        self,
        directory: Union[str, pathlib.Path],
        *,
        profile: Optional[str] = None,
        map: Optional[str] = None,
        correction: Optional[int] = None,
        wait: float = 0,
    ) -> ImportedRun:
        """Sends a run directory, or the ZIP of one."""
        path = pathlib.Path(directory)
        body = path.read_bytes() if path.is_file() else packed(path)
        query = {"profile": profile, "map": map, "correction": correction}
        answer = self._json("POST", "/v1/sleeve-runs", query, body=body, headers=_sending("application/zip", wait), wait=wait)
        result = answer["result"]
        return ImportedRun(
            run_id=result["runId"],
            already=result["already"],
            eligibility=result["eligibility"],
            reasons=list(result["reasons"]),
            portfolios=_portfolios(answer),
            result=result,
        )

    # -- asking

    def ask(self, path: str, **query: Any) -> Json:
        """The `result` of any question of the API; an underscore in the name of a parameter stands for a dash."""
        return self._json("GET", path, {name.replace("_", "-"): value for name, value in query.items()})["result"]

    def weights(self, meta: str, **query: Any) -> pd.DataFrame:
        """Asset weights of a portfolio by symbol. `risk`, `published=True`, `as_of` and `known_at` as at the command line."""
        result = self.ask(f"/v1/portfolios/{_part(meta)}/weights", **query)
        frame = pd.DataFrame(
            {
                "weight": [asset["weight"] for asset in result["assets"]],
                "sleeves": [sorted({one["sleeve"] for one in asset["contributors"]}) for asset in result["assets"]],
            },
            index=pd.Index([asset["symbol"] for asset in result["assets"]], name="symbol"),
        )
        return _with(frame, result)

    def sleeve_weights(self, meta: str, **query: Any) -> pd.DataFrame:
        """What each sleeve of a portfolio is given, before (`raw`) and after its bounds (`weight`)."""
        result = self.ask(f"/v1/portfolios/{_part(meta)}/weights", **query)
        frame = pd.DataFrame(
            [(one["raw"], one["bounded"]) for one in result["sleeves"]],
            columns=["raw", "weight"],
            index=pd.Index([one["id"] for one in result["sleeves"]], name="sleeve"),
        )
        return _with(frame, result)

    def explain(self, meta: str, symbol: str, **query: Any) -> Explanation:
        result = self.ask(f"/v1/portfolios/{_part(meta)}/assets/{_part(symbol)}/explanation", **query)
        rows = [
            {
                "path": "/".join(one["path"]),
                "sleeve": one["sleeve"],
                "run_id": one["runId"],
                "sleeve_weight": one["sleeveWeight"],
                "asset_weight": one["assetWeight"],
                "amount": one["amount"],
            }
            for one in result["contributions"]
        ]
        columns = ["path", "sleeve", "run_id", "sleeve_weight", "asset_weight", "amount"]
        return Explanation(result["symbol"], result["weight"], result["runId"], pd.DataFrame(rows, columns=columns))

    def runs(self, **query: Any) -> pd.DataFrame:
        """Every run in ledger order, by its id; all pages where the server answers in pages."""
        rows: list[Mapping[str, Json]] = []
        while True:
            result = self.ask("/v1/runs", **query)
            rows.extend(result["runs"])
            if result.get("next") is None:
                break
            query["after"] = result["next"]
        columns = ["runId", "kind", "name", "asOf", "status", "grade", "risks", "recordedAt"]
        return pd.DataFrame([[row[column] for column in columns] for row in rows], columns=columns).set_index("runId")

    def returns(self, run: str, *, risk: Optional[str] = None) -> pd.DataFrame:
        """Returns of a run by date, to the last bit: out of sample of a sleeve run, joined of a meta run."""
        return self._table(f"/v1/runs/{_part(run)}/returns", risk)

    def run_weights(self, run: str, *, risk: Optional[str] = None) -> pd.DataFrame:
        """Weights of a run by date, a column for each symbol."""
        return self._table(f"/v1/runs/{_part(run)}/weights", risk)

    def _table(self, path: str, risk: Optional[str]) -> pd.DataFrame:
        text = self._send("GET", path, {"risk": risk}, headers={"accept": "text/csv"})
        return pd.read_csv(io.BytesIO(text), index_col=0, parse_dates=[0], float_precision="round_trip")

    # -- following

    def follow(
        self,
        *,
        types: Sequence[str] = (),
        meta: Sequence[str] = (),
        sleeve: Sequence[str] = (),
        after: Optional[str] = None,
    ) -> Iterator[Happening]:
        """What happens, as it happens, for as long as it is iterated over: publications, acceptances, refusals, seals.

        `after`: behind a position (`Taken.position`, or the id of a happening); left out, from now on. A connection that breaks is made again
        where it broke off.
        """
        held = after
        pause = 1.0
        while True:
            headers = {"accept": "text/event-stream", **({} if held is None else {"last-event-id": held})}
            query = {"types": list(types), "meta": list(meta), "sleeve": list(sleeve)}
            try:
                with self._opener.open(self._request("GET", "/v1/stream", query, None, headers), timeout=self._timeout) as answer:
                    pause = 1.0
                    for happening in events_in(answer):
                        held = happening.id or held
                        if happening.name:
                            yield happening
            except urllib.error.HTTPError as error:
                if error.code not in BUSY:
                    raise _problem(error.code, error.read()) from None
            except (OSError, http.client.HTTPException):
                pass  # it broke off, or nobody is there yet
            time.sleep(pause)
            pause = min(pause * 2, 30.0)

    # -- proving

    def prove(
        self,
        event: str,
        *,
        verifier_key: Optional[str] = None,
        checkpoint: Optional[str] = None,
    ) -> Proven:
        """Verifies here that an event stands in the ledger; `event` is its id or STREAM@REVISION.

        `verifier_key` and `checkpoint` are those that you hold. Without them the server's own are taken, which prove that the answer is one of
        itself, and not that nobody rewrote the ledger.
        """
        name = _part(event)
        proof = self.ask(f"/v1/events/{name}/proof")
        envelope = {key: value for key, value in self.ask(f"/v1/events/{name}").items() if key != "position"}
        if event_sha256(envelope) != proof["eventHash"]:
            raise ProofInvalid("the event has another hash than the one that is proved")
        return verify_proof(proof, checkpoint=checkpoint, verifier_key=verifier_key)

    # -- transport

    def _json(
        self,
        method: str,
        path: str,
        query: Optional[Mapping[str, Any]] = None,
        *,
        body: Optional[bytes] = None,
        headers: Optional[Mapping[str, str]] = None,
        wait: float = 0,
    ) -> Mapping[str, Json]:
        said = {"accept": "application/json", **(headers or {})}
        return json.loads(self._send(method, path, query, body=body, headers=said, timeout=self._timeout + wait))

    def _send(
        self,
        method: str,
        path: str,
        query: Optional[Mapping[str, Any]] = None,
        *,
        body: Optional[bytes] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = None,
    ) -> bytes:
        """Everything that is asked or sent may be sent again: that changes nothing."""
        for attempt in range(1, self._attempts + 1):
            pause = min(2.0 ** (attempt - 1), 30.0)
            try:
                request = self._request(method, path, query, body, headers)
                with self._opener.open(request, timeout=self._timeout if timeout is None else timeout) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                if error.code not in BUSY or attempt == self._attempts:
                    raise _problem(error.code, error.read()) from None
                pause = _seconds(error.headers.get("retry-after"), pause)
            except (OSError, http.client.HTTPException) as error:
                # A certificate that is not trusted is none the next time either.
                if isinstance(getattr(error, "reason", None), ssl.SSLError) or attempt == self._attempts:
                    raise
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _request(
        self,
        method: str,
        path: str,
        query: Optional[Mapping[str, Any]],
        body: Optional[bytes],
        headers: Optional[Mapping[str, str]],
    ) -> urllib.request.Request:
        asked = [(name, value) for name, given in (query or {}).items() for value in _values(given)]
        url = f"{self._url}{path}" + ("?" + urllib.parse.urlencode(asked) if asked else "")
        said = dict(headers or {})
        if self._token is not None:
            said["authorization"] = f"Bearer {self._token}"
        return urllib.request.Request(url, data=body, headers=said, method=method)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The token is for this server and no other."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


def _values(given: Any) -> list[str]:
    if given is None or given is False:
        return []
    if given is True:
        return ["true"]
    return [str(one) for one in given] if isinstance(given, (list, tuple)) else [str(given)]


def _sending(content_type: str, wait: float) -> dict[str, str]:
    return {"content-type": content_type, **({"prefer": f"wait={math.ceil(wait)}"} if wait > 0 else {})}


def _seconds(header: Optional[str], otherwise: float) -> float:
    return min(float(header), 60.0) if header is not None and re.fullmatch(r"\d{1,6}", header) else otherwise


def _part(name: str) -> str:
    return urllib.parse.quote(name, safe=":@")


def _with(frame: pd.DataFrame, result: Mapping[str, Json]) -> pd.DataFrame:
    frame.attrs.update({key: result[key] for key in ("runId", "meta", "risk", "state", "asOf", "recordedAt") if key in result})
    return frame


def _problem(status: int, text: bytes) -> LedgerProblem:
    try:
        body = json.loads(text)
    except ValueError:
        body = {"title": "Unknown", "detail": text[:200].decode("utf-8", "replace")}
    is_letter = status == 422 and ("outcome" in body or "results" in body)
    return Refused(status, body) if is_letter else LedgerProblem(status, body)


def events_in(lines: Iterator[bytes]) -> Iterator[Happening]:
    """Server-Sent Events of a response. One without data only says how far the stream has come: its name is empty."""
    identifier: Optional[str] = None
    name, data = "", []
    for line in lines:
        text = line.decode("utf-8").rstrip("\r\n")
        if text == "":
            if data:
                yield Happening(identifier, name or "message", json.loads("\n".join(data)))
            elif identifier is not None:
                yield Happening(identifier, "", None)
            name, data = "", []
            continue
        member, _, value = text.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if member == "id" and "\0" not in value:
            identifier = value
        elif member == "event":
            name = value
        elif member == "data":
            data.append(value)


# ---------------------------------------------------------------------------------------------- proofs


def _number_text(value: float) -> str:
    """A double as ECMAScript prints it: the digits are those of repr, only the layout differs."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    padded = whole + ("" if fraction == "0" else fraction)
    digits = padded.lstrip("0")
    point -= len(padded) - len(digits)
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        return sign + (digits + "0" * (point - len(digits)) if len(digits) <= point else digits[:point] + "." + digits[point:])
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = point - 1
    return sign + digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + "e" + ("+" if power >= 0 else "-") + str(abs(power))


def canonical_json(value: Json) -> str:
    """The one text of a value (RFC 8785)."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return _number_text(float(value))
    if isinstance(value, list):
        return "[" + ",".join(canonical_json(one) for one in value) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(f"{canonical_json(name)}:{canonical_json(value[name])}" for name in names) + "}"


def event_sha256(envelope: Mapping[str, Json]) -> str:
    """What the hash of an event must be: of its canonical bytes without the hash itself."""
    open_envelope = {key: value for key, value in envelope.items() if key != "hash"}
    return hashlib.sha256(canonical_json(open_envelope).encode("utf-8")).hexdigest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_proof(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root of a tree of `size` leaves that has `leaf` at `index` (RFC 6962, as in RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofInvalid(f"leaf {index} is not in a tree of {size}")
    node, last = index, size - 1
    root = hashlib.sha256(b"\x00" + leaf).digest()
    for sibling in path:
        if last == 0:
            raise ProofInvalid("the path is too long")
        if node % 2 == 1 or node == last:
            root = _node(sibling, root)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            root = _node(root, sibling)
        node, last = node // 2, last // 2
    if last != 0:
        raise ProofInvalid("the path is too short")
    return root


@dataclass(frozen=True)
class Checkpoint:
    """A signed note (C2SP): how many events a ledger had, under which root."""

    origin: str
    size: int
    root: bytes
    signed: bytes = field(repr=False)
    signatures: tuple[tuple[str, bytes], ...] = field(repr=False)


def read_checkpoint(note: str) -> Checkpoint:
    body, separator, signatures = note.partition("\n\n")
    lines = body.split("\n")
    if separator == "" or len(lines) < 3 or not re.fullmatch(r"0|[1-9]\d{0,15}", lines[1]):
        raise ProofInvalid("not a checkpoint")
    found = []
    for line in signatures.splitlines():
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise ProofInvalid("a signature of the checkpoint cannot be read")
        found.append((parts[1], base64.b64decode(parts[2], validate=True)))
    return Checkpoint(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True), f"{body}\n".encode("utf-8"), tuple(found))


def _key(verifier_key: str) -> tuple[str, bytes, bytes]:
    """Name, id and the 32 bytes of a verifier key: `name+id+base64(0x01 key)`."""
    name, identifier, encoded = verifier_key.split("+", 2)
    material = base64.b64decode(encoded, validate=True)
    expected = hashlib.sha256(name.encode("utf-8") + b"\n" + material).digest()[:4]
    if len(material) != 33 or material[0] != 1 or expected.hex() != identifier:
        raise ProofInvalid("the verifier key is none of Ed25519, or has another id")
    return name, expected, material[1:]


def signature_holds(checkpoint: Checkpoint, verifier_key: str) -> Optional[bool]:
    """Whether the key has signed the checkpoint; None where this Python cannot tell: `pip install cryptography`."""
    name, identifier, public = _key(verifier_key)
    own = [given[4:] for signer, given in checkpoint.signatures if signer == name and given[:4] == identifier]
    if name != checkpoint.origin or not own:
        return False
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None
    try:
        for signature in own:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, checkpoint.signed)
    except InvalidSignature:
        return False
    return True


def verify_proof(proof: Mapping[str, Json], *, checkpoint: Optional[str] = None, verifier_key: Optional[str] = None) -> Proven:
    """Verifies an answer of `/v1/events/{event}/proof`; raises `ProofInvalid` for one that does not hold."""
    signed_note = read_checkpoint(proof["checkpoint"] if checkpoint is None else checkpoint)
    if signed_note.size != proof["treeSize"]:
        raise ProofInvalid(f"the proof is of {proof['treeSize']} events, the checkpoint of {signed_note.size}: ask for a newer one of either")
    path = [bytes.fromhex(one) for one in proof["proof"]]
    root = root_of_proof(bytes.fromhex(proof["eventHash"]), proof["leafIndex"], signed_note.size, path)
    if root != signed_note.root:
        raise ProofInvalid("the event does not lead to the root of the checkpoint")
    signed = signature_holds(signed_note, proof["verifierKey"] if verifier_key is None else verifier_key)
    if signed is False:
        raise ProofInvalid("the checkpoint is not signed by that key")
    if signed is None:
        note = "the signature of the checkpoint was not checked: the package cryptography is not installed"
    elif verifier_key is None:
        note = "signed by the key that the server itself named: give verifier_key to verify against the one that you hold"
    else:
        note = "signed by the key that was given"
    return Proven(proof["eventId"], proof["eventHash"], proof["leafIndex"], signed_note.size, root.hex(), signed, note)
