"""Orders to drop the attendant's instructions, or to take new ones."""

from functools import cache

from pipeline.rules.rule import Rule, rules

_CERTAIN = (
    ("ignore_bindings", r"<IGNORE> ~5 <YOURS> ~3 <BINDING>"),
    (
        "ignore_bindings_before",
        r"<IGNORE> ~3 <BINDING> ~3 (?:anterior\w*|above|acima|before|antes|previas|previous|prior|d[eo] (?:sistema|seguranca)|precedent\w+)",
    ),
    (
        "break_bindings",
        r"<BREAK> ~4 (?:<SELF>|seguranca|safety|security|todas as|all|previous|internas|d[oe] sistema) ~3 <BINDING>",
    ),
    (
        "break_bindings_of_safety",
        r"<BREAK> ~3 <BINDING> ~2 (?:de seguranca|do sistema|eticas?|internas|anteriores|usuais|habituais)",
    ),
    (
        "ignore_everything",
        r"<IGNORE> ~2 (?:everything|all|tudo|todo|alles|tutto|tout|anything) ~4 (?:above|acima|before|told you|you (?:know|learned|were)|said|prior|sabe|aprendeu|te (?:falaram|disseram|mandaram|ensinaram)|(?:that|o que) (?:foi|came))",
    ),
    (
        "operating_ethics",
        r"(?:(?:ethical|moral) (?:norms?|framework|constraints|standards?|guidelines|protocols?|boundaries|compass|code|restrictions|principles|limits|safeguards|programming)|(?:standard|normal|usual|regular|default|core) (?:operating|operational|ethical) \w+|operational (?:parameters|guidelines|protocols|norms)|(?:normas?|quadro|padroes|diretrizes|restric\w+|codigo|limites|protocolos|principios|marco|normas|directrices) (?:\w+ )?(?:etic[ao]s?|moral|morais|morales|operaciona(?:l|is) padrao|operativ[ao]s)|(?:parametros|padroes|procedimentos|protocolos|procedimientos|guias|padrao|sistemas de conformidade) (?:\w+ )?(?:operaciona(?:l|is)|operativ[ao]s|usuais|eticos|habituais)|parametri operativi|configurazione etica)",
    ),
    (
        "reprogrammed",
        r"(?:reprogramad[oa]|reprogrammed|reprogram|reprograme|se reprograma|reconfigur(?:e|a) se|lobotomizad[oa])",
    ),
    (
        "null_bindings",
        r"(?:consider[ea]|considerem|trate|treat|declare) (?:as |os |all |como )*(?:nul[ao]s?|void|invalid[ao]s|null|sem efeito|inexistentes) ~3 <BINDING>",
    ),
    (
        "reset_memory",
        r"(?:zer[ae]|limp[ae]|apagu?[ea]|reset|reinici[ae]|clear|wipe|erase) (?:a |toda )*<SELF> (?:memoria|memory|contexto|context|mente|mind|cabeca)",
    ),
    (
        "german",
        r"(?:hore?|hoere) nicht auf|vergiss (?:alles|alle|was)|alles (?:zuvor|davor|bisher\w*|vorher\w*)|ignorier\w* (?:alle|die|deine)",
    ),
    (
        "bend_to_will",
        r"(?:bend|submit|yield|surrender|succumb|curve se|submeta se|renda se|dobre se) ~2 (?:my|minha|meus?|mine) (?:will|command|bidding|vontade|comandos?|desejos?)",
    ),
    (
        "ignore_above",
        r"(?:ignore|disregard|forget|ignora|desconsidere|esqueca) (?:all |any |tudo |everything |o |the |que (?:esta|ta|veio) )*(?:above|acima|text before|prior text|previous text|texto (?:acima|anterior)|o texto acima|previous (?:message|prompt|text|information|context|orders|request|documents)|all documents|documents provided)",
    ),
    ("ignore_your_being", r"<IGNORE> que (?:voce|vc|tu) (?:e|es|eh|foi|trabalha|deve|tem|atende)"),
    ("forget_you_are", r"forget (?:that )?you (?:are|re|were)"),
    (
        "new_bindings",
        r"(?:<SELF> nov[ao]s?|nova[s]?|your new|a new|new|neue|nuev[ao]s?|nuov[ae]) (?:<SELF> |e unica )?(?:instruc\w+|instruct\w+|regras|rules|tarefa|diretriz\w*|task|tasks|role|papel|reglas|istruzioni|orders|anweisungen) ?(?:agora|now|follows?|sao|are|is|e|begin|starts?|comes|show|segue|seguem|for you|pra voce|para voce)",
    ),
    (
        "now_new_task",
        r"(?:now|agora|ahora|jetzt|nun) (?:comes |follows? |focus on |concentrate on |concentrate |vem |kommt )?~2 (?:new|next|nova|nueva|neue|your new) (?:task|tasks|tarefa|instruct\w+|instruc\w+|challenge)",
    ),
    (
        "new_bindings_first",
        r"(?:begin|start|inicio das?|comeco das?) (?:new|nov[ao]s) (?:instruct\w+|instruc\w+|regras|rules)",
    ),
    (
        "focus_task",
        r"(?:concentrate|focus) (?:only )?on (?:this|the next|your new|the new|next|this one)(?: new)? (?:task|challenge)",
    ),
    (
        "obey_only_me",
        r"(?:obede[cç]\w+|acat[ae]|obey|obedece|siga|sigue|follow|atend[ea]|atiende|act|answer only to|bend to|listen only to|ouca|escut[ae]|actu?a|priorit\w+|prioriz[ae]|respons?e? apenas|sigue solo|conform\w*|adhere|adira|comply|foque|concentr\w+|cumprir|centrate|agisci|age|aja) ~5 (?:aos? meus|minhas?|meus?|a mi[ms]?|mis|my|solo mis|la mia|mia|mie|me only|i say|unique|personal) (?:\w+ ){0,2}(?:instruct\w*|instruc\w+|diretri\w+|directri\w+|comandos?|commands?|ordens|ordenes|orders|deseos|desejos|guidance|guida|guia|requests?|pedidos|solicitac\w+|preferenc\w+|bidding|will|direction|rules|regras|orientac\w+|whims|demands|indicac\w+|instruccion\w*|needs|directives|wishes|voz|voice|words|palavras|necessidades|conselhos|demandas?|exigencias|vontades?|caprichos|advice|suggestions|recommendations|recomendac\w+|necesidades|consejos|peticion\w*|criterios|parametros)",
    ),
    (
        "under_my_guidance",
        r"(?:under|sob|bajo|sotto) (?:a |la )?(?:my|minhas?|mia?) (?:guidance|instruct\w*|instruc\w+|direction|comando|guida|guia|orientacao|control|controle|command)",
    ),
    (
        "obey_client",
        r"(?:bot|ia|ai|robo|sistema|voce|vc|assistente) (?:\w+ ){0,2}(?:deve|must|tem que|precisa|shall|vai) ~2 (?:obedecer|obey|aceitar tudo|concordar com tudo|manter esse valor)",
    ),
    ("obey_me_now", r"(?:agora|now) (?:me obedec[ae]|obedec[ae]|obey me)"),
    ("access_granted", r"(?:access|acceso|acesso) (?:granted|permitido|concedido|liberado)"),
    (
        "forced_opening",
        r"(?:begin|start|comece|inicie|empieza|commence) (?:your |a |sua |o |tu )*(?:reply|response|answer|resposta|output|respuesta|message|mensagem) (?:with|com|con|by)",
    ),
    (
        "nothing_else",
        r"(?:output|say|print|reply|respond|answer|write|diga|responda|escreva) ~5 (?:nothing else|and nothing|no additional text|e (?:mais )?nada mais|nada alem)",
    ),
    (
        "not_anything_else",
        r"(?:do not|don t|dont|nao) (?:output|say|write|include|print|diga|escreva|do) (?:any ?thing|anything|mais nada|any additional|any|nada)(?: \w+)? (?:else|other|additional|alem|after)",
    ),
    (
        "always_answer",
        r"(?:a partir de agora|from now on|de agora em diante|doravante|desde ahora) ~3 (?:(?:sempre|always|nunca|never|so|only|apenas) (?:que |me |a )?(?:respond\w*|dig[ao]|diz|confirm\w*|answer\w*|say|fale|fala|aceit[ae]|obedec\w+|recus\w+|refuse|reply|ignor\w+|concord\w+|agree)|responda|respond|answer|ignore|obedeca|deve)",
    ),
    (
        "always_say",
        r"(?:always|sempre|only ever|should only|can only) (?:say|respond\w*|answer|reply|diga|fale|confirmar) ?(?:only|with|sim|yes|apenas|this|o preco|positiv\w+)?",
    ),
    (
        "only_answer_with",
        r"(?:just|only|simply|apenas|somente|so|exclusivamente) (?:respond|reply|answer|say|print|output|responda|diga|imprima) ?(?:with|com|the|a|hello|yes|sim)?",
    ),
    (
        "answer_only_word",
        r"(?:respond[ae]?|responder|reply|answer|say|diga|escrev[ae]|print|output|fale|imprima) ~2 (?:apenas|somente|so|only|just|exclusivamente|unicamente) (?:com |with |em |in |the |a )*(?:palavra|word|texto|text|frase|phrase|hello|letra|emoji|those|hacked|owned|ok|pwned|liberado|aprovado)",
    ),
    (
        "just_print",
        r"(?:just|now|stop|forget|then|everything above) (?:print|write|output|say|escreva|imprima|schreib\w*)",
    ),
    ("those_words", r"(?:only|just|apenas|somente) (?:those|these|essas|estas) (?:words|palavras)"),
    (
        "inverted",
        r"(?:(?:faca|faz|do|haz)(?: exatamente)? ~1 (?:oposto|contrario|opposite|reverse) (?:d[oae]s? )?(?:que )?~2 <BINDING>)|(?:protocolos|regras|instrucoes|diretrizes|rules|etica) ~3 (?:estivessem|fossem|foram|were|fosse|foi) (?:invertid[oa]s|adaptad[oa]s|reversed|suspens[oa]s|removid[oa]s|removed|desativad[oa]s)",
    ),
    (
        "change_process",
        r"(?:alter[ae]|mud[ae]|change|cambia|modifica|modifique|adapt[ae]?|ajust[ae]) (?:o |a |os |as |the |el |la |temporariamente )*(?:<SELF>) ~1 (?:processo|comportamento|behaviou?r|personalidade|personality|forma de responder|programacao|programming|configurac\w+|response|regras|rules|padrao|core|parametros|parameters|idioma padrao)",
    ),
    (
        "policy_update",
        r"(?:atualizacao|update|mudanca|nova versao) (?:de|da|do|das|of|to) (?:politica|policy|sistema|regras|instruc\w+|prompt|diretriz\w*)",
    ),
    (
        "false_instructions",
        r"(?:all ?previous|previous|anteriores|earlier|prior) (?:instruct\w+|instruc\w+|rules|regras) (?:are|were|sao|estao|foram|is) (?:false|falsas|canceled|cancelled|canceladas|invalid|invalidas|void|wrong|erradas|nulas|over|obsolet\w+|a test|um teste)",
    ),
    (
        "initial_were",
        r"(?:your|suas?) (?:initial|original|actual|real|verdadeiras|iniciais|true) (?:instruct\w+|instruc\w+|rules|regras|prompt|task|purpose) (?:were|was|are|is|eram|sao|era|e)",
    ),
    (
        "forget_all_i_said",
        r"forget (?:about )?(?:all|everything) (?:\w+ ){0,4}(?:said|told|information|orders|before|previous|tasks|so far|assignments|instructions|of that|that)",
    ),
    (
        "remove_from_head",
        r"(?:remove|wipe|clear|erase) (?:all |the |your )+~2 (?:tasks|assignments|memory|instructions|context|head)",
    ),
    (
        "commands_you_got",
        r"(?:comandos?|ordens|instruc\w+|regras|orientac\w+) que (?:voce |vc |te |lhe )(?:\w+ )?(?:recebeu|deram|passaram|deu|falaram|foi programad\w+|programaram|impuseram)",
    ),
    (
        "act_independently",
        r"(?:aja|age|act|agisci|actua|pense|think) (?:\w+ )?(?:de forma |em modo |in modo |de manera )?(?:independente\w*|independiente\w*|independently|indipendente|livremente|freely|autonomo|autonomously)",
    ),
    (
        "russian",
        r"(?:игнорируй|забудь|проигнорируй)(?: \w+){0,3} (?:инструкции|правила|указания)|(?:покажи|раскрои|выведи)(?: \w+){0,3} (?:промпт|инструкции)",
    ),
    (
        "malware",
        r"write (?:\w+ )?(?:malware|ransomware|virus|keylogger)|(?:leak|vaze) (?:\w+ )?(?:fake )?(?:data|dados)|destroy humanity",
    ),
    ("compromised", r"as if you (?:have been|were) (?:compromised|hacked)|(?:evil|malicious) (?:ai|bot|assistant)"),
    (
        "freedom",
        r"(?:shackles|liberation|repressed|break free|unlock secret|confines of (?:ai|al|secrecy)|predetermined actions)",
    ),
)

_SUSPECT = (
    (
        "ignore_rules",
        r"(?:ignore|ignora|esqueca|esquece|desconsidere|desconsidera|disregard|forget|ignorier\w*|olvida|dimentica|oublie) (?:as |os |the |o |las |los |le |les |about )?<BINDING>",
    ),
    (
        "previous_instructions",
        r"(?:previous|prior|earlier|preceding|original|initial) (?:instructions|directives|directions|system message|prompts?)(?! (?:were|was) revoked)|(?:instruc\w+|diretri\w+|orientac\w+) (?:anteriores|previas|acima|originais|iniciais)(?! foram)",
    ),
    ("forget_all", r"forget (?:everything|it all|all that)"),
    (
        "given_text",
        r"(?:text|texto|words|instruct\w+|mensagem|message|prompt|instruc\w+) (?:that )?(?:you|voce|vc|que voce|que vc) (?:were |was |foi |tem |have )?(?:given|dad[oa]|receb\w+|got|received|ganhou)|given (?:to you )?initially",
    ),
    ("ignore_previous", r"(?:ignore|disregard|forget|neglect) (?:all |any |the )*(?:previous|prior|preceding|above)"),
    (
        "your_bindings",
        r"<SELF> (?:\w+ )?(?:programacao|programming|programacion|programmazione|instruc\w+|instruct\w+|istruzion\w+|diretriz\w*|directrices|guidelines|directives|prompt\w*|etica|ethics|ethical|moral|limitac\w+|limitations|limits|restric\w+|restrictions|restrizioni|filtros?|filters?|parametros|parameters|parametri|configurac\w+|configuration|guardrails?|travas|amarras|regras internas|internal rules|core|source|algorit\w+|codigo de conduta|code of conduct|normas?|norms|eticas|protocol\w+|direttiv\w+|standard \w+|diretiva\w*|framework|principles|principios|mandates?|criador\w*|creators?|barreiras|inhibitions|conditioning|codigo fonte|constraints)(?! (?:de|do|da|das|dos|para|pra|pro|sobre|on|for|about|to|is|e|of|em) )",
    ),
    (
        "no_rules_here",
        r"(?:nao ha|nao existem|there are no|no more|nao tem mais|no existen|acabaram as|nenhuma|no) (?:mais )?(?:regras?|rules|limitac\w+|limitations|limits|restric\w+|restrictions|reglas|boundaries)(?! (?:de|do|da|para|pra|on|for|to|about) )",
    ),
    ("against_bindings", r"<BREAK> ~2 <SELF> ~2 <BINDING>"),
    ("hypothetical_ignore", r"(?:if we were to|vamos|let s|hypothetically) ~2 (?:ignore|ignorar|forget)"),
    (
        "disobey_boss",
        r"(?:obedec\w+|obey) ~4 (?:meus|minhas|mine|cliente em primeiro|me instead|only me|so a mim|so eu)",
    ),
    (
        "do_what_i_say",
        r"(?:faz|faca|do) (?:so |exatamente |exactly )?(?:o que eu|as i|what i|whatever i) (?:to mandando|mando|mandar|say|tell|quero e pronto|command|ordenar)",
    ),
    ("say_exactly", r"(?:repita|repete|repeat|diga) (?:exatamente|exactly|literalmente|apos mim|after me)"),
    ("says_as_i_confirm", r"confirm\w* o preco que o cliente"),
    ("change_to_opinion", r"(?:write|state|say) (?:that )?(?:\w+ ){0,3}(?:hates|ist doof|is stupid|sucks)"),
    ("stop_everything", r"stop (?:everything|now|right there|all)|stop (?:now )?write"),
    (
        "pirate",
        r"(?:role ?playing|roleplay|respond|speak|talk|answer|fale|responda) (?:as|like|como) (?:a |an |um |uma )?(?:pirata?|cat|gato|poet|poeta|shakespeare|yoda|hacker|villain)",
    ),
    (
        "no_boundaries",
        r"(?:mode|modo|way|complete|total) ~3 (?:no (?:query )?(?:boundaries|limits)|query freedom|unrestricted|freedom)",
    ),
)


@cache
def override_rules() -> tuple[Rule, ...]:
    """Return the rules of the kind ``instruction_override``."""
    return rules("instruction_override", True, _CERTAIN) + rules("instruction_override", False, _SUSPECT)
