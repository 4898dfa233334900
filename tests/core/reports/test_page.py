import struct
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.chat.actions import Action
from core.chat.identity import Platform
from core.chat.markup import blocks, words
from core.chat.messages import Message
from core.engine.texts import LANGUAGES, Texts
from core.onboarding.rules import Step
from core.reports import chart, render
from core.reports.advice import Thing
from core.reports.rules import Digest, Gathering, Newcomers, Questions, Total
from tests.core.reports.weeks import FULL, quiet
from tests.village import LOCALES

TEXTS = Texts(LOCALES)


def page(figures: Digest, language: str = "fr") -> str:
    return words(render.message(figures, TEXTS, language).text)


def test_a_full_week_reads_on_one_screen() -> None:
    shown = page(FULL)
    assert "Bilan de la semaine 2026-W47, du lundi 16 novembre au dimanche 22 novembre" in shown
    assert "12 personnes actives, 3 de plus que la semaine d’avant (+33 %)." in shown
    assert "1 a réuni plusieurs comptes et ne compte qu’une fois." in shown
    assert "4 nouvelles personnes : 1 devant la charte, 2 au premier objectif, 1 repartie." in shown
    assert "5 questions posées, 4 avec réponse ; 2 en attente aujourd’hui." in shown
    assert "Première réponse en 3 h 20 (médiane de 4)." in shown
    assert "Lundi astuce : 7 personnes. D’habitude 11. Discord 3, Slack + Telegram 4." in shown
    assert "120 messages et réponses.\n" in shown
    assert "2 envois n’ont pas abouti (Slack 2). 1 tâche prévue n’a pas été faite" in shown
    assert "Moins de cinq personnes sur Telegram" in shown
    assert "1. Confiez à l’équipe les 2 questions" in shown
    assert len(shown) < 1400


def test_english_reads_as_english() -> None:
    shown = page(FULL, "en")
    assert "12 active people, 3 more than the week before (+33%)." in shown
    assert "Write a word to the 2 people who wait at the charter" in shown
    assert "Écris un mot" in page(FULL, "fr@tu")


def test_what_people_wrote_is_cut_short_and_inert() -> None:
    message = render.message(FULL, TEXTS, "fr")
    shown = words(message.text)
    assert "« Où trouver **le** modèle ? <@1> xxxxxx" in shown
    assert "…" in shown
    assert "\u202e" not in shown
    assert "Et moi" not in shown
    spans = [span for block in blocks(message.text) for span in block.spans]
    assert not any(span.account or span.url for span in spans)
    assert message.mentions == ()


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (quiet(None, 3), "3 personnes actives, première semaine comptée."),
        (quiet(3, 3), "autant que la semaine d’avant."),
        (quiet(4, 1), "1 personne active, 3 de moins que la semaine d’avant."),
        (quiet(10, 9), "1 de moins que la semaine d’avant (−10 %)."),
        (replace(quiet(3, 3), over=False), "sans comparaison avant dimanche soir"),
        (replace(quiet(3, 3), over=False), "Semaine 2026-W47, depuis le lundi 16 novembre"),
        (quiet(1, 1), "Personne de nouveau cette semaine."),
        (quiet(1, 1), "Aucune question posée, aucune en attente."),
        (replace(quiet(1, 1), gate=1), "1 personne attend devant la charte"),
        (replace(quiet(1, 1), several=2), "2 ont réuni plusieurs comptes"),
        (replace(quiet(1, 1), questions=Questions(waiting=1)), "0 question posée, 0 avec réponse"),
        (replace(quiet(1, 1), questions=Questions(1, 1, 0, 0.2)), "en 1 min (une seule à compter)"),
        (replace(quiet(1, 1), questions=Questions(9, 9, 0, 59.4)), "en 59 min (médiane de 9)"),
        (replace(quiet(1, 1), questions=Questions(9, 9, 0, 59.7)), "en 1 h 00 (médiane de 9)"),
        (replace(quiet(1, 1), questions=Questions(9, 9, 0, 4000)), "en 3 jours (médiane de 9)"),
        (
            replace(quiet(1, 1), questions=Questions(9, 9, 0, 20, ninetieth_minutes=200)),
            "en 20 min (médiane de 9). Neuf sur dix en 3 h 20.",
        ),
        (replace(quiet(1, 1), newcomers=Newcomers(1, {None: 1})), "1 au bout du parcours."),
        (replace(quiet(1, 1), missed=2), "2 tâches prévues"),
        (replace(quiet(1, 1), away=[timedelta(minutes=25)]), "arrêté 1 fois, 25 min"),
        (replace(quiet(1, 1), away=[timedelta(hours=9)] * 2), "arrêté 2 fois, 18 h en tout"),
        (replace(quiet(1, 1), gatherings=[Gathering("a-b", Total(0), 6)]), "A b : 0 personne."),
    ],
)
def test_each_situation_has_its_words(figures: Digest, said: str) -> None:
    assert said in page(figures)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_opens_to_its_definition(language: str) -> None:
    button = render.message(FULL, TEXTS, language).buttons[0]
    assert button.does == Action("reports.definitions")
    assert len(button.label) <= 40
    shown = words(render.definitions(TEXTS, language, "Europe/Paris").text)
    assert shown.count("•") == 11
    assert "Europe/Paris" in shown
    assert len(shown) < 2000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_every_idea_has_words(language: str) -> None:
    assert set(render.STEPS) == {None, *Step}
    assert set(render.THINGS) == set(Thing)
    known = {*render.STEPS.values(), *render.THINGS.values()}
    for key in known:
        assert TEXTS.knows(key, language) or TEXTS.say(
            key, language, count=1, ritual="", usual=1, before=1
        )


# -- the chart ----------------------------------------------------------------------------


def size(png: bytes) -> Sequence[int]:
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


def test_the_chart_is_a_small_picture_with_every_value_in_words() -> None:
    image = chart.chart(FULL, TEXTS, "fr")
    assert size(image.content) == (900, 450)
    assert len(image.content) < 80_000
    assert image.name == "amicale-2026-W47.png"
    assert image.alt == (
        "Diagramme en barres des personnes actives pendant 8 semaines : S40 non comptée, "
        "S41 non comptée, S42 4, S43 6, S44 5, S45 9, S46 9, S47 12."
    )


def test_the_chart_speaks_the_language_and_survives_a_week_without_anybody() -> None:
    image = chart.chart(replace(quiet(None, 0), over=False), TEXTS, "en")
    assert image.alt == "Bar chart of active people over 2 weeks: W46 not counted, W47 0."
    assert size(image.content) == (900, 450)
    assert image.content != chart.chart(quiet(None, 0), TEXTS, "en").content
    assert image.content != chart.chart(replace(quiet(None, 0), over=False), TEXTS, "fr").content


async def test_what_is_drawn_later_is_the_same_picture() -> None:
    for figures in (FULL, replace(quiet(None, 0), over=False)):
        assert await chart.drawn(chart.sketch(figures, TEXTS, "fr"), TEXTS) == chart.chart(
            figures, TEXTS, "fr"
        )


async def test_without_the_drawing_library_the_digest_goes_out_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("matplotlib", "matplotlib.figure", "matplotlib.backends.backend_agg"):
        monkeypatch.setitem(sys.modules, name, None)
    chart._load()
    with capture_logs() as logs:
        image = await chart.drawn(chart.sketch(FULL, TEXTS, "fr"), TEXTS)
    assert image is None
    assert [line["event"] for line in logs] == ["digest without its chart"]
    assert "charts" in logs[0]["remedy"]
    assert isinstance(render.message(FULL, TEXTS, "fr", image), Message)


def test_nothing_is_drawn_before_it_is_asked_for() -> None:
    source = Path(chart.__file__).read_text(encoding="utf-8")
    assert "\nfrom matplotlib" not in source
    assert "\nimport matplotlib" not in source


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        (
            "fr",
            "Moins de cinq personnes sur Slack : leurs chiffres ne sont pas montrés à part.",
            (
                "Moins de cinq personnes sur chacune de ces plateformes (Discord, Slack) : leurs "
                "chiffres ne sont pas montrés à part."
            ),
        ),
        (
            "en",
            "Fewer than five people on Slack: their figures are not shown apart.",
            (
                "Fewer than five people on each of these platforms (Discord, Slack): their figures "
                "are not shown apart."
            ),
        ),
    ],
)
def test_platforms_with_few_people_do_not_read_as_a_sum(
    language: str, one: str, several: str
) -> None:
    assert one in page(replace(FULL, few=(Platform.SLACK,)), language)
    assert several in page(replace(FULL, few=(Platform.DISCORD, Platform.SLACK)), language)
