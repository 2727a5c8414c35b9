"""A Hub on this machine: the routes that `huggingface_hub` uses to make, fill and read a model.

Written after huggingface_hub 2.4.0's source, the paths and headers that it sends and reads.
Large files go by LFS; Xet, which the real Hub prefers, is a service of its own.
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import yaml

TOKEN = "hf_mayWrite"

_REPO = r"(?P<repo>[^/]+/[^/]+)"


@dataclass
class Repository:
    """What is kept of one model: a folder of files for each commit, the newest last."""

    private: bool
    commits: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"0" * 40: {}})


class HubStandIn:
    """The Hub's state, for a test to look at and to spoil."""

    def __init__(self) -> None:
        self.endpoint = ""
        self.repositories: dict[str, Repository] = {}
        self.objects: dict[str, bytes] = {}  # LFS: by SHA-256
        self.requests: list[str] = []

    def files(self, repo: str) -> dict[str, bytes]:
        """The files of a repository's newest commit."""
        return list(self.repositories[repo].commits.values())[-1]


class _RefusalError(Exception):
    """An answer other than 200, with the Hub's own word for it."""

    def __init__(self, status: int, code: str = "", body: bytes = b"{}") -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.body = body


@contextmanager
def running_hub() -> Iterator[HubStandIn]:
    """A Hub that answers on a port of its own until the block ends."""
    hub = HubStandIn()

    class Handler(_Handler):
        state = hub

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.endpoint = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    state: HubStandIn

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        self.state.requests.append(f"{self.command} {path}")
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            for method, pattern, route in _ROUTES:
                found = re.fullmatch(pattern, path)
                if found and self.command in method:
                    body, headers = route(self, content, **found.groupdict())
                    self._send(200, body, headers)
                    return
            raise _RefusalError(404)
        except _RefusalError as refused:
            self._send(refused.status, refused.body, {"X-Error-Code": refused.code})

    do_GET = do_HEAD = do_POST = do_PUT = _answer  # noqa: N815  # http.server's names

    def log_message(self, *_: object) -> None:
        """Be quiet."""

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _opened(self, repo: str) -> Repository:
        found = self.state.repositories.get(repo)
        # The real one also answers 401 for what does not exist, so as not to tell.
        if found is None or (found.private and not self._may_write()):
            raise _RefusalError(401, "RepoNotFound")
        return found

    def _may_write(self) -> bool:
        return self.headers["Authorization"] == f"Bearer {TOKEN}"

    def _written(self, repo: str) -> Repository:
        if not self._may_write():
            raise _RefusalError(403)
        return self._opened(repo)


Answer = tuple[bytes, dict[str, str]]


def _json(value: Any) -> Answer:
    return json.dumps(value).encode(), {"Content-Type": "application/json"}


def _create(request: _Handler, content: bytes) -> Answer:
    if not request._may_write():
        raise _RefusalError(403)
    asked = json.loads(content)
    repo = f"{asked['organization']}/{asked['name']}"
    body, headers = _json({"url": f"{request.state.endpoint}/{repo}"})
    if repo in request.state.repositories:
        raise _RefusalError(409, body=body)
    request.state.repositories[repo] = Repository(asked.get("visibility") == "private")
    return body, headers


def _validate(request: _Handler, content: bytes) -> Answer:
    text = json.loads(content)["content"]
    metadata = yaml.safe_load(text.split("---")[1])
    # What the real one insists on for a licence that is not on its list.
    assert metadata["license"] != "other" or metadata["license_name"]
    return _json({"errors": [], "warnings": []})


def _info(request: _Handler, content: bytes, repo: str, commit: str | None = None) -> Answer:
    repository = request._opened(repo)
    commit = commit or list(repository.commits)[-1]
    if commit not in repository.commits:
        raise _RefusalError(404, "RevisionNotFound")
    names = [{"rfilename": name} for name in repository.commits[commit]]
    return _json({"id": repo, "sha": commit, "private": repository.private, "siblings": names})


def _preupload(request: _Handler, content: bytes, repo: str) -> Answer:
    request._written(repo)
    files = [
        {
            "path": file["path"],
            "uploadMode": "lfs" if file["path"].endswith((".onnx", ".keras")) else "regular",
            "shouldIgnore": False,
        }
        for file in json.loads(content)["files"]
    ]
    return _json({"files": files})


def _lfs_batch(request: _Handler, content: bytes, repo: str) -> Answer:
    request._written(repo)
    objects = [
        {
            **wanted,
            "actions": {"upload": {"href": f"{request.state.endpoint}/lfs/{wanted['oid']}"}},
        }
        for wanted in json.loads(content)["objects"]
    ]
    return _json({"transfer": "basic", "objects": objects})


def _lfs_put(request: _Handler, content: bytes, oid: str) -> Answer:
    assert hashlib.sha256(content).hexdigest() == oid
    request.state.objects[oid] = content
    return b"", {}


def _commit(request: _Handler, content: bytes, repo: str) -> Answer:
    repository = request._written(repo)
    files = dict(request.state.files(repo))
    for line in map(json.loads, content.splitlines()):
        value = line["value"]
        if line["key"] == "file":
            files[value["path"]] = base64.b64decode(value["content"])
        elif line["key"] == "lfsFile":
            files[value["path"]] = request.state.objects[value["oid"]]
    commit = hashlib.sha1(content).hexdigest()
    repository.commits[commit] = files
    url = f"{request.state.endpoint}/{repo}/commit/{commit}"
    return _json({"commitUrl": url, "commitOid": commit})


def _resolve(request: _Handler, content: bytes, repo: str, commit: str, name: str) -> Answer:
    commits = request._opened(repo).commits
    if commit not in commits:
        raise _RefusalError(404, "RevisionNotFound")
    if name not in commits[commit]:
        raise _RefusalError(404, "EntryNotFound")
    body = commits[commit][name]
    tag = hashlib.sha256(body).hexdigest()
    return body, {"ETag": f'"{tag}"', "X-Repo-Commit": commit}


_ROUTES: list[tuple[tuple[str, ...], str, Callable[..., Answer]]] = [
    (("POST",), "/api/repos/create", _create),
    (("POST",), "/api/validate-yaml", _validate),
    (("GET",), rf"/api/models/{_REPO}(/revision/(?P<commit>\w+))?", _info),
    (("POST",), rf"/api/models/{_REPO}/preupload/main", _preupload),
    (("POST",), rf"/{_REPO}\.git/info/lfs/objects/batch", _lfs_batch),
    (("PUT",), r"/lfs/(?P<oid>\w{64})", _lfs_put),
    (("POST",), rf"/api/models/{_REPO}/commit/main", _commit),
    (("HEAD", "GET"), rf"/{_REPO}/resolve/(?P<commit>\w+)/(?P<name>[^/]+)", _resolve),
]
