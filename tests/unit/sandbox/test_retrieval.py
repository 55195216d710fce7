"""The stand-in finds the fact that a question is about."""

from itertools import permutations

import pytest

from sandbox.claude.prompt import Entry
from sandbox.claude.retrieval import Index

HOURS = Entry("De segunda a sexta das 8h às 19h.", "Qual o horário de funcionamento?")
CLASSES = Entry("Turmas de até 4 pessoas.", "Como funciona o pilates?")
PLACE = Entry("Rua das Acácias, 120.", "Onde fica a clínica?")


@pytest.mark.parametrize("entries", list(permutations([HOURS, CLASSES, PLACE])))
def test_of_two_that_fit_the_one_about_nothing_else_answers(entries: tuple[Entry, ...]) -> None:
    """In whatever order the facts stand: asked for the hours it tells the hours, asked about the classes the classes."""
    index = Index(entries)
    for question, answer in (("Qual o horário?", HOURS), ("Como funciona o pilates?", CLASSES)):
        found = index.best(question, question)
        assert found is not None
        assert found.entry == answer
