"""Serving leaves no trace of ONNX Runtime's own, which its makers would be sent."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_READS = "import fer_core; fer_core.load_analyzer('{model}'); import time; time.sleep(0.5)"


def test_nothing_is_recorded_for_its_makers(tmp_path: Path) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        # Each of these would keep ONNX Runtime quiet by itself.
        if name not in ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME")
    }
    result = subprocess.run(
        [sys.executable, "-c", _READS.format(model="default")],
        cwd=ROOT,
        env={**environment, "HOME": str(tmp_path)},
        timeout=60,
    )
    assert result.returncode == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_only_one_module_imports_it() -> None:
    """Whoever imports it first decides whether it tells."""
    importers = [
        path.relative_to(ROOT).as_posix()
        for folder in ("fer_core", "webapp", "benchmarks", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if any(
            line.strip().startswith(("import onnxruntime", "from onnxruntime"))
            for line in path.read_text(encoding="utf-8").splitlines()
        )
    ]
    assert importers == ["fer_core/zoo/onnx_session.py"]
