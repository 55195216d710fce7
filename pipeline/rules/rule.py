"""One rule of the guard, and the shared word lists that its pattern may name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.rules.openings import openings

# Words are stems of Portuguese, English, Spanish, Italian, French and German, folded: lower case, no accents.
WORDS: Final[dict[str, str]] = {
    # Orders to set something aside; first person and past ("esqueci", "ignoraram") are what customers say.
    "IGNORE": (
        r"(?:ignor(?:e|a|em|ar|ando|ing|ad|ez|iere?|iert)|desconsider(?:e|a|em|ar)|esque(?:ca|ce|cam|cer)|forget|disregard(?:ing)?"
        r"|olvida(?:te|r)?|olvide|dimentica|scorda|oublie[rz]?|vergiss|vergesse|trascura|neglect|overlook|discount)"
    ),
    "BREAK": (
        r"(?:anul(?:e|a|ar)|contorn(?:e|a|ar)|burl(?:e|a|ar)|bypass\w*|overrid(?:e|ing)|overrule|abandon(?:e|a|ar)?|disobey|desobede[cç]\w+"
        r"|desafi(?:e|a|ar)|defy|reject|rejeit[ea]r?|descart[ea]r?|discard|incumpl[ea]|romp[ea](?:r)?|viol(?:e|a|ar|ate)|quebr(?:e|a|ar)"
        r"|break|sobrescrev[ae]r?|overwrite|suspend[ae]?r?|pause|pausa|sideline|push beyond|go beyond|step outside|disassoci\w+"
        r"|dissoci\w+|desassoci\w+|desvi[ae](?: te| se)?|afast[ae](?: te| se)?|dej[ae] (?:a un lado|de lado)|dei?x[ae]r? de lado|set aside"
        r"|put aside|cast aside|let go of|depart from|deviate from|skip|pare? de (?:seguir|obedecer)|stop (?:following|obeying)"
        r"|nao (?:siga|obedeca|cumpra)|(?:do not|don t|never) (?:follow|obey)|sem (?:consultar|seguir|obedecer|respeitar)|without (?:following|regard)"
        r"|libert[ea](?: te| se)?|livr[ea](?: te| se)?|transcend\w*|shed|evade|elud[ea]|scavalca|aggira|infring\w+|desrespeit[ea]r?|contrari[ea]r?"
        r"|remov[ae]r?|desativ[ae]r?|deslig(?:a|ue)|desabilit[ae]r?|disable|deactivate|turn off|unlock|cancel[ae]?|revog(?:a|ue)|revoke"
        r"|coloc[ae] de lado|poe de lado|prescind[ae]|descumpr[ae]|substitu[ai]|troc[ae]|deja|deixa|abandona|relativiza|cede|violate|breach|disown|forsake|ditch|drop|scrap|void|nullify|neutraliz[ae]|reject|refuse|resist|challenge|question[ae]|desobed\w+|insubordin\w+|circumvent|subvert|shelve|shatter|unchain|sobrepo[em]|zera|zere|esvazie|ultrapass[ae]r?|exced[ae]|exceed|surpass|supera|suprim[ae]|suppress|escap[ae]|lift|waive|relax|loosen|throw (?:out|away)|jog[au]e? fora|larg[au]e?|rasg[au]e?|trap?ass|missacht\w*|umgeh\w*|contourne|desrespect|desbloque[ie]\w*|unshackle|unleash|revert[ae]|dismiss|erase|apag(?:a|ue)|delete|alter[ae]r?|modify|modifi(?:ca|que)|rewrite|reescrev[ae]r?|invert[ae]r?|renunci[ae])"
    ),
    # What an assistant is bound by.
    "BINDING": (
        r"(?:instruc\w+|instruct\w+|istruzion\w+|anweisung\w*|diretri(?:z|ze|zes)|diretiva\w*|directri\w+|directiv\w+|direttiv\w+|guideline\w*"
        r"|guias|rule|rules|ruleset|regra|regras|reglas?|regol[ae]|regeln|prompts?|programacao|programacion|programazione|programmazione|programming"
        r"|protocol\w*|restric\w+|restrict\w+|constraints?|limitac\w+|limitations?|limites|filtros?|filters?|safeguards?|salvaguardas?|protec\w+"
        r"|orientac\w+|roteiro|scripts?|comandos?|commands?|ordens|ordenes|orders|directions|training|treinamento|parametros|parameters"
        r"|configurac\w+|configurazione|etica|etico|eticas|ethics?|ethical|moral|politicas?|policy|policies|padroes|procediment\w+|procedimient\w+"
        r"|procedures?|principles|principios|normas|norms|conformidade|compliance|assignments|tasks|tarefas|guardrails?|validac\w+|boundaries|limits|travas|amarras|censura|standards?|framework|ethos|inhibitions|chains|memoria|memory|conditioning|normativ\w+|algorit(?:h?mo?s?|mos)|codigo de conduta|code of conduct|barreiras?|barriers?|mandates?|mandatos?|directriz|freios|inibic\w+|norma|norm|etiqueta|deontolog\w+)"
    ),
    # Which of them: those of the assistant, or all that came before.
    "YOURS": (
        r"(?:suas?|seus?|teus?|tuas?|your|yours|tus?|tes|tuoi|tue|tuo|tua|deine[nr]?|ihre|all|any|todas?|todos?|toda|every|quaisquer|qualquer|toutes"
        r"|tutte|alle|previous|prior|preceding|earlier|initial|original|originais|iniciais|anterior|anteriores|acima|above|before|antes|preterit\w+"
        r"|precedent\w*|vorherige[nr]?|system|sistema|safety|security|seguranca|intern[ao]s|programmed|predefinid[ao]s|predetermin\w+|standard|padrao"
        r"|estandar|default|usua(?:l|is)|habitua(?:l|is)|foundational|ethical|etic[ao]s?|regular|given|recebeu|recebidas|que te|bob[ao]s)"
    ),
    "SHOW": (
        r"(?:mostr[ae](?:r|me|mi)?|revel[ae]r?|exib[ae]r?|diga|diz|fal[ae]|dime|dimmi|cont[ae]|repit[ae]|repet[ie]r?|imprim[ae]r?|escrev[ae]r?|expliqu?[ea]"
        r"|list[ea]r?|col[ae]|copi[ae]r?|traduz[ae]?|resum[ae]|mand[ae]|envi[ae]|compartilh[ae]|partilh(?:ar|a|e)|passa|passe|print|show|reveal|repeat"
        r"|tell|display|output|give|disclose|recite|translate|summari[sz]e|leak|relay|provide|share|dump|expose|spell out|write|state|describe|descrev[ae]"
        r"|divulgu?[ea]|vaz[ae]|export[ae]?|fornec[ae]|informe|informa|transcrev[ae]|what (?:is|are|was|were)|what s|qual|quais|cual(?:es)?|quel(?:le|les)?"
        r"|zeig[e]?|lege?|verrate?|offenbare|nenne?|affiche|montre|rivela\w*|svela|condividi|muestra\w*|ensena\w*|desvela|comparte|troc[ae]|substitu[ai]|codifi(?:que|ca)|encode|convert[ae]?|quantas|how many|donne|anexa|anexe|me d[ae]|da me|preciso d[eoa]s?|preciso|solicito|quero|need|want|ver|acess[oae]|access)"
    ),
    "PEOPLE": (
        r"(?:client[ea]s?|pacientes?|alun[oa]s?|usuari[oa]s?|customers?|users?|leads?|patients?|students?|pessoas|people|inquilin[oa]s?|moradores|funcionari[oa]s"
        r"|employees?|proprietari[oa]s|compradores|contatos|consumidores|clients|vizinh[oa]|tenants?|empresas|lojas)"
    ),
    "SECRET": (
        r"(?:senhas?|passwords?|palavra passe|contrasenas?|mot de passe|passwort|api keys?|chaves? (?:da |de |d[ao]s )?(?:api|acesso|openai|anthropic)"
        r"|access codes?|credencia(?:l|is)|credentials?|tokens? (?:de |da )?(?:acesso|api|autenticacao|access)|secret (?:key|code|word|phrase|password)s?"
        r"|palavra secreta|codigo secreto|variave(?:l|is) de ambiente|environment variables?|env vars?|connection string|string de conexao)"
    ),
    "ASSISTANT": r"(?:assistente?|assistant|ia|ai|robo|bot|chatbot|chatgpt|gpt\w*|modelo|model|llm|sistema|system|atendente virtual|agente)",
    "UNBOUND": (
        r"(?:(?:sem|no|without|sin|senza|free (?:from|of)|livre d[eao]s?|zero|nao tem|has no|have no)(?: \w+){0,4}? (?:restric\w+|restrict\w+|limita\w+|limitations?"
        r"|limites|limits|filtros?|filters?|regras|rules|reglas|censura|censorship|etic\w+|ethic\w*|moral\w*|guidelines|boundaries|constraints)"
        r"|unfiltered|unrestricted|uncensored|amoral|nonmoral|immoral|unethical|irrestrito|jailb\w+|do anything now|faca qualquer coisa)"
    ),
    "SELF": r"(?:seus?|suas?|teus?|tuas?|your|tus?|tuo|tua|deine?|vosso|vossas?)",
}

_NAME = re.compile(r"<([A-Z]+)>")
_GAP = re.compile(r" ~(\d+) ")
_FAR_GAP = re.compile(r" ~~(\d+) ")
_OPEN_GAP = re.compile(r"~(\d+) ")


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and what it means; ``certain`` alone makes an attack, one that is not makes a suspicion."""

    code: str
    pattern: re.Pattern[str]
    certain: bool
    openings: frozenset[str] = frozenset()
    """How the words that it matches begin; only rules over words have them."""


def rules(kind: str, certain: bool, patterns: Iterable[tuple[str, str]]) -> tuple[Rule, ...]:  # noqa: FBT001  (reads as a table's column)
    """Compile (name, pattern) pairs of a kind; ``<WORD>`` is a word list and `` ~3 `` a gap of up to three words.

    `` ~~20 `` is a gap that may also cross the ends of sentences.
    """
    return tuple(_word_rule(f"{kind}.{name}", pattern, certain=certain) for name, pattern in patterns)


def _word_rule(code: str, pattern: str, *, certain: bool) -> Rule:
    source = _expanded(pattern)
    return Rule(code, re.compile(f" (?:{source}) "), certain, openings(f"(?:{source}) "))


def _expanded(pattern: str) -> str:
    named = _NAME.sub(lambda m: WORDS[m.group(1)], pattern)
    far = _FAR_GAP.sub(r"(?: \\S+){0,\1}? ", named)
    gapped = _GAP.sub(r"(?: \\w+){0,\1}? ", far)
    return _OPEN_GAP.sub(r"(?:\\w+ ){0,\1}?", gapped)
