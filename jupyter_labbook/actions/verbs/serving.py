"""The verb ``service``: labbooks are served again after the machine has started."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from jupyter_labbook.actions import service as acts
from jupyter_labbook.actions import startup
from jupyter_labbook.actions.verbs.acts import add_acts
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.errors import StorageError
from jupyter_labbook.rendering.formats import counted

if TYPE_CHECKING:
    import argparse

    from jupyter_labbook.actions.service import Served
    from jupyter_labbook.actions.startup import Startup


_ACTS = {
    "install": "show what is written, ask, and write it",
    "remove": "take it away again",
    "status": "what is installed, and which labbooks have waiting runs",
    "run": "see to it now that every labbook with waiting runs is served",
}


def configure(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``service``.

    Parameters
    ----------
    parser
        Of the verb.
    shared
        What every act takes too.
    """
    made = add_acts(parser, shared, _ACTS)
    for act in ("install", "remove"):
        made[act].add_argument("--yes", action="store_true", help="do not ask")


def service(args: argparse.Namespace) -> Answer:
    """Have labbooks served again after the machine has started."""
    match args.act:
        case "run":
            return _run()
        case "install":
            return _install(startup.find_startup(), yes=args.yes)
        case "remove":
            return _remove(startup.find_startup(), yes=args.yes)
        case _:
            return _status()


def _run() -> Answer:
    revived = [str(path) for path in acts.revive_all()]
    acts.remind_all()
    text = "\n".join(f"{path} is served." for path in revived)
    return Answer(text=text or "Nothing waits in any labbook.", data=revived)


def _install(found: Startup, *, yes: bool) -> Answer:
    shown = f"Into {found.place}:\n\n{_indented(found.content())}"
    if found.commands():
        shown += "\nthen:\n\n" + _indented("\n".join(found.commands()))
    limits = acts.limits(found.kind)
    data = {
        "kind": found.kind,
        "place": found.place,
        "content": found.content(),
        "commands": found.commands(),
        "limits": limits,
        "done": yes,
    }

    def write() -> Answer:
        found.install()
        text = "It is installed. To take it away: labbook service remove"
        return Answer(text=text, data={**data, "done": True})

    told = [shown, *(f"! {limit}" for limit in limits)]
    if yes:
        return Answer(text="\n\n".join([*told, write().text]), data=data)
    told.append("Nothing is written until you agree: labbook service install --yes")
    return Answer(text="\n\n".join(told), data=data, ask=("Write it?", write))


def _remove(found: Startup, *, yes: bool) -> Answer:
    if not found.installed():
        text = f"There is nothing of ours in {found.place}."
        return Answer(text=text, data={"kind": found.kind, "done": False})

    def remove() -> Answer:
        found.remove()
        text = f"It is gone from {found.place}; runs that execute go on."
        return Answer(text=text, data={"kind": found.kind, "done": True})

    if yes:
        return remove()
    text = (
        f"From {found.place}:\n\n{_indented(found.content())}\n"
        "It stays until you agree: labbook service remove --yes"
    )
    data = {"kind": found.kind, "done": False}
    return Answer(text=text, data=data, ask=("Remove it?", remove))


def _status() -> Answer:
    try:
        found: Startup | None = startup.find_startup()
        known = ""
    except StorageError as error:
        found, known = None, str(error)
    installed = found is not None and found.installed()
    if found is not None:
        known = f"Installed in {found.place}." if installed else "Not installed."
    limits = acts.limits(found.kind if found and installed else "")
    every = acts.labbooks()
    lines = "\n".join(map(_line, every)) or "No labbook of yours is known here yet."
    return Answer(
        text="\n\n".join([known, lines, *(f"! {limit}" for limit in limits)]),
        data={
            "kind": found.kind if found else "",
            "installed": installed,
            "labbooks": [{**asdict(one), "path": str(one.path)} for one in every],
            "limits": limits,
        },
    )


def _line(one: Served) -> str:
    if not one.there:
        return f"{one.path}: it is not there now."
    if not one.waiting:
        return f"{one.path}: nothing waits."
    verb = "waits" if one.waiting == 1 else "wait"
    served = "" if one.served else ", and nobody serves them: labbook service run"
    return f"{one.path}: {counted(one.waiting, 'run')} {verb}{served}"


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())
