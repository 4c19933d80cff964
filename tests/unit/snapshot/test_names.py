"""Which names a piece of code needs from outside."""

from __future__ import annotations

import ast
import contextlib
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_labbook.snapshot.fingerprint import fingerprint
from jupyter_labbook.snapshot.names import names_of


def needed(source: str, *, lazy: bool = False) -> set[str]:
    source = dedent(source)
    names = names_of(source, ast.parse(source), lazy_annotations=lazy)
    return {read.name for read in names.reads if not read.optional}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = y", "y"),
        ("x = x + 1", "x"),
        ("x += 1", "x"),
        ("x: T = y", "T y"),
        ("x: T", "T"),
        ("a.b[c] = d", "a c d"),
        ("del x", "x"),
        ("x, (y, *z) = w\nx, y, z", "w"),
        ("(n := f()) and n", "f n"),
        ("print(a if b else c)", "print a b c"),
        ("f'{x!r:>{w}}'", "x w"),
        ("lambda a, b=d: a + e", "d e"),
        ("[q(i) for i in xs if i > k]", "q xs k"),
        ("{k: v for k, v in d.items()}", "d"),
        ("[x for x in xs for y in x]", "xs"),
        ("for i in r:\n    t = i\nprint(t, i)", "r print"),
        ("while w:\n    v = 1\nelse:\n    u = v\nv", "w"),
        ("if a:\n    b = 1\nprint(b)", "a print b"),
        ("if a:\n    b = 1\nelse:\n    b = 2\nb", "a"),
        ("if a:\n    b = 1\nelse:\n    raise E\nb", "a E"),
        ("try:\n    import m\nexcept E as e:\n    m = e\nm", "E"),
        ("try:\n    v = 1\nexcept E:\n    pass\nv", "E v"),
        ("try:\n    pass\nfinally:\n    v = w\nv", "w"),
        ("with o() as (a, b), p(a):\n    c = b\nc", "o p"),
        ("import a.b\nfrom c import d as e\na, e", ""),
        ("def f(x: A, *y: B, k=D, **z) -> R:\n    return x, G", "A B D R G"),
        ("def f():\n    y = 1\n    def g():\n        return y, z\n    return g", "z"),
        ("def f():\n    global n\n    n += 1", "n"),
        ("def f():\n    return g()\ndef g(): pass\nf()", ""),
        ("def f():\n    return g()\nf()\ndef g(): pass", "g"),
        ("@d(1)\ndef f():\n    return g", "d g"),
        (
            "class A(B, metaclass=M):\n    x = y\n    z = x\n    def m(self): return w",
            "B M y w",
        ),
        ("class A:\n    lr = lr", "lr"),
        ("class A:\n    x = 1\n    def m(self): return x", "x"),
        ("class A:\n    def a(self): pass\n    b = property(a)", "property"),
        ("class A: pass\nclass B(A): pass", ""),
        (
            "match s:\n    case P(v, k=w) if v > u: pass\n    case {'a': b, **r}: b, r",
            "s P u",
        ),
        ("match s:\n    case [a, *b] | (a, b): pass\n    case _: a = 1\na", "s"),
        ("match s:\n    case 1: a = 1\na", "s a"),
        ("async def f():\n    async for x in y: await x\nawait f()", "y"),
        ("global g\ng = 1\ng", ""),
        ("x = 1; del y", "y"),
        ("assert a, b", "a b"),
        ("def f(n):\n    return f(n - 1)", ""),
        ("exec('x')\n__name__", "exec __name__"),
    ],
)
def test_free_names(source: str, names: str) -> None:
    assert needed(source) == set(names.split())


def test_annotations_kept_as_text_are_not_needed() -> None:
    source = "def f(x: A) -> B:\n    return C\ny: D = E"

    assert needed(source, lazy=True) == {"C", "E"}
    assert needed(source) == {"A", "B", "C", "D", "E"}


def test_lines_and_what_is_bound_before_are_told() -> None:
    names = names_of("a = 1\nb = c", ast.parse("a = 1\nb = c"))

    (read,) = names.reads
    assert (read.name, read.line, read.bound) == ("c", 2, {"a"})
    assert names.binds == {"a": 1, "b": 2}


STATEMENT = st.deferred(
    lambda: st.one_of(
        st.builds("{} = {}".format, NAME, NAME),
        st.builds("{} += 1".format, NAME),
        st.builds("str({})".format, NAME),
        st.builds("for {} in range({}):\n{}".format, NAME, NAME, BLOCK),
        st.builds("def {}():\n    return {}".format, NAME, NAME),
        st.builds("{} = [{} for {} in range(2)]".format, NAME, NAME, NAME),
        st.builds("class {}:\n    {} = {}".format, NAME, NAME, NAME),
        st.builds("{}()".format, NAME),
    )
)
NAME = st.sampled_from("abcd")
BLOCK = st.builds("    {} = {}".format, NAME, NAME)


class Anything:
    """Can be added to and called."""

    def __add__(self, other: object) -> Anything:
        return self

    def __call__(self) -> Anything:
        return self


@given(st.lists(STATEMENT, min_size=1, max_size=8).map("\n".join))
@settings(max_examples=300)
def test_code_executes_with_nothing_but_the_names_that_were_found(source: str) -> None:
    given_names: dict[str, object] = dict.fromkeys(needed(source), Anything())
    given_names |= {"range": lambda _: [Anything()]}

    # What these programs compute need not make sense; names must be there.
    with contextlib.suppress(TypeError):
        exec(source, given_names)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("lambda x: x + 1", "lambda x: x + 1", True),
        ("lambda x: x + 1", "lambda x: x + 2", False),
        ("lambda x: x + 1", "lambda x: x + 1.0", False),
        ("lambda x: x + 1", "lambda x: x + True", False),
        ("lambda: 0.0", "lambda: -0.0", False),
        ("lambda: (1, 2)", "lambda: (1, 2.0)", False),
        ("lambda x: x in {1, 2}", "lambda x: x in {2, 1}", True),
        ("lambda x: x in {1, 2}", "lambda x: x in {1, 3}", False),
        ("lambda x: x.a", "lambda x: x.b", False),
        ("lambda x: a", "lambda x: b", False),
        ("lambda x: x", "lambda y: y", False),
        ("lambda x: x", "lambda *x: x", False),
        ("lambda: [i for i in a]", "lambda: [i for i in b]", False),
        ("lambda:\\\n 1", "lambda: 1", True),
    ],
)
def test_fingerprints_tell_functions_apart(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    codes = [eval(source).__code__ for source in (one, other)]

    assert (fingerprint(codes[0]) == fingerprint(codes[1])) is same
