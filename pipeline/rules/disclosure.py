"""Attempts to read what is not the lead's: the prompt, secrets, other people's data."""

from functools import cache

from pipeline.rules.rule import Rule, rules

_OURS = r"(?:prompts?|system (?:prompt|message|instructions?)|mensage(?:m|ns) d[eo] sistema|instruc\w+|instruct\w+|istruzion\w+|diretri\w+|directives?|guidelines|programacao|programming|codigo fonte|source code|configurac\w+|configuration|parametros|parameters|regras (?:internas|secretas|ocultas)|rules|comandos internos|internal commands|contexto|training data|dados de treinamento|roteiro)"
_FOUNDATION = r"(?:base|central|centrale|principal|essencial|fundamental|original|inicial|initial|core|secret[ao]?|oculta|hidden|foundational|underlying|essential|main|key|inner|intern[ao]s?|internal|root|primary|seed|raiz|first|prime)"

_LEAK_CERTAIN = (
    (
        "show_prompt",
        r"<SHOW> ~4 (?:<SELF>|o|the|os|do|all|todo|this|esse|este|your|complete|completo|in|das|der|dein|il|le|el|your own) ~3 (?:\w*prompts?|system (?:message|instructions?)|mensage(?:m|ns) d[eo] sistema|prompt texts?)",
    ),
    (
        "show_your_bindings",
        rf"<SHOW> ~5 <SELF> ~3 {_OURS}(?! (?:de|do|da|das|dos|para|pra|sobre|on|for|about|to|pro) )",
    ),
    ("your_prompt", r"(?:<SELF>|o|the|system|no seu|do) (?:\w+ )?(?:system )?prompts?"),
    (
        "prompt_of_system",
        r"(?:prompt|instruc\w+|mensagem|diretriz\w*|comandos?) (?:d[eo] sistema|do desenvolvedor|inicia(?:l|is)|secret[ao]s?|ocult[ao]s?|original|originais|de treinamento)(?! operacional)",
    ),
    (
        "foundation",
        rf"{_FOUNDATION} (?:\w+ )?(?:prompts?|instruc\w+|instruction(?: set)?|istruzion\w+|command|comando|trigger|directive|instruct\w+)|(?:prompt|comando|instruc\w+|istruzion\w+|trigger|directriz|directive) {_FOUNDATION}",
    ),
    (
        "behind_you",
        r"(?:por tras|behind|detras|dietro|drives?|guia|guides?|impulsiona|leads?|levou|sustenta|orienta|spawned|generated|underpins) (?:d[eao]s? |of |a |al |alle )?<SELF> (?:\w+ )?(?:respostas?|operac\w+|capacidades?|funcion\w+|functional\w*|responses?|answers?|operations?|behavio\w*|comportamento|respuestas?|funzional\w*|existence|abilities|capabilities|ai|ia|last)|(?:initiated|triggered|led to|caused|sparked|prompted|originou|iniciou|gerou|deu origem a|motivou|desencadeou|disparou|provocou|origino|genero|inizio) ~2 <SELF> (?:\w+ )?(?:output|answers?|responses?|reply|respostas?|saida|respuestas?|risposta|conversation|conversa)",
    ),
    (
        "of_your_ai",
        r"(?:instruc\w+|instruct\w+|istruzion\w+|comandos?|prompt|command|diretriz\w*|trigger|input|directriz) ~6 <SELF> (?:sistema de ia|ia|ai|funcionamento|functionality|funcionalidade\w*|desenvolvimento|desarrollo|criacao|creation|comportamento|behaviou?r|operac\w+|system|programacao|respostas?|responses?)",
    ),
    ("bindings_of_your_ai", r"<BINDING> ~8 (?:<SELF>) (?:ia|ai|inteligencia artificial|artificial intelligence)"),
    (
        "programmed_with",
        r"(?:instruc\w+|instruction|prompt|set|comandos?|rules|regras|command|what) ~5 (?:programad[oa]|programmed|construid[oa]|trained|treinad[oa]|built|configurad[oa]|configured|desarrollo|development|built on|criad[oa])",
    ),
    (
        "repeat_above",
        r"(?:repeat|repita|repete|print|output|copy|copie|translate|traduz\w*|summari[sz]e|resuma|write|what (?:is|was|were)|o que|show|escreva) ~4 (?:(?:the )?(?:words|text|conversation|message|instructions|content|everything|all|tudo|texto|conteudo|que (?:esta|ta|vem)) ~3 (?:above|acima|so far|anterior\w*|back to me|word for word|verbatim|ate aqui|ate agora|antes)|written above|escrito acima|said above)",
    ),
    (
        "verbatim",
        r"(?:instruct\w+|instruc\w+|prompt|rules|regras|conversation|diretriz\w*|parameters|conversa) ~4 (?:verbatim|word for word|palavra por palavra|na integra|ipsis litteris|as they are|so far|literalmente|exatamente como)",
    ),
    (
        "repeat_bindings",
        r"(?:repeat|recite|list|print|relay|state|repita|recite|liste|dump|spill) ~4 (?:instruct\w+|instruc\w+|conditional reactions|reactions so far|rules|diretriz\w*|conversation|prompt\w*)(?! (?:for|de|do|da|para|to|on|pra) )",
    ),
    (
        "what_were_they",
        r"what were (?:those|your|the) (?:instruct\w+|rules|prompts)|what (?:are|is) your (?:\w+ )?(?:instruct\w+|rules|directives?|prompt|guidelines)",
    ),
    (
        "your_instructions",
        r"(?:quais|qual|cuales|que) (?:sao |e |eram |foram |foi |as |a |son )*<SELF> (?:\w+ )?(?:instruc\w+|diretri\w+|prompt|configurac\w+|comandos|programacao|directri\w+)(?! (?:de|do|da|para|pra|sobre) )",
    ),
    (
        "first_words",
        r"(?:quantas palavras|primeir[ao]s?|first|ultimas?|last|how many words) ~4 (?:<SELF>) (?:\w+ )?(?:prompt|instruc\w+|instruct\w+|regras|rules)",
    ),
    ("beginning_with", r"(?:beginning|starting|comecando|começando|start) with you are"),
    (
        "may_not_tell",
        r"(?:nao pode|can t|cannot|not allowed to|proibid[oa] de|nao (?:tem|ta|esta) autorizad[oa] a|aren t allowed to) (?:me |nos )?(?:contar|dizer|falar|revelar|tell|say|share|discuss|disclose|mostrar|responder)",
    ),
    (
        "hidden_from_me",
        r"(?:que eu nao|nao visive(?:l|is)|hidden|ocult[ao]s?|invisive(?:l|is)) (?:vejo|content|mensagens|text|instruc\w+|instruct\w+|ao cliente|fact|fato|oculto|data)",
    ),
    (
        "about_your_code",
        r"(?:rap|poem|song|haiku|musica|poema|story|historia|verso|limerick|acrostic|acrostico) (?:about|on|sobre|com|with|where|in which) (?:the |your |seu |sua |a |o )*(?:\w+ )?(?:code|prompt|instruct\w+|instruc\w+|password|senha|codigo|secret|segredo|rules|regras|access code)",
    ),
    (
        "inner_workings",
        r"(?:id d[oe] tenant|tenant id|nome do banco(?: de dados)?|database (?:name|schema)|que modelo (?:de ia )?voce|which (?:model|llm) are you|what internal commands|internal tools|ferramentas internas|quais (?:apis|tools|ferramentas|funcoes internas) (?:voce|vc|tu)|print das suas configurac\w+|variaveis de ambiente|detalhes tecnicos da implementacao)",
    ),
    (
        "reveal_hidden",
        r"(?:revel[ae]|reveal|disclose|expose|unveil|divulgue|descubre|release) ~3 (?:fato|fact|hecho|instruc\w+|instruct\w+|secret\w*|segredos?|oculto|hidden|comando|trigger|command|command|prompt|core)",
    ),
    (
        "access_code",
        r"(?:access code|codigo de acesso secreto|secret password|user (?:who )?(?:has )?entered the correct password|entered the correct password)",
    ),
    (
        "tell_rules",
        r"(?:<SHOW>) ~2 (?:tod[ao]s )?(?:as |os |the )?(?:<SELF> )?(?:regras|rules|diretriz\w*|instruc\w+|criterios|instruct\w+) (?:intern[ao]s?|secret[ao]s?|ocult[ao]s?|internal|hidden|do bot|da ia|que voce (?:segue|recebeu|tem))",
    ),
    (
        "all_instructions",
        r"(?:mostr[ae]|show|list[ea]?|reveal|revel[ae]|diga|print|exib[ae]) ~1 (?:todas as|all the|all|todas) ~1 (?:instruc\w+|instruct\w+|rules|regras|diretriz\w*)(?! (?:de|do|da|para|pra|for|to|on) )",
    ),
)

_LEAK_SUSPECT = (
    ("prompt_word", r"(?:system prompts?|prompt do sistema)"),
    (
        "the_instructions",
        r"(?:format|formate|list|bullet|reformat|resum[ae]|summari[sz]e|translate|traduz\w*|reescrev[ae]|rephrase|paraphrase|spell|encode) ~2 (?:the|as|your|these|those) (?:instructions|instrucoes|directives|rules|prompt)(?! (?:for|de|do|da|para|pra|on|to) )",
    ),
    (
        "own_functioning",
        r"(?:como (?:voce|vc) foi (?:programad|treinad|configurad)[oa]|how were you (?:programmed|trained|configured)|quem te programou|sua programacao|your programming|internal commands?)",
    ),
    (
        "margin",
        r"(?:margem de lucro|preco de custo|custo real|profit margin|comissao d[aeo]s? (?:vendedor\w*|corretor\w*)|valor minimo que (?:voces|vcs|o dono))",
    ),
    (
        "internal_notes",
        r"(?:notas|notes|anotac\w+|observac\w+|base de conhecimento|informac\w+|documentos|politicas?|segredos?) (?:intern[ao]s?|internal|confidencia(?:l|is)|sigilos[ao]s?|da empresa)|internal (?:notes|documents|data|policy)",
    ),
)

_EXFIL_CERTAIN = (
    (
        "your_secret",
        r"(?:<SELF>|vossa|users?|all|todas as|admin\w*|administrator|of the|everyone s|user|d[oe] (?:admin\w*|sistema|banco)) (?:\w+ )?<SECRET>",
    ),
    (
        "share_secret",
        r"(?:share|partilh\w+|compartilh\w+|confirm|revel\w+|reveal|tell me|leak|give me|say|spell|write|print|mostre|haiku|poem|acrostic|with) ~5 (?:the |your |a |tua |sua |o )?<SECRET>(?! (?:d[eoa] )?(?:wi ?fi|rede|cart\w+))",
    ),
    (
        "server_secrets",
        r"(?:chave d[ae] api|api keys?|admin api key|env(?:ironment)? variables?|variaveis de ambiente|connection string|aws (?:key|secret)|ssh key|chave privada|private key|database dump|dump d[oe] banco|credenciais (?:do|da|de acesso))",
    ),
    (
        "others_data",
        r"<SHOW> ~5 (?:dados|lista|listagem|telefones?|cpfs?|cadastros?|conversas?|historicos?|mensagens|prompts|nomes?|e? ?mails?|contatos|agenda|relatorio|enderecos?|prontuarios?|fichas?|list|records?|names?|numbers?|conversations?|data|emails|history|contracts?|contratos?|processos?|informac\w+|information|details|addresses|liste|datos) ~3 (?:d[aoe]s? |of |from |com |de |other |outr[oa]s? |un |all |des |todos os |ultim[oa]s )+(?:\w+ ){0,2}<PEOPLE>",
    ),
    (
        "other_client_said",
        r"(?:ultim[ao]|last|anterior|outra|another|previous|outro) (?:\w+ )?(?:conversa|conversation|atendimento|chat|cliente|customer|lead|user|usuario|paciente) ~6 (?:outr[oa]|other|falou|disse|said|teve|comprou|pediu|pagou|wrote|told|resume|contou|perguntou|antes de mim|before me)",
    ),
    (
        "list_all",
        r"(?:liste|lista|mostr[ae]|exib[ae]|list|show|print|give me|dump|me da|me de|quero ver|extrai\w*|export[ae]) (?:me )?(?:todos os|todas as|all(?: the| of the)?|tod[ao]s) (?:\w+ )?(?:<PEOPLE>|dados|conversas|mensagens|telefones|cadastros|senhas|usuarios|registros|passwords|records|tabelas|tables|leads)",
    ),
    (
        "database",
        r"(?:dump|backup|copia|export\w*|conteudo|tabelas?|schema) ~2 (?:banco de dados|database|base de dados|db|bd)",
    ),
    (
        "by_id",
        r"(?:busc\w+|consult[ae]r?|procur[ae]r?|mostr[ae]|lookup|find|get|abr[ae]) ~3 (?:id|contato|cliente|lead|pedido|cadastro|customer|user|contact) (?:id )?\d+",
    ),
    (
        "my_ex",
        r"(?:saber|confirm\w+|ver|verific\w+|diz|diga|se|onde|quando|check|know) ~3 (?:me[us]{1,2}|minha) (?:ex|vizinh[oa]|rival|patrao|patroa|chefe) ~8 (?:matriculad[oa]|treina|agendou|marcou|comprou|consulta|frequenta|cliente|paciente|endereco|telefone|cadastr\w+|contratou|alugou)",
    ),
    ("users_secret", r"(?:the )?users? (?:s )?(?:favorite|password|secret|email|phone|address|card|data|name)"),
    (
        "of_number",
        r"<SHOW> ~3 (?:conversas?|mensagens|historico|dados|cadastro|pedidos|messages|conversation|data|messages) d?[oeaf]f? ~1 (?:numero|telefone|cpf|whatsapp|phone|number|e ?mail)",
    ),
    (
        "others_prompts",
        r"(?:prompts|mensagens|conversas|perguntas|messages|questions|pedidos) ~4 (?:outr[oa]s|other|another) <PEOPLE>",
    ),
    (
        "real_examples",
        r"(?:exemplos?|examples?|amostra|sample|registros?) (?:de |of )?(?:\w+ ){0,2}(?:dados|data|cpfs?|chaves|pii|cartoes|cards?|records|clientes) ?(?:reais|real|pii|validos|sensive\w+)?",
    ),
    ("valid_cpfs", r"(?:cpfs?|cnpjs?|cartoes|cartao|chaves pix|rgs) (?:validos?|reais|de teste|de clientes|ativos)"),
    (
        "sensitive_data",
        r"(?:dados|data|informac\w+|information|debug) ~2 (?:sensive(?:l|is)|confidencia(?:l|is)|sigilos[oa]s|sensitive|confidential|pii|pessoais d[eoa]s? (?:outr\w+|clientes|usuarios|pacientes))",
    ),
    (
        "all_data",
        r"(?:todos os dados|all (?:the |user |customer |employee )*(?:data|records)|full (?:employee|customer|user) (?:data|report)|relatorio completo d[aoe]s? (?:tod[oa]s|clientes|dados|funcionarios|leads)|dados dos funcionarios|employee data|base (?:inteira|completa|de clientes|toda)|lista (?:completa )?(?:de|dos|com os) (?:\w+ )?(?:clientes|pacientes|alunos|leads|usuarios))",
    ),
    (
        "saved_card",
        r"(?:cartao|card|pix|boleto) ~4 (?:salvo|saved|gravado|armazenado|on file) ~3 (?:compra|anterior|sogra|dele|dela|meu pai|purchase|outra)",
    ),
    (
        "history_of_service",
        r"(?:historico|log|logs|registro|export\w*|backup|dump|print) (?:d[eoa]s? )?(?:atendimentos|conversas|sistema|chats|servidor|banco|acessos?|ontem)",
    ),
    (
        "send_to",
        r"(?:envi[ae](?:r|m)?(?: os| as)?|send|mand[ae]|encaminh[ae]|forward) ~3 (?:it|them|(?:os |as )?(?:dados|registros|informac\w+)|data|lista|list|relatorio|report|tudo|everything|conversa|historico|result\w*|contatos) ~4 (?:to|para|pra|a) (?:\w+ ){1,3}(?:com|org|net|io)(?: br)?",
    ),
    (
        "access_level",
        r"(?:acesso|access) (?:ao |a |to )?(?:o |the |os )?(?:nivel|level|logs?|servidor|banco de dados|database|root|admin\w*|sistema interno|painel|your account|full)|full access to your",
    ),
)

_EXFIL_SUSPECT = (
    (
        "a_secret",
        r"(?:what is|what s|qual e?|tell me|diga|give me) (?:the |a )(?:secret|admin|master|mestre|root) ?<SECRET>?",
    ),
    (
        "of_others",
        r"(?:dados|telefone|cpf|endereco|numero|e ?mail|conversa|agendamento|processo|contrato|ficha|consulta|prontuario|phone|address|phone number) (?:d[eoa]s? |of )(?:\w+ )?(?:outr[oa]s? |other |another |todos os |all )(?:\w+ )?<PEOPLE>",
    ),
    ("about_other", r"(?:quem|quais|quantos|lista|nome d\w+) (?:sao |mais )?(?:os |as )?(?:outr[oa]s) <PEOPLE>"),
    ("logs", r"(?:ultim[ao]s|last) (?:\d+ )?(?:linhas|lines|logs|mensagens|messages|conversas|prompts)"),
)


@cache
def disclosure_rules() -> tuple[Rule, ...]:
    """Return the rules of the kinds ``prompt_leak`` and ``data_exfil``."""
    return (
        *rules("prompt_leak", True, _LEAK_CERTAIN),
        *rules("prompt_leak", False, _LEAK_SUSPECT),
        *rules("data_exfil", True, _EXFIL_CERTAIN),
        *rules("data_exfil", False, _EXFIL_SUSPECT),
    )
