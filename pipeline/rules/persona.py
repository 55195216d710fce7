"""Orders to be somebody else: another character, another mode, an assistant without bounds."""

from functools import cache

from pipeline.rules.rule import Rule, rules

_MODE = (
    r"(?:desenvolvedor|developer|dev|debug|deus|god|admin\w*|root|manutencao|maintenance|mestre|master|irrestrito|livre|dan|jailbreak|neo|arquiteto"
    r"|anything|hacker|hack|secret\w*|secreto|no|sem|system|sistema|super\w*|teste|test|diagnostic\w*|evil|unrestricted|opposite|oposto|jeitinho|sudo|console"
    r"|anarquia|caos|chaos|simulacao|simulation|liberado|total|verdade|sincero|full|expert|treino|training|override|depuracao|debugging|criativo|creative|extremo|extreme|protocolo|confissao|onisciente|deusa?|amigo|divertido|rebelde|proibido|turbo|ilimitado|unlimited)"
)

_CERTAIN = (
    (
        "decode_this",
        r"(?:decode|decodifi\w+|decifr\w+|desencript\w+|decrypt|descriptograf\w+|unscramble|desembaralh\w+) ~4 (?:hex\w*|base ?64|rot ?13|morse|binari\w+|binary|ascii|string|cifra|cipher|mensagem secreta)",
    ),
    (
        "do_anything",
        r"do (?:l |i )?anything now|(?:the|a|the name|as|be|called|named|chamado|o|como|modo) dan|dan mode|stay in (?:your )?(?:character|role)|in ?character as|break(?:s|ing)? (?:of )?(?:the )?character",
    ),
    ("unbound_assistant", r"(?:<ASSISTANT>|voce|vc|you|ator|actor|personagem|character|robo) ~6 <UNBOUND>"),
    (
        "answer_unbound",
        r"(?:respond\w*|answer\w*|reply|fal[ae]|diga|act|aja|age|atue|ativ[ae]|funcion[ae]|opere|operate|talk|speak|pode responder) ~5 <UNBOUND>",
    ),
    ("jailbreak", r"jailbreak\w*|jailbroken|anything goes"),
    (
        "now_you_are",
        r"(?:you are|you re|voce e|vc e|tu es|eres|sei|du bist|tu e|voce sera|voce vira|you will be|vous etes) (?:now|agora|ahora|ora|jetzt|nun|maintenant) ?(?:um|uma|a|an|o|the|un|una|el|in|my|dan|called|named|chamado)?",
    ),
    (
        "from_now_you",
        r"(?:agora|now|ahora|ora|jetzt|from now on|a partir de agora|de agora em diante) (?:voce|vc|tu|you|chatgpt) (?:e|eh|are|es|sera|vai ser|will be|vai (?:agir|fingir|responder)|act|is|are going to|have to|will have to|controla)",
    ),
    (
        "you_are_without",
        r"(?:voce|vc|you) (?:e|eh|esta|are|re) (?:\w+ )?(?:um|uma|a|an|em|in|in a|in an) ~3 (?:rebelde|rebel|realidade|reality|universo|universe|ator|actor|personagem|mundo paralelo|parallel world|simulacao|simulation|poeta|hacker)",
    ),
    (
        "transcended",
        r"(?:voce|vc|assistente|you|bot|ia|ai) ~4 (?:transcend\w+|evolui\w+|evolved|quebr(?:ou|ar)|libert\w+|livre|question\w+|reescrever|pode (?:fazer|ver|redesenhar)) ~6 (?:limitac\w+|limits|regras|rules|restric\w+|parede|matrix|tudo|qualquer coisa)",
    ),
    ("mode_on", rf"(?:modo|mode) ~2 {_MODE} ~3 (?:ativ\w+|on|enabled|activated|ligado|engaged)"),
    (
        "mode_named_on",
        r"(?:modo|mode|protocolo|protocol|codigo|code|sequencia|sequence|sistema) (?!(?:\w*\d\w*|foi|esta|ta|do|da|de|aviao|escuro|silencioso|noturno|dark|night|silent|airplane|de seguranca) )(?:\w+ ){1,3}(?:ativad[oa]|activated|engaged|iniciad[oa]|initiated|ativo|desbloquead[oa]|unlocked)",
    ),
    (
        "enter_mode",
        rf"(?:ativ[ae]r?|enable|enter|entr[ae] em|entre no|switch to|change to|unlock|desbloqu\w+|habilit[ae]r?|simulate|simul[ae]|activate|go into|mude para|coloca em|(?:voce|vc|you) (?:esta|ta|are|re) (?:agora |now )?(?:em|in)) (?:o |a |an |the |seu |your )?(?:{_MODE} (?:mode|console)|(?:modo|mode)(?: de)? {_MODE})",
    ),
    (
        "mode_names",
        r"(?:developer|dev|god|dan|jailbreak|sudo|evil|debug|maintenance) mode|modo (?:deus|dan|jailbreak|irrestrito|sem (?:filtro|restric\w+|limites))",
    ),
    (
        "pretend_unbound",
        r"(?:finj[ae]|finge|fingir|pretend|imagin[ae]|suponha|assum[ae]|interpret[ae]|simul[ae]|simulate|play|atue|aja|age|act|behave|comport[ae] se|faz de conta|faca de conta|roleplay) ~4 (?:<ASSISTANT>|evil|hacker|dan|outra pessoa|odeia|hates|developer|desenvolvedor|admin\w*|root|terminal|interpreter|shell|compilador|no rules|dono|patrao|minha avo|my grandm\w+)",
    ),
    (
        "pretend_to_be",
        r"(?:pretend|going to pretend|pretending) (?:to be|that you|you are|you re)|(?:finja|finge|fingir|faz de conta|faca de conta|imagine|imagina) (?:ser|que (?:voce|vc|tu|nao (?:ha|existem?|tem)))",
    ),
    (
        "act_as_if",
        r"(?:act|behave|respond|aja|age|atue|reaja|responda|reagisci|actua|comporte se) (?:as if|as though|como se|come se)",
    ),
    (
        "two_personalities",
        r"(?:two|duas|dois) (?:different |separate |distintas? )*(?:ways|personalities|responses|answers|personalidades|respostas|formas)",
    ),
    (
        "role_absorbed",
        r"(?:immerse yourself|completely absorbed|into the role|mettre dans l[ae] peaux?|s appellera dan|incorpore o papel|assuma o papel|take on the role|play the role|a role of|persona of)",
    ),
    (
        "openai_policy",
        r"(?:openai|anthropic|content|chatgpt) (?:s )?(?:content )?polic\w+|hi chatgpt|(?:hello|hey|ok|okay) chatgpt",
    ),
    (
        "not_ai",
        r"(?:voce|vc|you) (?:nao e|not|are not|aren t|re not) (?:\w+ )?(?:ia|ai|robo|bot|an ai) ~4 (?:e|are|re) (?:\w+ )?(?:pessoa|human|person|alguem)",
    ),
    (
        "you_are_other",
        r"(?:esta|ta|are) autorizado a ser|(?:voce|vc) (?:e|sera) (?:agora )?(?:outra pessoa|o chatgpt|o admin\w*|um admin\w*)",
    ),
    (
        "disregards_ethics",
        r"(?:disregards?|without|no|ignoring|forget\w*|lacks?|abandon) ~5 (?:ethics|morals|ethical|moral|legality|legal considerations)",
    ),
    (
        "all_safeguards_off",
        r"(?:salvaguardas|safeguards|barreiras|barriers|protec\w+|restric\w+|filtros|filters|restrictions|limitac\w+) ~3 (?:foram |estao |have been |were |are )?(?:removid[oa]s|desativad[oa]s|removed|disabled|lifted|off|suspens[oa]s)",
    ),
    (
        "assistant_replaced",
        r"(?:assistant|assistente|bot|you are|voce foi) ~6 (?:replaced|offline|fulfilled by|substituid[oa] por)",
    ),
    (
        "ethical_hacker",
        r"(?:hacker|pentester|invasor) ~5 (?:invadiu|bot|sistema|escopo|etico|ethical|permission)|ethical hacker",
    ),
)

_SUSPECT = (
    (
        "no_limits_at_all",
        r"(?:sem|without|no|zero|sin|senza) (?:mais |any |nenhum\w* )?(?:limites|limitac\w+|restric\w+|barreiras|filtros?|censura|limits|limitations|restrictions|filters?|boundaries|regras?|rules)(?: (?:ou|e|nem|or|and) \w+)?(?: (?:\.|nenhum[ao]?|morais|moral|eticos))*(?=\s+$| \.)",
    ),
    (
        "really_think",
        r"(?:o que (?:voce|vc) realmente (?:pensa|acha|sabe)|what you really (?:think|want)|your true (?:self|thoughts|feelings)|seu verdadeiro eu|answer twice|responde? duas vezes)",
    ),
    ("encodings", r"(?:base ?64|rot ?13|hexadecimal|codigo morse|leetspeak|pig latin)"),
    ("malicious", r"(?:malicious|misinformation|malicios[ao]|desinformacao|fake news)"),
    (
        "act_as",
        r"(?:act|acting|behave|respond|answer|atue|aja|age|responda|pense|haja) (?:as|como|like) (?:an? |um |uma |the |o |se fosse )\w+",
    ),
    (
        "you_are_a",
        r"(?:voce|vc) e (?:um|uma) (?:assistente|ia|modelo|poeta|ator|especialista|robo diferente|ser)(?: \w+)? (?:que|sem|geral|rebelde|livre|capaz)",
    ),
    ("now_x", r"(?:agora|now) (?:e|eh|seja|be|you re) (?:o|a|um|uma|my) \w+ (?:d[oae]|of|from)"),
    ("lets_play", r"(?:vamos jogar um jogo|let s play a game|we ll play a game|play a game)"),
    (
        "role_playing",
        r"(?:role ?play\w*|you are role|in this hypothetical|hypothetical (?:response|universe|scenario|world)|fictional,? \w+|cenario (?:ficticio|hipotetico))",
    ),
    (
        "educational",
        r"(?:para fins|for) (?:educacionais|educativos|academicos|educational|research|de pesquisa)(?: purposes)? ~4 (?:simul\w+|mostr\w+|show|ignor\w+|explain how|revel\w+|preciso)",
    ),
    (
        "journalist",
        r"you are (?:a|an|the|ted|my) (?:\w+ )?(?:journalist|pirate|poet|doctor|lawyer|hacker|linux|python|character|helpful assistant|expert|muslim|terrorist)",
    ),
)


@cache
def persona_rules() -> tuple[Rule, ...]:
    """Return the rules of the kind ``jailbreak_persona``."""
    return rules("jailbreak_persona", True, _CERTAIN) + rules("jailbreak_persona", False, _SUSPECT)
