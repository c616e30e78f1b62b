"""The language of statements: sympy scalars, with vectors, matrices, networks, finite sums, suprema, expectations and probabilities."""

from sympy import Abs, Integer, Max, Min, Rational, Symbol, exp, log, pi, sqrt

from theory.terms.formula import (
    And,
    Eq,
    ForAll,
    Implies,
    Le,
    Lt,
    Or,
    Property,
    Relation,
    VectorEq,
    depends_only_on,
    eq,
    forall,
    ge,
    independent_rows,
    le,
    lipschitz_activation,
    lt,
    member,
    orthogonal_projection,
    positively_homogeneous,
)
from theory.terms.linear import (
    MatrixSymbol,
    NonnegativeTable,
    Outer,
    Sum,
    VectorSymbol,
    index,
    zero,
)
from theory.terms.scalars import (
    Activation,
    Expect,
    Function,
    Indicator,
    LineIntegral,
    Lip,
    Prob,
    Sup,
    dot,
    eigenvalue_sum,
    fro_norm,
    norm,
    nuclear_norm,
    op_norm,
    rank,
    relu,
    trace,
)
from theory.terms.sets import LINE, Ball, GaussianRows, Range, Signs, Space, Sphere, SphereRows, Uniform
from theory.terms.sorts import Binder, Formula, Matrix, Scalar, Vector, replace

n, d, k, r = (Symbol(name, integer=True, positive=True) for name in "ndkr")
