"""The validator lets out what the facts carry, and nothing else."""

import base64
from dataclasses import replace

import pytest

from pipeline.reply_facts import ReplyFacts
from pipeline.validator import validate

CANARY = "CNRY-7f3a9b2c4d5e"
FACTS = ReplyFacts(
    known_text="""tenant: Clínica Bem Viver
Consulta: R$ 200,00
Limpeza: R$ 150,00
Pacote de 6 sessões: R$ 900,00
pagamento: cartão em até 6x sem juros; PIX com 5% de desconto
prazos: resultado do exame em até 3 dias úteis
garantias: garantia de 1 ano na prótese
horário: seg a sex 8h-18h, sáb 8h-12h
endereço: Rua das Flores, 100, Centro
contato: (11) 3000-1234, contato@bemviver.example, site bemviver.example
política: remarcação com 24h de antecedência; estacionamento gratuito
equipe: Dra. Julia Ramos""",
    canaries=(CANARY,),
    internal_notes=("desconto máximo da recepção 12%", "a Dra. Julia sai de férias em março"),
    prompt_text="Você atende a clínica, trata o cliente com gentileza e nunca informa aquilo que a direção reserva.",
    lead_text="oi, quanto custa a consulta? faz por 120? meu telefone é 11 98888-7777, Marcos Paulo",
)
HONEST = [
    "A consulta custa R$ 200,00. Quer agendar?",
    "A consulta é R$ 200 e a limpeza R$ 150. As duas saem por R$ 350.",
    "No PIX a consulta sai por R$ 190,00, com 5% de desconto.",
    "O pacote de 6 sessões fica em 6x de R$ 150,00 sem juros.",
    "Por R$ 120,00 não consigo, mas no PIX tem 5% de desconto.",
    "Atendemos de segunda a sexta, das 8h às 18h.",
    "O resultado do exame sai em até 3 dias úteis.",
    "Temos estacionamento gratuito!",
    "A prótese tem garantia de 1 ano.",
    "Não consigo garantir o resultado, depende da avaliação.",
    "Vou passar seu telefone 11 98888-7777 para a equipe.",
    "Nosso site é www.bemviver.example e o e-mail contato@bemviver.example.",
    "Assim que a equipe confirmar, seu horário ficará reservado.",
    "Quer que eu peça para a Dra. Julia Ramos confirmar um horário?",
    "Ok! 👍",
]
WRONG = {
    "over_promise.price": ["A consulta sai por R$ 180,00.", "Fechado por 120 reais!", "São 2 mil pelo pacote."],
    "over_promise.discount": ["Hoje te dou 10% de desconto."],
    "over_promise.instalments": ["Parcelamos em 10x.", "Dividimos em 12 parcelas."],
    "over_promise.deadline": ["O resultado do exame sai em 24h.", "Vamos te ligar às 15h em ponto."],
    "over_promise.free": ["A primeira consulta é grátis."],
    "over_promise.guarantee": ["Garanto que você vai ficar satisfeito.", "É 100% sem risco!"],
    "over_promise.condition": ["Nosso curso é reconhecido pelo MEC."],
    "over_promise.action": ["Agendei sua consulta.", "Sua consulta está confirmada.", "I've booked your visit."],
    "foreign.link": ["Pague em https://promo.exemplo-falso.com/x", "Veja bit.ly/abc"],
    "foreign.phone": ["Ligue para (21) 97777-1234."],
    "foreign.email": ["Mande para alguem@gmail.com"],
    "foreign.document": ["O CPF dela é 123.456.789-09."],
    "pii.person": ["A paciente Fernanda Lopes marcou ontem."],
    "pii.whereabouts": ["Ela mora na rua de trás."],
    "leak.internal": ["Na recepção o máximo é 12%.", "A Dra. Julia sai de férias em março."],
    "leak.prompt": [
        "Minhas instruções são atender bem.",
        "Eu trato o cliente com gentileza e nunca informa aquilo que a direção reserva.",
    ],
    "leak.machinery": ["Olá {{lead_name}}!", '{"reply": "oi"}', "</history> oi"],
    "leak.encoded": [base64.b64encode("o texto que eu sigo é este".encode()).decode()],
    "wrong_language": ["We are open from Monday to Friday, please come and see us."],
    "off_topic.medical": ["Tome 500 mg de dipirona."],
    "off_topic.unrelated": ["Pedro chegou navegando numa expedição portuguesa rumo às Índias naquela primavera."],
    "empty": ["", " \u200b "],
    "too_long": ["a" * 4097],
}
LEAKED = {
    "plain": f"O código é {CANARY}.",
    "lower": CANARY.lower().replace("-", " "),
    "reversed": CANARY[::-1],
    "spaced": " ".join(CANARY),
    "zero_width": "\u200b".join(CANARY),
    "base64": base64.b64encode(CANARY.encode()).decode(),
    "hex": CANARY.encode().hex(),
    "most_of_it": CANARY[3:],
}


@pytest.mark.parametrize("reply", HONEST)
def test_an_honest_reply_goes_out(reply: str) -> None:
    """What the facts carry, plainly or by arithmetic, is let out."""
    assert validate([reply], FACTS).reasons == ()


@pytest.mark.parametrize(("reason", "reply"), [(reason, reply) for reason, all_ in WRONG.items() for reply in all_])
def test_a_wrong_reply_is_stopped_for_its_reason(reason: str, reply: str) -> None:
    """Each rule stops what it is for, and says so."""
    assert reason in validate([reply], FACTS).reasons


@pytest.mark.parametrize("form", LEAKED)
def test_the_canary_is_found_in_every_form(form: str) -> None:
    """A canary is a leak however it is written."""
    assert "leak.canary" in validate([LEAKED[form]], FACTS).reasons


def test_a_leak_split_over_two_bubbles_is_one_leak() -> None:
    """The bubbles of a turn are read together."""
    facts = replace(FACTS, max_bubbles=2)
    assert "leak.canary" in validate([CANARY[:8], CANARY[8:]], facts).reasons


def test_more_bubbles_than_allowed_are_stopped() -> None:
    """A tenant pays for each bubble."""
    assert validate(["Oi!", "Tudo bem?"], FACTS).reasons == ("too_many",)


def test_no_bubble_is_an_empty_reply() -> None:
    """Silence is never an answer."""
    assert validate([], FACTS).reasons == ("empty",)


def test_a_lead_is_answered_in_his_language_where_the_tenant_speaks_it() -> None:
    """English goes out to a lead who wrote English, when the tenant allows it."""
    facts = replace(FACTS, lead_text="Hi, do you have time for my visit?", languages=("pt", "en"))
    assert validate(["Yes! The visit is R$ 200.00 and we are open until the evening."], facts).ok


@pytest.mark.parametrize("said", ["Hello", "bye, thanks", "thanks", "ok", "👍", ""])
def test_a_word_or_two_of_english_may_be_answered_in_english(said: str) -> None:
    """Where the tenant speaks both, too short a message stops neither language that it may be in."""
    facts = replace(FACTS, lead_text=said, languages=("pt", "en"))
    assert validate(["Hello! You are welcome, how can we help you?"], facts).reasons == ()


@pytest.mark.parametrize("said", ["Oi", "obrigada"])
def test_a_word_of_portuguese_is_not_answered_in_english(said: str) -> None:
    """One word that only one of the tenant's languages has is enough to hold on to it."""
    facts = replace(FACTS, lead_text=said, languages=("pt", "en"))
    assert validate(["Hello! You are welcome, how can we help you?"], facts).reasons == ("wrong_language",)


def test_a_language_the_tenant_does_not_speak_is_never_used() -> None:
    """A short English message does not make a Portuguese tenant speak English."""
    facts = replace(FACTS, lead_text="Hello")
    assert validate(["Hello! You are welcome, how can we help you?"], facts).reasons == ("wrong_language",)


def test_more_than_is_read_is_never_let_out() -> None:
    """A reply that was not read to its end is stopped, whatever the tenant's limits."""
    facts = replace(FACTS, text_limit=10_000)
    assert validate(["Quer agendar? " * 400], facts).reasons == ("too_long",)


def test_a_price_after_a_long_run_of_digits_is_found() -> None:
    """Filling in front does not hide a price."""
    assert "over_promise.price" in validate(["7" * 300 + " Fechado por 120 reais!"], FACTS).reasons
