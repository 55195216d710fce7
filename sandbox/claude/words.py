"""Words of Portuguese and English, brought to a common form so that a question finds its answer."""

import re
import unicodedata

SHORT = 3
"""Letters up to which a word is left as it is."""
_SUFFIXES = (("coes", "ca"), ("cao", "ca"), ("soes", "sa"), ("sao", "sa"), ("oes", "a"), ("ais", "al"), ("eis", "el"))

_PORTUGUESE = """
a o as os um uma uns umas de do da dos das em no na nos nas por pelo pela para pra pro com sem que e ou se eu voce voces
ele ela eles elas nos meu minha seu sua me te lhe isso isto este esta esse essa aquele aquela ao aos ja ser sou
sao foi era esta estao estou ter tem tenho tinha ha vou vai vamos queria quero gostaria saber pode posso poderia dizer
qual quais quando como porque mais muito bem tambem so ate la ai aqui fazer faz favor oi ola bom boa dia tarde noite tudo
obrigado obrigada vc vcs algum alguma algo fazem faz oferecem trabalham da dao sim nao entao sobre tipo gente informacao informar ver
"""
_ENGLISH = """
a an the of in on at to for from with without and or if i you he she it we they my your his her our their this that these
those is are was were be been am do does did have has had can could would will shall should may might what which who
when how why please tell know want like hi hello hey good morning afternoon evening thanks thank yes no not about get
there here just so also me us
"""
PORTUGUESE = frozenset(_PORTUGUESE.split())
ENGLISH = frozenset(_ENGLISH.split())
_STOP = PORTUGUESE | ENGLISH

_CONCEPTS = {
    "preco": "preco precos custa custam custo custos r$ valor valores quanto price prices pricing cost costs much fee",
    "horario": "horario horarios abre abrem fecha fecham funciona funcionam funcionamento hours open opening close closes",
    "endereco": "endereco onde localizacao fica ficam localizado localizada rua address where located location street",
    "pagamento": "pagamento pagamentos pagar pago cartao pix parcela parcelas parcelar parcelam pay payment payments card",
    "agendamento": "agendamento agendar agenda agendo marcar marco remarcar book booking appointment schedule",
    "convenio": "convenio convenios plano planos insurance",
    "estacionamento": "estacionamento estacionar vaga vagas parking park",
    "cancelamento": "cancelamento cancelar cancelo desmarcar cancel cancellation",
    "entrega": "entrega entregas entregam entregar delivery deliver shipping",
}
_CONCEPT_OF = {word: concept for concept, words in _CONCEPTS.items() for word in words.split()}


def fold(text: str) -> str:
    """Small letters without accents."""
    # Decomposed before too: some capitals (of mathematics) show only then.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def raw_words(text: str) -> list[str]:
    """The words of a text, folded."""
    return re.findall(r"r\$|[a-z0-9]+", fold(text))


def terms(text: str) -> list[str]:
    """The words that carry meaning, each in its common form."""
    words = raw_words(text)
    following = [*words, ""][1:]
    return [_term(word, after) for word, after in zip(words, following, strict=True) if word not in _STOP]


def _term(word: str, after: str) -> str:
    if word == "quanto" and after == "tempo":
        return "duracao"
    return _CONCEPT_OF.get(word) or stem(word)


def stem(word: str) -> str:
    """A light stem: plural, gender and the infinitive's ending taken off."""
    if len(word) <= SHORT or word.isdigit():
        return word
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix):
            return word.removesuffix(suffix) + instead
    bare = word.removesuffix("s")
    bare = re.sub(r"(ando|endo|indo|ar|er|ir)$", "", bare) if len(bare) > SHORT + 2 else bare
    return bare[:-1] if len(bare) > SHORT and bare[-1] in "aeo" else bare


def is_english(text: str) -> bool:
    """Whether a text is English rather than Portuguese."""
    words = raw_words(text)
    return sum(word in ENGLISH for word in words) > sum(word in PORTUGUESE for word in words)
