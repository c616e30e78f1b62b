"""Three half-wrong proofs by a user: the message names the line, why the step fails, and the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.cli.app import run

FOLDER = Path(__file__).parents[1] / "half_wrong"


@pytest.mark.parametrize(("name", "step", "said"), [
    ("swapped_inequality.py", "floor", ["does not follow", "a candidate for a countermodel is", "false on", "left side 2",
                                        "right side 0 at n="]),
    ("forgotten_rank.py", "rank", ["lemma.fro_op gives  ‖W‖_F ≤ √min(k, d) ‖W‖_op", "‖W‖_F ≤ ‖W‖_op", "1.41421, right side 1 ",
                                   "did you mean", "lemma.fro_rank"]),
    ("lemma_outside.py", "lift", ["lemma.lift needs", "for x in R^d", "is not among the facts", "left side 2"]),
])
def test_the_message_names_line_reason_and_numbers(name, step, said, capsys):
    path = FOLDER / name
    assert run(["check", str(path)]) == 1
    words = capsys.readouterr().out
    line = next(n for n, code in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1) if f'step("{step}"' in code)
    assert f"{name}:{line}  step \"{step}\" does not follow." in words
    for part in said:
        assert part in words, part


def test_a_correct_file_passes(tmp_path, capsys):
    """The same proof with the rank factor restored."""
    code = (FOLDER / "forgotten_rank.py").read_text(encoding="utf-8")
    code = code.replace("le(fro_norm(W), op_norm(W))", "le(fro_norm(W), sqrt(Min(k, d)) * op_norm(W))")
    code = code.replace("R * norm(a) * op_norm(W)", "R * sqrt(Min(k, d)) * norm(a) * op_norm(W)")
    code = code.replace("import Abs, fro_norm", "import Abs, Min, d, k, sqrt, fro_norm")
    mended = tmp_path / "mended.py"
    mended.write_text(code, encoding="utf-8")
    assert run(["check", str(mended)]) == 0
    assert "1 claim: 1 PROVED ·" in capsys.readouterr().out            # modulo nothing: lemma.fro_op is derived
