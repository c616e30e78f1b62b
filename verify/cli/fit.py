"""What `lawbook fit` does; the function returns the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from theory.errors import BadData
from verify.cli.console import command_deadline, interruptions, interval_line, notes, output
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit
from verify.cli.files import check_files
from verify.cli.numbers import exact_numbers, exact_radius
from verify.objects.data.reading import PLAIN, FileReading


@dataclass(frozen=True)
class FitOptions:
    """The options of `lawbook fit` beside the data."""

    kinks: int
    domain: str = "hull"
    radius: str | None = None
    centre: str | None = None
    affine: bool = True
    budget: float = 60.0
    gap: float = 1e-3
    seed: int = 0
    reading: FileReading = PLAIN
    start: Path | None = None
    out: Path | None = None
    save_network: Path | None = None
    resume: bool = False

    @property
    def state(self) -> Path | None:
        """Where the search is kept: beside the certificate."""
        return None if self.out is None else self.out.with_name(f"{self.out.name}.state")


def run_fit(source: str, options: FitOptions, *, as_json: bool) -> int:
    """The certified interval of the least Lipschitz constant with k kinks; an interruption ends the search, not the command."""
    from theory.certificates.exact.documents import write_certificate
    from theory.certificates.exact.sources import with_sources
    from theory.certificates.fits.kink_interval import check_interval
    from theory.verdict import Status
    from verify.fits.kinks.fit import FitBudget, FitStart, fit_problem
    from verify.fits.kinks.problem import exact_problem, fit_domain
    from verify.objects.data.files import load_dataset
    from verify.objects.deadline import in_time
    from verify.objects.networks import load_network
    from verify.objects.networks.files import save_network
    from verify.report.data import show_data, with_data
    from verify.report.kinks import Fitted, fit_document, show_fit
    from verify.report.terminal import show_line
    _check(options, source)
    deadline = command_deadline(options.budget)
    budget = FitBudget(options.gap, deadline, seed=options.seed)
    data = load_dataset(source, options.reading)
    domain = fit_domain(data.exact.points, options.domain, None if options.centre is None else exact_numbers(options.centre, "--centre"),
                        None if options.radius is None else exact_radius(options.radius))
    problem = exact_problem(data.exact, options.kinks, domain, affine=options.affine)
    start = FitStart([] if options.start is None else [load_network(options.start)],
                     options.state, options.resume)
    with interval_line("reading the data", deadline, quiet=as_json) as tell, interruptions(deadline):
        fit = fit_problem(problem, budget, start, tell)
    document = with_sources(fit.certificate, data=data.as_source())
    certificate = None if options.out is None else write_certificate(document, options.out)
    network = options.save_network if fit.network is not None else None
    if network is not None and fit.network is not None:
        save_network(fit.network, network)
    # by the code of `lawbook verify`, not taken from the search; what there was no time to check is not called certified
    verdict = in_time(lambda: check_interval(document), deadline.closing())
    certified = None if verdict is None else verdict.status is Status.CERTIFIED
    if verdict is None:
        show_line(notes(), "lawbook: there was no time to check the certificate again; `lawbook verify` does it" if certificate else
                  "lawbook: there was no time to check the certificate again; give --budget more")
    fitted = Fitted(fit, certified, data.name, certificate, network)
    if as_json:
        emit(with_data(data, fit_document(fitted)))
    else:
        show_data(output(), data)
        show_fit(output(), fitted)
    return DONE if certified else DOES_NOT_HOLD


def _check(options: FitOptions, source: str) -> None:
    """What can be refused of the files before the work begins."""
    if options.resume and options.out is None:
        raise BadData("--resume needs --out: the state of a search lies beside its certificate")
    if options.save_network is not None and options.save_network.suffix.lower() != ".npz":
        raise BadData(f"--save-network is {options.save_network}; give a file that ends in .npz")
    check_files({"--out": options.out, "the state of the search": options.state, "--save-network": options.save_network},
                [source, options.start])
