"""The command line.  Imports that take time are made inside the commands, so that `lawbook --help` answers at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from verify.cli.exits import BAD_INPUT, DONE, INTERRUPTED, complain, emit, start
from verify.objects.garbage import collect_seldom

# typer brings its own copy of click in some versions and the click package in others; the base of its usage errors is
# the same class in both
ClickError: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")

# The matrices here are small: a second thread of the linear algebra library costs more than it brings, and the ledger runs one
# process a core.  Set before numpy is imported; a value set by the user stays.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

app = typer.Typer(
    name="lawbook", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Prove, measure and audit laws of robustness of two-layer neural networks.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output and nothing else.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of everything that is random.")]
Fixed = Annotated[int, typer.Option("--seed", min=0, help="Accepted for uniformity: nothing here is random.")]
Instances = Annotated[int, typer.Option(min=1, help="Random instances on which a claim is measured; a third of them where it is proved.")]
NoTests = Annotated[bool, typer.Option("--no-tests", help="Check the proofs only, measure nothing.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Prove and measure everything anew; keep nothing.")]
Label = Annotated[str | None, typer.Option(help="Name of the label column; the last one otherwise.")]
Header = Annotated[bool | None, typer.Option("--header/--no-header", help="Whether a .csv begins with names; found out otherwise.")]
Delimiter = Annotated[str | None, typer.Option(help="What separates columns of a .csv: , ; | tab or space; found out otherwise.")]
Decimal = Annotated[str | None, typer.Option(help="Decimal sign of a .csv, . or ,; found out otherwise.")]


FIRST = """\
lawbook check                     all claims: every proof replayed, every bound measured
lawbook new mine.py               a claim of your own to begin with; `lawbook check mine.py` proves it
lawbook show bln.thm5.sharp       one claim: statement, proof, what it rests on
lawbook bounds data.npz --width 8 how smooth a fit of your data with 8 neurons can be, certified from below
lawbook hunt bln.thm5.sharp       a search for a counterexample
lawbook --help                    all commands; lemmas, terms and checkers say what a proof is made of
"""


@app.callback(invoke_without_command=True)
def callback(context: typer.Context) -> None:
    """Prove, measure and audit laws of robustness of two-layer neural networks."""
    if context.invoked_subcommand is None:
        sys.stdout.write(FIRST)


@app.command("check")
def check_command(
    targets: Annotated[list[str] | None, typer.Argument(
        metavar="[ID… or FILE.py[:ID]…]", help="Claims by id or pattern (bln.thm6.*), or your own files.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="All that is known of each claim, as of those that are named.")] = False,
    instances: Instances = 60, no_tests: NoTests = False, no_cache: NoCache = False,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """Prove every step of every claim, measure every bound, print the ledger."""
    from verify.cli.console import announced
    from verify.objects.store.place import cache_place
    with announced("reading the library of claims", quiet=as_json):
        cache = None if no_cache else cache_place()        # before the program is imported: see verify.objects.store.sources
        from verify.cli.check import run_check
    amount = None if no_tests else instances
    raise typer.Exit(run_check(tuple(targets or ()), amount, seed, cache, as_json=as_json, verbose=verbose))


@app.command("show")
def show_command(
    target: Annotated[str, typer.Argument(
        metavar="ID or FILE.py[:ID]", help="A claim or lemma of the library (bln.thm5.sharp, lemma.fro_op), or a claim of a file.")],
    in_latex: Annotated[bool, typer.Option("--latex", help="Formulas in LaTeX.")] = False,
    instances: Instances = 60, no_tests: NoTests = False, no_cache: NoCache = False,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """One claim: statement, proof step by step, what it rests on; or one lemma."""
    if target.startswith(("lemma.", "rule.")):
        from verify.cli.reference import run_lemma
        raise typer.Exit(run_lemma(target, in_latex=in_latex, as_json=as_json))
    from verify.cli.console import announced
    from verify.objects.store.place import cache_place
    with announced("reading the library of claims", quiet=as_json):
        cache = None if no_cache else cache_place()
        from verify.cli.check import run_show
    amount = None if no_tests else instances
    raise typer.Exit(run_show(target, amount, seed, cache, in_latex=in_latex, as_json=as_json))


@app.command("report")
def report_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the site: a new one, or that of an earlier report.")],
    targets: Annotated[list[str] | None, typer.Argument(
        metavar="[ID… or FILE.py[:ID]…]", help="Claims by id or pattern, or your own files; the whole library otherwise.")] = None,
    atlas: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of an atlas to show; that of the sources otherwise.")] = None,
    experiments: Annotated[Path | None, typer.Option(
        metavar="DIR", help="Folder of tables of experiments to show; those of the sources otherwise.")] = None,
    instances: Instances = 60, no_tests: NoTests = False, no_cache: NoCache = False,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """The ledger as a site that works from disk: a page a claim, the graph of what rests on what, the atlas, certificates."""
    from verify.cli.console import announced
    from verify.objects.store.place import cache_place
    with announced("reading the library of claims", quiet=as_json):
        cache = None if no_cache else cache_place()
        from verify.cli.report import ReportOptions, run_report
    options = ReportOptions(None if no_tests else instances, seed, atlas, experiments)
    raise typer.Exit(run_report(folder, tuple(targets or ()), options, cache, as_json=as_json))


@app.command("bounds")
def bounds_command(
    data: Annotated[str, typer.Argument(metavar="DATA", help=".npz, .csv, .tsv or .parquet file, or digits:3v8.")],
    width: Annotated[int, typer.Option(min=1, help="Number of hidden neurons.")],
    label: Label = None, header: Header = None, delimiter: Delimiter = None, decimal: Decimal = None,
    seconds: Annotated[float, typer.Option("--time", min=0, help="Seconds for all bounds and their certificates.")] = 600.0,
    out: Annotated[Path | None, typer.Option(help="Where the certificates go; next to the data otherwise.")] = None,
    as_json: Json = False, seed: Fixed = 0,
) -> None:
    """Certified lower bounds on the Lipschitz constant of any network of that width that fits the data."""
    from verify.cli.bounds import run_bounds
    from verify.objects.data.reading import FileReading
    raise typer.Exit(run_bounds(data, width, FileReading(label, header, delimiter, decimal), seconds, out, as_json=as_json))


@app.command("lipschitz")
def lipschitz_command(
    network: Annotated[Path, typer.Argument(
        metavar="NETWORK", help="A two-layer network: .npz or .json with W, b, A (or a) and activation, or .onnx.")],
    domain: Annotated[str, typer.Option(help="global, ball, sphere (chords), sphere-geodesic, box or hull.")] = "global",
    radius: Annotated[str | None, typer.Option(help="Radius of the ball or sphere, half side of the box; 1 otherwise.")] = None,
    centre: Annotated[str | None, typer.Option(help="Centre, as in 0,0.5,-1; the origin otherwise.")] = None,
    data: Annotated[str | None, typer.Option(help="Data whose hull, or bounding box, is the domain.")] = None,
    label: Label = None, header: Header = None, delimiter: Delimiter = None, decimal: Decimal = None,
    seconds: Annotated[float, typer.Option("--time", min=0, help="Seconds for branch and bound; 0 for bounds without search.")] = 10.0,
    out: Annotated[Path | None, typer.Option(help="Where a certificate of the bounds goes; none is made otherwise.")] = None,
    output: Annotated[int | None, typer.Option(min=0, help="One output of several, from 0; all of them in a table otherwise.")] = None,
    minus: Annotated[int | None, typer.Option(min=0, help="With --output: the difference of the two outputs.")] = None,
    vector: Annotated[bool, typer.Option("--vector", help="All outputs as a vector, in the Euclidean norm.")] = False,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """The Lipschitz constant of a network on a domain: an enclosure with a witness, exact where it can be."""
    from verify.cli.lipschitz import DomainOptions, run_lipschitz
    from verify.cli.outputs import Choice
    from verify.objects.data.reading import FileReading
    reading = FileReading(label, header, delimiter, decimal)
    place, choice = DomainOptions(domain, radius, centre, data, reading), Choice(output, minus, vector)
    raise typer.Exit(run_lipschitz(network, place, seconds, out, seed, choice, as_json=as_json))


@app.command("radius")
def radius_command(
    network: Annotated[Path, typer.Argument(
        metavar="NETWORK", help="A two-layer network: .npz or .json with W, b, A (or a) and activation, or .onnx.")],
    data: Annotated[str, typer.Argument(metavar="DATA", help="Points with the number of their output as label; -1 and 1 for one output.")],
    label: Label = None, header: Header = None, delimiter: Delimiter = None, decimal: Decimal = None,
    seconds: Annotated[float, typer.Option("--time", min=0, help="Seconds for constants, attacks and balls; 0 for the rest.")] = 60.0,
    out: Annotated[Path | None, typer.Option(help="Where the certificate of the radii goes; none is written otherwise.")] = None,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """How far each point can move before the network changes its class: certified radii, and attacks."""
    from verify.cli.radius import run_radius
    from verify.objects.data.reading import FileReading
    reading = FileReading(label, header, delimiter, decimal)
    raise typer.Exit(run_radius(network, data, reading, seconds, seed, out, as_json=as_json))


@app.command("fit")
def fit_command(
    data: Annotated[str, typer.Argument(metavar="DATA", help=".npz, .csv, .tsv or .parquet file, or digits:3v8; a few points.")],
    kinks: Annotated[int, typer.Option("--kinks", help="Number of ReLU kinks.")],
    domain: Annotated[str, typer.Option(help="hull of the data, ball about the centre, or bounding box.")] = "hull",
    radius: Annotated[str | None, typer.Option(help="Radius of the ball; the least one otherwise.")] = None,
    centre: Annotated[str | None, typer.Option(help="Centre of the ball, as in 0,0.5,-1; the origin otherwise.")] = None,
    no_affine: Annotated[bool, typer.Option("--no-affine", help="Without affine part; biases are allowed.")] = False,
    budget: Annotated[float, typer.Option(min=0, help="Seconds for search and proof.")] = 60.0,
    gap: Annotated[float, typer.Option(help="Relative gap (upper − lower)/upper at which to stop.")] = 1e-3,
    label: Label = None, header: Header = None, delimiter: Delimiter = None, decimal: Decimal = None,
    real_labels: Annotated[bool, typer.Option("--real-labels", help="Labels are numbers, not two classes.")] = False,
    start: Annotated[Path | None, typer.Option(help="A ReLU network (.npz) to improve on.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the certificate goes, and beside it the state of the search.")] = None,
    save_network: Annotated[Path | None, typer.Option(help="Where the network goes (.npz, exact weights).")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the state beside --out.")] = False,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """The least Lipschitz constant of a fit with K kinks: a certified interval, and the network."""
    from verify.cli.fit import FitOptions, run_fit
    from verify.objects.data.reading import FileReading
    reading = FileReading(label, header, delimiter, decimal, real_labels)
    options = FitOptions(kinks, domain, radius, centre, not no_affine, budget, gap, seed, reading, start, out, save_network, resume)
    raise typer.Exit(run_fit(data, options, as_json=as_json))


@app.command("atlas")
def atlas_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the atlas; what is in it is kept and gone on from.")],
    family: Annotated[str | None, typer.Option(help="One family alone: circle, sphere, cube, ….")] = None,
    budget: Annotated[float, typer.Option(min=0, help="Seconds for each entry that is not closed yet.")] = 20.0,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Also draw the intervals.")] = None,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """Certified intervals of the least Lipschitz constant with k kinks, on families of small data sets."""
    from verify.cli.atlas import run_atlas
    raise typer.Exit(run_atlas(folder, family, budget, figure, seed, as_json=as_json))


@app.command("experiment")
def experiment_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="fig1, fig2, fig3, proxy, optimum, knobs or descent.")],
    scale: Annotated[str, typer.Option(help="small (minutes) or paper (its sizes).")] = "small",
    grid: Annotated[Path | None, typer.Option(metavar="FILE.toml", help="A grid of your own in place of the scale.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results; what is there is gone on from.")] = Path("experiments"),
    workers: Annotated[int, typer.Option(min=1, help="Processes of this machine.")] = 1,
    dask: Annotated[str | None, typer.Option(metavar="URL", help="A Dask scheduler, in place of processes of this machine.")] = None,
    seconds: Annotated[float | None, typer.Option("--time", min=0, help="Seconds after which nothing new is begun.")] = None,
    as_json: Json = False, seed: Fixed = 0,
) -> None:
    """Train networks over a grid, and draw what they show beside the paper's own points."""
    from verify.cli.experiment import ExperimentOptions, Means, run_experiment
    raise typer.Exit(run_experiment(name, ExperimentOptions(scale, grid, out, Means(workers, dask, seconds)), as_json=as_json))


@app.command("audit")
def audit_command(
    network: Annotated[Path, typer.Argument(metavar="NETWORK", help="A two-layer network: .npz with W, b, a and activation, or .onnx.")],
    data: Annotated[str, typer.Argument(metavar="DATA", help=".npz, .csv, .tsv or .parquet file, or digits:3v8.")],
    label: Label = None, header: Header = None, delimiter: Delimiter = None, decimal: Decimal = None,
    output: Annotated[int | None, typer.Option(min=0, help="One output of several, from 0, against all others.")] = None,
    minus: Annotated[int | None, typer.Option(min=0, help="With --output: the difference of the two, on their classes.")] = None,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """The margin of every applicable claim on your network and data."""
    from verify.cli.audit import run_audit
    from verify.cli.outputs import Choice
    from verify.objects.data.reading import FileReading
    raise typer.Exit(run_audit(network, data, FileReading(label, header, delimiter, decimal), Choice(output, minus), seed, as_json=as_json))


@app.command("constants")
def constants_command(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="Printed claims by id or pattern (bln.thm9*).")] = None,
    scale: Annotated[str, typer.Option(help="small (a minute or two) or full (larger sizes, five times the draws).")] = "small",
    figure: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Also draw the constants along their limits.")] = None,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """The best value of each constant that the paper leaves open, over a grid of sizes, and where it is tight."""
    from verify.cli.constants import run_constants
    raise typer.Exit(run_constants(tuple(ids or ()), scale, seed, figure, as_json=as_json))


@app.command("hunt")
def hunt_command(
    targets: Annotated[list[str] | None, typer.Argument(
        metavar="[ID…]", help="A claim, such as bln.thm5.sharp, or FILE.py, or FILE.py:ID; with --ablate several, or none.")] = None,
    drop: Annotated[str | None, typer.Option(metavar="HYPOTHESIS", help="Leave out this hypothesis.")] = None,
    budget: Annotated[float, typer.Option(help="Seconds for the search; with --ablate for each hypothesis.")] = 60.0,
    most: Annotated[int | None, typer.Option(
        "--trials", min=1, help="Try at most so many instances; a result that they decide depends on the seed alone.")] = None,
    ablate: Annotated[bool, typer.Option("--ablate", help="Drop each hypothesis in turn, of all claims when none is named.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Use no stored counterexample and store none.")] = False,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """Search for a counterexample, shrink it, verify it exactly, store it."""
    from verify.cli.hunt import HuntOptions, run_hunt
    raise typer.Exit(run_hunt(tuple(targets or ()), HuntOptions(drop, budget, ablate, seed, not fresh, most), as_json=as_json))


@app.command("mutate")
def mutate_command(
    targets: Annotated[list[str] | None, typer.Argument(
        metavar="[ID… or FILE.py[:ID]…]", help="Claims by id or pattern, or of your files; the whole library otherwise.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every mutant of every step; otherwise a few of each claim.")] = False,
    as_json: Json = False, seed: Seed = 0,
) -> None:
    """Change the steps of the proofs one by one: the kernel must refuse what is false."""
    from verify.cli.mutate import run_mutate
    raise typer.Exit(run_mutate(tuple(targets or ()), seed, every=every, as_json=as_json))


@app.command("new")
def new_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.py", help="The file to write; it must not be there yet.")],
    as_json: Json = False, seed: Fixed = 0,
) -> None:
    """A commented file to begin with, which `lawbook check FILE.py` proves as it stands."""
    from verify.cli.new import run_new
    raise typer.Exit(run_new(file, as_json=as_json))


@app.command("lemmas")
def lemmas_command(
    pattern: Annotated[str | None, typer.Argument(
        metavar="[PATTERN or ID]", help="Words or a regular expression, looked for in ids, titles and statements; or one id.")] = None,
    as_json: Json = False, seed: Fixed = 0,
) -> None:
    """The lemmas and rules that a step may be proved by: what they say, whether they are derived or cited."""
    from verify.cli.reference import run_lemmas
    raise typer.Exit(run_lemmas(pattern, as_json=as_json))


@app.command("terms")
def terms_command(
    pattern: Annotated[str | None, typer.Argument(metavar="[PATTERN]", help="Words or a regular expression; or one name.")] = None,
    as_json: Json = False, seed: Fixed = 0,
) -> None:
    """The language of statements: how each term is written, what it means everywhere, an example."""
    from verify.cli.reference import run_terms
    raise typer.Exit(run_terms(pattern, as_json=as_json))


@app.command("checkers")
def checkers_command(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One of the names that by=… takes.")] = None,
    as_json: Json = False, seed: Fixed = 0,
) -> None:
    """What the names that a step gives (by="linear", …) prove and what they do not, with examples."""
    from verify.cli.reference import run_checkers
    raise typer.Exit(run_checkers(name, as_json=as_json))


@app.command("verify")
def verify_command(
    files: Annotated[list[Path], typer.Argument(
        metavar="FILE.json…", help="Certificates of bounds, fits, Lipschitz constants, constructions; saved ledgers.")],
    data: Annotated[str | None, typer.Option(help="Data that the certificates must be about: the same points and labels, exactly.")] = None,
    label: Label = None, header: Header = None, delimiter: Delimiter = None, decimal: Decimal = None,
    network: Annotated[str | None, typer.Option(
        metavar="NETWORK", help="Network that the certificates must be about, whole or in part: the same weights, exactly.")] = None,
    as_json: Json = False, seed: Fixed = 0,
) -> None:
    """Replay saved ledgers and re-check certificates, without any solver."""
    from verify.cli.verify import run_verify
    about: list[Any] = []
    if data is not None:
        from verify.cli.certificates import GivenData  # imported here: ledgers are replayed without numbers
        from verify.objects.data.reading import FileReading
        about.append(GivenData(data, FileReading(label, header, delimiter, decimal)))
    elif (label, header, delimiter, decimal) != (None, None, None, None):
        raise typer.BadParameter("--label, --header, --delimiter and --decimal say how --data is read; give --data")
    if network is not None:
        from verify.cli.named_network import GivenNetwork  # likewise
        about.append(GivenNetwork(network))
    raise typer.Exit(run_verify(files, about, as_json=as_json))


def run(argv: Sequence[str]) -> int:
    """The exit code of a command line; every error that is the input's fault becomes one sentence."""
    start()
    try:
        code = app(args=list(argv), prog_name="lawbook", standalone_mode=False)
        return _interrupted() if code == INTERRUPTED else code if isinstance(code, int) else DONE
    except ClickError as error:
        said = error.format_message().rstrip(".")  # type: ignore[attr-defined]
        return _complain(f"{said}; see `lawbook --help`", argv)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except BrokenPipeError:                                # the reader went away, as in `lawbook check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        from theory.errors import LawbookError  # imported here: the package behind it takes half a second
        if not isinstance(error, LawbookError):
            raise                                          # a fault of the program, shown as it is
        return _complain(str(error), argv)


def _interrupted() -> int:
    # some versions of typer turn an interrupt into this exit code themselves, others raise
    sys.stderr.write("lawbook: interrupted; no file was left half-written\n")
    return INTERRUPTED


def _complain(sentence: str, argv: Sequence[str]) -> int:
    complain(sentence)
    if "--json" in argv:
        emit({"error": " ".join(part.strip() for part in sentence.splitlines())})
    return BAD_INPUT


def main() -> None:
    """What the console script does."""
    collect_seldom()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):                 # formulas are unicode whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
