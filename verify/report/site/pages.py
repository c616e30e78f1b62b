"""What stands on each page, as plain values for the templates: nothing is computed here that the ledger does not know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from latex2mathml.converter import convert
from markupsafe import Markup

from theory.claim import Audit, Claim
from theory.kernel.axioms import AXIOMS
from theory.proof import Lemma
from theory.registry import claims as library
from theory.registry import lemmas_and_rules
from theory.source import PAPERS
from theory.terms.printing.latex import latex
from theory.verdict import Status
from verify.evaluate.declared import shown_declarations
from verify.laws.measure import Measurement
from verify.ledger.entries import Entry
from verify.report import lemmas as lemma_pages
from verify.report.bearing import evidence_words
from verify.report.derivations import Derivations
from verify.report.kernel_page import sequent
from verify.report.lemma_table import status as known_how
from verify.report.site.drawing import instance_svg, margins_svg, numbers
from verify.report.site.graphs import Node, graph_svg, slug
from verify.report.site.uses import StepUse, Uses, below, turned, uses_of
from verify.report.words import DOMAINS, chance_words, margin, measured, mutation_words, plain
from verify.trials.hunt.ablation import in_one_line
from verify.trials.hunt.hits import gathered
from verify.trials.trial import FactTest

MEMBER = 3      # of a family of counterexamples, the one that is drawn


@cache
def mathml(formula: str) -> Markup:
    """A formula in LaTeX as MathML.

    >>> mathml("x^2").startswith("<math "), "msup" in mathml("x^2")
    (True, True)
    """
    return Markup(convert(formula))


def shown(term: Any, where: Mapping[str, Any] | None = None) -> Markup:
    """A term or formula as MathML."""
    return mathml(latex(term, where))


def kind(status: Status) -> str:
    """A status as classes of the stylesheet."""
    return status.value.lower()


@dataclass(frozen=True)
class Contents:
    """What a site shows: the entries and statuses of a ledger, the derivations, how it was measured, and what commands call the claims."""

    entries: Sequence[Entry]
    statuses: Mapping[str, Status]
    derivations: Derivations
    instances: int
    seed: int
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def uses(self) -> Uses:
        """What rests on what."""
        return uses_of(self.entries, self.derivations)

    @cached_property
    def claims(self) -> dict[str, Entry]:
        """The entries by id."""
        return {e.claim.id: e for e in self.entries}

    @cached_property
    def lemmas(self) -> dict[str, Lemma]:
        """The lemmas of the derivations; those of the whole library where all of its claims are shown."""
        found = {**(lemmas_and_rules() if library().keys() <= self.claims.keys() else {}), **self.uses.lemmas}
        return {id: lemma for id, lemma in found.items() if id not in self.claims}

    @cached_property
    def graph(self) -> dict[str, frozenset[str]]:
        """What each claim and lemma uses itself, as far as it has a page."""
        known = self.claims.keys() | self.lemmas.keys()
        return {id: self.uses.direct.get(id, frozenset()) & known for id in [*self.claims, *self.lemmas]}

    @cached_property
    def users(self) -> dict[str, frozenset[str]]:
        """What uses each of them itself."""
        return turned(self.graph)

    def page(self, id: str) -> str:
        """The address of the page of a claim or lemma from the top folder; "" where it has none."""
        return f"claims/{slug(id)}.html" if id in self.claims else f"lemmas/{slug(id)}.html" if id in self.lemmas else ""

    def command(self, claim: Claim) -> str:
        """What a command calls a claim."""
        return self.names.get(claim.id, claim.id)

    def flag(self, id: str) -> str:
        """Why a node is flagged: it has no edge, or it is a lemma that nothing uses."""
        if not self.graph[id] and id not in self.users:
            return "disconnected" if id in self.claims else "unused"
        return "unused" if id in self.lemmas and id not in self.users else ""

    def node(self, id: str, up: str = "") -> Node:
        """The box of a claim or lemma."""
        if id in self.claims:
            entry = self.claims[id]
            return Node(id, id, up + self.page(id), f"claim {kind(entry.status)}", self.flag(id))
        return Node(id, id, up + self.page(id), f"lemma {known_how(self.lemmas[id]).split()[0]}", self.flag(id))

    def ordered(self, ids: Iterable[str]) -> list[str]:
        """Ids in the order of the ledger, lemmas after claims."""
        wanted = set(ids)
        return [id for id in self.graph if id in wanted]


# --- the ledger and the graph -------------------------------------------------------------------------------------------------------

def ledger_rows(contents: Contents) -> list[dict[str, Any]]:
    """A row a claim."""
    rows = []
    for e in contents.entries:
        c = e.claim
        rows.append({"id": c.id, "title": c.title, "status": e.status.value, "kind": kind(e.status), "reading": c.reading.value,
                     "domain": DOMAINS[c.domain], "paper": _paper(c), "source": str(c.source), "passes": e.passes,
                     "conclusion": shown(c.conclusion, c.where), "page": contents.page(c.id)})
    return rows


def _paper(claim: Claim) -> str:
    return "ours" if claim.source.work == "lawbook" else claim.source.work


def filters(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the ledger is filtered by, with the values that occur."""
    return [{"name": name, "label": label, "values": list(dict.fromkeys(sorted(row[name] for row in rows)))}
            for name, label in (("status", "Status"), ("reading", "Reading"), ("paper", "Paper"), ("domain", "Norm and domain"))]


def papers(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The full references of the abbreviations."""
    return {short: full for short, full in PAPERS.items() if any(row["paper"] == short for row in rows)}


def graph_page(contents: Contents) -> dict[str, Any]:
    """The graph of all claims and lemmas, and the flagged ones."""
    nodes = [contents.node(id) for id in contents.graph]
    edges = [(used, user) for user, own in contents.graph.items() for used in own]
    return {"svg": graph_svg(nodes, edges, "What rests on what: lemmas and claims, from what is used to what uses it"),
            "flagged": [node for node in nodes if node.remark], "claims": len(contents.claims), "lemmas": len(contents.lemmas)}


def _relations(contents: Contents, id: str) -> dict[str, list[str]]:
    return {"direct": contents.ordered(contents.graph[id]),
            "indirect": contents.ordered(below(contents.graph, id) - contents.graph[id] - {id}),
            "users": contents.ordered(contents.users.get(id, ())),
            "far_users": contents.ordered(below(contents.users, id) - contents.users.get(id, frozenset()) - {id})}


# --- a claim ------------------------------------------------------------------------------------------------------------------------

def claim_page(contents: Contents, entry: Entry) -> dict[str, Any]:
    """All that is known of a claim."""
    claim = entry.claim
    steps = contents.uses.steps.get(claim.id, {})
    tests = {f.name: f for f in entry.facts}
    needed = contents.uses.needed(claim) if steps else frozenset()
    idle = [h.name for h in claim.hypotheses if steps and h.name not in needed]
    return {
        "id": claim.id, "title": claim.title, "status": entry.status.value, "kind": kind(entry.status), "passes": entry.passes,
        "trouble": entry.trouble, "reading": claim.reading.value, "domain": DOMAINS[claim.domain], "source": str(claim.source),
        "reference": PAPERS.get(claim.source.work, ""), "note": claim.note, "declared": shown_declarations(claim),
        "hypotheses": _hypotheses(contents, entry), "idle": idle, "conclusion": shown(claim.conclusion, claim.where),
        "where": {name: shown(term) for name, term in claim.where.items()}, "constants": claim.constants,
        "chance": chance_words(claim.chance) if claim.chance else "", "measured": measured(entry.statement),
        "refutation": _refutation(contents, entry), "proofs": _proofs(contents, entry, steps, tests, needed),
        "versions": _versions(contents, claim), "margins": margins_svg(entry.facts) if any(_has_margin(f) for f in entry.facts) else None,
        "facts": [(f.name, measured(f)) for f in entry.facts], "twins": entry.twins,
        "mutation": mutation_words([entry.mutation]) if entry.mutation else "",
        "survivors": entry.mutation.survivors if entry.mutation else (),
        "special": [(id, contents.statuses[id]) for id in claim.special_cases], "relations": _relations(contents, claim.id),
        "flag": contents.flag(claim.id), "svg": _neighbourhood(contents, claim, steps, needed),
        "certificate": f"certificates/{slug(claim.id)}.json.gz" if steps else "",
        "command": contents.command(claim), "options": f" --instances {contents.instances} --seed {contents.seed}" if contents.instances
        else " --no-tests"}


def _has_margin(fact: FactTest) -> bool:
    return fact.min_margin is not None


def _hypotheses(contents: Contents, entry: Entry) -> list[dict[str, Any]]:
    claim = entry.claim
    found = {e.hypothesis: e for e in entry.hypotheses}
    records = _found(claim) if found else {}
    listed = []
    for h in claim.hypotheses:
        evidence = found.get(h.name)
        instance = records.get(h.name, {}).get(evidence.at) if evidence else None
        listed.append({"name": h.name, "text": h.text, "formula": shown(h.formula, claim.where),
                       "bearing": evidence.bearing.value if evidence else "", "dropped": evidence_words(evidence) if evidence else "",
                       "picture": instance_svg(instance["arrays"]) if instance else None})
    return listed


def _found(claim: Claim) -> dict[str, dict[str, Any]]:
    """The instances of stored counterexamples, by the hypothesis that was dropped and the line that says what they are."""
    records = gathered(claim)
    found: dict[str, dict[str, Any]] = {}
    for (dropped, _), documents in (records.found if records else {}).items():
        for document in documents:
            if isinstance(document.get("instance"), dict):
                found.setdefault(dropped, {})[in_one_line(document["instance"])] = document["instance"]
    return found


def _refutation(contents: Contents, entry: Entry) -> dict[str, Any] | None:
    found, measurement = entry.refutation, contents.measurements.get(entry.claim.id)
    if found is None or measurement is None or measurement.refutation is None:
        return None
    witness = measurement.refutation()
    instance = witness.instance if witness.family is None else witness.family.member(MEMBER)
    values = {name: value for name, value in sorted(instance.values.items()) if numbers(value) is not None}
    return {"words": found.words, "breaks": found.breaks, "reason": found.verdict.reason, "status": found.verdict.status.value,
            "evidence": {name: str(value) for name, value in plain(found.verdict.evidence).items()},
            "member": MEMBER if witness.family else None, "values": {name: _short(value) for name, value in values.items()},
            "picture": instance_svg(values)}


def _short(value: Any) -> str:
    words = str(plain(value)).replace("'", "")
    return words if len(words) <= 400 else f"{words[:400]}…"


def _proofs(contents: Contents, entry: Entry, uses: Mapping[str, StepUse], tests: Mapping[str, FactTest],
            needed: frozenset[str]) -> list[dict[str, Any]]:
    """The proofs; what the lines of its steps use is known of the best one, where it holds."""
    listed = []
    for proof in entry.report.proofs:
        own = uses if proof is entry.report.best else {}
        last = proof.steps[-1].step.name if proof.steps else ""
        prefix = "step" if proof is entry.report.best else proof.author
        anchors = {h.name: f"hypothesis-{slug(h.name)}" for h in entry.claim.hypotheses}
        steps = []
        for place, report in enumerate(proof.steps, start=1):
            step, verdict, use = report.step, report.verdict, own.get(report.step.name)
            evidence = {name: str(value) for name, value in plain(verdict.evidence).items() if name != "derivation"}
            steps.append({
                "place": place, "name": step.name, "anchor": f"{prefix}-{slug(step.name)}", "formula": shown(step.formula),
                "by": step.method, "status": verdict.status.value, "kind": kind(verdict.status), "reason": verdict.reason,
                "using": [(name, anchors.get(name, "")) for name in step.using], "use": use,
                "users": [name for name, other in own.items() if step.name in other.facts],
                "unneeded": bool(own) and step.name != last and step.name not in needed, "rests_on": sorted(verdict.rests_on),
                "measured": measured(tests.get(step.name)), "margin": _margin(tests.get(step.name)), "evidence": evidence})
            anchors[step.name] = f"{prefix}-{slug(step.name)}"
        listed.append({"author": proof.author, "status": proof.status.value, "kind": kind(proof.status), "reason": proof.reason,
                       "steps": steps, "is_best": proof is entry.report.best})
    return listed


def _margin(fact: FactTest | None) -> str:
    return "" if fact is None or fact.min_margin is None else margin(fact.min_margin)


def _versions(contents: Contents, claim: Claim) -> list[dict[str, Any]]:
    """The printed statement, what is wrong with it, and the sharp one, side by side, for each audit that names the claim."""
    others = [e.claim for e in contents.entries if any(claim.id in audit.sharp for audit in e.claim.audits)]
    audits: list[tuple[Claim, Audit]] = [(claim, a) for a in claim.audits]
    audits += [(c, a) for c in others if c is not claim for a in c.audits if claim.id in a.sharp]
    return [{"printed": _version(contents, printed), "finding": audit.words, "repair": audit.repair,
             "shown_by": [(id, contents.statuses.get(id)) for id in audit.shown_by],
             "sharp": [_version(contents, library().get(id) or contents.claims[id].claim) for id in audit.sharp]}
            for printed, audit in audits]


def _version(contents: Contents, claim: Claim) -> dict[str, Any]:
    status = contents.statuses.get(claim.id)
    return {"id": claim.id, "title": claim.title, "conclusion": shown(claim.conclusion, claim.where), "status": status,
            "where": {name: shown(term) for name, term in claim.where.items()},
            "chance": chance_words(claim.chance) if claim.chance else "", "hypotheses": [h.text or h.name for h in claim.hypotheses]}


def _neighbourhood(contents: Contents, claim: Claim, steps: Mapping[str, StepUse], needed: frozenset[str]) -> Markup | None:
    """Hypotheses, steps and lemmas of the best proof; what uses the claim stands on its right."""
    last = list(steps)[-1] if steps else claim.id
    nodes = [Node(h.name, h.name, f"#hypothesis-{slug(h.name)}", "hypothesis", "" if h.name in needed else "not used")
             for h in claim.hypotheses if steps]
    nodes += [Node(name, name, f"#step-{slug(name)}", "step", "" if name == last or name in needed else "not used") for name in steps]
    edges = [(fact, name) for name, use in steps.items() for fact in use.facts]
    used = [(id, name) for name, use in steps.items() for id in use.lemmas] or [(id, claim.id) for id in contents.graph[claim.id]]
    edges += [(_apart(id), name) for id, name in used]
    nodes += [_beside(contents, id) for id in contents.ordered({id for id, _ in used})]
    users = contents.ordered(contents.users.get(claim.id, ()))
    if not steps:
        nodes.append(Node(claim.id, claim.id, "#", f"claim {kind(contents.claims[claim.id].status)}"))
    nodes += [_beside(contents, id) for id in users if id not in {own for own, _ in used}]
    edges += [(last, _apart(id)) for id in users]
    return graph_svg(nodes, edges, f"What {claim.id} rests on, step by step, and what rests on it", "g-") if edges else None


def _apart(id: str) -> str:
    """A claim or lemma among the facts of a proof, which may have its name."""
    return f"/{id}"


def _beside(contents: Contents, id: str) -> Node:
    return replace(contents.node(id, "../"), id=_apart(id))


# --- lemmas and axioms --------------------------------------------------------------------------------------------------------------

def lemma_page(contents: Contents, lemma: Lemma) -> dict[str, Any]:
    """What a lemma says, how it is known, what it rests on, and what rests on it."""
    around = [lemma.id, *contents.graph[lemma.id], *contents.users.get(lemma.id, ())]
    nodes = [contents.node(id, "../") for id in contents.ordered(around)]
    edges = [(used, user) for user in around for used in contents.graph[user]
             if used in around and lemma.id in (used, user)]
    return {**lemma_pages.page_document(lemma, shown), "relations": _relations(contents, lemma.id), "flag": contents.flag(lemma.id),
            "axioms": sorted(contents.uses.axioms.get(lemma.id, ())),
            "svg": graph_svg(nodes, edges, f"What {lemma.id} rests on, and what rests on it", "g-") if edges else None}


def axiom_rows(contents: Contents) -> list[dict[str, Any]]:
    """Every axiom of the kernel, with what cites it in its own lines."""
    users = turned(contents.uses.axioms)
    return [{"name": name, "words": axiom.words, "says": sequent(axiom.premises, axiom.conclusion),
             "users": contents.ordered(users.get(name, ()))} for name, axiom in AXIOMS.items()]
